"""Queries whose SQL is made once: Django takes longer to write a statement than PostgreSQL to answer a small one.

    EARLIER = Compiled(lambda rows, contact: rows.filter(contact_id=contact).order_by("-pk")[:5], "contact")
    EARLIER(visible_tickets(user), contact=7)  # a list, as list(build(...)) would give

The queryset is built by the same function either way. Over a whole table (`Model.objects.all()`) its SQL is kept and
only the values differ; over rows that are filtered already, as they are for Layer 2 agents, Django makes it anew.
Values stand where an expression may stand; lists go through `one_of`. None is no value: compare with IS NULL instead.

Each connection prepares such a statement (`prepared`), so that PostgreSQL plans it once as well; what is no value
of the caller's stands in its text, where the planner sees it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import BooleanField, Expression, F, Func, Model, Q, QuerySet, Value
from psycopg.types.datetime import TimestamptzLoader

M = TypeVar("M", bound=Model)
_PREPARED_AFTER = 1  # runs on a connection: what it runs once need not be prepared
_MOST = 400  # prepared statements of a connection; beyond that the one that was not run for longest goes
_PLACE = re.compile("%[%s]")


class _Slot(Expression):
    """Where the value of this name goes."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


def one_of(field: str, values: Any) -> Any:
    """The condition that the field is one of these values: the same SQL however many they are."""
    return _any(field, values) if isinstance(values, _Slot) else Q(**{f"{field}__in": values})


def among(field: str, values: list[Any]) -> Any:
    """As `__in` with many values: they go as one, which takes Django less time than each by itself."""
    return _any(field, Value(values))


def _any(field: str, values: Any) -> Any:
    how = {"template": "(%(expressions)s))", "arg_joiner": " = ANY(", "output_field": BooleanField()}
    return Func(F(field), values, **how)


class Compiled(Generic[M]):
    """`build(rows, **values)` makes the queryset; `names` are those of its values. No `prefetch_related` in it."""

    def __init__(self, build: Callable[..., QuerySet[M, Any]], *names: str) -> None:
        self.build, self.names = build, names
        self._made: _Made | None = None

    def __call__(self, rows: QuerySet[M], **values: Any) -> list[Any]:
        if rows.query.has_filters() or rows.query.combinator or rows.query.is_sliced:
            return list(self.build(rows, **values))
        if self._made is None:
            self._made = _Made(self.build(rows, **{name: _Slot(name) for name in self.names}))
        return self._made.rows(values)


class _Made:
    """A query with its SQL."""

    def __init__(self, wanted: QuerySet[Any]) -> None:
        self.iterable: Any = wanted._iterable_class
        self.model = wanted.model
        self.compiler: Any = wanted.query.get_compiler(connection=connection)
        sql, params = self.compiler.as_sql()
        self.sql, self.slots = _with_constants(sql, params)
        self.compiler.connection = None  # each run brings its own

    def rows(self, values: dict[str, Any]) -> list[Any]:
        given = tuple(values[name] for name in self.slots)
        compiler = copy(self.compiler)
        compiler.connection, compiler.as_sql = connection, lambda *_args, **_named: (self.sql, given)
        query = SimpleNamespace(get_compiler=lambda *_args, **_named: compiler)
        rows: Any = SimpleNamespace(query=query, model=self.model, db=connection.alias, _known_related_objects={})
        with prepared():
            return list(self.iterable(rows))


def _with_constants(sql: str, params: Sequence[Any]) -> tuple[str, list[str]]:
    """The SQL with everything in its text that is no slot, and the names of the slots in order."""
    text, slots = written(sql, params, lambda param: isinstance(param, _Slot))
    return text, [slot.name for slot in slots]


def written(sql: str, params: Sequence[Any], varies: Callable[[Any], bool]) -> tuple[str, list[Any]]:
    """The SQL with its values in the text, but for those that vary, which are returned in order.

    PostgreSQL uses an index of a part of a table only where it sees the values that name the part.
    """
    left, given = [], iter(params)
    with connection.cursor() as cursor:

        def put(place: re.Match[str]) -> str:
            if place[0] == "%%":
                return place[0]
            value = next(given)
            if varies(value):
                left.append(value)
                return "%s"
            return cursor.mogrify("%s", [value]).replace("%", "%%")

        return _PLACE.sub(put, sql), left


@contextmanager
def prepared() -> Iterator[None]:
    """Statements in here are prepared once on this connection; values go beside them, not in the text."""
    connection.ensure_connection()
    raw: Any = connection.connection
    usual, raw.cursor_factory = raw.cursor_factory, ServerBindingCursor
    raw.prepare_threshold, raw.prepared_max = _PREPARED_AFTER, _MOST
    try:
        yield
    finally:
        raw.cursor_factory = usual


@contextmanager
def planned_once() -> Iterator[None]:
    """Statements prepared in here keep one plan, whatever their values: where planning takes as long as running.

    Only for statements that are fenced so that one plan is right for all values. A transaction keeps its settings:
    within one nothing changes.
    """
    if connection.in_atomic_block:
        yield
        return
    run("SET plan_cache_mode = force_generic_plan")
    try:
        yield
    finally:
        run("RESET plan_cache_mode")


def run(sql: str, params: Sequence[Any] | Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """The rows of a written-out statement, prepared. Moments come in UTC, by psycopg's own faster loader."""
    with prepared(), connection.cursor() as cursor:
        cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []
