"""A requester is played on each channel: real hooks with real signatures, real servers, and what really came back."""

import os
import threading

import pytest
from django.db import connections
from django.utils import timezone

from calls.extensions import set_extension
from calls.models import Call
from djpk.simulator.lines import connect_lines
from djpk.simulator.server import Outside
from messaging.claiming import claim_in_order
from messaging.email.receiving import receive_mail
from messaging.models import Channel, Connection, Message
from tests import factories as make
from tests.browser.test_live_page import sign_in
from tests.browser.test_report_page import findings, overflow
from tickets import conversation
from tickets.composer.sending import send_reply
from tickets.models import Ticket

pytestmark = pytest.mark.browser
MINE, THEIRS = ".dr-msg[data-from=agent]", ".dr-msg[data-from=customer]"
TIRTA = "+6200090000001"


def shot(page, name):
    """A picture to look at, where DERING_SHOTS names a folder."""
    if folder := os.environ.get("DERING_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def hand_over(raw: bytes, mailbox: str) -> str:
    """What `receive_email` does, in this process and database."""
    try:
        now = timezone.now()
        claim_in_order(message=receive_mail(raw, mailbox=mailbox, at=now).message, at=now)
    finally:
        connections.close_all()
    return "250 OK"


@pytest.fixture
def outside(live, settings, tmp_path):
    """The simulator, connected; chats at any hour, no chatbot on WhatsApp, answers leave at once."""
    settings.MEDIA_ROOT, settings.COMPOSER_UNDO_SECONDS = tmp_path, 0
    made = Outside(live.url, hand_over).start()
    settings.SIMULATOR_URL, settings.WHATSAPP_GRAPH_URL = made.url, made.graph.url
    Channel.objects.filter(code="LIVE_CHAT").update(open_outside_hours=True)
    Connection.objects.create(channel=make.channel("LIVE_CHAT"), name="Live Chat DJPK", address="obrolan")
    assert connect_lines(url=made.url, smtp_port=made.mail.port, at=timezone.now())
    yield made
    made.stop()


@pytest.fixture
def player(outside, live, page):
    """A supervisor on the page."""
    user = make.staff("sekar")
    user.set_password("kata-sandi-uji")
    user.save()
    sign_in(page, live.url, "sekar")
    return page


def play(page, live, channel: str, who: str = "tirta"):
    page.goto(f"{live.url}/simulator/?kanal={channel}&orang={who}")
    return page


def wait_for(condition, tries: int = 200):
    """Look until it is so, and what it is then; servers in other threads work meanwhile."""
    for _try in range(tries):
        if found := condition():
            return found
        threading.Event().wait(0.05)
    raise AssertionError("it never became so")


def write(page, text: str) -> None:
    page.fill("#teks", text)
    page.click("#tulis button[value=kirim]")
    page.wait_for_selector(f"{MINE}:has-text('{text}'):has-text('Terkirim')")


def reply(text: str, run_tasks, **rest) -> Message:
    ticket = Ticket.objects.latest("pk")
    message = conversation.write_reply(ticket=ticket, text=text, at=timezone.now(), actor=make.staff("laras"), **rest)
    run_tasks()
    return Message.objects.get(pk=message[1].pk)


def test_whatsapp_goes_there_and_back_with_receipts(player, live, outside, run_tasks):
    play(player, live, "WHATSAPP")
    write(player, "Kapan DAU salur?")
    run_tasks()
    ticket = Ticket.objects.get()
    assert (ticket.source, ticket.contact.name) == ("SIMULATOR", "Tirta Mandalawangi")
    player.wait_for_selector(f"#samping a:has-text('{ticket.number}')")
    message = reply("Paling lambat tanggal 20.", run_tasks)
    player.wait_for_selector(f"{THEIRS}:has-text('Paling lambat tanggal 20.')")
    wait_for(lambda: Message.objects.get(pk=message.pk).delivery == "READ")
    assert player.inner_text("#terakhir") == "Masuk: Paling lambat tanggal 20."
    asked = ticket.entries.get(message__direction="IN")
    send_reply(ticket=ticket, text="Untuk DAU.", quoted=asked.pk, at=timezone.now(), actor=make.staff("laras"))
    run_tasks()
    answer = player.locator(THEIRS, has_text="Untuk DAU.")
    assert answer.locator("blockquote").inner_text() == "Kapan DAU salur?"
    shot(player, "simulator-whatsapp")


def test_faults_of_whatsapp_show_what_dering_makes_of_them(player, live, outside, run_tasks):
    play(player, live, "WHATSAPP")
    player.check("#thrice")
    player.check("#backwards")
    player.select_option("#gangguan", "131026")
    player.click("button[value=sakelar]")
    player.wait_for_selector("#samping code:has-text('131026')")
    write(player, "Satu kali saja.")
    run_tasks()
    assert list(Message.objects.values_list("body", flat=True)) == ["Satu kali saja."]
    assert [wire.answer[:3] for wire in outside.world.wires("WHATSAPP")] == ["200"] * 3
    message = reply("Tidak sampai.", run_tasks)
    assert (message.delivery, "131026" in message.delivery_reason) == ("FAILED", True)
    message = reply("Sampai.", run_tasks)
    wait_for(lambda: Message.objects.get(pk=message.pk).delivery == "READ")
    player.wait_for_selector(f"{THEIRS}:has-text('Sampai.')")
    assert player.locator(THEIRS).count() == 1


def test_a_file_and_a_tapped_option(player, live, outside, run_tasks):
    play(player, live, "WHATSAPP")
    player.set_input_files("#berkas", {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    player.click("#tulis button[value=kirim]")
    player.wait_for_selector(f"{MINE}:has-text('Terkirim') .dr-file:has-text('surat.pdf')")
    run_tasks()
    message = Message.objects.get()
    assert message.details["media"]["filename"] == "surat.pdf"
    buttons = [{"type": "reply", "reply": {"id": key, "title": title}} for key, title in (("1", "Ya"), ("2", "Tidak"))]
    asked = {"type": "button", "body": {"text": "Benar?"}, "action": {"buttons": buttons}}
    outside.handset.arrived({"to": TIRTA.lstrip("+"), "id": "wamid.a", "type": "interactive", "interactive": asked})
    player.click(".dr-trial-options button:has-text('Ya')")
    player.wait_for_selector(f"{MINE}:has-text('Terkirim') .dr-sim-text:has-text('Ya')")
    said = Message.objects.filter(direction="IN").latest("pk")
    assert (said.body, said.details["interactive"]["button_reply"]["id"]) == ("Ya", "1")


def test_mail_is_answered_threaded_bounced_and_met_by_a_machine(player, live, outside, run_tasks):
    play(player, live, "EMAIL")
    player.fill("#perihal", "Penyaluran DBH")
    player.set_input_files("#berkas", {"name": "data.csv", "mimeType": "text/csv", "buffer": b"a;b"})
    write(player, "Kapan DBH salur?")
    run_tasks()
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.source) == ("Penyaluran DBH", "SIMULATOR")
    assert ticket.entries.first().message.attachments.get().name == "data.csv"
    first = reply("Tanggal 15.", run_tasks)
    player.wait_for_selector(f"{THEIRS}:has-text('Tanggal 15.')")
    shot(player, "simulator-email")

    player.locator(THEIRS, has_text="Tanggal 15.").locator("text=Balas").first.click()
    player.wait_for_selector("text=Membalas “")
    write(player, "Terima kasih.")
    again = Message.objects.filter(direction="IN").latest("pk")
    assert (again.reply_to_id, again.ticket_entry.ticket_id) == (first.pk, ticket.pk)

    here = player.locator(THEIRS, has_text="Tanggal 15.")
    here.locator("button", has_text="Balasan otomatis").click()
    player.wait_for_selector(f"{MINE}:has-text('dinas luar'):has-text('Terkirim')")
    assert "auto_reply" in Message.objects.filter(direction="IN").latest("pk").flags
    here.locator("button", has_text="Tolak").click()
    wait_for(lambda: Message.objects.get(pk=first.pk).delivery == "BOUNCED")
    assert Ticket.objects.count() == 1


def test_a_call_rings_is_answered_and_ends(player, live, outside):
    set_extension(user=make.staff("laras"), number="2101", at=make.NOW, actor=None)
    play(player, live, "PHONE")
    for event in ("ring", "answer", "hold", "resume", "end"):
        player.click(f"#telepon-{event}")
        player.wait_for_selector(f"#telepon-{event}", state="detached")
    call = wait_for(lambda: Call.objects.filter(status="ENDED").first())
    assert (call.status, call.number, call.extension, call.agent.username) == ("ENDED", TIRTA, "2101", "laras")
    assert call.recording_url.startswith("https://rekaman.example/simulator-")
    assert player.locator(".dr-sim-calls li").count() == 5
    shot(player, "simulator-telepon")


def test_the_central_desk_asks_and_is_called_back(player, live, outside, run_tasks):
    play(player, live, "HAI")
    player.fill("#perihal", "DAK Fisik")
    write(player, "Kapan DAK Fisik salur?")
    run_tasks()
    assert Ticket.objects.get().source == "SIMULATOR"
    message = reply("Bulan depan.", run_tasks)
    assert message.delivery == "DELIVERED"
    player.wait_for_selector(f"{THEIRS}:has-text('Bulan depan.')")
    shot(player, "simulator-hai")


def test_the_live_chat_is_the_widget_itself(player, live, outside, run_tasks):
    play(player, live, "LIVE_CHAT")
    frame = player.frame_locator(".dr-sim-chat")
    frame.locator("#nama").fill("Tirta Mandalawangi")
    frame.locator("#email").fill("tirta@bpkad-gowa.example")
    frame.locator("[name=setuju]").check()
    frame.locator("button[type=submit]:visible").click()
    frame.locator("#tulis").fill("Halo")
    frame.locator("#tulis").press("Enter")
    frame.locator(".msg.mine:not(.pending)", has_text="Halo").wait_for()
    run_tasks()
    player.wait_for_selector(f"#samping a:has-text('{Ticket.objects.get().number}')")
    shot(player, "simulator-obrolan")


def test_without_its_process_the_page_says_so(player, live, settings):
    settings.SIMULATOR_URL = "http://127.0.0.1:9"
    play(player, live, "WHATSAPP")
    assert player.inner_text("#utas [role=alert]") == "Simulator tidak menjawab. Tunggu sebentar, lalu coba lagi."


@pytest.mark.parametrize(("width", "theme"), [(320, "light"), (390, "dark"), (1440, "light"), (1440, "dark")])
def test_every_channel_is_clean_under_axe_and_fits(player, live, outside, run_tasks, width, theme):
    player.set_viewport_size({"width": width, "height": 900})
    player.emulate_media(color_scheme=theme)
    play(player, live, "EMAIL")
    write(player, "Panjang" * 30)
    run_tasks()
    player.wait_for_selector(THEIRS)  # the acknowledgement
    found = {}
    for channel in ("EMAIL", "WHATSAPP", "LIVE_CHAT", "PHONE", "HAI"):
        play(player, live, channel)
        player.wait_for_selector("#samping h2")
        found[channel] = (findings(player), max(overflow(player), 0))
        shot(player, f"simulator-{channel}-{width}-{theme}")
    assert found == dict.fromkeys(found, ([], 0))
