"""Where the candidates of a search come from: the newest things that hold one word, a stretch at a time.

`WHERE search @@ q ORDER BY date LIMIT 50` over millions of messages makes the planner walk the dates and test each
row, or sort every hit. So the plan is chosen here by how common the word is: a rare word is looked up in the
inverted index behind a fence and sorted; a common word is met soon enough by walking back through time.
Replies that were taken back are never found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db import connection

from kernel.compiled import planned_once, run
from tickets.search.words import Word

START = datetime(9999, 1, 1, tzinfo=UTC)
END = datetime(1, 1, 2, tzinfo=UTC)
NAMES = 2000  # contacts or files of one name that are looked at
FIRST_WALK, LONGEST_WALK = 600, 60_000  # messages

_HITS = """
  SELECT 'm' AS branch, e.ticket_id, m.at FROM (
    WITH hit AS MATERIALIZED (
      SELECT id, received_at AS at FROM messaging_message WHERE search @@ %(q)s::tsquery AND delivery <> 'WITHDRAWN')
    SELECT id, at FROM hit WHERE at < %(before)s ORDER BY at DESC FETCH FIRST %(most)s ROWS WITH TIES
  ) m JOIN tickets_ticketentry e ON e.message_id = m.id
  UNION ALL
  SELECT 'n', n.ticket_id, n.at FROM (
    WITH hit AS MATERIALIZED (
      SELECT ticket_id, at FROM tickets_ticketentry
      WHERE kind = 'NOTE' AND to_tsvector('indonesian', COALESCE(note, '')) @@ %(q)s::tsquery)
    SELECT ticket_id, at FROM hit WHERE at < %(before)s ORDER BY at DESC FETCH FIRST %(most)s ROWS WITH TIES
  ) n
  UNION ALL
  SELECT 's', s.id, s.created_at FROM (
    WITH hit AS MATERIALIZED (
      SELECT id, created_at FROM tickets_ticket
      WHERE to_tsvector('indonesian', COALESCE(subject, '')) @@ %(q)s::tsquery)
    SELECT id, created_at FROM hit WHERE created_at < %(before)s
    ORDER BY created_at DESC FETCH FIRST %(most)s ROWS WITH TIES
  ) s
"""
_NAMED = """
  UNION ALL
  SELECT 'c', c.id, c.created_at FROM (
    WITH who AS MATERIALIZED (
      SELECT id FROM people_contact WHERE name ~* %(name)s OR organization ~* %(name)s LIMIT %(names)s)
    SELECT t.id, t.created_at FROM who CROSS JOIN LATERAL (
      SELECT id, created_at FROM tickets_ticket WHERE contact_id = who.id AND created_at < %(before)s
      ORDER BY created_at DESC FETCH FIRST %(most)s ROWS WITH TIES) t
    ORDER BY t.created_at DESC FETCH FIRST %(most)s ROWS WITH TIES
  ) c
  UNION ALL
  SELECT 'r', r.id, r.created_at FROM (
    WITH place AS MATERIALIZED (SELECT id FROM people_region WHERE name ~* %(name)s)
    SELECT t.id, t.created_at FROM place CROSS JOIN LATERAL (
      SELECT id, created_at FROM tickets_ticket WHERE region_id = place.id AND created_at < %(before)s
      ORDER BY created_at DESC FETCH FIRST %(most)s ROWS WITH TIES) t
    ORDER BY t.created_at DESC FETCH FIRST %(most)s ROWS WITH TIES
  ) r
  UNION ALL
  SELECT 'f', f.ticket_id, f.at FROM (
    WITH named AS MATERIALIZED (
      SELECT message_id FROM messaging_attachment WHERE name ~* %(file)s LIMIT %(names)s),
    file AS (SELECT message_id FROM named JOIN messaging_message m ON m.id = message_id WHERE delivery <> 'WITHDRAWN'),
    noted AS MATERIALIZED (SELECT entry_id FROM tickets_notefile WHERE name ~* %(file)s LIMIT %(names)s)
    SELECT ticket_id, at FROM (
      SELECT e.ticket_id, e.at FROM file JOIN tickets_ticketentry e ON e.message_id = file.message_id
      UNION ALL SELECT e.ticket_id, e.at FROM noted JOIN tickets_ticketentry e ON e.id = noted.entry_id
    ) e WHERE at < %(before)s
    ORDER BY at DESC FETCH FIRST %(most)s ROWS WITH TIES
  ) f
"""
_FLOOR = """
  SELECT min(received_at), count(*) FROM (
    SELECT received_at FROM messaging_message WHERE received_at < %s ORDER BY received_at DESC LIMIT %s) w
