"""Hints: what verbs announce, when, to whom; one message a second; nothing is lost when Valkey was away."""

import asyncio
import json
from contextlib import contextmanager
from itertools import pairwise

import pytest
from django.db import connection, transaction
from redis import Redis
from redis.exceptions import TimeoutError as RedisTimeout

from escalation.verbs import escalate
from kernel.errors import Refused
from tests import factories as make
from tests.loops import finish
from tickets import conversation, merging, sorting, verbs
from tickets.live import announce, bus
from tickets.live.hub import Hub
from tickets.live.outbox import MOST, PACE, Outbox
from tickets.live.presence import Line
from tickets.live.standing import NOT_ALLOWED, SIGNED_OUT, Standing, standing_of


@pytest.fixture
def said(monkeypatch):
    """What was published, in order."""
    heard: list[dict] = []
    monkeypatch.setattr(bus, "publish", lambda message: heard.append(message) or True)
    return heard


@pytest.fixture
def committing(django_capture_on_commit_callbacks):
    """What happens inside is a transaction of its own, and is committed."""

    @contextmanager
    def block():
        connection.run_on_commit.clear()
        with django_capture_on_commit_callbacks(execute=True):
            yield

    return block


def failing_note(ticket) -> None:
    with transaction.atomic():
        conversation.add_note(ticket=ticket, text="Batal.", at=make.NOW, actor=None)
        raise ZeroDivisionError


def last_entry(ticket) -> int:
    return ticket.entries.order_by("pk").last().pk


@pytest.mark.django_db
class TestVerbsAnnounce:
    def test_a_verb_announces_its_ticket_once_after_the_commit(self, said, committing):
        with committing():
            row = make.ticket()
            assert said == []
        assert said == [{"changed": [(row.pk, last_entry(row))]}]

    def test_every_verb_of_a_transaction_goes_into_one_message(self, said, committing):
        row, other, laras = make.ticket(), make.ticket(), make.staff("laras")
        with committing(), transaction.atomic():
            sorting.take(ticket=row, at=make.NOW, actor=laras)
            sorting.set_priority(ticket=row, priority=30, at=make.NOW, actor=laras)
            conversation.add_note(ticket=other, text="Periksa.", at=make.NOW, actor=laras)
        assert said == [{"changed": [(row.pk, last_entry(row)), (other.pk, last_entry(other))]}]

    def test_both_tickets_of_an_escalation_or_a_merge_are_announced(self, said, committing):
        row, into, laras = make.ticket(topic=make.topic()), make.ticket(topic=make.topic()), make.staff("laras")
        with committing():
            escalate(row, unit=make.unit("PK.3"), at=make.NOW, actor=laras)
        assert [pk for pk, _entry in said[0]["changed"]] == [row.pk]
        other = make.ticket(topic=make.topic())
        with committing():
            merging.merge_tickets(ticket=other, into=into, at=make.NOW, actor=laras)
        assert other.pk in dict(said[-1]["changed"])

    def test_a_change_without_an_entry_says_so(self, said, committing):
        with committing():
            announce.ticket_changed(7)
        assert said == [{"changed": [(7, 0)]}]

    def test_nothing_is_announced_when_all_is_rolled_back(self, said, committing):
        row = make.ticket()
        with committing():
            with pytest.raises(Refused), transaction.atomic():
                verbs.close(ticket=row, at=make.NOW, actor=None)
            with pytest.raises(ZeroDivisionError):
                failing_note(row)
        assert said == []

    def test_what_follows_a_rolled_back_part_is_announced(self, said, committing):
        row, other = make.ticket(), make.ticket()
        with committing():
            with pytest.raises(ZeroDivisionError):
                failing_note(row)
            conversation.add_note(ticket=other, text="Jadi.", at=make.NOW, actor=None)
        assert said == [{"changed": [(other.pk, last_entry(other))]}]

    def test_news_for_people_and_the_end_of_a_session_go_the_same_way(self, said, committing):
        with committing():
            announce.users_have_news([4, 2, 4])
            announce.user_left(3)
            announce.users_have_news([])
        assert said == [{"users": [2, 4], "left": [3]}]


def test_a_verb_goes_on_while_valkey_is_away(monkeypatch, caplog):
    monkeypatch.setattr(bus, "client", lambda: Redis(unix_socket_path="/nonexistent/valkey.sock"))
    monkeypatch.setattr(bus, "_silent_until", 0.0)
    assert bus.publish({"changed": [(1, 0)]}) is False
    assert "a live hint was dropped" in caplog.text
    caplog.clear()
    assert bus.publish({"changed": [(1, 0)]}) is False
    assert caplog.text == "", "the next second nothing is tried"


