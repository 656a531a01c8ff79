"""The agents' socket, over the real Valkey: who may open it, what it hears, what it says about its user."""

import json
import time

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.test import Client

from djpk.sockets import application
from escalation.verbs import escalate
from tests import factories as make
from tests.loops import finish
from tickets import conversation
from tickets.live import hub as hubs
from tickets.live import presence
from tickets.live.origin import is_own


class Page:
    """A browser's side of the socket; `said` waits for the next message that has this key."""

    def __init__(self, cookie: str = "", origin: str = "http://localhost", address: str = "/ws/tiket/") -> None:
        headers = [(b"host", b"localhost"), (b"origin", origin.encode())]
        if cookie:
            headers.append((b"cookie", f"sessionid={cookie}".encode()))
        path, _mark, query = address.partition("?")
        scope = {"type": "websocket", "path": path, "query_string": query.encode(), "headers": headers}
        self.wire = ApplicationCommunicator(application, {**scope, "subprotocols": []})

    async def __aenter__(self) -> "Page":
        await self.wire.send_input({"type": "websocket.connect"})
        self.accepted = (await self.wire.receive_output(timeout=5))["type"] == "websocket.accept"
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.wire.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wire.wait(timeout=5)

    async def said(self, key: str) -> dict:
        while True:
            message = json.loads((await self.wire.receive_output(timeout=5))["text"])
            if key in message:
                return message

    async def closed(self) -> int:
        while True:
            message = await self.wire.receive_output(timeout=5)
            if message["type"] == "websocket.close":
                return message["code"]

    async def hears_nothing(self) -> bool:
        return await self.wire.receive_nothing(0.3)

    async def write(self, text: str) -> None:
        await self.wire.send_input({"type": "websocket.receive", "text": text})

    async def say(self, **words: object) -> None:
        await self.write(json.dumps(words))


@pytest.fixture
def signed_in(transactional_db):
    """Cookie of a new session of one of the cast."""

    def sign_in(name: str) -> str:
        client = Client()
        client.force_login(make.staff(name))
        return client.cookies["sessionid"].value

    return sign_in


@pytest.fixture
def brisk(monkeypatch):
    """Pages are checked, and forgotten, sooner than people would bear."""
    monkeypatch.setattr(hubs, "LOOK", 0.05)
    monkeypatch.setattr(hubs, "SOON", 0.01)
    monkeypatch.setattr(hubs, "CHECK", 0.1)
    monkeypatch.setattr(hubs, "MARGIN", 0.0)
    monkeypatch.setattr("tickets.live.outbox.PACE", 0.05)


async def elsewhere(work, *args, **kwargs):
    """In a thread with a database connection of its own, as a request runs."""
    return await sync_to_async(work, thread_sensitive=True)(*args, **kwargs)


def test_strangers_and_those_without_tickets_are_told_why_they_cannot_stay(signed_in):
    officer = signed_in("galih")

    async def run() -> list[int]:
        codes = []
        for cookie in ("", "made-up", officer):
            async with Page(cookie) as page:
                assert page.accepted
                codes.append(await page.closed())
        return codes

    assert finish(run()) == [4401, 4401, 4403]


def test_other_sites_and_other_addresses_are_refused(signed_in):
    cookie = signed_in("laras")

    async def run() -> list[bool]:
        found = []
        for page in (Page(cookie, origin="https://jahat.example"), Page(cookie, address="/ws/lain/")):
            async with page:
                found.append(page.accepted)
        return found

    assert finish(run()) == [False, False]


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        ("http://localhost:8000", "localhost:8000", True),
        ("http://localhost:8001", "localhost:8000", False),
        ("http://jahat.example", "jahat.example", False),
        ("", "localhost", False),
        ("null", "localhost", False),
        ("file://localhost", "localhost", False),
        ("http://[", "localhost", False),
        ("https://dering.example", "localhost", True),
    ],
)
def test_only_our_own_pages_open_a_socket(settings, origin, host, own):
    settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS = ["localhost"], ["https://dering.example"]
    assert is_own(origin, host) is own


def test_a_verb_in_another_thread_reaches_the_page(signed_in, brisk):
    row, laras = make.ticket(), signed_in("laras")

    async def run() -> dict:
        async with Page(laras) as page:
            assert "me" in await page.said("me")
            await elsewhere(conversation.add_note, ticket=row, text="Halo.", at=make.NOW, actor=None)
            return await page.said("changed")

    assert finish(run())["changed"] == {str(row.pk): row.entries.order_by("pk").last().pk}


