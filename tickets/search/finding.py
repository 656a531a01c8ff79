"""One page of tickets that fit a search: candidates from a driver, tested against all else that was asked."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from kernel.compiled import among, run
from tickets.models import Ticket
from tickets.search import words as reading
from tickets.search.driving import START, Driver, Hit, Rare, Walk
from tickets.search.words import Word

RARE = 20_000  # messages; more are walked through, not sorted
NARROW = 3_000  # tickets; filters that leave fewer drive the search themselves
RANKED = 50  # of the newest hits are put into order of relevance
LAST = 2**63 - 1
_BATCH = 150
_TICK = timedelta(microseconds=1)
_HALF_LIFE = 120.0  # days until a hit counts half
_SAID = Coalesce(F("last_message_at"), F("created_at"))

_SCORES = """
  SELECT t.id, ts_rank(to_tsvector('indonesian', COALESCE(t.subject, '')), q), COALESCE((
    SELECT max(ts_rank(m.search, q)) FROM tickets_ticketentry e JOIN messaging_message m ON m.id = e.message_id
    WHERE e.ticket_id = t.id AND m.search @@ q AND m.delivery <> 'WITHDRAWN'), 0)::float8,
  (c.name ~* ANY(names) OR c.organization ~* ANY(names) OR COALESCE(r.name ~* ANY(names), false))::int
  FROM (SELECT %(q)s::tsquery AS q, %(names)s::text[] AS names) asked, tickets_ticket t
  JOIN people_contact c ON c.id = t.contact_id LEFT JOIN people_region r ON r.id = t.region_id
  WHERE t.id = ANY(%(ids)s)
"""


_NO_SPAM = "SELECT id FROM tickets_ticket WHERE id = ANY(%s) AND NOT is_spam"


@dataclass(frozen=True, slots=True)
class Found:
    """Hits in order. `place` is where the next page starts, None at the end.

    `cut` says that the search stopped looking further back, at `place`, before the page was full.
    """

    hits: list[Hit]
    place: Hit | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked of `allowed`, the tickets that may be seen and fit the filters."""

    allowed: "QuerySet[Ticket]"
    words: Sequence[Word] = ()
    unwanted: Sequence[Word] = ()
    narrowed: bool = False  # by filters or by access
    whole: bool = False  # `allowed` is every ticket but spam

    def newest(self, *, after: Hit | None, size: int) -> Found:
        """A page in order of time. `words` are rarest first."""
        if not self.words or self._few_are_allowed():
            return self._by_ticket(after, size)
        rarest = self.words[0]
        if rarest.rows <= RARE:
            return self._driven(Rare(rarest), rarest, after, size)
        found = self._driven(Walk(rarest), rarest, after, size)
        both = reading.together(self.words)
        if found.cut and len(self.words) > 1 and reading.estimate(both) <= RARE:
            together = replace(rarest, tsquery=both)
            rest = self._driven(Rare(together), together, found.place, size - len(found.hits))
            shown = {hit.ticket for hit in found.hits}
            return Found([*found.hits, *(hit for hit in rest.hits if hit.ticket not in shown)], rest.place, rest.cut)
        return found

    def scored(self, hits: Sequence[Hit], now: datetime) -> list[Hit]:
        """The hits in order of relevance: words in the subject or the name first, then how well and how lately."""
        if not self.words or len(hits) < 2:
            return list(hits)
        names = [word.name for word in self.words if word.name]
        asked = {"q": reading.either(self.words), "names": names, "ids": [hit.ticket for hit in hits]}
        scores = {pk: 2 * head + said + named for pk, head, said, named in run(_SCORES, asked)}

        def score(hit: Hit) -> tuple[float, datetime, int]:
            days = max((now - hit.at) / timedelta(days=1), 0.0)
            return (0.2 + scores.get(hit.ticket, 0.0)) * 0.5 ** (days / _HALF_LIFE), hit.at, hit.ticket

        return sorted(hits, key=score, reverse=True)

    def _few_are_allowed(self) -> bool:
        if not self.narrowed:
            return False
        plan = self.allowed.order_by().values("pk").explain(format="json")
        rows = json.loads(plan)[0]["Plan"]["Plan Rows"] if plan else 0  # no plan where nothing can be seen
        return rows <= NARROW and rows < self.words[0].rows

    def _by_ticket(self, after: Hit | None, size: int) -> Found:
        """Tickets by their last message: where only filters narrow, or few tickets are left to test."""
        rows: Any = self._tested(self.allowed, self.words).annotate(said_at=_SAID)
        if after:
            edge = Q(said_at__lt=after.at) | Q(said_at=after.at, pk__lt=after.ticket)
            rows = rows.filter(Q(said_at__lte=after.at) & edge)
        found = [Hit(at, pk) for at, pk in rows.order_by("-said_at", "-pk").values_list("said_at", "pk")[: size + 1]]
        return Found(found[:size], found[size - 1] if len(found) > size else None)

    def _driven(self, driver: Driver, word: Word, after: Hit | None, size: int) -> Found:
        hits: list[Hit] = []
        seen: set[int] = set()
        before, most = after.at + _TICK if after else START, max(_BATCH, size * 3)
        while len(hits) <= size:
            batch = driver.batch(before, most)
            if batch is None:
                return Found(hits, Hit(before - _TICK, LAST), cut=True)
            fresh = [hit for hit in batch.hits if hit.ticket not in seen and _past(hit, after)]
            seen |= {hit.ticket for hit in fresh}
            hits += self._that_fit(fresh, word, after)
            if batch.floor is None:
                break
            before = batch.floor
            most *= 2
        return Found(hits[:size], hits[size - 1] if len(hits) > size else None)

    def _that_fit(self, hits: Sequence[Hit], driving: Word, after: Hit | None) -> list[Hit]:
        """Those hits that may be seen, fit the filters and hold the other words."""
        if not hits:
            return []
        others = [word for word in self.words if word.term != driving.term] if driving in self.words else []
        if self.whole and not (others or self.unwanted or after):
            fitting = {pk for (pk,) in run(_NO_SPAM, [[hit.ticket for hit in hits]])}
            return [hit for hit in hits if hit.ticket in fitting]
        rows = self._tested(self.allowed.filter(among("pk", [hit.ticket for hit in hits])), others)
        if after:
            rows = rows.exclude(driving.newer_than(after.at, after.ticket))
        fitting = set(rows.values_list("pk", flat=True))
        return [hit for hit in hits if hit.ticket in fitting]

    def _tested(self, tickets: "QuerySet[Ticket]", wanted: Sequence[Word]) -> "QuerySet[Ticket]":
        tickets = reading.with_subject(tickets)
        for word in wanted:
            tickets = tickets.filter(word.on_ticket())
        for word in self.unwanted:
            tickets = tickets.exclude(word.on_ticket())
        return tickets.order_by()


def _past(hit: Hit, after: Hit | None) -> bool:
    return after is None or (hit.at, hit.ticket) < (after.at, after.ticket)
