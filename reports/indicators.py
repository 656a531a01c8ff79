"""What an indicator is: the shapes the catalogue is written in."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Stored:
    """Filled from records into MonthlyFigure under the indicator's own key, by the filler of `source`."""

    source: str


@dataclass(frozen=True)
class Sum:
    """Sum of a stored indicator's parts; `dim1`/`dim2` choose which (None: all)."""

    of: str
    dim1: tuple[str, ...] | None = None
    dim2: tuple[str, ...] | None = None


@dataclass(frozen=True)
class YearToDate:
    """January up to and including the month."""

    of: str


@dataclass(frozen=True)
class Percent:
    """`part / whole * 100`; `complement` gives the rest to 100."""

    part: str
    whole: str
    complement: bool = False


@dataclass(frozen=True)
class MeanOfParts:
    """The plain mean of a stored mean's parts, each part counted once whatever its size."""

    of: str


@dataclass(frozen=True)
class Same:
    """The same figure under another name (the tiles of S02)."""

    of: str


Rule = Stored | Sum | YearToDate | Percent | MeanOfParts | Same


@dataclass(frozen=True)
class Print:
    """How a number is printed: decimals, `half_up` or `down`, trailing zeros cut or kept."""

    decimals: int
    rounding: str = "half_up"
    trim: bool = True


@dataclass(frozen=True)
class Indicator:
    """One figure, declared once. Screen, JSON, documents and API read this and nothing else computes it.

    `key` is that of the report; `population` is P1 to P7 or a register; `formula` and `label` are for people.
    `dims` names the dimensions of a stored indicator, `share_of` the figure its share is taken of.
    """

    key: str
    label: str
    label_en: str
    section: str
    unit: str
    rule: Rule
    population: str
    formula: str
    origin: str = "computed"
    dims: tuple[str, ...] = ()
    share_of: str = ""
    compared: bool = False
    value_print: Print = field(default_factory=lambda: Print(0))
    share_print: Print = field(default_factory=lambda: Print(2))
    previous_print: Print = field(default_factory=lambda: Print(1))
    last_year_print: Print = field(default_factory=lambda: Print(1))
    exists_from: date | None = None
    basis: str = ""

    @property
    def stored(self) -> bool:
        return isinstance(self.rule, Stored)

    @property
    def source(self) -> str:
        """The source it is filled from; '' for derived ones."""
        return self.rule.source if isinstance(self.rule, Stored) else ""
