"""Two people at once in real browsers: what one does, the other sees, and nothing of what they were at is lost."""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from messaging.verbs import store_message
from tests import factories as make
from tests.browser.fixtures import PATIENCE, paced
from tests.browser.test_report_page import findings, overflow
from tickets import conversation, sorting, verbs
from tickets.intake import receive_message
from tickets.live import bus
from tickets.models import Draft

pytestmark = pytest.mark.browser
CONNECTED = "() => document.getElementById('langsung').dataset.state === 'on'"
LATEST_TRY = 37_500  # ms between two tries to reach a server that is away, at most
AT_THE_END = "() => { const log = document.getElementById('log'); return log.scrollHeight - log.scrollTop - log.clientHeight < 4 }"

# Somebody who writes without a pause: what the page would do six seconds after the last key never comes.
NEVER_PAUSES = "() => { const wait = setTimeout; window.setTimeout = (work, ms, ...rest) => ms === 6000 ? 0 : wait(work, ms, ...rest) }"

# Somebody whose draft is not tried again by the clock: what the page would do five seconds after a failure never comes.
NEVER_RETRIES = "() => { const wait = setTimeout; window.setTimeout = (work, ms, ...rest) => ms === 5000 ? 0 : wait(work, ms, ...rest) }"
SIGN_OUT = "() => document.querySelector('form[action=\"/keluar/\"]').requestSubmit()"


@dataclass
class People:
    """Laras and Bima, each with a browser of their own, at the same ticket of many entries."""

    laras: object
    bima: object
    ticket: object
    agents: dict


