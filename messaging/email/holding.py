"""One process that holds every mailbox open and reads it the moment something comes.

Each mailbox has a thread of its own and a lease on its connection's row: as long as it holds, nobody else reads it
at intervals. A line that breaks is made again, ever later; a mailbox that is paused, changed or gone is let go.
"""

import json
import random
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.db import connections
from django.db.models import Q
from django.utils import timezone

from kernel.secrets import unseal
from messaging.email.idling import can_idle, wait_for_news
from messaging.email.mailbox import open_mailbox, read_new, readable, unreadable
from messaging.email.oauth import CHANGING
from messaging.email.receiving import MAIL_CHANNELS
from messaging.models import Connection

LEASE = timedelta(seconds=60)
LOOK = 5.0  # seconds between looks at what is to be held
POLL = 20.0  # seconds where a server cannot tell of news
FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0  # seconds until a line is made again
log = structlog.get_logger()


@dataclass(slots=True)
class _Held:
    """A mailbox in hand; `like` is what it was opened with."""

    like: tuple[str, str]
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None


class Holder:
    """Holds mailboxes until `stop` is set. Another one takes what this one lets go, or what it dies with."""

    def __init__(self) -> None:
        self.name, self.stop, self.held = uuid.uuid4().hex[:20], threading.Event(), dict[int, _Held]()

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                try:
                    self.look(timezone.now())
                except Exception:  # the database is away: the leases run out, and are taken again
                    log.warning("mailboxes_unknown", exc_info=True)
                connections.close_all()
                self.stop.wait(LOOK)
        finally:
            self._end()

    def look(self, at: datetime) -> set[int]:
        """Take the mailboxes that may be taken, let go of the others; the ids of those held."""
        wanted = {row.pk: row for row in take(self.name, at)}
        for pk, held in list(self.held.items()):
            row = wanted.get(pk)
            if row is None or held.like != _like(row) or not (held.thread and held.thread.is_alive()):
                held.stop.set()
                del self.held[pk]
        for pk, row in wanted.items():
            if pk not in self.held:
                self.held[pk] = self._begin(row)
        return set(self.held)

    def _begin(self, row: Connection) -> _Held:
        held = _Held(_like(row))
        held.thread = threading.Thread(target=hold, args=(row, held.stop), name=f"mailbox-{row.pk}", daemon=True)
        held.thread.start()
        return held

    def _end(self) -> None:
        for held in self.held.values():
            held.stop.set()
        for held in self.held.values():
            if held.thread:
                held.thread.join(5)
        let_go(self.name)
        connections.close_all()


def mailboxes() -> Q:
    """Connections with a mailbox to read."""
    return Q(channel__code__in=MAIL_CHANNELS, paused_at=None, settings__has_key="imap_host")


def take(holder: str, at: datetime) -> list[Connection]:
    """The mailboxes that are this holder's until the lease ends: its own and those nobody holds."""
    free = Q(held_by=holder) | Q(held_until=None) | Q(held_until__lt=at)
    Connection.objects.filter(mailboxes(), free).update(held_by=holder, held_until=at + LEASE)
    return list(Connection.objects.filter(mailboxes(), held_by=holder, held_until__gt=at).select_related("channel"))


def let_go(holder: str) -> int:
    return Connection.objects.filter(held_by=holder).update(held_by="", held_until=None)


def unheld(at: datetime) -> list[int]:
    """Mailboxes that nobody holds open: they are read at intervals."""
    rows = Connection.objects.filter(mailboxes()).filter(Q(held_until=None) | Q(held_until__lt=at))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def hold(connection: Connection, stop: threading.Event, *, wait: Callable[[float], object] | None = None) -> None:
    """Keep one mailbox open and read it, until `stop` is set. `wait` stands in for waiting in tests."""
    wait = wait or stop.wait
    failures = 0
    while not stop.is_set():
        try:
            for _new in _readings(connection, stop, wait):
                failures = 0
        except Exception as error:  # network, credentials, protocol: said on the channel's page, tried again
            failures += 1
            unreadable(connection, error, timezone.now())
            connections.close_all()
            wait(back_off(failures))
    connections.close_all()


def _readings(connection: Connection, stop: threading.Event, wait: Callable[[float], object]) -> Iterator[int]:
    """Reads what is there and what comes; yields after each reading how many mails were new."""
    with open_mailbox(connection) as box:
        idles = can_idle(box)
        while not stop.is_set():
            new = read_new(box, connection=connection, at=timezone.now())
            readable(connection)
            yield new
            if new:  # a run reads so many and no more
                continue
            connections.close_all()
            if idles:
                wait_for_news(box, stopped=stop.is_set)
            else:
                wait(POLL)


def back_off(failures: int) -> float:
    """Seconds before the next attempt: doubling up to five minutes, spread so that not all come at once."""
    return min(FIRST_WAIT * 2 ** min(failures - 1, 10), LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311


def _like(row: Connection) -> tuple[str, str]:
    """What must stay as it is for the line to go on; renewed tokens change nothing."""
    secrets = {name: value for name, value in unseal(row.secrets).items() if name not in CHANGING}
    return json.dumps(row.settings, sort_keys=True), json.dumps(secrets, sort_keys=True)
