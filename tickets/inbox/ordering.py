"""The order of the inbox, a page at a time: each page starts after the rows of the one before, never after a count.

By deadline, tickets whose clock runs come first. Their deadline is not stored, but within one channel it
rises with `created_at`; so each channel is read in that order from where the last page stopped, and the
channels are merged. The rest follows, last message first.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.clocks import FirstAnswer
from tickets.models import Ticket

PAGE = 50
DEADLINE, OLDEST, NEWEST, MESSAGE = "tenggat", "terlama", "terbaru", "pesan"
SORTS: dict[str, str | Promise] = {
    DEADLINE: _("Tenggat terdekat"),
    OLDEST: _("Terlama"),
    NEWEST: _("Terbaru"),
    MESSAGE: _("Pesan terakhir"),
}
_SIGNER = signing.Signer(salt="tickets.inbox")
_REST = "rest"
_Place = tuple[datetime, int]
_SAID = Coalesce(F("last_message_at"), F("created_at"))


@dataclass(frozen=True, slots=True)
class Page:
    """Keys of the tickets in order, and where the next page starts; `first` is false further down."""

    ids: list[int]
    next: str | None
    first: bool


def page_of(tickets: QuerySet[Ticket], *, sort: str, cursor: str, clock: FirstAnswer, size: int = PAGE) -> Page:
    """One page of these tickets. A cursor that nobody issued, or of another order, starts from the top."""
    places = _read(cursor, sort)
    if sort == DEADLINE:
        found = _by_deadline(tickets, clock, places, size)
    else:
        column = {OLDEST: F("created_at"), NEWEST: F("created_at"), MESSAGE: _SAID}[sort]
        found = _stretch(tickets, column, sort != OLDEST, places.get(_REST), size + 1, _REST)
    shown = found[:size]
    more = len(found) > size
    after = {**places, **{stream: (at, pk) for stream, at, pk in shown}}
    return Page([pk for _stream, _at, pk in shown], _write(sort, after) if more else None, not places)


def _by_deadline(
    tickets: QuerySet[Ticket], clock: FirstAnswer, places: dict[str, _Place], size: int
) -> list[tuple[str, datetime, int]]:
    running: list[tuple[str, datetime, int]] = []
    if clock.targets and _REST not in places:
        running = sorted(_merged(tickets.filter(clock.running()), clock, places, size + 1), key=_deadline_of(clock))
    if len(running) > size:
        return running
    rest = tickets.exclude(clock.running())
    return running + _stretch(rest, _SAID, True, places.get(_REST), size + 1 - len(running), _REST)


def _merged(
    running: QuerySet[Ticket], clock: FirstAnswer, places: dict[str, _Place], limit: int
) -> list[tuple[str, datetime, int]]:
    """The first rows of every channel past its place, by one query."""
    parts = [
        _past(running.filter(channel_id=pk), F("created_at"), False, places.get(str(pk)), limit).values_list(
            "channel_id", "created_at", "pk"
        )
        for pk in clock.targets
    ]
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return [(str(channel), at, pk) for channel, at, pk in found]


def _deadline_of(clock: FirstAnswer) -> Any:
    def key(row: tuple[str, datetime, int]) -> tuple[datetime, datetime, int]:
        stream, at, pk = row
        return clock.due(int(stream), at) or at, at, pk

    return key


def _stretch(
    tickets: QuerySet[Ticket], column: Any, falling: bool, place: _Place | None, limit: int, stream: str
) -> list[tuple[str, datetime, int]]:
    rows: Any = _past(tickets, column, falling, place, limit).values_list("at", "pk")
    return [(stream, at, pk) for at, pk in rows]


def _past(tickets: Any, column: Any, falling: bool, place: _Place | None, limit: int) -> Any:
    sign, beyond = ("-", "lt") if falling else ("", "gt")
    rows: Any = tickets.annotate(at=column).order_by(f"{sign}at", f"{sign}pk")
    if place:
        at, pk = place
        edge = Q(**{f"at__{beyond}": at}) | Q(**{"at": at, f"pk__{beyond}": pk})
        rows = rows.filter(Q(**{f"at__{beyond}e": at}) & edge)
    return rows[:limit]


def _write(sort: str, places: dict[str, _Place]) -> str:
    return _SIGNER.sign_object([sort, {name: [at.isoformat(), pk] for name, (at, pk) in places.items()}])


def _read(cursor: str, sort: str) -> dict[str, _Place]:
    try:
        made_for, places = _SIGNER.unsign_object(cursor) if cursor else (sort, {})
    except Exception:  # whatever was made up: bad base64, bad JSON, bad signature
        return {}
    if made_for != sort:
        return {}
    return {name: (datetime.fromisoformat(at), pk) for name, (at, pk) in places.items()}
