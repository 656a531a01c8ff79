"""What is answered on a phone ticket was told: it is recorded, and nothing waits to be sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kernel.errors import Refused
from messaging import outbox
from messaging.models import Connection, Message
from tests import factories as make
from tickets import conversation
from tickets.composer import sending

LATER = make.NOW + make.MINUTE


@pytest.fixture
def call(db):
    return make.ticket(channel=make.channel("PHONE"))


def answered(call) -> Message:
    return sending.send_reply(ticket=call, text="Tanggal 20.", at=LATER, actor=make.staff("laras")).message


def test_an_answer_is_the_record_of_what_was_told(call):
    message = answered(call)
    call.refresh_from_db()
    assert (message.delivery, call.status, call.first_answered_at) == ("SPOKEN", "ANSWERED", LATER)


def test_nothing_is_sent_even_when_a_line_is_connected(call, run_tasks):
    message = answered(call)
    Connection.objects.create(channel=call.channel, name="Avaya", address="avaya")
    assert list(outbox.due(LATER + make.DAY)) == []
    assert "messaging.tasks.send_message" not in run_tasks()
    assert Message.objects.get(pk=message.pk).delivery == "SPOKEN"


def test_it_may_be_taken_back_for_a_moment_only(call, settings):
    message = answered(call)
    late = LATER + timedelta(seconds=settings.COMPOSER_UNDO_SECONDS)
    with pytest.raises(Refused, match=r"message\.already_sent"):
        sending.take_back(ticket=call, message=message, at=late, actor=make.staff("laras"))
    sending.take_back(ticket=call, message=message, at=LATER + make.SECOND, actor=make.staff("laras"))
    call.refresh_from_db()
    assert (call.status, call.first_answered_at) == ("NEW", None)


@pytest.mark.parametrize(("channel", "says"), [("PHONE", True), ("EMAIL", False)])
def test_the_composer_says_that_nothing_is_sent(db, client, channel, says):
    client.force_login(make.staff("laras"))
    ticket = make.ticket(channel=make.channel(channel), at=timezone.now())
    page, _sheet, _rest = client.get(f"/tiket/{ticket.number}/").content.decode().partition('id="pintasan"')
    assert ("dicatat, tidak dikirim" in page, "Catat dan selesaikan" in page) == (says, says)
    assert ("Kirim dan selesaikan" in page) == (not says)


def test_other_channels_still_wait_for_their_transport(db):
    ticket = make.ticket()
    conversation.post_reply(ticket=ticket, text="Tanggal 20.", at=LATER, actor=make.staff("laras"))
    assert Message.objects.get(direction="OUT").delivery == "QUEUED"
