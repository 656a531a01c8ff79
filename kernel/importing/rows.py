"""A row on its way from the file into the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from kernel.importing.cells import Cell, as_text, is_blank
from kernel.importing.columns import Header
from kernel.importing.fields import Lookups, Moment


class Outcome(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(slots=True)
class Row:
    """One row of the file. `values` has every column of the kind (blank where the file lacks it);
    `more` are the rows below that continue this one; `stored` is for the loader."""

    line: int
    cells: list[Cell]
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    outcome: Outcome | None = None
    more: list["Row"] = field(default_factory=list)
    stored: Any = None

    def refuse(self, reason: str) -> None:
        """Take the row out of the import, for a reason that says what to do."""
        self.errors.append(reason)

    @property
    def refused(self) -> bool:
        return bool(self.errors) or any(row.errors for row in self.more)


@dataclass(frozen=True)
class Continuation:
    """Rows that carry more of the row above: the same `key`, and nothing but `columns` filled in."""

    key: str
    columns: frozenset[str]


def grouped(rows: Iterator[tuple[int, list[Cell]]], header: Header, continuation: Continuation | None) -> Iterator[Row]:
    """Rows of the file, continuations attached to the row they continue."""
    if continuation is None or continuation.key not in header.present_names:
        for line, cells in rows:
            yield Row(line, cells)
        return
    key = header.names.index(continuation.key)
    others = [i for c, i in header.present if c.name != continuation.key and c.name not in continuation.columns]
    current: Row | None = None
    for line, cells in rows:
        row = Row(line, cells)
        if current and _continues(current, row, key, others):
            current.more.append(row)
            continue
        if current:
            yield current
        current = row
    if current:
        yield current


def _continues(above: Row, row: Row, key: int, others: Sequence[int]) -> bool:
    mine, theirs = _at(row.cells, key), _at(above.cells, key)
    return (mine == theirs or as_text(mine) == as_text(theirs)) and all(
        is_blank(_at(row.cells, index)) for index in others
    )


def _at(cells: list[Cell], index: int) -> Cell:
    return cells[index] if index < len(cells) else None


def parse(
    row: Row, header: Header, blanks: dict[str, Any], lookups: Lookups, continuation: Continuation | None
) -> None:
    """Read all cells of a row and its continuations into `values`; collect every reason against it."""
    _parse_cells(row, header, blanks, lookups, None)
    for more in row.more:
        _parse_cells(more, header, blanks, lookups, continuation.columns if continuation else None)


def refuse_future(row: Row, header: Header, latest: datetime) -> None:
    """Refuse moments after `latest`: what has not happened yet is a slip in the year, and no figure may hold it."""
    moments = [c.name for c, _index in header.present if isinstance(c.field, Moment) and not c.field.planned]
    for one in (row, *row.more):
        for name in moments:
            if (moment := one.values.get(name)) and moment > latest:
                one.refuse(_("%(column)s: belum terjadi pada saat impor. Periksa tanggalnya.") % {"column": name})


def _parse_cells(
    row: Row, header: Header, blanks: dict[str, Any], lookups: Lookups, only: frozenset[str] | None
) -> None:
    values, cells, count = dict(blanks), row.cells, len(row.cells)
    for column, index in header.present:
        if only is not None and column.name not in only:
            continue
        try:
            values[column.name] = column.read(cells[index] if index < count else None, lookups)
        except ValueError as problem:
            row.errors.append(str(problem))
    if count > len(header.names) and not all(map(is_blank, cells[len(header.names) :])):
        row.errors.append(_too_many(count, len(header.names)))
    row.values = values


def _too_many(count: int, expected: int) -> str:
    return _("Baris berisi %(count)d sel, judulnya %(expected)d. Beri tanda kutip pada sel berisi pemisah.") % {
        "count": count,
        "expected": expected,
    }
