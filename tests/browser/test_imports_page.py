"""The upload page in a real browser: from the file to the result, within the screen, readable by all."""

import pytest

from djpk import assets
from tests.browser.test_report_page import PHONE, choose_theme, findings, overflow
from tests.djpk.cast import PASSWORD, ratna
from tests.records.files import ticket_row, write_csv
from tickets.models import Ticket

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def _built():
    assets.build()


@pytest.fixture
def manager(live, page, settings, tmp_path):
    """Ratna on the upload page; nothing may stand in the console, least of all a breach of the content policy."""
    settings.MEDIA_ROOT = tmp_path / "media"
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    ratna()
    page.goto(live.url + "/impor/")
    page.fill("#id_username", "ratna")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/impor/")
    yield page
    assert said == []


def _choose(page, path) -> None:
    page.select_option("#id_kind", "tickets")
    page.set_input_files("#id_file", path)
    page.click("text=Periksa berkas")
    page.wait_for_selector("text=Yang akan terjadi")


def test_a_file_is_looked_at_and_then_imported(manager, tmp_path):
    _choose(manager, write_csv(tmp_path / "tiket.csv", [ticket_row("A"), ticket_row("B", channel="faks")]))
    assert "Saluran “faks” tidak dikenal" in manager.inner_text("main")
    assert findings(manager) == []
    manager.set_viewport_size(PHONE)
    assert overflow(manager) == 0
    manager.click("text=Impor 1 baris")
    manager.wait_for_selector("text=Selesai diimpor.")
    assert Ticket.objects.count() == 1
    with manager.expect_download() as download:
        manager.click("text=Unduh baris yang ditolak")
    assert download.value.suggested_filename == "tiket.ditolak.csv"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_upload_page_has_nothing_that_axe_objects_to(manager, theme):
    choose_theme(manager, theme)
    manager.click("details >> nth=0")
    assert findings(manager) == []
    for width in (320, 390, 768, 1440):
        manager.set_viewport_size({"width": width, "height": 844})
        assert (width, overflow(manager)) == (width, 0)
