"""The order of a contact's messages: by when they are stored, whatever workers do at once, and it never changes."""

import email
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from djpk.celery import app
from messaging import claiming, incoming, outbox, verbs, waking
from messaging.claiming import claim_in_order
from messaging.incoming import Incoming, Sender, receive
from messaging.models import EarlyReceipt, Message
from messaging.receipts import take_receipt
from messaging.tasks import sweep_unclaimed
from messaging.transports import Sent
from messaging.verbs import write_message
from messaging.waking import queued
from tests import factories as make
from tickets.models import Ticket, TicketEntry

NOW = make.NOW
PHONES = [f"+62 000 1000 {number:04d}" for number in range(3)]


def arrive(name: str, phone: str = PHONES[0], at=NOW, channel: str = "WHATSAPP") -> Message:
    return receive(Incoming(name, Sender(phone=phone, name="Arung"), name), channel=make.channel(channel), at=at)[0]


def shown() -> dict[int, list[str]]:
    """What each ticket shows, in its order."""
    entries = TicketEntry.objects.filter(kind="MESSAGE", message__direction="IN").order_by("ticket", "at", "pk")
    found: dict[int, list[str]] = {}
    for ticket, body in entries.values_list("ticket", "message__body"):
        found.setdefault(ticket, []).append(body)
    return found


def test_a_message_that_another_one_overtook_goes_on_the_same_ticket(db):
    claim_in_order(message=arrive("kedua", at=NOW + make.SECOND), at=NOW + make.SECOND)
    late = arrive("pertama", at=NOW)
    claim_in_order(message=late, at=NOW + make.SECOND)
    late.refresh_from_db()
    assert list(shown().values()) == [["kedua", "pertama"]]
    assert late.received_at == NOW + make.SECOND


def test_a_message_that_waited_while_an_agent_opened_a_ticket_goes_on_it(db):
    message = arrive("tertunda", phone="+62 000 1000 0001", at=NOW)
    ticket = make.ticket(channel=make.channel("WHATSAPP"), at=NOW + make.HOUR)
    claim_in_order(message=message, at=NOW + make.HOUR)
    assert Ticket.objects.get() == ticket
    assert ticket.entries.filter(kind="MESSAGE").count() == 2
    ticket.refresh_from_db()
    assert ticket.last_message_at == NOW + make.HOUR


moves = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), st.integers(0, 2), st.integers(0, 30)),
        st.tuples(st.sampled_from(["again", "claim", "fail"]), st.integers(0, 40), st.just(0)),
    ),
    min_size=1,
    max_size=14,
)  # (what, which contact or message, seconds by which the web process's clock is late)


def broken(message, at):
    raise RuntimeError("a claimer with a mistake")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves)
def test_whatever_happens_in_between_each_message_is_shown_once_and_in_order(db, plan):
    """Clocks that go backwards, redeliveries, workers woken too often or never, claimers that fail: always the
    oldest of those that wait, one after the other, and what is shown never changes its place."""
    with transaction.atomic():
        came: list[tuple[str, int]] = []
        wait: dict[int, list[tuple[datetime, int, str]]] = {0: [], 1: [], 2: []}
        heard: dict[int, list[str]] = {0: [], 1: [], 2: []}
        last = dict.fromkeys(heard, NOW - timedelta(days=99))

        def take(who: int) -> None:
            if wait[who]:
                first = min(wait[who], key=lambda one: (max(one[0], last[who]), one[1]))
                wait[who].remove(first)
                last[who] = max(first[0], last[who])
                heard[who].append(first[2])

        for number, (what, which, late) in enumerate(plan):
            at = NOW + timedelta(days=number)
            if what == "arrive":
                came.append((f"w{number}", which))
                received = at - timedelta(days=late)
                wait[which].append((received, number, f"w{number}"))
                arrive(f"w{number}", PHONES[which], at=received)
            elif came:
                name, who = came[which % len(came)]
                message = Message.objects.get(external_id=name)
                if what == "again":
                    arrive(name, PHONES[who], at=at)
                elif what == "fail":
                    with patch.object(claiming, "claimers", lambda: (broken,)):
                        assert claiming.claim_next(message=message, at=at)[0] is False
                else:
                    assert claiming.claim_next(message=message, at=at) == (bool(wait[who]), len(wait[who]) > 1)
                    take(who)
        claim_all(NOW + timedelta(days=99))
        for who in heard:
            while wait[who]:
                take(who)
        assert sorted(shown().values()) == sorted(names for names in heard.values() if names)
        transaction.set_rollback(True)


