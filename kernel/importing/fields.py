"""What a column may hold: each field reads a cell into a value and shows a value as a cell again.

`read(show(value)) == value`, so that what is exported can be imported. A cell that cannot be read is a
ValueError or Refused whose message tells what to do. Blank cells never reach a field.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from django.db.models import Choices
from django.utils.translation import gettext as _
from django.utils.translation import override

from kernel.importing.cells import Cell, as_text
from kernel.months import Month
from kernel.parsing import parse_date, parse_datetime, parse_decimal, parse_integer

Lookups = Mapping[str, Callable[[str], Any]]
FIRST_YEAR, LAST_YEAR = 1990, 2100


class Field(Protocol):
    """`blank` is the value of an empty cell; `free` tells text that may look like a formula."""

    @property
    def blank(self) -> Any: ...

    @property
    def free(self) -> bool: ...

    def read(self, cell: Cell, lookups: Lookups) -> Any: ...

    def show(self, value: Any) -> Cell: ...

    def about(self) -> str: ...


@dataclass(frozen=True)
class Text:
    """Text of at most `longest` characters (0: any length)."""

    longest: int = 0
    blank: Any = ""
    free: bool = True

    def read(self, cell: Cell, lookups: Lookups) -> str:
        text = as_text(cell)
        if self.longest and len(text) > self.longest:
            raise ValueError(
                _("berisi %(count)d huruf; paling banyak %(most)d.") % {"count": len(text), "most": self.longest}
            )
        return text

    def show(self, value: str) -> Cell:
        return as_text(value)

    def about(self) -> str:
        return _("teks, paling banyak %(most)d huruf") % {"most": self.longest} if self.longest else _("teks")


@dataclass(frozen=True)
class Converted:
    """Text in a form of its own, such as a mail address: `convert` returns it or raises ValueError."""

    convert: Callable[[str], str]
    describe: Any
    blank: Any = ""
    free: bool = False

    def read(self, cell: Cell, lookups: Lookups) -> str:
        return self.convert(as_text(cell))

    def show(self, value: str) -> Cell:
        return value

    def about(self) -> str:
        return str(self.describe)


@dataclass(frozen=True)
class Integer:
    """A whole number within bounds."""

    least: int = 0
    most: int = 2_147_483_647
    blank: Any = None
    free: bool = False

    def read(self, cell: Cell, lookups: Lookups) -> int:
        number = parse_integer(as_text(cell))
        if not self.least <= number <= self.most:
            raise ValueError(
                _("%(number)d di luar batas %(least)d sampai %(most)d.")
                % {"number": number, "least": self.least, "most": self.most}
            )
        return number

    def show(self, value: int | None) -> Cell:
        return value

    def about(self) -> str:
        if self.most == Integer.most:
            return _("bilangan bulat, paling sedikit %(least)d") % {"least": self.least}
        return _("bilangan bulat %(least)d sampai %(most)d") % {"least": self.least, "most": self.most}


@dataclass(frozen=True)
class Number:
    """A decimal number with at most `places` decimals and `digits` digits in all."""

    digits: int = 20
    places: int = 6
    blank: Any = None
    free: bool = False

    def read(self, cell: Cell, lookups: Lookups) -> Decimal:
        number = parse_decimal(cell if isinstance(cell, int | float | Decimal) else as_text(cell))
        if not number.is_finite() or number != round(number, self.places):
            raise ValueError(_("paling banyak %(places)d angka desimal.") % {"places": self.places})
        if abs(number) >= 10 ** (self.digits - self.places):
            raise ValueError(_("bilangan terlalu besar."))
        return number

    def show(self, value: Decimal | None) -> Cell:
        if value is None:
            return None
        plain = value.normalize()
        return int(plain) if plain == plain.to_integral_value() else plain

    def about(self) -> str:
        return _("bilangan, titik atau koma sebagai tanda desimal")


@dataclass(frozen=True)
class Day:
    """A date."""

    blank: Any = None
    free: bool = False

    def read(self, cell: Cell, lookups: Lookups) -> dt.date:
        day = parse_date(cell if isinstance(cell, dt.date) else as_text(cell).removesuffix("T00:00:00"))
        _check_year(day)
        return day

    def show(self, value: dt.date | None) -> Cell:
        return value

    def about(self) -> str:
        return _("tanggal, TTTT-BB-HH atau HH/BB/TTTT")


@dataclass(frozen=True)
class Moment:
    """A date and time; without offset it is Jakarta's. `planned` ones may lie ahead of the import."""

    blank: Any = None
    free: bool = False
    planned: bool = False

    def read(self, cell: Cell, lookups: Lookups) -> dt.datetime:
        moment = parse_datetime(cell if isinstance(cell, dt.datetime) else as_text(cell))
        _check_year(moment)
        return moment.astimezone(dt.UTC)

    def show(self, value: dt.datetime | None) -> Cell:
        return value

    def about(self) -> str:
        return _("tanggal dan jam ISO 8601; tanpa selisih zona berarti WIB")


