"""One per web process while chats are open: hears of news and of typing agents, and tells each session's sockets.

It hears what verbs announce on the channel of `tickets.live`, looks once a second at who types, and every few
seconds at which ticket a session has. A browser that misses a hint asks by itself every 45 seconds.
"""

import asyncio
import json
import time
from collections.abc import Iterable
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.db.models.functions import Coalesce

from livechat.models import ChatLine
from livechat.telling import agent_types
from tickets.live import bus
from tickets.live.ending import ending, until_ended
from tickets.live.presence import Line

LOOK, TICKETS = 1.0, 5.0  # seconds
Known = dict[int, int | None]


class Socket(Protocol):
    session: int

    def tell(self, said: dict[str, Any]) -> None: ...


class Hub:
    def __init__(self) -> None:
        self.sockets: set[Socket] = set()
        self.tickets: Known = {}
        self.typing: dict[int, bool] = {}
        self.reading: dict[int, frozenset[int]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._closing: asyncio.Task[None] | None = None
        self._valkey: Any = None
        self._stale = True
        self._checked = 0.0

    def join(self, socket: Socket) -> None:
        self.sockets.add(socket)
        self._stale = True
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        socket.tell({"types": self.typing.get(socket.session, False)})
        if not self._tasks:
            self._valkey = bus.listener()
            self._tasks = [asyncio.create_task(until_ended(work, "chats")) for work in (self._listen, self._watch)]

    async def leave(self, socket: Socket, *, linger: float = 0.0) -> None:
        """The last one turns off the light; after `linger` seconds, so that who asks again soon finds it on."""
        self.sockets.discard(socket)
        if self.sockets or not self._tasks:
            return
        if linger:
            self._closing = asyncio.create_task(self._leave_later(linger))
        else:
            await self._close()

    async def _leave_later(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if not self.sockets and self._tasks:
            await self._close()

    async def _close(self) -> None:
        tasks, self._tasks, valkey = self._tasks, [], self._valkey
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.tickets, self.typing, self.reading = {}, {}, {}
        await valkey.aclose()

    def hear(self, message: dict[str, Any]) -> None:
        """What was announced: news of sessions, or changed tickets."""
        wanted = set(message.get("chats", ()))
        changed = {ticket for ticket, _entry in message.get("changed", ())}
        if changed and None in self.tickets.values():
            self._stale = True
        wanted |= {session for session, ticket in self.tickets.items() if ticket in changed}
        self._news(wanted)

    def _news(self, sessions: Iterable[int]) -> None:
        for socket in list(self.sockets):
            if socket.session in sessions:
                socket.tell({"news": True})

    async def _listen(self) -> None:
        async with self._valkey.pubsub() as heard:
            await heard.subscribe(bus.channel())
            self._news({socket.session for socket in self.sockets})
            while not ending():
                message = await heard.get_message(timeout=LOOK)
                if message and message["type"] == "message":
                    self.hear(json.loads(message["data"]))

    async def _watch(self) -> None:
        while not ending():
            if self._stale or time.monotonic() - self._checked > TICKETS:
                await self._look_up()
            texts = await self._valkey.zrangebyscore(bus.presence_key(), time.time(), "+inf")
            self.look([Line.read(text) for text in texts])
            if not ending():
                await asyncio.sleep(LOOK)

    def look(self, present: list[Line]) -> None:
        """Pass on who began or stopped to type; an agent who opens the ticket reads it."""
        for session, ticket in self.tickets.items():
            types = agent_types(ticket, present)
            if types != self.typing.get(session, False):
                self.typing[session] = types
                for socket in list(self.sockets):
                    if socket.session == session:
                        socket.tell({"types": types})
            there = frozenset(line.user for line in present if ticket and line.ticket == ticket and line.user)
            if there - self.reading.get(session, frozenset()):
                self._news({session})
            self.reading[session] = there

    async def _look_up(self) -> None:
        self._stale, self._checked = False, time.monotonic()
        wanted = {socket.session for socket in self.sockets}
        before, self.tickets = self.tickets, await database_sync_to_async(_tickets_of)(wanted)
        self._news({session for session, ticket in self.tickets.items() if ticket != before.get(session)})


def _tickets_of(sessions: set[int]) -> Known:
    """The ticket of each session, by one query; the one of its last message that is on a ticket."""
    rows = ChatLine.objects.filter(session__in=sessions, message__ticket_entry__isnull=False)
    ticket = Coalesce("message__ticket_entry__ticket__merged_into", "message__ticket_entry__ticket")
    found = rows.order_by("session", "-seq").distinct("session").values_list("session", ticket)
    return dict.fromkeys(sessions) | dict(found)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
