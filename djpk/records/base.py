"""What loading and exporting the registers have in common: read, compare with what is stored, write, append events.

A kind's module names its model, its columns and how values and rows of the model turn into each other;
values have the columns' names. A column in `automatic` left blank is not a statement: it is filled in for
new rows and kept for stored ones.
"""

import hashlib
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _

from djpk.records.lookups import load_lookups
from kernel.importing.cells import clean_text, csv_text
from kernel.importing.columns import Column
from kernel.importing.engine import Context, Kind
from kernel.importing.fields import Lookups
from kernel.importing.rows import Outcome, Row
from kernel.parsing import JAKARTA

Values = dict[str, Any]
Period = tuple[datetime | None, datetime | None]


class RecordLoader:
    """Loads one kind of register (see `kernel.importing.engine.Loader`); see the module for what to define."""

    model: ClassVar[type[models.Model]]
    columns: ClassVar[tuple[Column, ...]]
    key_columns: ClassVar[tuple[str, ...]] = ("number",)
    derived_from: ClassVar[tuple[str, ...]] = ()
    prefix: ClassVar[str] = ""
    dated_by: ClassVar[str]
    automatic: ClassVar[frozenset[str]] = frozenset()
    related: ClassVar[tuple[str, ...]] = ()
    prefetched: ClassVar[tuple[str, ...]] = ()
    ordering: ClassVar[tuple[str, ...]]

    def __init__(self, context: Context) -> None:
        self.context = context
        self.lookups: Lookups = load_lookups()
        self.twins: Counter[str] = Counter()

    # What a kind may define

    def problems(self, values: Values) -> Iterable[str]:
        """What is wrong with a row, stored values filled in for columns the file lacks."""
        return ()

    def complete(self, values: Values) -> None:
        """Fill in automatic columns of a new row."""

    def apply(self, row: Any, values: Values) -> None:
        """Set the fields of a row of the model, new or stored."""
        raise NotImplementedError

    @classmethod
    def shown(cls, row: Any) -> Values:
        """A stored row in the columns' values; by default each column is the field of that name."""
        return {column.name: field_value(row, column) for column in cls.columns}

    def link(self, rows: Sequence[tuple[Any, Values]]) -> None:
        """Write what hangs on rows just saved: topics, pages."""

    def record(self, rows: Sequence[tuple[Any, Values]], code: str) -> None:
        """Append one event per row."""

    # The engine's side

    def key(self, row: Row) -> Hashable:
        values = row.values
        if self.derived_from and not values[self.key_columns[-1]]:
            values[self.key_columns[-1]] = self._derived_number(values)
        return self.key_of(values)

    @classmethod
    def key_of(cls, values: Mapping[str, Any]) -> Hashable:
        """What tells rows apart."""
        return tuple(values[name] for name in cls.key_columns)

    def examine(self, rows: list[Row]) -> None:
        stored = self.stored(rows)
        for row in rows:
            found = stored.get(self.key_of(row.values))
            values = self._merged(row.values, found) if found else row.values
            for problem in self.problems(values):
                row.refuse(problem)
            if not row.refused:
                row.stored, row.outcome = (found, values), self._outcome(row, found, values)

    def stored(self, rows: list[Row]) -> dict[Hashable, tuple[Any, Values]]:
        """Stored rows with the keys of these rows, as (row, values), by key."""
        last = self.key_columns[-1]
        found = self.queryset().filter(**{f"{last}__in": {row.values[last] for row in rows}})
        if self.context.update:
            found = found.select_for_update(of=("self",))
        pairs = ((row, self.shown(row)) for row in found)
        return {self.key_of(values): (row, values) for row, values in pairs}

    @classmethod
    def queryset(cls) -> models.QuerySet[Any]:
        """All rows with what `shown` needs, in the register's order."""
        rows = cls.model._default_manager.prefetch_related(*cls.prefetched).order_by(*cls.ordering)
        return rows.select_related(*cls.related) if cls.related else rows

    def write(self, rows: list[Row]) -> None:
        created, updated = [], []
        for row in rows:
            found, values = row.stored
            if row.outcome is Outcome.CREATED:
                self.complete(values)
                created.append((self.model(), values))
            else:
                updated.append((found[0], values))
        for target, values in (*created, *updated):
            self.apply(target, values)
        self.model._default_manager.bulk_create([target for target, _values in created], batch_size=1000)
        for target, _values in updated:
            target.save()
        self._follow(created, "imported")
        self._follow(updated, "import_updated")

    def _follow(self, rows: list[tuple[Any, Values]], what: str) -> None:
        if rows:
            self.link(rows)
            self.record(rows, f"{self.model._meta.model_name}.{what}")

    def after_commit(self) -> None:
        """Nothing follows."""

    def remarks(self) -> list[str]:
        return []

    def _derived_number(self, values: Values) -> str:
        """A number made of what the row says, the same for the same row; the n-th twin in a file gets `-n`."""
        text = "|".join(csv_text(_plain(values[name])) for name in self.derived_from)
        digest = hashlib.sha256(text.lower().encode()).hexdigest()[:10]
        self.twins[digest] += 1
        twin = f"-{self.twins[digest]}" if self.twins[digest] > 1 else ""
        return f"{self.prefix}-{digest}{twin}"

    def _merged(self, values: Values, found: tuple[Any, Values]) -> Values:
        """Stored values where the file says nothing."""
        kept = found[1]
        return {name: value if self._stated(name, value) else kept[name] for name, value in values.items()}

    def _stated(self, name: str, value: Any) -> bool:
        if name in self.key_columns:
            return True
        return name in self.context.present and not (name in self.automatic and value is None)

    def _outcome(self, row: Row, found: tuple[Any, Values] | None, values: Values) -> Outcome | None:
        if found is None:
            return Outcome.CREATED
        differs = [name for name, value in values.items() if self.differs(name, value, found)]
        if not differs:
            return Outcome.UNCHANGED
        if self.context.update:
            return Outcome.UPDATED
        row.refuse(
            _("Catatan ini sudah tersimpan dengan isi berbeda (%(columns)s). Samakan, atau impor dengan pembaruan.")
            % {"columns": ", ".join(differs)}
        )
        return None

    def differs(self, name: str, value: Any, found: tuple[Any, Values]) -> bool:
        """Whether a value of the file is another than the stored one."""
        return bool(value != found[1][name])


def field_value(row: Any, column: Column) -> Any:
    """The field of the column's name, text in the form in which files are read."""
    value = getattr(row, column.name)
    return clean_text(value) if isinstance(value, str) and column.field.free else value


def _plain(value: Any) -> Any:
    return getattr(value, "code", value)


def in_period(rows: models.QuerySet[Any], name: str, period: Period) -> models.QuerySet[Any]:
    """Rows dated in [start, end) by the field; months and dates are cut in Jakarta."""
    field = rows.model._meta.get_field(name)
    for moment, operator in zip(period, ("gte", "lt"), strict=True):
        if moment is not None:
            is_day = isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField)
            bound: date = moment.astimezone(JAKARTA).date() if is_day else moment
            rows = rows.filter(**{f"{name}__{operator}": bound})
    return rows


def record_kind(code: str, label: Any, loader: type[RecordLoader]) -> Kind:
    """The kind of a loader."""

    def export(period: Period) -> Iterator[list[Any]]:
        rows = in_period(loader.queryset(), loader.dated_by, period)
        for row in rows.iterator(chunk_size=1000):
            values = loader.shown(row)
            yield [column.field.show(values[column.name]) for column in loader.columns]

    return Kind(code, label, loader.columns, loader, export)
