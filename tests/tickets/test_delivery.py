"""Replies that did not leave: said on the message, sent again, decided on, or sent by another channel."""

import email
import re

import pytest

from kernel.errors import Refused
from messaging import outbox
from messaging.models import Connection, Message
from messaging.routes import routes_of
from people.contacts import add_handle
from tests import factories as make
from tests.tickets.test_inbox import signed_in
from tickets import conversation, redelivery
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LATER = make.NOW + make.HOUR


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)


def replied(ticket: Ticket, **state: str) -> Message:
    made = conversation.write_reply(ticket=ticket, text="Sudah salur.", at=make.NOW, actor=make.staff("laras"))
    message = made[1]
    if state:
        Message.objects.filter(pk=message.pk).update(**state)
        message.refresh_from_db()
    return message


def page(ticket: Ticket, who: str = "laras") -> str:
    return signed_in(who).get(f"/tiket/{ticket.number}/").content.decode()


def post_to(ticket: Ticket, message: Message, path: str, who: str = "laras", **fields: str):
    return signed_in(who).post(f"/tiket/{ticket.number}/pesan/{message.pk}/{path}/", fields, headers=HTMX)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"delivery": "QUEUED"}, "Antre"),
        ({"delivery": "QUEUED", "delivery_reason": "Server sibuk"}, "Belum terkirim, dicoba lagi: Server sibuk"),
        ({"delivery": "SENT"}, "Terkirim"),
        ({"delivery": "DELIVERED"}, "Sampai"),
        ({"delivery": "READ"}, "Dibaca"),
        ({"delivery": "FAILED", "delivery_reason": "550 tidak ada"}, "Tidak terkirim: 550 tidak ada"),
        ({"delivery": "BOUNCED", "delivery_reason": "5.1.1"}, "Tidak terkirim: 5.1.1"),
        ({"delivery": "UNKNOWN", "delivery_reason": "Putus"}, "Tidak diketahui apakah terkirim: Putus"),
    ],
)
def test_every_state_stands_on_the_message_in_words(state, words):
    ticket = make.ticket()
    replied(ticket, **state)
    assert words in page(ticket)


def test_a_reply_that_fails_opens_its_ticket_and_can_be_sent_again(mailbox, post, django_capture_on_commit_callbacks):
    ticket = make.ticket()
    message = replied(ticket)
    post.rcpt = "550 5.1.1 No such user"
    with django_capture_on_commit_callbacks(execute=True):
        outbox.send(message_id=message.pk, at=LATER)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.events.latest("id").code) == (Ticket.Status.OPEN, "ticket.reply_failed")
    post.rcpt = "250 OK"
    shown = post_to(ticket, message, "ulang").content.decode()
    assert "Antre" in shown
    assert "Kirim ulang" not in shown
    assert outbox.send(message_id=message.pk, at=LATER) == "SENT"
    assert len(post.taken) == 1


def test_only_what_failed_is_sent_again():
    ticket = make.ticket()
    message = replied(ticket, delivery="SENT")
    assert "Pesan ini tidak gagal terkirim." in post_to(ticket, message, "ulang").content.decode()
    with pytest.raises(Refused, match="ada pada tiket"):
        redelivery.resend_reply(ticket=make.ticket(), message=message, at=LATER, actor=make.staff("laras"))


@pytest.mark.parametrize(("said", "state"), [("1", "SENT"), ("0", "FAILED")])
def test_someone_decides_what_became_of_an_uncertain_reply(said, state, django_capture_on_commit_callbacks):
    ticket = make.ticket()
    message = replied(ticket, delivery="UNKNOWN", delivery_reason="Putus")
    assert "Kirim ulang" not in page(ticket)
    with django_capture_on_commit_callbacks(execute=True):
        post_to(ticket, message, "putusan", terkirim=said)
    message.refresh_from_db()
    ticket.refresh_from_db()
    assert (message.delivery, message.steps.get().code) == (state, "decided:laras")
    assert ticket.status == Ticket.Status.ANSWERED  # who decided knows; nothing lands on a desk again
    assert "Nasib pesan ini sudah diketahui." in post_to(ticket, message, "putusan", terkirim="1").content.decode()


def test_a_lost_reply_goes_to_another_address_once(mailbox, post):
    ticket = make.ticket()
    message = replied(ticket, delivery="BOUNCED", delivery_reason="5.1.1")
    add_handle(contact=ticket.contact, email="bpkad@gowa.example", at=make.NOW, actor=None)
    client = signed_in("laras")
    dialog = client.get(f"/tiket/{ticket.number}/pesan/{message.pk}/lain/", headers=HTMX).content.decode()
    assert "b•••@gowa.example" in dialog
    assert "bpkad@gowa.example" not in dialog
    route = routes_of(ticket.contact)[1]
    shown = post_to(ticket, message, "lain", jalur=route.key).content.decode()
    assert "Sudah dikirim lewat saluran lain." in shown
    new = Message.objects.latest("id")
    assert outbox.send(message_id=new.pk, at=LATER) == "SENT"
    assert email.message_from_bytes(post.taken[0])["To"] == "bpkad@gowa.example"
    again = post_to(ticket, message, "lain", jalur=route.key).content.decode()
    assert "sudah dikirim lewat saluran lain" in again
    assert Message.objects.filter(direction="OUT").count() == 2


def test_a_way_by_which_nothing_may_be_written_now_is_barred_with_the_reason(mailbox):
    ticket = make.ticket()
    message = replied(ticket, delivery="BOUNCED", delivery_reason="5.1.1")
    line = Connection.objects.create(channel=make.channel("WHATSAPP"), address="+620001110000", name="WA")
    chat = Message.objects.create(
        channel=line.channel,
        connection=line,
        contact=ticket.contact,
        external_id="w",
        direction="IN",
        received_at=LATER,
    )
    by = {route.channel.code: route.key for route in routes_of(ticket.contact)}

    def ways() -> dict[str, str]:
        shown = signed_in("laras").get(f"/tiket/{ticket.number}/pesan/{message.pk}/lain/", headers=HTMX)
        inputs = re.findall(r'<input[^>]+name="jalur" value="([^"]+)"([^>]*)>', shown.content.decode())
        return {key: " ".join(sorted(set(rest.split()) & {"checked", "disabled"})) for key, rest in inputs}

    assert ways() == {by["WHATSAPP"]: "checked", by["EMAIL"]: ""}
    chat.received_at = LATER - 25 * make.HOUR
    chat.save()
    assert ways() == {by["WHATSAPP"]: "disabled", by["EMAIL"]: "checked"}


def test_routes_are_channels_that_are_connected_and_not_paused(mailbox):
    contact = make.contact()
    assert [route.channel.code for route in routes_of(contact)] == ["EMAIL"]
    Connection.objects.create(channel=make.channel("WHATSAPP"), address="+620001110000", name="WA")
    assert {route.channel.code for route in routes_of(contact)} == {"EMAIL", "WHATSAPP"}
    Connection.objects.update(paused_at=make.NOW)
    assert routes_of(contact) == []


def test_without_another_address_the_dialog_says_so():
    ticket = make.ticket()
    message = replied(ticket, delivery="FAILED")
    shown = signed_in("laras").get(f"/tiket/{ticket.number}/pesan/{message.pk}/lain/").content.decode()
    assert "tidak punya alamat lain" in shown


def test_readers_see_the_state_and_no_buttons():
    ticket = make.ticket()
    replied(ticket, delivery="FAILED", delivery_reason="550")
    shown = page(ticket, "ratna")
    assert "Tidak terkirim: 550" in shown
    assert "Kirim ulang" not in shown