def sign_in(page, url: str, name: str) -> None:
    page.goto(f"{url}/masuk/")
    page.fill("[name=login], [name=username]", name)
    page.fill("[name=password]", "kata-sandi-uji")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/tiket/**")
    page.wait_for_function(CONNECTED)


def opened(page, url: str, ticket) -> None:
    page.goto(f"{url}/tiket/{ticket.number}/")
    page.wait_for_function(CONNECTED)


@pytest.fixture
def people(live, page, chromium):
    now = timezone.now()
    agents = {name: make.staff(name) for name in ("laras", "bima")}
    for user in agents.values():
        user.set_password("kata-sandi-uji")
        user.save()
    ticket = make.ticket(topic=make.topic(), subject="Syarat salur DAK Fisik", at=now - timedelta(hours=2))
    for number in range(12):
        at = now - timedelta(minutes=90 - number)
        conversation.add_note(ticket=ticket, text=f"Catatan {number}.\n\nIsi panjang.", at=at, actor=agents["bima"])
    for who in ("melati", "rangga"):
        make.ticket(contact=make.contact(who), topic=make.topic(), subject=f"Pertanyaan {who}", at=now)
    context = chromium.new_context(locale="id-ID", timezone_id="Asia/Jakarta", viewport={"width": 1440, "height": 900})
    other = paced(context.new_page())
    sign_in(page, live.url, "laras")
    sign_in(other, live.url, "bima")
    yield People(page, other, ticket, agents)
    context.close()


def customer_writes(ticket, text: str) -> None:
    at = timezone.now()
    message, _new = store_message(
        channel=ticket.channel, external_id=f"in:{text}", contact=ticket.contact, body=text, at=at
    )
    receive_message(ticket=ticket, message=message, at=at, actor=None)


def test_a_new_entry_appears_without_moving_what_one_reads_writes_or_edits(live, people):
    page = people.laras
    opened(page, live.url, people.ticket)
    page.fill("#teks", "Setengah jadi")
    page.evaluate(
        "() => { document.getElementById('teks').setSelectionRange(3, 6); document.getElementById('log').scrollTop = 10; window.stayed = true }"
    )
    customer_writes(people.ticket, "Ada tambahan berkas.")
    page.wait_for_selector("#log :text('Ada tambahan berkas.')", state="attached")
    assert page.evaluate("() => document.getElementById('log').scrollTop") == 10
    assert page.input_value("#teks") == "Setengah jadi"
    assert page.evaluate("() => [document.activeElement.id, document.activeElement.selectionStart]") == ["teks", 3]
    assert page.evaluate("() => window.stayed")
    assert page.inner_text("#ke-bawah") == "1 entri baru"
    assert page.get_attribute("#log article:last-child", "data-entry") is None, "not yet seen"
    page.click("#ke-bawah")
    page.wait_for_selector("#log article:last-child[data-entry]")
    assert page.is_hidden("#ke-bawah")


def test_the_window_goes_on_counting_when_the_head_is_renewed(live, people):
    ticket = make.ticket(channel=make.channel("WHATSAPP"), at=timezone.now() - timedelta(hours=2))
    opened(people.laras, live.url, ticket)
    left = people.laras.locator("#sisa-jendela")
    expect(left).to_have_text(re.compile(r"WA 21 j \d+ m"))
    sorting.set_topic(ticket=ticket, topic=make.topic(), at=timezone.now(), actor=people.agents["bima"])
    conversation.add_note(ticket=ticket, text="Catatan baru.", at=timezone.now(), actor=people.agents["bima"])
    people.laras.wait_for_selector("#log :text('Catatan baru.')")
    expect(left).to_have_text(re.compile(r"WA 21 j \d+ m"))


def test_a_window_that_opens_again_counts_in_the_composer_too(live, people):
    ticket = make.ticket(channel=make.channel("WHATSAPP"), at=timezone.now() - timedelta(hours=25))
    opened(people.laras, live.url, ticket)
    shown = people.laras.locator(".dr-channel [data-when=reply]")
    expect(shown).to_have_text("WhatsApp")
    customer_writes(ticket, "Masih ada pertanyaan.")
    expect(shown).to_have_text(re.compile(r"^WhatsApp, sisa (24 j|23 j 59 m)$"))


def test_what_was_taken_back_leaves_the_pages_of_others_too(live, people):
    opened(people.bima, live.url, people.ticket)
    opened(people.laras, live.url, people.ticket)
    people.laras.fill("#teks", "Terlalu cepat dikirim")
    people.laras.press("#teks", "Control+Enter")
    people.laras.hover("#kabar .dr-toast")  # it waits under the pointer
    people.bima.wait_for_selector("#log :text('Terlalu cepat dikirim')")
    people.laras.click("#kabar button:has-text('Urungkan')")
    people.bima.wait_for_selector("#log :text('Balasan dibatalkan')")
    people.bima.wait_for_selector("#log :text('Terlalu cepat dikirim')", state="detached")
    assert people.bima.locator("#log .dr-msg[data-from=note]").count() == 12, "nothing else went"


def test_at_the_end_of_the_conversation_one_stays_there(live, people):
    page = people.laras
    opened(page, live.url, people.ticket)
    page.wait_for_function(AT_THE_END)
    customer_writes(people.ticket, "Ada tambahan berkas.")
    page.wait_for_selector("#log :text('Ada tambahan berkas.')")
    page.wait_for_function(AT_THE_END)
    page.wait_for_selector("#log article:last-child[data-entry]")
    page.fill("#teks", "Baris\n" * 12)  # the composer grows over it
    page.wait_for_function(AT_THE_END)


def test_head_and_properties_follow_and_an_open_editor_does_not(live, people):
    page = people.laras
    opened(page, live.url, people.ticket)
    at = timezone.now()
    sorting.set_priority(ticket=people.ticket, priority=40, at=at, actor=people.agents["bima"])
    page.wait_for_selector("#fakta :text('Mendesak')")
    page.click("#ubah-subjek")
    page.fill("#nilai-subjek", "Judul yang sedang ditulis")
    verbs.mark_waiting_requester(ticket=people.ticket, at=timezone.now(), actor=people.agents["bima"])
    page.wait_for_selector("#kepala-tiket .dr-chip:text('Menunggu pemohon')")
    assert page.input_value("#nilai-subjek") == "Judul yang sedang ditulis"
    assert page.evaluate("() => document.activeElement.id") == "nilai-subjek"


def test_an_action_that_waits_for_the_draft_is_sent_though_the_head_changed_meanwhile(live, people):
    page, held, slow = people.laras, [], [True]
    opened(page, live.url, people.ticket)
    page.route("**/draf/", lambda route: held.append(route) if slow else route.continue_())
    page.click("#teks")
    page.keyboard.type("Setengah jadi")
    with page.expect_request("**/draf/"):
        page.click("#kepala-tiket button:has-text('Ambil')")
    verbs.mark_waiting_requester(ticket=people.ticket, at=timezone.now(), actor=people.agents["bima"])
    page.wait_for_selector("#log :text('Menunggu pemohon')")
    slow.clear()
    for route in held:
        route.continue_()
    page.wait_for_selector("#log :text('Ditugaskan')")
    page.wait_for_selector("#kepala-tiket .dr-chip:text('Menunggu pemohon')")
    assert page.input_value("#teks") == "Setengah jadi"


