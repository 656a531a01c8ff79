"""Numbers have a speed: a burst, then one by one; a number that was told to wait sends nothing meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from messaging import outbox
from messaging.models import Connection, Message, Pace
from messaging.pacing import give_back_pair, hold, rate_of, wait_for_pair, wait_for_turn
from tests import factories as make
from tests.messaging.test_outbox import answer

NOW = make.NOW


def test_a_second_holds_so_many_and_the_next_ones_wait(mailbox):
    mailbox.settings["per_second"] = 4
    waits = [wait_for_turn(mailbox, "EMAIL", NOW) for _n in range(6)]
    assert waits[:4] == [timedelta(0)] * 4
    assert all(waits[4:])
    assert wait_for_turn(mailbox, "EMAIL", NOW + timedelta(seconds=1)) == timedelta(0)


@pytest.mark.parametrize(("given", "channel", "rate"), [
    ({}, "EMAIL", 0), ({}, "WHATSAPP", 80), ({"per_second": "0.5"}, "WHATSAPP", 0.5), ({"per_second": "x"}, "EMAIL", 0),
])  # fmt: skip
def test_the_rate_is_the_lines_or_the_channels(given, channel, rate):
    assert rate_of(Connection(settings=given), channel) == rate


def test_a_message_that_must_wait_is_not_counted_as_a_try(mailbox, post):
    Connection.objects.update(settings={**mailbox.settings, "per_second": 1})
    first, second = answer(), answer(contact=make.contact("melati"))
    assert outbox.send(message_id=first.pk, at=NOW) == "SENT"
    assert outbox.send(message_id=second.pk, at=NOW) == "QUEUED"
    second.refresh_from_db()
    assert (second.attempts, second.steps.count()) == (0, 0)
    assert outbox.send(message_id=second.pk, at=second.next_attempt_at) == "SENT"


def test_a_line_that_is_held_sends_nothing(mailbox, post):
    Connection.objects.update(settings={**mailbox.settings, "per_second": 50})
    hold(mailbox, NOW + make.MINUTE)
    message = answer()
    assert outbox.send(message_id=message.pk, at=NOW) == "QUEUED"
    assert outbox.send(message_id=message.pk, at=NOW + 2 * make.MINUTE) == "SENT"


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_share_one_rate(mailbox):
    Connection.objects.update(settings={"per_second": 5})
    line = Connection.objects.get()

    def turn(_n: int) -> bool:
        try:
            return not wait_for_turn(line, "EMAIL", NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(turn, range(40))) == 5
    assert Message.objects.count() == 0


@pytest.fixture
def number(db) -> Connection:
    return Connection.objects.create(channel=make.channel("WHATSAPP"), name="WhatsApp", address="+620001110000")


def test_one_person_gets_45_at_once_and_then_one_every_six_seconds(number):
    message = Message(channel=number.channel, contact=make.contact())
    waits = [wait_for_pair(message, number, NOW) for _n in range(46)]
    assert waits[:45] == [timedelta(0)] * 45
    assert waits[45] == timedelta(seconds=6)
    assert wait_for_pair(message, number, NOW + timedelta(seconds=5)) == timedelta(seconds=1)
    assert wait_for_pair(message, number, NOW + timedelta(seconds=6)) == timedelta(0)
    other = Message(channel=number.channel, contact=make.contact("melati"))
    assert wait_for_pair(other, number, NOW) == timedelta(0)


def test_a_turn_that_was_not_used_is_given_back(number):
    message = Message(channel=number.channel, contact=make.contact())
    for _n in range(45):
        wait_for_pair(message, number, NOW)
    give_back_pair(message, number)
    assert wait_for_pair(message, number, NOW) == timedelta(0)
    assert wait_for_pair(message, number, NOW) == timedelta(seconds=6)


def test_channels_without_such_a_rule_know_no_pairs(mailbox):
    message = Message(channel=mailbox.channel, contact=make.contact())
    assert [wait_for_pair(message, mailbox, NOW) for _n in range(60)] == [timedelta(0)] * 60
    assert not Pace.objects.exists()