def claim_all(at) -> None:
    while found := claiming.waiting(at):
        for _channel, _contact, pk in found:
            claim_in_order(message=Message.objects.get(pk=pk), at=at)


names = st.sets(st.integers(0, 7))


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names, names)
def test_the_sweeps_find_exactly_what_the_broker_lost(mailbox, post, run_tasks, lost, lost_answers):
    """Of eight messages and eight answers some lose their task; the others' tasks run."""
    post.taken.clear()
    with transaction.atomic():
        with patch.object(incoming, "wake_claimers"), patch.object(verbs, "wake_sender"):
            came = [arrive(f"s{n}", f"+62 000 2000 {n:04d}") for n in range(8)]
            answers = [answer(n) for n in range(8)]
        for n in set(range(8)) - lost:
            claim_in_order(message=came[n], at=NOW)
        for n in set(range(8)) - lost_answers:
            outbox.send(message_id=answers[n].pk, at=NOW)
        assert sweep_unclaimed() == len(lost)
        assert outbox.sweep(at=NOW) == len(lost_answers)
        run_tasks()
        assert sweep_unclaimed() + outbox.sweep(at=NOW) == 0
        assert Ticket.objects.count() == 8
        said = [email.message_from_bytes(one).get_payload().strip() for one in post.taken]
        assert sorted(said) == [f"Jawaban {n}" for n in range(8)]
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_the_sweeps_add_nothing_to_a_queue_that_workers_have_yet_to_work_off(mailbox, monkeypatch):
    monkeypatch.setattr(waking, "SHORT", 3)
    for number in range(3):
        arrive(f"q{number}", f"+62 000 3000 {number:04d}")
        answer(number)
    assert queued() == 6
    assert (sweep_unclaimed(), outbox.sweep(at=NOW), queued()) == (3, 3, 6)
    with app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()
    assert (sweep_unclaimed(), queued()) == (3, 3)


def answer(number: int) -> Message:
    contact = make.stranger(email=f"p{number}@gowa.example")
    return write_message(
        channel=make.channel(), contact=contact, body=f"Jawaban {number}", subject="Re: DAU", at=NOW, actor=None,
        claimed_by="tickets",
    )  # fmt: skip


class Numbered:
    """A provider that names a message only when it takes it, as WhatsApp does."""

    repeatable = False

    def prepare(self, message, connection):
        return ""

    def send(self, message, connection, files):
        return Sent("wamid.satu")


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_comes_while_its_message_is_being_recorded_is_not_lost(mailbox):
    """The sender has looked for early receipts and not yet committed the id: the receipt waits for it."""
    message, real = answer(0), outbox.apply_early
    with ThreadPoolExecutor(1) as threads:
        told = []

        def overtaken(row: Message) -> None:
            real(row)
            told.append(threads.submit(receipt, "wamid.satu"))
            wait_for_lock_or_end(told[0])

        with (
            patch.object(outbox, "apply_early", overtaken),
            patch.object(outbox, "transport_of", lambda _c: Numbered()),
        ):
            outbox.send(message_id=message.pk, at=NOW)
        told[0].result(30)
    message.refresh_from_db()
    assert (message.delivery, EarlyReceipt.objects.count()) == ("DELIVERED", 0)


def receipt(provider_id: str) -> bool:
    try:
        return take_receipt(channel=make.channel(), provider_id=provider_id, delivery="DELIVERED", at=NOW)
    finally:
        connections.close_all()


def wait_for_lock_or_end(work) -> None:
    """Until the other thread waits for a lock of ours, or is through."""
    with connections["default"].cursor() as cursor:
        while not work.done():
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
