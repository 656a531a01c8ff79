"""Search, palette and shortcuts in a real browser, mostly without touching the mouse."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.agent_day import ANSWERED, SETTLED
from tests.browser.test_live_page import customer_writes
from tests.browser.test_report_page import PHONE, choose_theme, findings, overflow
from tickets.models import Ticket

pytestmark = pytest.mark.browser
FOCUSED = "() => document.activeElement.id"
READY = "() => location.pathname === '/tiket/cari/' && document.activeElement.id === 'cari'"
FOUND = "typed => new URLSearchParams(location.search).get('q') === typed && !document.querySelector('.htmx-request')"


@pytest.fixture
def agent(live, page):
    """Laras at the inbox with three questions; nothing may stand in the console at the end."""
    laras, now = make.staff("laras"), timezone.now()
    laras.set_password("kata-sandi-uji")
    laras.save()
    texts = {
        "arung": "Kapan DAU disalurkan?",
        "melati": "Penyaluran DBH terlambat.",
        "rangga": "Jadwal uji kompetensi?",
    }
    for minutes, (who, text) in enumerate(texts.items()):
        at = now - timedelta(minutes=30 - minutes)
        make.ticket(contact=make.contact(who), topic=make.topic(), subject=f"Pertanyaan {who}", text=text, at=at)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.goto(f"{live.url}/masuk/")
    page.fill("#id_username", "laras")
    page.fill("#id_password", "kata-sandi-uji")
    page.press("#id_password", "Enter")
    page.wait_for_url("**/tiket/")
    yield page
    assert said == []


def chosen(page) -> str:
    return page.inner_text("#palet [aria-selected=true]")


def choose(page, text: str) -> None:
    """Open the palette, type, and take the first option that says `text`."""
    page.keyboard.press("Control+k")
    page.keyboard.type(text)
    page.wait_for_selector(f"{ANSWERED} [role=option][aria-selected=true]:has-text('{text}')")
    page.keyboard.press("Enter")


def test_results_appear_while_typing_and_open_beside_them(agent):
    agent.keyboard.press("/")
    agent.wait_for_function(READY)
    agent.keyboard.type("penyalu")
    agent.wait_for_function(FOUND, arg="penyalu")  # not only what the first letters found
    agent.wait_for_selector(".dr-hit mark:text('Penyaluran')")
    assert agent.locator(".dr-hit").count() == 2
    assert agent.url.endswith("?q=penyalu")
    assert agent.evaluate(FOCUSED) == "cari", "typing goes on"
    assert agent.inner_text("#jumlah-cari") == "2 tiket ditampilkan"
    with agent.expect_response("**/tiket/cari/?q=penyalu*"):
        agent.evaluate("() => htmx.trigger(document.body, 'tiket-berubah')")
    agent.wait_for_function(SETTLED)
    assert agent.locator(".dr-hit").count() == 2, "a change elsewhere keeps the results of what was typed"
    agent.keyboard.type("ran dbh")
    agent.wait_for_function(FOUND, arg="penyaluran dbh")
    expect(agent.locator(".dr-hit")).to_have_count(1)
    agent.keyboard.press("ArrowDown")
    agent.keyboard.press("Enter")
    agent.wait_for_function("() => document.activeElement.id === 'judul-tiket'")
    assert agent.inner_text("#judul-tiket") == "Pertanyaan melati"
    assert agent.locator(".dr-hit").count() == 1, "the results stay"
    agent.reload()
    assert agent.input_value("#cari") == "penyaluran dbh"
    assert agent.inner_text("#judul-tiket") == "Pertanyaan melati"
    agent.go_back()
    agent.wait_for_selector("text=Belum ada tiket yang dibuka")
    assert agent.input_value("#cari") == "penyaluran dbh"


def test_a_misspelt_name_leads_on(agent):
    agent.keyboard.press("/")
    agent.wait_for_function(READY)
    agent.keyboard.type("melti -dau")
    agent.click("text=Melati -dau")
    agent.wait_for_selector(".dr-hit:has-text('Melati Kusumah')")


def test_the_palette_finds_tickets_people_and_actions_by_keyboard_alone(agent):
    agent.keyboard.press("Control+k")
    assert agent.evaluate("() => document.activeElement.getAttribute('role')") == "combobox"
    agent.keyboard.type("gowa")
    agent.wait_for_selector(f"{ANSWERED} [data-open-ticket]")
    assert "Kab. Gowa" in chosen(agent)
    first = agent.get_attribute("#palet input", "aria-activedescendant")
    agent.keyboard.press("ArrowDown")
    assert agent.get_attribute("#palet input", "aria-activedescendant") != first
    agent.keyboard.press("ArrowUp")
    agent.keyboard.press("Enter")
    agent.wait_for_function("() => document.activeElement.id === 'judul-tiket'")
    assert agent.inner_text("#judul-tiket") == "Pertanyaan arung"
    agent.keyboard.press("Control+k")
    agent.keyboard.type(">makro")
    agent.wait_for_selector("#palet [role=option] mark:text-is('Makro')")
    assert "Makro" in agent.locator("#palet [role=option] .dr-cut").all_inner_texts()
    agent.keyboard.press("Escape")
    choose(agent, "Ambil")
    agent.wait_for_selector("#log :text('Ditugaskan')")
    choose(agent, "Catatan internal")
    agent.wait_for_function("() => document.activeElement.id === 'catatan'")
    agent.keyboard.press("Control+k")
    agent.keyboard.press("Escape")
    assert agent.evaluate(FOCUSED) == "catatan", "the palette gives the focus back"


def test_the_palette_goes_places_and_changes_looks(agent):
    choose(agent, "Tema: Gelap")
    assert agent.get_attribute("html", "data-bs-theme") == "dark"
    choose(agent, "Kerapatan: Rapat")
    assert agent.get_attribute("html", "data-density") == "compact"
    agent.reload()
    assert agent.get_attribute("html", "data-density") == "compact", "the next page is painted so at once"
    choose(agent, "Belum ditugaskan")
    agent.wait_for_url("**tampilan=belum-ditugaskan")
    agent.keyboard.press("Control+k")
    agent.keyboard.type("@melti")
    agent.wait_for_selector(f"{ANSWERED} [role=option][aria-selected=true]:has-text('Melati Kusumah')")
    agent.keyboard.press("Enter")
    agent.wait_for_selector(".dr-hit:has-text('Melati Kusumah')")


def test_enter_in_the_palette_does_what_fits_best_whatever_its_group(agent):
    agent.keyboard.press("Control+k")
    agent.keyboard.type(">rapat")
    agent.wait_for_selector("#palet [aria-selected=true]:has-text('Kerapatan: Rapat')")
    assert agent.text_content("#palet [role=option] >> nth=0").strip().startswith("Kerapatan: Rapat")


def test_the_palette_offers_every_action_of_the_page(agent):
    agent.click(".dr-ticket:has-text('Bandung') a")
    agent.wait_for_function("() => document.activeElement.id === 'judul-tiket'")
    agent.keyboard.press("Control+k")
    agent.keyboard.type(">")
    agent.wait_for_selector("#opsi-perintah [role=option]")
    offered = agent.inner_text("#opsi-perintah")
    for name in (
        *("Balas", "Catatan internal", "Lampirkan berkas", "Makro", "Kelola makro", "Kirim", "Kirim, tunggu pemohon"),
        *("Cetak", "Riwayat tiket", "Ubah Topik", "Ubah data pemohon", "Tampilkan alamat lengkap"),
        *("Pilih beberapa tiket", "Urutan: Terbaru", "Hanya yang belum dibaca", "Akun saya", "Keluar"),
    ):
        assert name in offered, name
    agent.keyboard.type("lingkup: semua tiket")
    agent.keyboard.press("Enter")
    agent.wait_for_url("**tampilan=semua**")
    agent.keyboard.press("Control+k")
    agent.keyboard.type(">urutan: terlama")
    agent.keyboard.press("Enter")
    agent.wait_for_url("**urut=terlama**")


def test_a_message_is_made_a_ticket_of_its_own_from_the_palette(agent):
    ticket = Ticket.objects.get(subject="Pertanyaan arung")
    customer_writes(ticket, "Satu lagi: DBH?")
    agent.goto(f"{agent.url}{ticket.number}/")
    agent.keyboard.press("Control+k")
    agent.wait_for_selector("#opsi-perintah [role=option]:has-text('Balas')")
    assert agent.locator("#opsi-perintah [role=option]:has-text('Jadikan tiket baru')").count() == 0, (
        "there may be many"
    )
    agent.keyboard.type("jadikan tiket")
    agent.wait_for_selector(f"{ANSWERED} [role=option][aria-selected=true]:has-text('Jadikan tiket baru: ')")
    agent.keyboard.press("Enter")
    agent.wait_for_selector("#dialog-tiket:visible :text('Satu lagi: DBH?')")


def test_the_palette_says_when_nothing_fits(agent):
    agent.keyboard.press("Control+k")
    agent.keyboard.type(">qqqq")
    agent.wait_for_selector("#opsi-kosong:visible")


def test_keys_one_after_the_other_lead_to_places(agent):
    agent.clock.install()
    agent.clock.pause_at(timezone.now() + timedelta(minutes=1))  # so that no key comes too late after the other
    agent.keyboard.press("g")
    agent.keyboard.press("l")
    agent.wait_for_url("**tampilan=layer-2")
    agent.keyboard.press("g")
    agent.keyboard.press("i")
    agent.wait_for_url("**/tiket/")


def test_the_sheet_lists_what_the_page_has(agent):
    agent.keyboard.press("?")
    agent.wait_for_selector("#pintasan[open]")
    assert "Kotak masuk" in agent.inner_text("#pintasan")
    assert "Balas" not in agent.inner_text("#pintasan [data-here]")
    for words in ("Pilih tiket", "Pilih semua tiket di daftar", "Urungkan", "Kirim dan selesaikan"):
        assert words in agent.inner_text("#pintasan"), words
    agent.keyboard.press("Escape")
    agent.keyboard.press("j")
    agent.keyboard.press("Enter")
    agent.wait_for_function("() => document.activeElement.id === 'judul-tiket'")
    agent.keyboard.press("?")
    assert "Balas" in agent.inner_text("#pintasan [data-here]")
    agent.keyboard.press("r")
    assert agent.is_visible("#pintasan"), "keys do nothing behind the sheet"


def test_single_keys_can_be_switched_off(agent):
    choose(agent, "Pintasan satu huruf: Mati")
    agent.reload()
    for key in ("j", "/", "?", "g", "l"):
        agent.keyboard.press(key)
    assert agent.evaluate("() => document.activeElement === document.body")
    assert not agent.is_visible("#pintasan")
    assert agent.url.endswith("/tiket/")
    choose(agent, "Semua pintasan")
    agent.wait_for_selector("#pintasan[open]")
    agent.keyboard.press("Escape")
    choose(agent, "Pintasan satu huruf: Nyala")
    agent.wait_for_function("() => document.documentElement.dataset.keys === 'on'")
    agent.keyboard.press("j")
    assert agent.evaluate("() => document.activeElement.matches('[data-open]')")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(agent, live, theme, size):
    choose_theme(agent, theme)
    agent.set_viewport_size(size)
    for address in ("", "?q=penyaluran", "?q=melti", "?q=kanal:fax"):
        agent.goto(f"{live.url}/tiket/cari/{address}")
        assert findings(agent) == [], address
        assert overflow(agent) == 0, address
    agent.evaluate("() => document.activeElement.blur()")
    agent.keyboard.press("Control+k")
    agent.keyboard.type("arung")
    agent.wait_for_selector(f"{ANSWERED} [data-open-ticket]")
    assert findings(agent) == []
    assert overflow(agent) == 0
    agent.keyboard.press("Escape")
    agent.keyboard.press("?")
    agent.wait_for_selector("#pintasan[open]")
    assert findings(agent) == []
    assert overflow(agent) == 0
