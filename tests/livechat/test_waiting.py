"""The question that waits: answered at once when there is news, by silence after its time, and only to its session."""

import asyncio
import json
import threading
import time

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.utils import timezone

from djpk.asgi import application
from livechat import waiting
from livechat.hub import Hub, hub
from tests import factories as make
from tests.livechat.conftest import Visitor
from tests.loops import finish
from tickets import conversation
from tickets.live import bus
from tickets.live.presence import Line
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chat(widget, run_tasks) -> Visitor:
    """A chat whose question is on a ticket."""
    widget.channel.open_outside_hours = True
    widget.channel.save()
    visitor = Visitor().begin()
    visitor.say("Kapan DAU salur?")
    run_tasks()
    return visitor


class Question:
    """A browser that waits."""

    def __init__(self, token: str, after: int = 1, types: bool = False) -> None:
        self.given = token, after, types
        headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {token}".encode())]
        scope = {"type": "http", "method": "POST", "path": "/obrolan/tunggu/", "query_string": b"", "headers": headers}
        self.wire = ApplicationCommunicator(application, {**scope, "client": ("127.0.0.1", 1)})
        self.body = json.dumps({"after": after, "types": types}).encode()

    async def ask(self) -> "Question":
        await self.wire.send_input({"type": "http.request", "body": self.body})
        return self

    async def answer(self, patience: float = 10) -> tuple[int, dict]:
        begun = await self.wire.receive_output(timeout=patience)
        return begun["status"], json.loads((await self.wire.receive_output(timeout=5))["body"])

    async def waits(self) -> "Question":
        """Ask until it is held: the first one finds a hub that has just begun to listen."""
        for _try in range(20):
            await self.ask()
            while not hub().tickets and not self.wire.future.done():
                await asyncio.sleep(0.01)
            if await self.wire.receive_nothing(0.3):
                return self
            self.__init__(*self.given)
        raise AssertionError("it was never held")


def test_news_answers_it_at_once(chat, run_tasks):
    async def talk():
        one = await Question(chat.token).waits()
        await sync_to_async(answer)()
        return await one.answer(), hub().sockets

    def answer() -> None:
        ticket = Ticket.objects.get()
        conversation.write_reply(ticket=ticket, text="Tanggal 20.", at=timezone.now(), actor=make.staff("laras"))
        run_tasks()

    assert finish(talk()) == ((200, {"news": True, "types": False}), set())


def test_what_came_before_it_was_asked_is_news(chat):
    async def talk():
        return await (await Question(chat.token, after=0).ask()).answer()

    assert finish(talk()) == (200, {"news": True, "types": False})


def test_an_agent_who_types_answers_it_too(chat):
    present = Line("s", Ticket.objects.get().pk, 1, "Laras", "reply").text()

    async def talk():
        one = await Question(chat.token).waits()
        bus.client().zadd(bus.presence_key(), {present: time.time() + 60})
        return await one.answer()

    assert finish(talk())[1]["types"]


def test_a_browser_that_goes_is_forgotten(chat):

    async def gone():
        one = await Question(chat.token).waits()
        await one.wire.send_input({"type": "http.disconnect"})
        await one.wire.wait(timeout=5)
        return hub().sockets

    assert finish(gone()) == set()


def test_silence_ends_it(chat, monkeypatch):
    monkeypatch.setattr(waiting, "HELD", 1.0)

    async def silent():
        return await (await Question(chat.token).waits()).answer()

    assert finish(silent()) == (200, {"news": False, "types": False})


@pytest.mark.parametrize(
    ("token", "status", "code"), [("lain", 401, "chat.unknown"), ("", 401, "chat.unknown")], ids=["another", "none"]
)
def test_a_token_nobody_has_waits_for_nothing(chat, token, status, code):
    async def talk():
        return await (await Question(token).ask()).answer()

    found = finish(talk())
    assert (found[0], found[1]["code"]) == (status, code)


def test_a_question_that_is_none_is_refused(chat):
    async def talk():
        one = Question(chat.token)
        one.body = b"x" * 5000
        return await (await one.ask()).answer()

    assert finish(talk())[0] == 400


def test_the_light_goes_out_while_the_hub_looks_up_its_tickets(monkeypatch):
    """A task that waits for a thread or for Valkey may swallow that it is to end."""
    begun, go = threading.Event(), threading.Event()

    def slow(wanted: set[int]) -> dict[int, int | None]:
        begun.set()
        go.wait(5)
        return dict.fromkeys(wanted)

    monkeypatch.setattr("livechat.hub._tickets_of", slow)

    async def talk():
        chats, one = Hub(), waiting.Waiter(1, types=False, news=False)
        chats.join(one)
        await asyncio.to_thread(begun.wait, 5)
        leaving = asyncio.create_task(chats.leave(one))
        while not any(task.cancelling() for task in asyncio.all_tasks()):
            await asyncio.sleep(0)
        go.set()
        await asyncio.wait_for(leaving, 5)
        return chats.sockets

    assert finish(talk()) == set()
