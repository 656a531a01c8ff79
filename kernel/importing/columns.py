"""Columns of a kind, and matching them with the header of a file."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.errors import Refused
from kernel.importing.cells import Cell, is_blank
from kernel.importing.fields import Field, Lookups

REJECT_COLUMNS = ("line", "reason")
"""Added to the file of rejected rows, and passed over when such a file is imported again."""


@dataclass(frozen=True)
class Column:
    """A column's name in files, what it holds, and a word for the people who fill it in."""

    name: str
    field: Field
    help: Any
    required: bool = False
    example: str = ""

    def read(self, cell: Cell, lookups: Lookups) -> Any:
        """The cell's value. Raises ValueError with the reason, the column's name in front."""
        if is_blank(cell):
            if self.required:
                raise ValueError(_("%(column)s: wajib diisi.") % {"column": self.name})
            return self.field.blank
        try:
            return self.field.read(cell, lookups)
        except Refused as problem:
            raise ValueError(f"{self.name}: {problem.message}") from None
        except ValueError as problem:
            raise ValueError(f"{self.name}: {problem}") from None


@dataclass(frozen=True)
class Header:
    """Where each column stands in the file. `present` are the columns the file has, in the kind's order."""

    names: tuple[str, ...]
    present: tuple[tuple[Column, int], ...]

    @property
    def present_names(self) -> frozenset[str]:
        return frozenset(column.name for column, _index in self.present)


def match_header(columns: Sequence[Column], titles: Sequence[str]) -> Header:
    """Match a file's titles with the columns; case, spaces and hyphens do not matter.

    Raises Refused naming every missing required, unknown or doubled column.
    """
    names = [_tidy(title) for title in titles]
    known = {column.name for column in columns}
    unknown = [name for name in names if name and name not in known and name not in REJECT_COLUMNS]
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    missing = [column.name for column in columns if column.required and column.name not in names]
    problems = [
        *([_missing(missing)] if missing else []),
        *([_unknown(unknown, known)] if unknown else []),
        *([_("Kolom ganda: %(names)s.") % {"names": ", ".join(doubled)}] if doubled else []),
    ]
    if problems:
        raise Refused(
            "import.columns",
            gettext_lazy("{problems} Kolom yang dikenal: {known}."),
            problems=" ".join(problems),
            known=", ".join(column.name for column in columns),
        )
    present = tuple((column, names.index(column.name)) for column in columns if column.name in names)
    return Header(tuple(names), present)


def _tidy(title: str) -> str:
    return "_".join(title.strip().lower().replace("-", " ").replace("_", " ").split())


def _missing(names: list[str]) -> str:
    return _("Kolom wajib tidak ada: %(names)s.") % {"names": ", ".join(names)}


def _unknown(names: list[str], known: set[str]) -> str:
    hints = []
    for name in names:
        close = difflib.get_close_matches(name, known, 1)
        hints.append(_("%(name)s (maksudnya %(close)s?)") % {"name": name, "close": close[0]} if close else name)
    return _("Kolom tidak dikenal: %(names)s.") % {"names": ", ".join(hints)}