@dataclass(frozen=True)
class FirstOfMonth:
    """A month, held as its first day: "2024-08", or any date of it in a spreadsheet cell."""

    blank: Any = None
    free: bool = False

    def read(self, cell: Cell, lookups: Lookups) -> dt.date:
        if isinstance(cell, dt.date):
            day = dt.date(cell.year, cell.month, 1)
        else:
            text = as_text(cell)
            try:
                day = Month.parse(text[:7]).first_day
                if len(text) > 7 and parse_date(text) != day:
                    raise ValueError(text)
            except ValueError:
                raise ValueError(_("“%(text)s” bukan bulan (TTTT-BB).") % {"text": text}) from None
        _check_year(day)
        return day

    def show(self, value: dt.date | None) -> Cell:
        return f"{value:%Y-%m}" if value else None

    def about(self) -> str:
        return _("bulan, TTTT-BB")


def _check_year(day: dt.date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(_("tahun %(year)d tidak masuk akal.") % {"year": day.year})


@dataclass(frozen=True)
class Choice:
    """One of a model's choices, by code or by its label in either language; `also` adds other words."""

    choices: type[Choices]
    blank: Any = ""
    also: Mapping[str, str] = field(default_factory=dict)
    free: bool = False
    words: dict[str, str] = field(init=False, default_factory=dict, compare=False)

    def read(self, cell: Cell, lookups: Lookups) -> str:
        text = as_text(cell)
        try:
            return self._words()[plain(text)]
        except KeyError:
            codes = ", ".join(map(str, self.choices.values))
            raise ValueError(
                _("“%(text)s” tidak dikenal. Pilih: %(codes)s.") % {"text": text, "codes": codes}
            ) from None

    def show(self, value: str) -> Cell:
        return value

    def about(self) -> str:
        return _("salah satu: %(codes)s") % {"codes": ", ".join(map(str, self.choices.values))}

    def _words(self) -> dict[str, str]:
        if not self.words:
            self.words.update({plain(word): code for word, code in self.also.items()})
            for language in ("en", "id"):
                with override(language):
                    self.words.update({plain(str(label)): code for code, label in self.choices.choices})
            self.words.update({plain(code): code for code in self.choices.values})
        return self.words


def plain(text: str) -> str:
    """Letters and digits only, lower case, to compare words by."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


@dataclass(frozen=True)
class YesNo:
    """ya or tidak."""

    blank: Any = False
    free: bool = False

    def read(self, cell: Cell, lookups: Lookups) -> bool:
        text = as_text(cell).lower()
        if text in {"ya", "y", "yes", "true", "1", "benar"}:
            return True
        if text in {"tidak", "t", "n", "no", "false", "0", "salah"}:
            return False
        raise ValueError(_("“%(text)s” bukan ya atau tidak.") % {"text": text})

    def show(self, value: bool) -> Cell:
        return "ya" if value else "tidak"

    def about(self) -> str:
        return _("ya atau tidak")


@dataclass(frozen=True)
class Lookup:
    """A row of reference data: `lookups[name]` finds it by any of its names, `code` is how it is written,
    `text` what a cell says."""

    name: str
    describe: Any
    code: Callable[[Any], str] = lambda row: row.code
    text: Callable[[Cell], str] = as_text
    blank: Any = None
    free: bool = False

    def read(self, cell: Cell, lookups: Lookups) -> Any:
        return lookups[self.name](self.text(cell))

    def show(self, value: Any) -> Cell:
        return self.code(value) if value is not None else None

    def about(self) -> str:
        return str(self.describe)


@dataclass(frozen=True)
class Several:
    """Several of a look-up in one cell, separated by `;` (also `,`, `|` or a line end), in order."""

    of: Lookup
    blank: Any = ()
    free: bool = False

    def read(self, cell: Cell, lookups: Lookups) -> Sequence[Any]:
        parts = [part.strip() for part in re.split(r"[;,|\n]", as_text(cell))]
        return tuple(dict.fromkeys(self.of.read(part, lookups) for part in parts if part))

    def show(self, value: Sequence[Any]) -> Cell:
        return "; ".join(str(self.of.show(one)) for one in value)

    def about(self) -> str:
        return _("%(what)s; beberapa dipisah titik koma") % {"what": self.of.about()}
