"""SQL of the lists of the inbox, made once and run for any reader at any moment.

Putting a condition together and turning it into SQL takes far longer than sending it. So the ORM compiles each once,
for a reader and a moment that stand for any, and their places are filled in.
"""

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from kernel.compiled import run, written
from kernel.kept import Kept
from people.models import User
from tickets.clocks import HOUR, Clocks
from tickets.inbox.facets import Reader

_MOST = 2000  # statements in memory
_USER, _NOW, _SOON = -(2**40), datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC)  # no row has these
_MARKS = (_USER, _NOW, _SOON)

Build = Callable[[Reader], QuerySet[Any, Any]]


class Statement(NamedTuple):
    """`places`: what stands where a value goes. Without `sql` there is nothing to find."""

    sql: str = ""
    places: Sequence[Any] = ()

    def filled(self, reader: Reader) -> list[Any]:
        """The values for this reader."""
        return [_said(what, reader) for what in self.places]


class _AnyClock(Clocks):
    def within(self, now: datetime, length: timedelta = HOUR) -> datetime:
        return _SOON


_STATEMENTS: Kept[dict[Hashable, Statement]] = Kept(
    dict,  # empty again as soon as a row changes that a filter may name
    *("people.User", "people.StaffRole", "people.Unit", "people.Region", "people.RegionAlias"),
    *("messaging.Channel", "tickets.Topic"),
)


def statements(wanted: Sequence[tuple[Hashable, Build]]) -> list[Statement]:
    """Each under its key, which says all that it depends on but the reader, the moment and reference data."""
    held = _STATEMENTS()
    return [held.get(key) or _remember(held, key, build) for key, build in wanted]


def fetched(key: Hashable, build: Build, reader: Reader) -> list[tuple[Any, ...]]:
    """The rows of one of them, as `values_list` would give them."""
    (statement,) = statements([(key, build)])
    if not statement.sql:
        return []
    return run(statement.sql, statement.filled(reader))


def _remember(held: dict[Hashable, Statement], key: Hashable, build: Build) -> Statement:
    if len(held) >= _MOST:
        held.clear()
    made = held[key] = _compiled(build(Reader(User(pk=_USER), _AnyClock.load(), _NOW)))
    return made


def _compiled(wanted: QuerySet[Any, Any]) -> Statement:
    try:
        sql, values = wanted.query.sql_with_params()
    except EmptyResultSet:
        return Statement()
    return Statement(*written(sql, values, lambda value: value in _MARKS))


def _said(what: Any, reader: Reader) -> Any:
    if what == _USER:
        return reader.user.pk
    return reader.now if what == _NOW else reader.clock.within(reader.now)
