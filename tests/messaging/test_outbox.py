"""Sending: once, in order, with the truth written down whatever the other side does."""

import email
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connections

from messaging import outbox
from messaging.email import sending
from messaging.files import store_file
from messaging.models import Connection, DeliveryStep, Message
from messaging.transports import Retryable
from messaging.verbs import record_delivery, write_message
from tests import factories as make

NOW = make.NOW


def answer(text="Sudah salur.", **fields) -> Message:
    given = {"channel": make.channel(), "contact": make.contact(), "subject": "Re: Penyaluran DAU [DRG-24-00001]",
             "at": NOW, "actor": make.staff("laras"), "claimed_by": "tickets"}  # fmt: skip
    return write_message(body=text, **{**given, **fields})


def state(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.delivery, message.delivery_reason


def test_a_message_leaves_once_with_an_id_of_its_own(mailbox, post):
    message = answer()
    assert outbox.send(message_id=message.pk, at=NOW) == "SENT"
    assert outbox.send(message_id=message.pk, at=NOW) == ""
    [taken] = [email.message_from_bytes(content) for content in post.taken]
    message.refresh_from_db()
    assert taken["Message-ID"] == f"<{message.provider_id}>"
    assert (taken["To"], taken["Subject"]) == ("arung@gowa.example", "Re: Penyaluran DAU [DRG-24-00001]")
    assert taken["Auto-Submitted"] is None
    assert [step.delivery for step in message.steps.all()] == ["SENT"]


def test_what_a_machine_wrote_says_so(mailbox, post):
    message = answer(actor=None)
    outbox.send(message_id=message.pk, at=NOW)
    assert email.message_from_bytes(post.taken[0])["Auto-Submitted"] == "auto-replied"


def test_without_a_connection_it_waits(db):
    message = answer()
    assert outbox.send(message_id=message.pk, at=NOW) == ""
    assert state(message) == ("QUEUED", "")


def test_a_paused_channel_waits(mailbox, post):
    Connection.objects.update(paused_at=NOW)
    message = answer()
    assert outbox.send(message_id=message.pk, at=NOW) == ""
    assert post.taken == []


def test_what_a_paused_mailbox_was_to_send_leaves_by_another(mailbox, post):
    paused = Connection.objects.create(
        channel=mailbox.channel, address="lama@djpk.example", name="Lama", paused_at=NOW,
        settings=mailbox.settings | {"smtp_port": 1},
    )  # fmt: skip
    message = answer()
    Message.objects.update(connection=paused)
    assert outbox.send(message_id=message.pk, at=NOW) == "SENT"
    message.refresh_from_db()
    assert message.connection == mailbox


def test_it_waits_until_it_may_no_longer_be_withdrawn(mailbox, post):
    message = answer()
    Message.objects.update(send_after=NOW + timedelta(seconds=6))
    assert outbox.send(message_id=message.pk, at=NOW) == ""
    assert outbox.send(message_id=message.pk, at=NOW + timedelta(seconds=6)) == "SENT"


@pytest.mark.parametrize(
    ("fault", "after", "reason"),
    [
        ({"rcpt": "550 5.1.1 No such user"}, "FAILED", "550 5.1.1 No such user"),
        ({"rcpt": "451 4.3.0 Greylisted"}, "QUEUED", "451 4.3.0 Greylisted"),
        ({"data": "554 5.6.0 Rejected"}, "FAILED", "554 5.6.0 Rejected"),
        ({"data": "421 4.3.2 Shutting down"}, "QUEUED", "421 4.3.2 Shutting down"),
        ({"drop": True}, "UNKNOWN", "Sambungan terputus saat mengirim. Periksa apakah sudah sampai."),
    ],
)
def test_what_the_server_says_decides(mailbox, post, fault, after, reason):
    for name, value in fault.items():
        setattr(post, name, value)
    message = answer()
    assert outbox.send(message_id=message.pk, at=NOW) == after
    assert state(message) == (after, reason)
    assert Connection.objects.get().last_error == reason


def test_a_server_that_is_away_is_tried_again_later_and_later(mailbox, post):
    Connection.objects.update(settings={"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_security": "none"})
    message, at, waits = answer(), NOW, []
    for _try in range(5):
        assert outbox.send(message_id=message.pk, at=at) == "QUEUED"
        message.refresh_from_db()
        waits.append(message.next_attempt_at - at)
        at = message.next_attempt_at
    assert waits == sorted(waits)
    assert waits[0] >= timedelta(seconds=24)
    Message.objects.update(attempts=outbox.TRIES)
    assert outbox.send(message_id=message.pk, at=at) == "FAILED"


def test_a_server_that_answers_but_cannot_be_used_so_is_not_called_away(mailbox, post):
    Connection.objects.update(settings={**mailbox.settings, "smtp_security": "starttls"})
    message = answer()
    assert outbox.send(message_id=message.pk, at=NOW) == "QUEUED"
    assert state(message)[1].startswith("Server tidak menawarkan cara ini. Periksa keamanan dan portanya.")


def test_someone_without_an_address_is_told(mailbox, post):
    message = answer(contact=make.stranger())
    assert outbox.send(message_id=message.pk, at=NOW) == "FAILED"
    assert state(message)[1] == "Alamat email pemohon tidak diketahui."


def test_messages_to_one_contact_leave_in_order(mailbox, post):
    first, second = answer("Satu"), answer("Dua")
    assert outbox.send(message_id=second.pk, at=NOW) == ""
    outbox.send(message_id=first.pk, at=NOW)
    assert outbox.send(message_id=second.pk, at=NOW) == "SENT"
    assert [email.message_from_bytes(content).get_payload().strip() for content in post.taken] == ["Satu", "Dua"]


def test_a_sender_that_dies_leaves_the_message_uncertain_and_never_sends_it_again(mailbox, post):
    message = answer()
    with patch.object(sending.EmailTransport, "send", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        outbox.send(message_id=message.pk, at=NOW)
    assert state(message)[0] == "SENDING"
    assert outbox.sweep(at=NOW + outbox.LEASE) == 0
    assert outbox.sweep(at=NOW + outbox.LEASE + timedelta(seconds=1)) == 1
    assert state(message)[0] == "UNKNOWN"
    assert outbox.send(message_id=message.pk, at=NOW + make.DAY) == ""
    assert post.taken == []
    outbox.retry(message=message, at=NOW + make.DAY, actor=make.staff("laras"))
    assert outbox.send(message_id=message.pk, at=NOW + make.DAY) == "SENT"
    assert [step.code for step in message.steps.all()] == ["lease_expired", "retry:laras", ""]


def test_the_sweep_finds_what_the_queue_lost(mailbox, post, run_tasks):
    message = answer()
    assert outbox.sweep(at=NOW) == 1
    assert "messaging.tasks.send_message" in run_tasks()
    assert state(message)[0] == "SENT"


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_one_message_send_it_once(mailbox, post):
    message = answer()

    def work(_n):
        try:
            return outbox.send(message_id=message.pk, at=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(work, range(8)))
    assert sorted(outcomes) == [""] * 7 + ["SENT"]
    assert len(post.taken) == 1
    assert DeliveryStep.objects.count() == 1


def test_a_slow_sender_whose_lease_ran_out_still_says_that_it_sent(mailbox, post):
    message, real = answer(), sending.EmailTransport.send

    def slow(self, *given):
        sent = real(self, *given)
        outbox.sweep(at=NOW + outbox.LEASE + make.SECOND)
        assert state(message)[0] == "UNKNOWN"
        return sent

    with patch.object(sending.EmailTransport, "send", slow):
        assert outbox.send(message_id=message.pk, at=NOW) == "SENT"
    assert state(message) == ("SENT", "")
    steps = message.steps.order_by("pk").values_list("delivery", "code")
    assert list(steps) == [("UNKNOWN", "lease_expired"), ("SENT", "")]


def test_a_failure_under_an_old_lease_takes_nothing_from_the_new_one(mailbox, post):
    message = answer()

    def overtaken(self, *_given):
        Message.objects.update(leased_until=NOW + 2 * outbox.LEASE)  # somebody else leased it meanwhile
        raise Retryable("away", "away")

    with patch.object(sending.EmailTransport, "send", overtaken):
        assert outbox.send(message_id=message.pk, at=NOW) == "SENDING"
    message.refresh_from_db()
    assert (message.delivery, message.leased_until) == ("SENDING", NOW + 2 * outbox.LEASE)


def test_an_attachment_that_cannot_be_read_now_is_tried_again(mailbox, post):
    message = answer(files=[(store_file(b"%PDF-1.4 surat", at=NOW), "surat.pdf")])
    with patch.object(outbox, "read_file", side_effect=FileNotFoundError("gone")):
        assert outbox.send(message_id=message.pk, at=NOW) == "QUEUED"
    assert state(message) == ("QUEUED", "Basis data atau lampiran sedang tidak dapat dibaca.")
    assert outbox.send(message_id=message.pk, at=NOW + make.HOUR) == "SENT"


def test_what_becomes_of_an_uncertain_copy_shows_on_its_original(mailbox, post):
    original, copy = answer(), answer()
    Message.objects.filter(pk=original.pk).update(delivery="SENT")
    Message.objects.filter(pk=copy.pk).update(
        delivery="SENDING", leased_until=NOW - make.SECOND, details={"copy_of": original.pk}
    )
    outbox.sweep(at=NOW)
    assert state(copy)[0] == "UNKNOWN"
    assert state(original)[0] == "FAILED"


def test_a_bounce_that_is_faster_than_our_own_record_stays(mailbox, post):
    message, real = answer(), sending.EmailTransport.send

    def bounced(self, *given):
        sent = real(self, *given)
        record_delivery(message=message, delivery="BOUNCED", reason="5.1.1", at=NOW)
        return sent

    with patch.object(sending.EmailTransport, "send", bounced):
        assert outbox.send(message_id=message.pk, at=NOW) == "BOUNCED"
    assert state(message) == ("BOUNCED", "5.1.1")
    assert [step.delivery for step in message.steps.all()] == ["BOUNCED"]
