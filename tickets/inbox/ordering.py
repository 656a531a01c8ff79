"""The order of the inbox, a page at a time: each page starts after the rows of the one before, never after a count.

By deadline, tickets with a clock that runs come first, the most urgent at the top. The rest follows, last
message first. Both stretches are read from an index.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.places import Places
from tickets.models import Ticket

PAGE = 50
DEADLINE, OLDEST, NEWEST, MESSAGE, PRIORITY = "tenggat", "terlama", "terbaru", "pesan", "prioritas"
SORTS: dict[str, str | Promise] = {
    DEADLINE: _("Tenggat terdekat"),
    OLDEST: _("Terlama"),
    NEWEST: _("Terbaru"),
    MESSAGE: _("Pesan terakhir"),
    PRIORITY: _("Prioritas tertinggi"),
}
_PLACES = Places("tickets.inbox")
_DUE, _REST = "due", "rest"
_Place = tuple[datetime | int, int]  # a moment or a priority, and the ticket's key
_Found = tuple[str, datetime | int, int]
Read = Callable[[Hashable | None, Callable[[Any], Any], bool], Iterable[tuple[Any, Any]]]
"""read(key, part, clocked) -> the rows of part(tickets). What has a key is always the same part; `clocked` says that
it takes only those with a running clock."""
SAID = Coalesce(F("last_message_at"), F("created_at"))


@dataclass(frozen=True, slots=True)
class Page:
    """Keys of the tickets in order, and where the next page starts; `first` is false further down."""

    ids: list[int]
    next: str | None
    first: bool


def page_of(tickets: QuerySet[Ticket] | Read, *, sort: str, cursor: str, size: int = PAGE) -> Page:
    """One page of these tickets. A cursor that nobody issued, or of another order, starts from the top."""
    read: Read = tickets if callable(tickets) else lambda _key, part, _clocked: list(part(tickets))
    places = _read(cursor, sort)
    if sort == DEADLINE:
        found = _by_deadline(read, places, size)
    else:
        column = {OLDEST: F("created_at"), NEWEST: F("created_at"), MESSAGE: SAID, PRIORITY: F("priority")}[sort]
        stretch = _Stretch(_REST, column, sort != OLDEST, places.get(_REST), size + 1)
        found = stretch.found(read, sort, lambda rows: rows)
    shown = found[:size]
    more = len(found) > size
    after = {**places, **{stream: (at, pk) for stream, at, pk in shown}}
    return Page([pk for _stream, _at, pk in shown], _write(sort, after) if more else None, not places)


def _by_deadline(read: Read, places: dict[str, _Place], size: int) -> list[_Found]:
    running: list[_Found] = []
    if _REST not in places:
        stretch = _Stretch(_DUE, F("due_at"), False, places.get(_DUE), size + 1)
        running = stretch.found(read, DEADLINE, lambda rows: rows.filter(due_at__isnull=False))
    if len(running) > size:
        return running
    stretch = _Stretch(_REST, SAID, True, places.get(_REST), size + 1 - len(running))
    return running + stretch.found(read, DEADLINE, lambda rows: rows.filter(due_at__isnull=True))


class _Stretch(NamedTuple):
    """Rows in one order, as many as are wanted, after a place or from the top."""

    stream: str
    column: Any
    falling: bool
    place: _Place | None
    limit: int

    def found(self, read: Read, sort: str, narrow: Callable[[Any], Any]) -> list[_Found]:
        key = None if self.place else (sort, self.stream, self.limit)
        rows = read(key, lambda tickets: self._of(narrow(tickets)).values_list("at", "pk"), self.stream == _DUE)
        return [(self.stream, at, pk) for at, pk in rows]

    def _of(self, tickets: Any) -> Any:
        sign, beyond = ("-", "lt") if self.falling else ("", "gt")
        rows: Any = tickets.annotate(at=self.column).order_by(f"{sign}at", f"{sign}pk")
        if self.place:
            at, pk = self.place
            edge = Q(**{f"at__{beyond}": at}) | Q(**{"at": at, f"pk__{beyond}": pk})
            rows = rows.filter(Q(**{f"at__{beyond}e": at}) & edge)
        return rows[: self.limit]


def _write(sort: str, places: dict[str, _Place]) -> str:
    kept = {name: [at if isinstance(at, int) else at.isoformat(), pk] for name, (at, pk) in places.items()}
    return _PLACES.write(sort, kept)


def _read(cursor: str, sort: str) -> dict[str, _Place]:
    places = _PLACES.read(cursor, sort) or {}
    return {name: (at if isinstance(at, int) else datetime.fromisoformat(at), pk) for name, (at, pk) in places.items()}