def test_who_looks_and_who_writes_stands_in_the_head_and_on_the_row(live, people):
    page, other = people.laras, people.bima
    opened(page, live.url, people.ticket)
    opened(other, live.url, people.ticket)
    page.wait_for_selector("#hadir:has-text('Sedang dibuka Bima Pradipta')")
    other.evaluate(NEVER_PAUSES)
    other.click("#teks")
    other.keyboard.type("Kami periksa")
    page.wait_for_selector("#hadir:has-text('Bima Pradipta sedang menulis balasan')")
    page.wait_for_selector(f"#tiket-{people.ticket.pk} [data-present] [aria-label*='sedang menulis']")
    assert findings(page) == []
    page.fill("#teks", "Jawaban kedua")
    page.press("#teks", "Control+Enter")
    page.wait_for_selector("#tanya-mengetik[open] :text('Bima Pradipta sedang menulis balasan')")
    assert findings(page) == []
    page.click("#tanya-mengetik button:has-text('Kembali')")
    assert page.input_value("#teks") == "Jawaban kedua"
    assert not people.ticket.entries.filter(message__body="Jawaban kedua").exists()
    other.keyboard.type(" berkasnya")
    page.press("#teks", "Control+Enter")
    page.click("#tanya-mengetik button:has-text('Tetap kirim')")
    other.wait_for_selector("#log :text('Jawaban kedua')")
    assert other.input_value("#teks") == "Kami periksa berkasnya"
    other.context.close()
    page.wait_for_function("() => !document.getElementById('hadir').textContent")


def test_one_sees_oneself_nowhere(live, people):
    page = people.laras
    second = paced(page.context.new_page())
    opened(page, live.url, people.ticket)
    opened(second, live.url, people.ticket)
    opened(people.bima, live.url, people.ticket)
    page.wait_for_selector("#hadir:has-text('Bima')")
    assert "Laras" not in page.inner_text("#hadir")
    people.bima.wait_for_selector("#hadir:has-text('Sedang dibuka Laras Setyani')")
    assert people.bima.inner_text("#hadir").count("Laras") == 1


def test_a_page_that_was_cut_off_catches_up(live, people):
    page = people.laras
    opened(page, live.url, people.ticket)
    page.context.set_offline(True)
    page.wait_for_function("() => document.getElementById('langsung').dataset.state !== 'on'")
    customer_writes(people.ticket, "Ditulis selagi terputus.")
    page.context.set_offline(False)
    page.wait_for_selector("#log :text('Ditulis selagi terputus.')", state="attached")
    page.wait_for_function(CONNECTED)


def test_a_page_comes_back_after_the_server_was_away(live, people):
    page = people.laras
    opened(page, live.url, people.ticket)
    page.fill("#teks", "Setengah jadi")
    live.stop()
    page.wait_for_function("() => document.getElementById('langsung').dataset.state !== 'on'")
    customer_writes(people.ticket, "Ditulis selagi peladen berhenti.")
    live.start()
    page.wait_for_function(CONNECTED, timeout=PATIENCE + LATEST_TRY)
    page.wait_for_selector("#log :text('Ditulis selagi peladen berhenti.')", state="attached")
    assert page.input_value("#teks") == "Setengah jadi"


