"""A search from the typed text to one page of results."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Reverse

from kernel.places import Places
from people.access import TICKET_READERS, has_role
from people.models import User
from tickets.access import visible_tickets
from tickets.models import Ticket
from tickets.search import words as reading
from tickets.search.direct import addressed, numbered
from tickets.search.driving import Hit
from tickets.search.finding import RANKED, Found, Search
from tickets.search.narrowing import Asker, Narrowed, narrow
from tickets.search.people import meant
from tickets.search.query import Problem, Query, parse
from tickets.search.words import Word

PAGE = 25
BEST, NEWEST = "sesuai", "terbaru"
_OF_CONTACT = 20
_PLACES = Places("tickets.search")


@dataclass(frozen=True, slots=True)
class Results:
    """Ids of tickets in order. `cut` is the moment at which looking back stopped before the page was full."""

    query: Query
    ids: list[int] = field(default_factory=list)
    words: Sequence[Word] = ()
    problems: Sequence[Problem] = ()
    rest: str = ""
    next: str | None = None
    cut: datetime | None = None
    meant: str | None = None

    @property
    def asked(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.query.terms or self.query.filters)


def find(text: str, user: User, now: datetime, *, order: str = BEST, cursor: str = "", size: int = PAGE) -> Results:
    """The tickets this user may see that fit what was typed. A cursor that nobody issued starts from the top."""
    query = parse(text)
    narrowed = narrow(query, Asker(user, now))
    results = Results(query, problems=narrowed.problems, rest=narrowed.rest)
    if not results.asked or (narrowed.problems and not query.terms and not narrowed.condition):
        return results
    place = _PLACES.read(cursor, order) or []
    search, direct = _search(query, narrowed, user)
    if query.terms and not search.words and not search.unwanted and not direct:
        return results
    found = _page(search, order, place, size, now)
    ids = [hit.ticket for hit in found.hits]
    if not place:
        ids = [*direct, *ids]
    nothing = not ids and not place and query.wanted
    return replace(
        results,
        ids=ids,
        words=search.words,
        next=found.next,
        cut=found.cut,
        meant=meant(query) if nothing else None,
    )


def issued(cursor: str, order: str) -> bool:
    """Whether a cursor, if there is one, was made for this order."""
    return not cursor or bool(_PLACES.read(cursor, order))


def of_text(tickets: "QuerySet[Ticket]") -> "QuerySet[Ticket]":
    """With `backwards`, on which the conditions on numbers stand."""
    return tickets.alias(backwards=Reverse("number"))


def _search(query: Query, narrowed: Narrowed, user: User) -> tuple[Search, list[int]]:
    """What is to be searched, and the tickets that are named outright: by number, phone or address."""
    allowed = of_text(visible_tickets(user)).filter(narrowed.condition)
    direct = numbered(query, allowed)
    if contacts := addressed(query):
        rows = allowed.filter(contact__in=contacts) | allowed.filter(contact__merged_into__in=contacts)
        direct += list(rows.order_by("-created_at", "-pk").values_list("pk", flat=True)[:_OF_CONTACT])
    direct = list(dict.fromkeys(direct))
    if not narrowed.spam:
        allowed = allowed.filter(is_spam=False)
    if direct:
        allowed = allowed.exclude(pk__in=direct)
    wanted = reading.measured(reading.read(query.wanted))
    limited = bool(narrowed.condition) or not has_role(user, TICKET_READERS)
    whole = not (limited or direct or narrowed.spam)
    return Search(allowed, wanted, reading.read(query.unwanted), limited, whole), direct


@dataclass(frozen=True, slots=True)
class _Page:
    hits: Sequence[Hit]
    next: str | None
    cut: datetime | None


def _page(search: Search, order: str, place: list[Any], size: int, now: datetime) -> _Page:
    if order == NEWEST or not search.words or (place and place[0] == "past"):
        after = Hit(datetime.fromisoformat(place[1]), place[2]) if place else None
        found = search.newest(after=after, size=size)
        return _Page(found.hits, _past(order, found), _cut(found))
    found = search.newest(after=None, size=max(RANKED, size))
    ranked = search.scored(found.hits, now)
    start = _start(ranked, place)
    shown = ranked[start : start + size]
    if start + size < len(ranked):
        return _Page(shown, _PLACES.write(order, ["ranked", shown[-1].ticket, start + size]), None)
    return _Page(shown, _past(order, found), _cut(found))


def _start(ranked: Sequence[Hit], place: list[Any]) -> int:
    """Behind the last ticket of the page before; where that is gone, behind as many."""
    if not place:
        return 0
    at = next((index for index, hit in enumerate(ranked) if hit.ticket == place[1]), None)
    return int(place[2]) if at is None else at + 1


def _past(order: str, found: Found) -> str | None:
    return _PLACES.write(order, ["past", found.place.at.isoformat(), found.place.ticket]) if found.place else None


def _cut(found: Found) -> datetime | None:
    return found.place.at if found.cut and found.place else None