class Slow:
    """A Valkey that takes too long for the first message."""

    def __init__(self) -> None:
        self.said: list[dict] = []
        self.tried = False

    def publish(self, _channel, text):
        if not self.tried:
            self.tried = True
            raise RedisTimeout("too slow")
        self.said.append(json.loads(text))


def test_what_was_missed_is_said_though_no_verb_says_anything_more(monkeypatch):
    valkey = Slow()
    monkeypatch.setattr(bus, "client", lambda: valkey)
    monkeypatch.setattr(bus, "_silent_until", 0.0)
    monkeypatch.setattr(bus, "PAUSE", 0.05)
    assert bus.publish({"changed": [(1, 0)]}) is False
    bus._missed.join(10)
    assert valkey.said == [{"missed": True}]
    assert bus.publish({"changed": [(2, 0)]}) is True
    assert valkey.said[1:] == [{"changed": [[2, 0]]}]


class TestOnceASecond:
    def test_hints_of_a_second_become_one_message(self):
        box = Outbox()
        box.tickets([(1, 10)], now=100.0)
        assert box.take(100.0) is None, "a lone hint waits for its companions"
        box.tickets([(2, 11)], now=100.02)
        first = box.take(box.due())
        assert first.changed == {1: 10, 2: 11}
        for step in range(1, 9):
            box.tickets([(3, 20 + step)], now=100.05 + step / 10)
            assert box.take(100.05 + step / 10) is None
        assert box.due() == pytest.approx(100.05 + PACE)
        assert box.take(101.05).changed == {3: 28}
        assert box.due() is None

    def test_steady_work_makes_one_message_a_second(self):
        box, sent = Outbox(), []
        for tick in range(0, 10_000, 50):  # 20 hints a second for ten seconds
            now = tick / 1000
            box.tickets([(tick, 0)], now)
            if told := box.take(now):
                sent.append((now, len(told.changed)))
        assert len(sent) == 10
        assert all(later[0] - earlier[0] >= PACE - 1e-9 for earlier, later in pairwise(sent))
        assert sum(number for _now, number in sent) >= 180

    def test_a_change_without_an_entry_is_never_hidden_by_one_with(self):
        box = Outbox()
        box.tickets([(1, 0)], now=0.0)
        box.tickets([(1, 9)], now=0.01)
        box.tickets([(2, 9)], now=0.02)
        box.tickets([(2, 8)], now=0.03)
        assert box.take(1.0).changed == {1: 0, 2: 9}

    def test_very_many_changes_become_a_call_to_refresh(self):
        box = Outbox()
        box.tickets([(pk, 0) for pk in range(MOST + 1)], now=0.0)
        told = box.take(1.0)
        assert told.everything
        assert told.changed == {}


class Ear:
    """A page without a browser."""

    def __init__(self, standing: Standing, session_key: str = "") -> None:
        self.standing, self.session_key = standing, session_key
        self.heard: list[dict] = []
        self.closed: int | None = None
        self.at: Line | None = None

    def line(self, now: float) -> Line | None:
        return self.at

    def tell(self, text: str) -> None:
        self.heard.append(json.loads(text))

    async def end(self, code: int) -> None:
        self.closed = code


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def run_hub(*ears: Ear, messages=(), seconds: float = 2.0):
    """A hub with these pages hears the messages, then time passes in tenths of a second."""

    async def run() -> Hub:
        clock = Clock()
        hub = Hub(clock)
        hub._valkey = bus.listener()
        hub._check_at = float("inf")
        hub.sockets = set(ears)
        for message in messages:
            hub.hear(json.loads(json.dumps(message)))
        for _step in range(int(seconds * 10)):
            await hub.step()
            clock.now += 0.1
        await hub._valkey.aclose()
        return hub

    return finish(run())