def test_an_ended_session_says_so_and_signing_in_elsewhere_goes_on(live, people):
    page = people.laras
    opened(page, live.url, people.ticket)
    page.fill("#teks", "Tidak boleh hilang")
    elsewhere = paced(page.context.new_page())
    elsewhere.goto(f"{live.url}/tiket/")
    elsewhere.evaluate(SIGN_OUT)
    page.wait_for_selector("#sesi-berakhir:visible")
    assert page.input_value("#teks") == "Tidak boleh hilang"
    assert findings(page) == []
    assert overflow(page) == 0
    sign_in(elsewhere, live.url, "laras")
    page.evaluate("() => dispatchEvent(new Event('focus'))")
    page.wait_for_function(CONNECTED)
    assert page.is_hidden("#sesi-berakhir")
    assert page.input_value("#teks") == "Tidak boleh hilang"


def test_signed_in_again_nothing_says_that_the_session_ended_and_the_draft_is_kept(live, people):
    page = people.laras
    opened(page, live.url, people.ticket)
    elsewhere = paced(page.context.new_page())
    elsewhere.goto(f"{live.url}/tiket/")
    elsewhere.evaluate(SIGN_OUT)
    page.wait_for_selector("#sesi-berakhir:visible")
    page.evaluate(NEVER_RETRIES)
    page.fill("#teks", "Tidak boleh hilang")
    page.wait_for_selector("#terputus[data-why=session]:not([hidden])", state="attached")
    sign_in(elsewhere, live.url, "laras")
    with page.expect_response(lambda answer: "/draf/" in answer.url and answer.ok):
        page.evaluate("() => dispatchEvent(new Event('focus'))")
        page.wait_for_function(CONNECTED)
        page.wait_for_selector("#terputus", state="hidden")
        assert page.is_hidden("#sesi-berakhir")
    assert Draft.objects.get(ticket=people.ticket).text == "Tidak boleh hilang"


def test_news_still_on_its_way_while_one_signs_out_is_given_up_and_not_taken_for_an_ended_session(live, people):
    page = people.laras
    opened(page, live.url, people.ticket)
    held: list = []  # would come back as refused, with the session gone meanwhile
    page.route("**/kini/**", lambda route: held.append(route))
    page.route("**/keluar/", lambda route: route.fulfill(status=204))  # signing out takes its time: the page stays
    with page.expect_request("**/kini/**"):
        customer_writes(people.ticket, "Ditulis selagi keluar.")
    with page.expect_event("requestfailed", lambda request: "/kini/" in request.url):
        page.evaluate(SIGN_OUT)
    assert page.is_hidden("#sesi-berakhir")


def test_what_happens_while_the_server_reads_a_ticket_reaches_its_properties_too(live, people, monkeypatch):
    """The entry is there and the property not yet: that the page shows the entry does not mean that it knows all."""
    page, said = people.laras, []
    opened(page, live.url, people.ticket)
    page.clock.set_fixed_time(timezone.now())  # however slow the machine, the hint comes soon after the answer
    monkeypatch.setattr(bus, "publish", lambda message: said.append(message) or True)
    sorting.set_priority(ticket=people.ticket, priority=40, at=timezone.now(), actor=people.agents["bima"])
    newest = people.ticket.entries.latest("pk").pk

    def torn(route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("Mendesak", "Sedang"))

    page.route("**/kini/**", torn)  # each of them: a hint of how the ticket came to be may still be on its way
    page.evaluate(
        "() => dispatchEvent(new CustomEvent('dering:hint', { detail: { changed: new Map(), everything: true } }))"
    )
    page.wait_for_selector(f"#log :is([data-entry='{newest}'], [data-arrived='{newest}'])")
    assert page.locator("#fakta :text('Mendesak')").count() == 0
    page.unroute_all(behavior="wait")
    monkeypatch.undo()
    for message in said:
        bus.publish(message)
    page.wait_for_selector("#fakta :text('Mendesak')")


