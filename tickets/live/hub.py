"""One per web process: hears what verbs announce, gathers it for a second, tells each open page once.

A page hears of a change from the hub of the process that holds its socket; hubs hear of it from Valkey. When
Valkey was away, pages are told to ask for everything they show. The hub lives while sockets are open.
"""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.utils import timezone
from redis import RedisError

from tickets.live import bus, presence
from tickets.live.ending import ending, until_ended
from tickets.live.outbox import Outbox, Told
from tickets.live.presence import Line, Table
from tickets.live.standing import Standing, audible, standings

LOOK = 1.0  # seconds between two looks at who is present
SOON = 0.2  # seconds until a change of a page's own presence is passed on
CHECK = 15.0  # seconds between two checks of the sessions
REMEMBERED = 4000  # changes that a page may ask for when it comes (back)
MARGIN = 2.0  # seconds before a page's own moment that it hears of again: clocks differ, commits take time

logger = logging.getLogger(__name__)


class Socket(Protocol):
    """What the hub needs of a consumer."""

    standing: Standing
    session_key: str

    def line(self, now: float) -> Line | None: ...

    def tell(self, text: str) -> None: ...

    async def end(self, code: int) -> None: ...


class Hub:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.sockets: set[Socket] = set()
        self.outbox = Outbox()
        self.table: Table = {}
        self.recent: deque[tuple[float, int, int]] = deque(maxlen=REMEMBERED)  # wall clock, ticket, entry
        self.unbroken = float("inf")  # wall clock since when nothing was missed
        self._clock = clock
        self._ready = asyncio.Event()
        self._early = False  # a page was greeted before anything could be heard
        self._wake = asyncio.Event()
        self._mine: set[Line] = set()
        self._look_at = self._check_at = 0.0
        self._valkey: Any = None
        self._tasks: list[asyncio.Task[None]] = []

    def join(self, socket: Socket) -> None:
        self.sockets.add(socket)
        if not self._tasks:
            self._check_at = self._clock() + CHECK
            self._valkey = bus.listener()
            self._tasks = [
                asyncio.create_task(until_ended(work, "live updates")) for work in (self._listen, self._work)
            ]

    async def leave(self, socket: Socket) -> None:
        """The last one turns off the light."""
        self.sockets.discard(socket)
        self.stir()
        if self.sockets or not self._tasks:
            return
        # Everything is put down before the first pause, in which a page may join and begin anew.
        tasks, self._tasks, valkey = self._tasks, [], self._valkey
        mine, self._mine, self.table = self._mine, set(), {}
        self._ready.clear()
        self._early = False
        self.unbroken = float("inf")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _take_back(valkey, mine)
        await valkey.aclose()

    def stir(self) -> None:
        """A page's own presence changed: look soon."""
        self._look_at = min(self._look_at, self._clock() + SOON)
        self._wake.set()

    def hear(self, message: dict[str, Any]) -> None:
        """What a verb announced."""
        now = self._clock()
        if changed := message.get("changed"):
            self.outbox.tickets(changed, now)
            self.recent.extend((time.time(), ticket, entry) for ticket, entry in changed)
        if users := message.get("users"):
            self.outbox.users(users, now)
        if rings := message.get("rings"):
            self.outbox.rings(rings, now)
        if places := message.get("places"):
            self.outbox.places(places, now)
        if message.get("missed"):
            self.outbox.everything(now)
        if message.get("left"):
            self._check_at = min(self._check_at, now + 1.0)  # the session goes right after the signal
        self._wake.set()

    async def step(self) -> float:
        """Do what is due; returns the moment of the next step."""
        now = self._clock()
        if now >= self._look_at:
            self._look_at = now + LOOK
            await self._look()
        if now >= self._check_at:
            self._check_at = now + CHECK
            await self._check()
        if told := self.outbox.take(self._clock()):
            await self._tell(told)
        due = self.outbox.due()
        return min(self._look_at, self._check_at, *([due] if due is not None else []))

    async def _work(self) -> None:
        while not ending():
            self._wake.clear()
            until = await self.step()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, until - self._clock())):
                    await self._wake.wait()

    async def _listen(self) -> None:
        async with self._valkey.pubsub() as heard:
            await heard.subscribe(bus.channel())
            while not ending():
                message = await heard.get_message(timeout=LOOK)
                if message and message["type"] == "message":
                    self.hear(json.loads(message["data"]))
                elif message and message["type"] == "subscribe":
                    self._subscribed()

    def _subscribed(self) -> None:
        """From now on nothing is missed. Not for the first time: once verbs publish again, pages catch up; so do pages
        that were greeted before the first time, for they have asked already."""
        again, early = self._ready.is_set(), self._early
        self.unbroken = time.time() + (bus.PAUSE if again else 0.0)
        self._ready.set()
        self._early = False
        if again:
            asyncio.get_running_loop().call_later(bus.PAUSE, self._catch_up)
        elif early:
            self._catch_up()

    def _catch_up(self) -> None:
        self.outbox.everything(self._clock())
        self._wake.set()

    async def _look(self) -> None:
        """Renew our pages' lines, learn everybody's, and note at which tickets the people changed."""
        now = self._clock()
        mine = {line for socket in self.sockets if (line := socket.line(now))}
        gone, self._mine = self._mine - mine, mine
        try:
            lines = await presence.renew(self._valkey, list(mine), list(gone), time.time())
        except (RedisError, OSError):
            lines = list(mine)  # at least those of this process
        before, self.table = self.table, presence.table_of(lines)
        if differing := presence.differing(before, self.table):
            self.outbox.present(differing, self._clock())

    async def _check(self) -> None:
        """Close the sockets of ended sessions; let others hear what they may hear now."""
        sockets = list(self.sockets)
        found = await database_sync_to_async(standings)({socket.session_key for socket in sockets}, timezone.now())
        for socket in sockets:
            standing = found[socket.session_key]
            if isinstance(standing, int):
                await socket.end(standing)
            else:
                socket.standing = standing

    async def _tell(self, told: Told) -> None:
        """To each page what its user may hear, put into words once for all who may hear the same."""
        texts: dict[tuple[frozenset[str] | None, bool, bool], str] = {}
        may_hear: dict[frozenset[str] | None, set[int] | None] = {None: None}
        for socket in list(self.sockets):
            standing = socket.standing
            units = None if standing.reads_all else standing.units
            if units not in may_hear:
                may_hear[units] = await self._audible(units or frozenset(), told)
            key = units, standing.user in told.users, standing.user in told.rings
            if key not in texts:
                said = self._said(told, may_hear[units], news=key[1], ring=key[2])
                texts[key] = in_words(said) if said else ""
            if texts[key]:
                socket.tell(texts[key])

    async def _audible(self, units: frozenset[str], told: Told) -> set[int]:
        return await database_sync_to_async(audible)(units, told.changed.keys() | told.present)

    def _said(self, told: Told, only: set[int] | None, *, news: bool, ring: bool = False) -> dict[str, Any]:
        """What of it is for those who may hear of `only` these tickets (None: of all)."""
        changed = {str(pk): entry for pk, entry in told.changed.items() if only is None or pk in only}
        present = {pk for pk in told.present if only is None or pk in only}
        said: dict[str, Any] = {}
        if changed:
            said["changed"] = changed
        if present:
            said["present"] = people(self.table, present)
        if told.places:
            said["places"] = sorted(told.places)
        if news:
            said["news"] = True
        if ring:
            said["ring"] = True
        if told.everything:
            said["everything"] = True
        return said

    async def greeting(self, standing: Standing, since: float | None) -> str:
        """What a page hears first: who it is, who is where, and what changed `since` it was made (wall clock)."""
        try:
            async with asyncio.timeout(bus.PAUSE):
                await self._ready.wait()
        except TimeoutError:
            self._early = True
        told = Told(present=set(self.table))
        if since is None or since - MARGIN < self.unbroken:
            told.everything = True  # it may have missed something while no process was listening
        else:
            for at, ticket, entry in self.recent:
                if at >= since - MARGIN:
                    told.ticket(ticket, entry)
        only = None if standing.reads_all else await self._audible(standing.units, told)
        return in_words({"me": standing.user} | self._said(told, only, news=False))


async def _take_back(valkey: Any, lines: set[Line]) -> None:
    try:
        await presence.renew(valkey, [], list(lines), time.time())
    except (RedisError, OSError):
        logger.info("lines of presence are left to end by themselves")


def people(table: Table, tickets: set[int]) -> dict[str, list[list[Any]]]:
    """[[user, name, writes], …] by ticket; an empty list where nobody is any more."""
    return {str(pk): [[who.user, who.name, who.writes] for who in table.get(pk, ())] for pk in sorted(tickets)}


def in_words(said: dict[str, Any]) -> str:
    said["at"] = timezone.now().isoformat(timespec="milliseconds")
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
