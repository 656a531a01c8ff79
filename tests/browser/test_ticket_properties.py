"""Properties on the ticket page in a real browser: by mouse and keyboard, desktop and phone, and the way back."""

import pytest

from tests.browser.test_inbox_page import PHONE, SETTLED, agent, open_ticket  # noqa: F401
from tests.browser.test_report_page import choose_theme, findings, overflow

pytestmark = pytest.mark.browser
DESKTOP = {"width": 1440, "height": 900}


def open_props(page, size) -> None:
    page.set_viewport_size(size)
    open_ticket(page, "Bandung")
    if size is PHONE:
        page.keyboard.press("i")


def focused(page) -> str:
    return page.evaluate("() => document.activeElement.id")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_topic_is_chosen_by_keyboard_and_taken_back(agent, size):  # noqa: F811
    open_props(agent, size)
    agent.focus("#ubah-topik")
    agent.keyboard.press("Enter")
    agent.wait_for_function("() => document.activeElement.id === 'nilai-topik'")
    agent.keyboard.type("desa")
    agent.keyboard.press("Enter")
    agent.wait_for_selector("#ubah-topik :text('Dana Desa')")
    agent.wait_for_function("() => document.activeElement.id === 'ubah-topik'")
    agent.wait_for_selector("#log :text('Dana Desa')", state="attached")
    agent.wait_for_selector("#kabar :text('Topik diubah.')")
    agent.hover("#kabar .dr-toast")  # it waits under the pointer
    agent.keyboard.press("z")
    agent.wait_for_selector("#ubah-topik :text-is('DAU')", state="attached")


def test_escape_closes_the_editor_and_gives_the_focus_back(agent):  # noqa: F811
    open_props(agent, PHONE)
    agent.click("#ubah-prioritas")
    agent.wait_for_selector("#sunting-prioritas .dr-option")
    agent.wait_for_selector("#ubah-prioritas[aria-expanded='true']")  # once the swap has settled
    agent.keyboard.press("Escape")
    assert focused(agent) == "ubah-prioritas"
    assert agent.inner_html("#sunting-prioritas") == ""
    assert agent.get_attribute("#ubah-prioritas", "aria-expanded") == "false"
    assert agent.is_visible("#properti"), "the pane stays; only the editor closes"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_one_key_leads_to_the_properties_and_back(agent, size):  # noqa: F811
    agent.set_viewport_size(size)
    open_ticket(agent, "Bandung")
    agent.keyboard.press("i")
    agent.wait_for_function("() => document.activeElement.id === 'ubah-subjek'")
    agent.keyboard.press("i")
    agent.wait_for_function("() => document.activeElement.id === 'judul-tiket'")


def test_arrows_lead_from_what_is_typed_to_the_ticket_that_is_found(agent):  # noqa: F811
    open_props(agent, DESKTOP)
    agent.keyboard.press("m")
    agent.wait_for_selector("#dialog-tiket[open] #cari-calon")
    agent.keyboard.type("DRG")
    agent.wait_for_selector("#calon:has-text('Hasil') .dr-candidate")
    agent.keyboard.press("ArrowDown")
    agent.wait_for_function("() => document.activeElement.matches('.dr-candidate')")
    agent.keyboard.press("ArrowUp")
    agent.wait_for_function("() => document.activeElement.id === 'cari-calon'")
    agent.keyboard.press("ArrowDown")
    agent.keyboard.press("Enter")
    agent.wait_for_function("() => document.activeElement.id === 'alasan-gabung'")