def test_a_row_changes_in_its_place_and_keeps_tick_focus_and_scroll(live, people):
    page, row = people.laras, f"#tiket-{people.ticket.pk}"
    for number in range(20):
        make.ticket(contact=make.contact("melati"), topic=make.topic(), subject=f"Lagi {number}", at=timezone.now())
    page.goto(f"{live.url}/tiket/?urut=terlama")
    page.wait_for_function(CONNECTED)
    page.check(f"{row} .dr-check")
    page.focus(f"{row} a[data-open]")
    page.evaluate("() => { document.getElementById('daftar').scrollTop = 40 }")
    rows = page.locator(".dr-ticket").count()
    sorting.set_priority(ticket=people.ticket, priority=40, at=timezone.now(), actor=people.agents["bima"])
    page.wait_for_selector(f"{row} :text('Mendesak')", state="attached")
    assert page.is_checked(f"{row} .dr-check")
    assert page.evaluate("() => document.activeElement.closest('li').id") == row.removeprefix("#")
    assert page.evaluate("() => document.getElementById('daftar').scrollTop") == 40
    assert page.locator(".dr-ticket").count() == rows
    assert page.text_content("#terpilih").startswith("1")


def test_after_a_move_of_ones_own_only_its_row_is_renewed(live, people):
    page, row = people.laras, f"#tiket-{people.ticket.pk}"
    page.goto(f"{live.url}/tiket/{people.ticket.number}/?tampilan=terbuka")
    page.wait_for_function(CONNECTED)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.click("#kepala-tiket button:has-text('Ambil')")
    page.wait_for_selector("#isi-tampilan a[href*='milik-saya'] .dr-count:text-is('1')")
    assert any(f"id={people.ticket.pk}" in address for address in asked), "its row is asked for"
    assert not [address for address in asked if urlsplit(address).path == "/tiket/"], "the list is not"
    assert page.query_selector(f"{row} a[aria-current]"), "still marked as the open one"


def test_a_move_of_ones_own_out_of_the_view_takes_the_row_away_and_its_undo_brings_it_back(live, people):
    page, row = people.laras, f"#tiket-{people.ticket.pk}"
    page.goto(f"{live.url}/tiket/{people.ticket.number}/?tampilan=belum-ditugaskan")
    page.wait_for_function(CONNECTED)
    page.click("#kepala-tiket button:has-text('Ambil')")
    page.hover(".dr-toast")  # it waits under the pointer
    page.wait_for_selector(row, state="detached")
    page.click(".dr-toast button")
    page.wait_for_selector(row)


def test_what_left_the_view_is_marked_and_what_is_new_is_announced(live, people):
    page, row = people.laras, f"#tiket-{people.ticket.pk}"
    page.goto(f"{live.url}/tiket/")
    page.wait_for_function(CONNECTED)
    verbs.close(ticket=people.ticket, at=timezone.now(), actor=people.agents["bima"])
    fresh = make.ticket(contact=make.contact("arung"), topic=make.topic(), subject="Baru masuk", at=timezone.now())
    page.wait_for_selector(f"{row}[data-gone] :text('Tidak lagi di tampilan ini')")
    page.wait_for_selector("#tiket-baru:visible:has-text('1 tiket baru')")
    assert page.is_hidden(f"{row} .dr-sla"), "no clock runs any more, and the note needs its room"
    assert page.eval_on_selector(f"{row} .dr-row", "line => line.scrollWidth <= line.clientWidth")
    assert not page.query_selector(f"#tiket-{fresh.pk}")
    assert page.inner_text("#isi-tampilan a[aria-current] .dr-count") == "3"
    assert findings(page) == []
    page.click("#tiket-baru")
    page.wait_for_selector(f"#tiket-{fresh.pk}")
    page.wait_for_selector(row, state="detached")
    page.wait_for_selector("#tiket-baru", state="hidden")


def test_an_empty_list_fills_by_itself(live, people):
    page = people.laras
    page.goto(f"{live.url}/tiket/?tampilan=milik-saya")
    page.wait_for_function(CONNECTED)
    assert page.locator(".dr-ticket").count() == 0
    sorting.assign(to=people.agents["laras"], ticket=people.ticket, at=timezone.now(), actor=people.agents["bima"])
    page.wait_for_selector(f"#tiket-{people.ticket.pk}")
