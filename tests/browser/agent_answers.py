"""Those of the twenty tasks that write to someone: what an agent does at a `Desk`, then what database and page say."""

from django.utils import timezone

from messaging.models import Attachment, Message
from tests import factories as make
from tests.browser.agent_day import KEYS, Desk, question
from tests.browser.agent_tasks import STATUS, now
from tickets.composer.macros import save_macro
from tickets.models import Draft, Notification, Ticket, TicketEntry

LETTER = {"name": "surat permohonan.txt", "mimeType": "text/plain", "buffer": b"Kepada Yth. DJPK"}


def sent(ticket: Ticket) -> list[str]:
    """What the requester was sent."""
    rows = Message.objects.filter(ticket_entry__ticket=ticket, direction=Message.Direction.OUT)
    return list(rows.order_by("pk").values_list("body", flat=True))


def reply(desk: Desk) -> None:
    ticket = desk.open(question("balas"))
    desk.write("Disalurkan besok.")
    desk.send()
    desk.sees("#log .dr-msg[data-from=agent] :text('Disalurkan besok.')")
    assert sent(ticket) == ["Disalurkan besok."]
    assert now(ticket).first_answered_at
    assert desk.page.input_value("#teks") == ""
    assert not Draft.objects.filter(ticket=ticket).exists()


def _send_and(desk: Desk, label: str) -> None:
    desk.use("[popovertarget=cara-kirim]")
    desk.use(f"#cara-kirim button:has-text('{label}')")


def reply_and_close(desk: Desk) -> None:
    ticket = desk.open(question("balas-selesai"))
    desk.write("Sudah disalurkan.")
    if desk.way == KEYS:
        desk.page.keyboard.press("Control+Shift+Enter")
    else:
        _send_and(desk, "Kirim dan selesaikan")
    desk.sees(STATUS.format("Selesai"))
    assert (sent(ticket), now(ticket).status) == (["Sudah disalurkan."], "CLOSED")


def reply_and_wait(desk: Desk) -> None:
    ticket = desk.open(question("balas-tunggu"))
    desk.write("Mohon kirim nomor surat.")
    _send_and(desk, "Kirim, tunggu pemohon")
    desk.sees(STATUS.format("Menunggu pemohon"))
    assert (sent(ticket), now(ticket).status) == (["Mohon kirim nomor surat."], "WAITING_REQUESTER")


def note_with_mention(desk: Desk) -> None:
    ticket = desk.open(question("catatan"))
    desk.write("Mohon dicek @bi", "note")
    desk.sees("#rekan [role=option]:has-text('Bima')")
    if desk.way == KEYS:
        desk.page.keyboard.press("Enter")
    else:
        desk.use("#rekan [role=option]:has-text('Bima')")
    assert desk.page.input_value("#catatan") == "Mohon dicek @bima "
    desk.send("note")
    desk.sees("#log .dr-msg[data-from=note] .dr-mention:text('@bima')")
    assert TicketEntry.objects.get(ticket=ticket, kind="NOTE").note.strip() == "Mohon dicek @bima"
    assert Notification.objects.filter(ticket=ticket, user__username="bima", code="mention").exists()
    assert sent(ticket) == [], "the requester gets nothing"


def macro(desk: Desk) -> None:
    actions = [{"do": "set_topic", "value": "DBH"}]
    given = {"title": "Jadwal DBH", "text": "Yth. {{ pemohon.nama }}, jadwal terlampir.", "actions": actions}
    save_macro(macro=None, shared=True, at=timezone.now(), actor=make.staff("sekar"), **given)
    ticket = desk.open(question("makro"))
    if desk.way == KEYS:
        desk.page.keyboard.press("r")
        desk.page.keyboard.press("/")
    else:
        desk.use("[data-macro-open]")
    desk.sees("#daftar-makro [role=option]:has-text('Jadwal DBH')")
    if desk.way == KEYS:
        desk.page.keyboard.type("jadwal")
        desk.page.keyboard.press("Enter")
    else:
        desk.use("#daftar-makro [role=option]:has-text('Jadwal DBH')")
    desk.sees("#makro-dipakai:has-text('Jadwal DBH')")
    assert desk.page.input_value("#teks") == "Yth. Pemohon makro, jadwal terlampir."
    desk.send()
    desk.sees("#log .dr-msg[data-from=agent] :text('jadwal terlampir')")
    assert sent(ticket) == ["Yth. Pemohon makro, jadwal terlampir."]
    assert now(ticket).topic.code == "DBH"


def attach(desk: Desk) -> None:
    ticket = desk.open(question("lampiran"))
    desk.write("Terlampir.")
    with desk.page.expect_file_chooser() as asked:
        desk.use("[data-attach]" if desk.way == KEYS else ".dr-attach")
    asked.value.set_files([LETTER])
    desk.sees("#berkas-reply :text('surat permohonan.txt')")
    if desk.way == KEYS:
        desk.walk_to("[data-send=reply]")
        desk.page.keyboard.press("Enter")
    else:
        desk.send()
    desk.sees("#log .dr-msg[data-from=agent] :text('surat permohonan.txt')")
    assert Attachment.objects.get(message__ticket_entry__ticket=ticket).name == "surat permohonan.txt"
    assert sent(ticket) == ["Terlampir."]
