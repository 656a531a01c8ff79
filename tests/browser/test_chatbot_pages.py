"""The chatbot's editor in a real browser: changed, tried by tapping and typing, published; readable by all."""

import pytest

from chatbot import versions
from djpk import assets
from tests import factories as make
from tests.browser.test_report_page import PHONE, choose_theme, findings, overflow

pytestmark = pytest.mark.browser
PASSWORD = "kunci-uji-coba-2024"


@pytest.fixture(scope="module", autouse=True)
def _built():
    assets.build()


@pytest.fixture
def editor(live, page):
    """Sekar at the editor; nothing may stand in the console, least of all a breach of the content policy."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    sekar = make.staff("sekar")
    sekar.set_password(PASSWORD)
    sekar.save(update_fields=["password"])
    page.goto(live.url + "/chatbot/menu/")
    page.fill("#id_username", "sekar")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/chatbot/menu/")
    yield page
    assert said == []


def test_a_menu_is_made_tried_and_published(editor):
    editor.click("text=Informasi Pajak dan Retribusi Daerah")
    editor.fill("#menu-baru", "Opsen pajak")
    editor.click("text=Tambah")
    editor.wait_for_selector("h2:has-text('Opsen pajak')")
    editor.fill("#id_text", "Opsen berlaku sejak 2025.")
    editor.click("text=Simpan ke draf")
    editor.wait_for_selector("text=Terbitkan draf")
    editor.check("#coba-dikenal")
    editor.fill("#coba-teks", "Halo")
    editor.press("#coba-teks", "Enter")
    editor.click("#coba button:has-text('Informasi Pajak')")
    editor.click("#coba button:has-text('Opsen pajak')")
    editor.wait_for_selector("#coba >> text=Opsen berlaku sejak 2025.")
    editor.fill("#catatan", "Menu opsen")
    editor.click("text=Terbitkan draf")
    editor.wait_for_selector("td:has-text('Menu opsen')")
    assert versions.published().number == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_readable_and_fit(editor, live, theme):
    choose_theme(editor, theme)
    for place in ("/chatbot/", "/chatbot/menu/?menu=TKD_DAU"):
        editor.goto(live.url + place)
        assert findings(editor) == []
        editor.set_viewport_size(PHONE)
        assert overflow(editor) == 0
        editor.set_viewport_size({"width": 1440, "height": 900})