def test_a_page_that_comes_back_hears_what_it_missed_or_that_it_may_have_missed_something(signed_in, brisk):
    row, laras = make.ticket(), signed_in("laras")

    async def run() -> tuple[dict, dict]:
        async with Page(laras) as other:
            await other.said("me")
            left = time.time()
            await elsewhere(conversation.add_note, ticket=row, text="Halo.", at=make.NOW, actor=None)
            await other.said("changed")
            async with Page(laras, address=f"/ws/tiket/?sejak={left}") as page:
                back = await page.said("me")
            async with Page(laras, address=f"/ws/tiket/?sejak={left - 3600}") as page:
                return back, await page.said("me")

    back, long_gone = finish(run())
    assert list(back["changed"]) == [str(row.pk)]
    assert "everything" not in back
    assert long_gone["everything"] is True


def test_an_ended_session_closes_its_page(signed_in, brisk):
    laras, bima = signed_in("laras"), signed_in("bima")

    async def run() -> int:
        async with Page(laras) as page, Page(bima) as other:
            await page.said("me")
            await other.said("me")
            client = Client()
            client.cookies["sessionid"] = laras
            await elsewhere(client.post, "/keluar/")
            code = await page.closed()
            assert await other.hears_nothing()
            return code

    assert finish(run()) == 4401


def test_a_role_taken_away_closes_the_page(signed_in, brisk):
    laras = signed_in("laras")

    async def run() -> int:
        async with Page(laras) as page:
            await page.said("me")
            await elsewhere(user.roles.all().delete)
            return await page.closed()

    user = make.staff("laras")
    assert finish(run()) == 4403


def test_who_looks_and_who_writes_is_seen_by_the_others_and_ends_with_the_page(signed_in, brisk):
    row, laras, bima = make.ticket(), signed_in("laras"), signed_in("bima")

    async def run() -> list[list]:
        seen = []
        async with Page(bima) as other:
            await other.said("me")
            async with Page(laras) as page, Page(laras) as second_tab:
                await second_tab.say(view=row.pk)
                seen.append((await other.said("present"))["present"][str(row.pk)])
                await page.say(view=row.pk, writes="reply")
                seen.append((await other.said("present"))["present"][str(row.pk)])
                await page.say(writes="")
                seen.append((await other.said("present"))["present"][str(row.pk)])
            seen.append((await other.said("present"))["present"][str(row.pk)])
        return seen

    me = make.staff("laras").pk
    looking, writing = [[me, "Laras Setyani", ""]], [[me, "Laras Setyani", "reply"]]
    assert finish(run()) == [looking, writing, looking, []]


def test_a_silent_page_is_no_longer_present(signed_in, brisk, monkeypatch):
    row, laras, bima = make.ticket(), signed_in("laras"), signed_in("bima")
    monkeypatch.setattr("tickets.live.consumer.SILENCE", 0.2)

    async def run() -> list[int]:
        async with Page(bima) as other, Page(laras) as page:
            await page.say(view=row.pk)
            return [len((await other.said("present"))["present"].get(str(row.pk), [])) for _time in range(2)]

    assert finish(run()) == [1, 0]


def test_layer_2_cannot_be_present_at_a_ticket_it_may_not_see(signed_in, brisk):
    row, hidden, damar, laras = make.ticket(topic=make.topic()), make.ticket(), signed_in("damar"), signed_in("laras")
    escalate(row, unit=make.unit("PK.2"), at=make.NOW, actor=make.staff("laras"))

    async def run() -> dict:
        async with Page(laras) as other, Page(damar) as page:
            await other.said("me")
            await page.say(view=hidden.pk)
            await page.say(view=row.pk)
            return (await other.said("present"))["present"]

    assert list(finish(run())) == [str(row.pk)]


def test_nonsense_changes_nothing(signed_in, brisk):
    laras = signed_in("laras")
    nonsense = ["", "nonsense", "[]", '{"view": "x"}', '{"view": -1}', '{"writes": {}}', '{"view": true}', "null"]

    async def run() -> bool:
        async with Page(laras) as page:
            await page.said("me")
            for words in nonsense:
                await page.write(words)
            return await page.hears_nothing()

    assert finish(run())


def test_a_page_that_says_too_much_is_closed(signed_in):
    laras = signed_in("laras")

    async def run() -> int:
        async with Page(laras) as page:
            await page.said("me")
            await page.write("x" * 10_000)
            return await page.closed()

    assert finish(run()) == 1009


def test_lines_end_by_themselves_when_a_process_dies(transactional_db):
    line = presence.Line("a", 1, 2, "Laras Setyani", "")

    async def run() -> list[int]:
        async with hubs.bus.listener() as valkey:
            now = time.time()
            await presence.renew(valkey, [line], [], now)
            return [len(await presence.renew(valkey, [], [], now + later)) for later in (1, 3, 5)]

    assert finish(run()) == [1, 1, 0]