"""
_WALK = """
  SELECT 'm', e.ticket_id, m.at FROM (
    SELECT id, received_at AS at, search, delivery FROM messaging_message
    WHERE received_at >= %(floor)s AND received_at < %(before)s OFFSET 0
  ) m JOIN tickets_ticketentry e ON e.message_id = m.id
  WHERE m.search @@ %(q)s::tsquery AND m.delivery <> 'WITHDRAWN'
  UNION ALL
  SELECT 'n', n.ticket_id, n.at FROM (
    SELECT ticket_id, at, note FROM tickets_ticketentry
    WHERE kind = 'NOTE' AND at >= %(floor)s AND at < %(before)s OFFSET 0
  ) n WHERE to_tsvector('indonesian', COALESCE(n.note, '')) @@ %(q)s::tsquery
  UNION ALL
  SELECT 's', t.id, t.created_at FROM (
    SELECT id, created_at, subject, contact_id, region_id FROM tickets_ticket
    WHERE created_at >= %(floor)s AND created_at < %(before)s OFFSET 0
  ) t JOIN people_contact c ON c.id = t.contact_id LEFT JOIN people_region r ON r.id = t.region_id
  WHERE to_tsvector('indonesian', COALESCE(t.subject, '')) @@ %(q)s::tsquery
     OR (%(name)s <> '' AND (c.name ~* %(name)s OR c.organization ~* %(name)s OR r.name ~* %(name)s))
"""
_WALK_FILES = """
  UNION ALL
  SELECT 'f', e.ticket_id, m.at FROM (
    SELECT id, received_at AS at, delivery FROM messaging_message
    WHERE received_at >= %(floor)s AND received_at < %(before)s OFFSET 0
  ) m JOIN messaging_attachment a ON a.message_id = m.id
  JOIN tickets_ticketentry e ON e.message_id = m.id WHERE a.name ~* %(file)s AND m.delivery <> 'WITHDRAWN'
  UNION ALL
  SELECT 'f', n.ticket_id, n.at FROM (
    SELECT id, ticket_id, at FROM tickets_ticketentry
    WHERE kind = 'NOTE' AND at >= %(floor)s AND at < %(before)s OFFSET 0
  ) n JOIN tickets_notefile f ON f.entry_id = n.id WHERE f.name ~* %(file)s
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A ticket, and when the newest thing that was found on it was said. Hits are ordered newest first."""

    at: datetime
    ticket: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Hits of one stretch. The next stretch begins below `floor`; None when the past is exhausted."""

    hits: list[Hit]
    floor: datetime | None


class Driver(Protocol):
    def batch(self, before: datetime, most: int) -> Batch | None:
        """The newest hits earlier than `before`, about `most` of them; None when it will not look further."""


@dataclass(slots=True)
class Rare:
    """All hits by the inverted indexes, the newest first."""

    word: Word

    def batch(self, before: datetime, most: int) -> Batch:
        params = {**_params(self.word), "before": before, "most": most, "names": NAMES}
        with planned_once():
            rows = run(_HITS + (_NAMED if self.word.name else ""), params)
        counted: dict[str, list[datetime]] = {}
        for branch, _ticket, at in rows:
            counted.setdefault(branch, []).append(at)
        floor = max((min(ats) for ats in counted.values() if len(ats) >= most), default=None)
        return Batch(_newest(rows, floor), floor)


@dataclass(slots=True)
class Walk:
    """Back through time in growing stretches. Gives up after `LONGEST_WALK` messages: `batch` is None then."""

    word: Word
    stretch: int = field(default_factory=lambda: FIRST_WALK)
    walked: int = field(default=0)

    def batch(self, before: datetime, most: int) -> Batch | None:
        if self.walked >= LONGEST_WALK:
            return None
        with connection.cursor() as cursor:
            cursor.execute(_FLOOR, [before, self.stretch])
            floor, count = cursor.fetchone() or (None, 0)
        last = count < self.stretch
        self.walked, self.stretch = self.walked + count, self.stretch * 4
        params = {**_params(self.word), "before": before, "floor": END if last else floor}
        rows = _rows(_WALK + (_WALK_FILES if self.word.file else ""), params)
        return Batch(_newest(rows, None), None if last else floor)


def _params(word: Word) -> dict[str, Any]:
    return {"q": word.tsquery, "name": word.name, "file": word.file}


def _rows(sql: str, params: dict[str, Any]) -> list[tuple[str, int, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _newest(rows: Sequence[tuple[Any, ...]], floor: datetime | None) -> list[Hit]:
    """One hit per ticket, its newest; those below the floor wait for the next stretch."""
    best: dict[int, datetime] = {}
    for _branch, ticket, at in rows:
        if (floor is None or at >= floor) and (ticket not in best or at > best[ticket]):
            best[ticket] = at
    return in_order(Hit(at, ticket) for ticket, at in best.items())


def in_order(hits: Iterable[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (hit.at, hit.ticket), reverse=True)
