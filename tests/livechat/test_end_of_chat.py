"""What follows when a visitor is gone: answers by mail, the transcript, the rating."""

from datetime import timedelta

import pytest
from django.utils import timezone

from livechat import tasks
from messaging import outbox
from messaging.models import Message
from messaging.verbs import pass_on_to_original, record_delivery
from tests import factories as make
from tests.livechat.conftest import OPEN, answered, asked
from tickets import verbs
from tickets.models import SatisfactionRating

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_after_the_end_answers_go_by_mail(visitor, mailbox, work):
    ticket = asked(visitor, work)
    assert visitor.call("akhir").status_code == 200
    assert ticket.events.filter(code="ticket.chat_ended").count() == 1
    assert visitor.send("Masih?").json()["code"] == "chat.ended"
    answer = answered(ticket, work, "Jawabannya.")
    copy = Message.objects.get(pk=answer.details["by_mail"])
    assert (answer.delivery, copy.channel.code, copy.body, copy.author) == (
        "SENT",
        "EMAIL",
        "Jawabannya.",
        make.staff("laras"),
    )
    assert ticket.number in copy.subject
    Message.objects.filter(pk=answer.pk).update(delivery="SENDING", leased_until=OPEN - timedelta(minutes=1))
    with work():
        outbox.sweep(at=timezone.now())
    assert Message.objects.filter(channel__code="EMAIL").count() == 1, "mailed once"


def test_without_a_mailbox_the_agent_is_told_that_the_visitor_is_gone(visitor, work):
    ticket = asked(visitor, work)
    visitor.call("akhir")
    answer = answered(ticket, work, "Jawabannya.")
    assert answer.delivery == "FAILED"
    assert "meninggalkan obrolan" in answer.delivery_reason


def test_a_bounced_copy_puts_the_ticket_back_on_the_desk(visitor, mailbox, work):
    ticket = asked(visitor, work)
    visitor.call("akhir")
    answer = answered(ticket, work, "Jawabannya.")
    copy = Message.objects.get(pk=answer.details["by_mail"])
    Message.objects.filter(pk=copy.pk).update(delivery="SENT")
    record_delivery(message=copy, delivery="BOUNCED", reason="550 Tidak dikenal", at=timezone.now())
    answer.refresh_from_db()
    assert (answer.delivery, answer.delivery_reason) == ("BOUNCED", "550 Tidak dikenal")


@pytest.mark.parametrize("fate", ["FAILED", "UNKNOWN"])
def test_a_copy_that_did_not_leave_fails_its_original_and_goes_out_again_with_it(visitor, mailbox, work, fate):
    ticket = asked(visitor, work)
    visitor.call("akhir")
    answer = answered(ticket, work, "Jawabannya.")
    copy = Message.objects.get(pk=answer.details["by_mail"])
    Message.objects.filter(pk=copy.pk).update(delivery=fate, delivery_reason="554 Ditolak", next_attempt_at=None)
    pass_on_to_original(Message.objects.get(pk=copy.pk), timezone.now())
    answer.refresh_from_db()
    assert (answer.delivery, answer.delivery_reason) == ("FAILED", "554 Ditolak")
    with work():
        outbox.retry(message=answer, at=timezone.now(), actor=make.staff("laras"))
    copy.refresh_from_db()
    assert (copy.delivery, Message.objects.filter(channel__code="EMAIL").count()) == ("QUEUED", 1)


def test_silence_ends_a_chat_and_what_was_not_fetched_is_mailed(visitor, mailbox, work, clock):
    ticket = asked(visitor, work)
    answered(ticket, work, "Sudah dibaca.")
    visitor.sync(2, 2)
    unread = answered(ticket, work, "Belum dibaca.")
    clock.shift(timedelta(minutes=29))
    assert tasks.end_silent_chats() == 0
    clock.shift(timedelta(minutes=2))
    with work():
        assert (tasks.end_silent_chats(), tasks.end_silent_chats()) == (1, 0)
    assert [copy.body for copy in Message.objects.filter(channel__code="EMAIL")] == ["Belum dibaca."]
    unread.refresh_from_db()
    assert unread.details["by_mail"]
    assert visitor.sync()["ended"], "and can still be read"
    clock.shift(timedelta(days=8))
    assert visitor.call("kabar").status_code == 401


def test_the_transcript_goes_to_the_address_given(visitor, mailbox, work):
    ticket = asked(visitor, work)
    answered(ticket, work, "Paling lambat tanggal 20.")
    with work():
        assert visitor.call("transkrip").json() == {"email": "arung@gowa.example"}
    mail = Message.objects.get(channel__code="EMAIL")
    assert "09.30 WIB, Laras:\nPaling lambat tanggal 20." in mail.body
    assert mail.reply_to.details["answer_to"] == "arung@gowa.example"


def test_a_rating_waits_for_the_ticket_and_counts_once(visitor, work):
    ticket = asked(visitor, work)
    scores = {"service": 5, "substance": 4, "comment": "Cepat."}
    assert visitor.call("nilai", scores).json()["code"] == "rating.too_early"
    visitor.call("akhir")
    assert visitor.sync()["rate"]
    assert visitor.call("nilai", {**scores, "service": 6}).json()["code"] == "rating.out_of_range"
    assert visitor.call("nilai", scores).status_code == 200
    assert visitor.call("nilai", scores).json()["code"] == "rating.given"
    assert tasks.settle_chat_scores() == 0
    verbs.close(ticket=ticket, topic=make.topic(), at=timezone.now(), actor=make.staff("laras"))
    assert (tasks.settle_chat_scores(), tasks.settle_chat_scores()) == (1, 0)
    rating = SatisfactionRating.objects.get()
    assert (rating.service_score, rating.substance_score, rating.comment) == (5, 4, "Cepat.")


def test_a_closed_ticket_is_rated_at_once_and_reopens_when_the_visitor_writes(visitor, work):
    ticket = asked(visitor, work)
    verbs.close(ticket=ticket, topic=make.topic(), at=timezone.now(), actor=make.staff("laras"))
    state = visitor.sync()
    assert (state["closed"], state["rate"], state["ended"]) == (True, True, False)
    visitor.call("nilai", {"service": 5, "substance": 5, "comment": ""})
    assert SatisfactionRating.objects.get().ticket == ticket
    with work():
        visitor.say("Satu lagi.")
    ticket.refresh_from_db()
    assert ticket.status == "OPEN"
