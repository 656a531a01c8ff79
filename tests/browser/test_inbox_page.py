"""The inbox in a real browser: a ticket opens beside the list, on a phone in its place, readable by all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from escalation.verbs import escalate
from tests import factories as make
from tests.browser.agent_day import ANSWERED, SETTLED
from tests.browser.test_report_page import PHONE, choose_theme, findings, overflow
from tickets import conversation

pytestmark = pytest.mark.browser


@pytest.fixture
def agent(live, page):
    """Laras at the inbox with three questions; nothing may stand in the console at the end."""
    laras, now = make.staff("laras"), timezone.now()
    laras.set_password("kata-sandi-uji")
    laras.save()
    for who, minutes in (("arung", 30), ("melati", 20), ("rangga", 10)):
        at = now - timedelta(minutes=minutes)
        make.ticket(contact=make.contact(who), topic=make.topic(), subject=f"Pertanyaan {who}", at=at)
    asked = make.ticket(topic=make.topic(), subject="Sudah dieskalasi", at=now - timedelta(minutes=9))
    conversation.post_reply(ticket=asked, text="Kami periksa dahulu.", at=now, actor=laras)
    conversation.add_note(ticket=asked, text="Perlu jawaban unit.", at=now, actor=laras)
    escalate(asked, unit=make.unit("PK.3"), at=now, actor=laras)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.goto(f"{live.url}/masuk/")
    page.fill("#id_username", "laras")
    page.fill("#id_password", "kata-sandi-uji")
    page.press("#id_password", "Enter")
    page.wait_for_url("**/tiket/")
    yield page
    assert [line for line in said if "401" not in line] == [], "an ended session is the one error a test asks for"


def open_ticket(page, subject: str) -> None:
    page.click(f".dr-ticket:has-text('{subject}') a")
    page.wait_for_function("() => document.activeElement.id === 'judul-tiket'")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(agent, theme):
    choose_theme(agent, theme)
    assert findings(agent) == []
    agent.click(".dr-ticket a >> nth=-1")
    agent.wait_for_selector("#judul-tiket")
    assert findings(agent) == []
    for width in (320, 390, 768, 1024, 1280, 1440):
        agent.set_viewport_size({"width": width, "height": 844})
        assert (width, overflow(agent)) == (width, 0)
    agent.set_viewport_size(PHONE)
    assert findings(agent) == []


def test_a_ticket_opens_in_place_and_the_back_button_closes_it(agent):
    agent.evaluate("() => { window.stayed = true }")
    open_ticket(agent, "Bandung")
    assert agent.inner_text("#judul-tiket") == "Pertanyaan melati"
    assert agent.get_attribute(".dr-ticket a[aria-current]", "href").startswith("/tiket/DRG-")
    assert agent.inner_text("#properti h2 >> nth=1") == "Melati Kusumah"
    assert agent.evaluate("() => window.stayed"), "the page was not loaded anew"
    agent.go_back()
    agent.wait_for_selector("text=Belum ada tiket yang dibuka")


def test_a_deep_link_puts_the_focus_on_no_button(agent):
    open_ticket(agent, "Bandung")
    agent.reload()
    agent.wait_for_function("() => document.getElementById('langsung').dataset.state === 'on'")
    assert agent.evaluate("() => document.activeElement.matches('body, #judul-tiket')"), "Enter would press it"


def test_the_list_is_walked_by_j_and_k(agent):
    agent.keyboard.press("j")
    first = agent.evaluate("() => document.activeElement.href")
    agent.keyboard.press("j")
    agent.keyboard.press("k")
    assert agent.evaluate("() => document.activeElement.href") == first
    agent.keyboard.press("Enter")
    agent.wait_for_function("() => document.activeElement.id === 'judul-tiket'")


def test_a_phone_shows_the_list_or_the_conversation(agent):
    agent.set_viewport_size(PHONE)
    assert not agent.is_visible("#percakapan")
    open_ticket(agent, "Bandung")
    assert not agent.is_visible("#daftar")
    agent.click("#percakapan .dr-toggle-props")
    assert agent.is_visible("#properti")
    assert not agent.is_visible("#percakapan")
    agent.click("#properti [data-show-pane=thread]")
    agent.click("#percakapan [data-show-pane=list]")
    assert agent.is_visible("#daftar")


def say(page, mode: str, text: str) -> None:
    """Write and send by the keyboard alone."""
    page.keyboard.press({"reply": "r", "note": "n"}[mode])
    page.keyboard.type(text)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f"#log :text('{text}')")
    page.wait_for_function(SETTLED)
    page.wait_for_function("() => document.activeElement.matches('#tulis textarea') && !document.activeElement.value")
    page.evaluate("() => document.activeElement.blur()")


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE], ids=["desktop", "phone"])
def test_an_agent_answers_notes_escalates_recalls_and_closes(agent, size):
    agent.set_viewport_size(size)
    phone = size is PHONE
    open_ticket(agent, "Bandung")
    say(agent, "note", "Perlu jawaban unit.")
    agent.keyboard.press("e")
    agent.wait_for_function("() => document.activeElement.id === 'eskalasi-unit'")
    agent.select_option("#eskalasi-unit", "PK.3")
    agent.fill("#eskalasi-pertanyaan", "Kapan salur?")
    agent.click("#layer-2 button:has-text('Eskalasi')")
    agent.wait_for_selector("#percakapan :text('Menunggu Layer 2')", state="attached")
    if phone:
        agent.click("#properti [data-show-pane=thread]")
    agent.click("[popovertarget=tindakan]")
    agent.click("#tindakan button:has-text('Selesai')")
    agent.wait_for_selector("[role=alert] :text('masih ditangani unit')")
    if phone:
        agent.click("#percakapan .dr-toggle-props")
    agent.click("#layer-2 summary")
    agent.fill("#layer-2 [name=alasan]", "Sudah terjawab.")
    agent.click("#layer-2 button:has-text('Tarik')")
    agent.wait_for_selector("#layer-2 :text('Ditarik')")
    agent.wait_for_function(SETTLED)
    if phone:
        agent.click("#properti [data-show-pane=thread]")
    say(agent, "reply", "Disalurkan besok.")
    assert findings(agent) == []
    assert overflow(agent) == 0
    agent.keyboard.press("Escape")
    if phone:
        agent.click("[popovertarget=tindakan]")
        agent.click("#tindakan button:has-text('Selesai')")
    else:
        agent.keyboard.press("s")
    agent.wait_for_selector("#percakapan .dr-chip:text('Selesai')")
    agent.wait_for_selector(".dr-ticket:has-text('Bandung')", state="detached")


def test_what_was_typed_outlives_a_reload_and_another_action(agent):
    open_ticket(agent, "Bandung")
    agent.keyboard.press("r")
    agent.keyboard.type("Setengah jadi")
    agent.reload()
    assert agent.input_value("#teks") == "Setengah jadi"
    agent.click("button:has-text('Ambil')")
    agent.wait_for_selector("#log :text('Ditugaskan')")
    assert agent.input_value("#teks") == "Setengah jadi"


def test_all_of_the_bar_of_chosen_tickets_is_within_a_phones_reach(agent):
    agent.set_viewport_size(PHONE)
    agent.click("[data-select-mode]")
    agent.check(".dr-check >> nth=0")
    agent.wait_for_selector("#terpilih:text('1 dipilih')")
    beyond = "buttons => buttons.filter((one) => one.getBoundingClientRect().right > innerWidth).length"
    assert agent.eval_on_selector_all(".dr-bulk-bar button", beyond) == 0
    fits = "output => output.scrollWidth <= output.clientWidth"
    assert agent.eval_on_selector("#terpilih", fits)


def test_an_ended_session_says_so_and_keeps_the_text(agent):
    open_ticket(agent, "Bandung")
    agent.context.clear_cookies(name="sessionid")
    agent.keyboard.press("r")
    agent.keyboard.type("Tidak boleh hilang")
    agent.click("[data-send=reply]")
    agent.wait_for_selector(":is(#terputus, #sesi-berakhir):visible :text('Sesi Anda berakhir')")
    assert agent.input_value("#teks") == "Tidak boleh hilang"


def test_a_ticket_is_marked_unread_from_its_menu_and_from_the_palette(agent):
    open_ticket(agent, "Bandung")
    row = "#daftar li:has([aria-current=true])"
    for way in ("menu", "palette", "key"):
        agent.wait_for_selector(f"{row}:not([data-unread])")
        if way == "menu":
            agent.click("[popovertarget=tindakan]")
            agent.click("#tindakan button:has-text('Tandai belum dibaca')")
        elif way == "palette":
            agent.keyboard.press("Control+k")
            agent.keyboard.type(">belum dibaca")
            agent.wait_for_selector(f"{ANSWERED} [aria-selected=true]:has-text('Tandai belum dibaca')")
            agent.keyboard.press("Enter")
        else:
            agent.keyboard.press("u")
        agent.wait_for_selector(f"{row}[data-unread]")
        assert agent.locator("#tindakan:popover-open").count() == 0
        open_ticket(agent, "Bandung")