def test_a_region_is_found_while_typing_and_an_unknown_one_is_kept(agent):  # noqa: F811
    open_props(agent, DESKTOP)
    agent.click("#ubah-wilayah")
    agent.wait_for_function("() => document.activeElement.id === 'nilai-wilayah'")
    agent.keyboard.type("Atlantis")
    agent.wait_for_selector("#sunting-wilayah :text('Tidak ada yang cocok')")
    agent.keyboard.press("Enter")
    agent.wait_for_selector("#galat-wilayah")
    assert agent.input_value("#nilai-wilayah") == "Atlantis"
    agent.fill("#nilai-wilayah", "lombok teng")
    agent.click("#sunting-wilayah .dr-option:has-text('Lombok Tengah')")
    agent.wait_for_selector("#ubah-wilayah :text('Kab. Lombok Tengah')")
    agent.wait_for_selector("#kartu :text('WITA')")


def test_tags_are_added_one_after_the_other(agent):  # noqa: F811
    open_props(agent, DESKTOP)
    agent.click("#ubah-tanda")
    for tag in ("thr", "guru"):
        agent.wait_for_function("() => document.activeElement.id === 'nilai-tanda' && !document.activeElement.value")
        agent.keyboard.type(tag)
        agent.keyboard.press("Enter")
        agent.wait_for_selector(f"#sunting-tanda .dr-tags :text('{tag}')")
    agent.click("#sunting-tanda [aria-label='Hapus tanda thr']")
    agent.wait_for_selector("#ubah-tanda :text('thr')", state="detached")
    assert agent.is_visible("#ubah-tanda :text('guru')")


def test_what_is_being_written_stays_while_a_property_changes(agent):  # noqa: F811
    open_props(agent, DESKTOP)
    agent.fill("#teks", "Setengah jadi")
    agent.click("#ubah-prioritas")
    agent.click("#sunting-prioritas .dr-option:has-text('Tinggi')")
    agent.wait_for_selector("#ubah-prioritas :text('Tinggi')")
    assert agent.input_value("#teks") == "Setengah jadi"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["topik", "tanda", "subjek", "wilayah"])
def test_axe_finds_nothing_in_an_open_editor(agent, theme, name):  # noqa: F811
    choose_theme(agent, theme)
    open_props(agent, PHONE)
    agent.click(f"#ubah-{name}")
    agent.wait_for_selector(f"#sunting-{name} form")
    assert findings(agent) == []
    assert overflow(agent) == 0


def test_after_solving_the_next_row_has_the_focus_and_z_takes_it_back(agent):  # noqa: F811
    agent.set_viewport_size(DESKTOP)
    agent.click(".dr-ticket a >> nth=0")
    agent.wait_for_function("() => document.activeElement.id === 'judul-tiket'")
    wanted = agent.get_attribute(".dr-ticket a >> nth=1", "href")
    agent.keyboard.press("s")
    agent.hover("#kabar .dr-toast")  # it waits under the pointer
    agent.wait_for_function("href => document.activeElement.getAttribute('href') === href", arg=wanted)
    assert "selesai" in agent.inner_text("#kabar .dr-toast")
    agent.keyboard.press("z")
    agent.wait_for_selector("#percakapan .dr-chip:text('Selesai')", state="detached")
    agent.wait_for_selector("#log :text('Diurungkan')")


def test_a_dialog_opened_on_a_page_of_its_own_does_what_it_says(agent):  # noqa: F811
    open_props(agent, DESKTOP)
    number = agent.get_attribute("#percakapan", "data-ticket")
    site = agent.url.split("/tiket/")[0]
    agent.goto(f"{site}/layer2/tanya/{number}/")
    agent.wait_for_function("() => window.htmx")
    agent.check("[name=unit][value='PK.2']")
    agent.fill("#tanya-pertanyaan", "Mohon jadwal penyaluran.")
    agent.click("#form-eskalasi [type=submit]")
    agent.wait_for_selector("#layer-2 :text('Mohon jadwal penyaluran.')")
    agent.goto(f"{site}/tiket/{number}/anak/")
    agent.wait_for_function("() => window.htmx")
    agent.fill(".dr-dialog-page textarea", "Periksa rekening kas daerah.")
    agent.click(".dr-dialog-page form [type=submit]")
    agent.wait_for_selector("#percakapan")
