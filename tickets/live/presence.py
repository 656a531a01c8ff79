"""Who has a ticket open and who writes on it, of all web processes. Valkey holds it, with an end for each line.

A line is a socket's word on one ticket. It ends by itself when its process no longer renews it, and its process
no longer renews it once the page has been silent. People are shown once, however many tabs they have.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from redis import asyncio as aioredis

from tickets.live import bus

SILENCE = 11.0  # seconds without a word from the page until its line goes; pages speak every four
LINE_LIVES = 4.0  # seconds a line outlives the process that renewed it every second


@dataclass(frozen=True, slots=True)
class Line:
    """`writes` is "reply", "note" or ""; "chat" of a requester who types, with user 0."""

    socket: str
    ticket: int
    user: int
    name: str
    writes: str

    def text(self) -> str:
        return json.dumps([self.socket, self.ticket, self.user, self.name, self.writes], separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> "Line":
        return cls(*json.loads(text))


@dataclass(frozen=True, slots=True)
class Person:
    user: int
    name: str
    writes: str


Table = dict[int, tuple[Person, ...]]


def table_of(lines: Iterable[Line]) -> Table:
    """People by ticket, those who write first, then by name."""
    found: dict[int, dict[int, Person]] = {}
    for line in lines:
        people = found.setdefault(line.ticket, {})
        known = people.get(line.user)
        if known is None or _weight(line.writes) > _weight(known.writes):
            people[line.user] = Person(line.user, line.name, line.writes)
    return {
        ticket: tuple(sorted(people.values(), key=lambda person: (-_weight(person.writes), person.name, person.user)))
        for ticket, people in found.items()
    }


def differing(before: Table, after: Table) -> set[int]:
    """Tickets at which the people are no longer the same."""
    return {ticket for ticket in before.keys() | after.keys() if before.get(ticket) != after.get(ticket)}


async def renew(valkey: "aioredis.Redis", mine: Sequence[Line], gone: Sequence[Line], wall: float) -> list[Line]:
    """Put this process's lines, take back those that are gone, and read all that have not ended; one round trip."""
    key = bus.presence_key()
    pipe = valkey.pipeline(transaction=False)
    if gone:
        pipe.zrem(key, *(line.text() for line in gone))
    if mine:
        pipe.zadd(key, {line.text(): wall + LINE_LIVES for line in mine})
    pipe.zremrangebyscore(key, "-inf", wall)
    pipe.expire(key, 60)
    pipe.zrange(key, 0, -1)
    *_done, texts = await pipe.execute()
    return [Line.read(text) for text in texts]


def _weight(writes: str) -> int:
    return {"": 0, "note": 1}.get(writes, 2)