@pytest.mark.django_db(transaction=True)
class TestWhoHears:
    def test_layer_2_hears_of_its_unit_only(self):
        escalated, other = make.ticket(topic=make.topic()), make.ticket()
        laras = make.staff("laras")
        escalate(escalated, unit=make.unit("PK.2"), at=make.NOW, actor=laras)
        damar, tirta = make.staff("damar"), make.staff("tirta")
        agent, theirs, not_theirs = (Ear(standing_of(who)) for who in (laras, damar, tirta))
        run_hub(agent, theirs, not_theirs, messages=[{"changed": [(escalated.pk, 5), (other.pk, 6)]}])
        assert [said["changed"] for said in agent.heard] == [{str(escalated.pk): 5, str(other.pk): 6}]
        assert [said["changed"] for said in theirs.heard] == [{str(escalated.pk): 5}]
        assert not_theirs.heard == []

    def test_presence_follows_the_same_rule(self):
        escalated, other = make.ticket(topic=make.topic()), make.ticket()
        laras = make.staff("laras")
        escalate(escalated, unit=make.unit("PK.2"), at=make.NOW, actor=laras)
        agent, theirs = Ear(standing_of(laras)), Ear(standing_of(make.staff("damar")))
        agent.at = Line("a", other.pk, laras.pk, "Laras Setyani", "reply")
        theirs.at = Line("b", escalated.pk, theirs.standing.user, "Damar Wicaksono", "")
        run_hub(agent, theirs)
        assert agent.heard[0]["present"] == {
            str(escalated.pk): [[theirs.standing.user, "Damar Wicaksono", ""]],
            str(other.pk): [[laras.pk, "Laras Setyani", "reply"]],
        }
        assert list(theirs.heard[0]["present"]) == [str(escalated.pk)]

    def test_news_reaches_the_pages_of_its_user_alone(self):
        laras, bima = Ear(standing_of(make.staff("laras"))), Ear(standing_of(make.staff("bima")))
        run_hub(laras, bima, messages=[{"users": [laras.standing.user]}])
        assert [said["news"] for said in laras.heard] == [True]
        assert bima.heard == []

    def test_a_page_is_told_once_a_second_whatever_happens(self):
        ear = Ear(standing_of(make.staff("laras")))
        messages = [{"changed": [(pk, 0)]} for pk in range(1, 40)] + [{"users": [ear.standing.user]}]
        run_hub(ear, messages=messages)
        assert len(ear.heard) == 1
        assert len(ear.heard[0]["changed"]) == 39

    @pytest.mark.parametrize(
        ("who", "expected"), [("wening", False), ("galih", NOT_ALLOWED), ("ratna", True), ("tirta", False)]
    )
    def test_only_those_who_may_be_told_have_a_standing(self, who, expected):
        standing = standing_of(make.staff(who))
        assert (standing if isinstance(standing, int) else standing.reads_all) == expected

    def test_a_closed_account_has_none(self):
        laras = make.staff("laras")
        laras.is_active = False
        assert standing_of(laras) == SIGNED_OUT


def with_hub(steps) -> None:
    """Run `steps(hub, socket)` where the hub really listens."""

    class Page(Ear):
        session_key = ""

        def line(self, _now: float) -> Line:
            return Line(f"{id(self):x}", 7, 1, "Laras", "")

    async def run() -> None:
        hub = Hub()
        pages = [Page(Standing(1, "Laras", reads_all=True, units=frozenset())) for _page in range(2)]
        try:
            await steps(hub, *pages)
        finally:
            for page in pages:
                await hub.leave(page)

    finish(run())


async def until(condition) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


class TestComingAndGoing:
    def test_a_page_greeted_before_anything_could_be_heard_asks_once_more_then(self, monkeypatch):
        monkeypatch.setattr(bus, "PAUSE", 0.05)

        async def steps(hub, page, _other):
            hub.join(page)
            await hub._ready.wait()
            hub._ready.clear()  # as if the line took longer
            greeting = json.loads(await hub.greeting(page.standing, None))
            assert greeting["everything"] is True
            assert [said for said in page.heard if said.get("everything")] == []
            hub._subscribed()
            await until(lambda: any(said.get("everything") for said in page.heard))

        with_hub(steps)

    def test_who_comes_while_the_last_one_leaves_is_heard_and_seen(self):
        async def steps(hub, page, other):
            hub.join(page)
            await hub._ready.wait()
            leaving = asyncio.create_task(hub.leave(page))
            await asyncio.sleep(0)  # it waits for its tasks to end
            hub.join(other)
            await until(lambda: hub._ready.is_set() and hub.table)
            await leaving
            assert hub._ready.is_set()
            assert set(hub.table) == {7}
            assert hub.unbroken < float("inf")

        with_hub(steps)
