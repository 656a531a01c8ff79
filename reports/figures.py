"""Reading figures: stored rows of the months asked for, with snapshots where a month has none of its own.

Two queries load everything; all derived figures are computed from that in memory.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kernel.months import Month
from reports.catalogue import CATALOGUE
from reports.indicators import Percent, Same, Stored, Sum, YearToDate
from reports.models import MetricSnapshot, MonthlyFigure

Dims = tuple[str, str]
TOTAL: Dims = ("", "")


@dataclass(frozen=True)
class Cell:
    """A stored value with what it was made of. `live` is False for a snapshot."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    live: bool = True
    rules_version: str = ""


class Figures:
    """Figures of a set of months. A month outside the set is unknown, so ask for all that are needed."""

    def __init__(self, months: Iterable[Month]) -> None:
        self.months = frozenset(months)
        self._cells: dict[tuple[str, Month], dict[Dims, Cell]] = {}
        days = [month.first_day for month in self.months]
        self._read(MetricSnapshot.objects.filter(month__in=days), live=False)
        own: dict[tuple[str, Month], dict[Dims, Cell]] = {}
        self._read(MonthlyFigure.objects.filter(month__in=days), live=True, into=own)
        self._cells |= own

    @classmethod
    def for_report(cls, month: Month) -> "Figures":
        """January up to the month, the month before and the same months a year earlier."""
        return cls({*month.year_to_date(), month.previous, month.same_month_last_year})

    def _read(self, rows, *, live: bool, into=None) -> None:
        target = self._cells if into is None else into
        for row in rows.iterator():
            cell = Cell(
                row.value,
                getattr(row, "numerator", None),
                getattr(row, "denominator", None),
                live,
                getattr(row, "rules_version", ""),
            )
            target.setdefault((row.indicator, Month.of(row.month)), {})[row.dim1, row.dim2] = cell

    def cells(self, key: str, month: Month) -> Mapping[Dims, Cell]:
        """All cells of a stored indicator in a month; empty when the month is unknown."""
        exists_from = CATALOGUE[key].exists_from
        if exists_from and month.first_day < exists_from:
            return {}
        return self._cells.get((key, month), {})

    def cell(self, key: str, month: Month, dim1: str = "", dim2: str = "") -> Cell | None:
        return self.cells(key, month).get((dim1, dim2))

    def known(self, key: str, month: Month) -> bool:
        return self.value(key, month) is not None

    def value(self, key: str, month: Month, dim1: str = "", dim2: str = "") -> Decimal | None:
        """The exact value, or None when it is unknown. A known month without a part has 0 of it (counts)."""
        item = CATALOGUE[key]
        match item.rule:
            case Stored():
                return self._stored(key, month, (dim1, dim2))
            case Sum(of, dims1, dims2):
                found = self._sum(of, month, dims1, dims2)
                return self._snapshot(key, month) if found is None else found
            case YearToDate(of):
                return self._year_to_date(of, month)
            case Percent(part, whole, complement):
                return self._percent(part, whole, month, complement)
            case Same(of):
                return self.value(of, month)
        raise TypeError(item.rule)

    def _snapshot(self, key: str, month: Month) -> Decimal | None:
        """A derived figure known only as a whole, from a snapshot under its own key."""
        cell = self.cells(key, month).get(TOTAL)
        return cell.value if cell else None

    def _stored(self, key: str, month: Month, dims: Dims) -> Decimal | None:
        cells = self.cells(key, month)
        if not cells:
            return None
        if dims in cells:
            return cells[dims].value
        if dims == TOTAL:
            return self._sum(key, month, None, None)
        return Decimal(0) if self._counts(key) else None

    @staticmethod
    def _counts(key: str) -> bool:
        """Counted figures have 0 of a part that is not there; means and entered ones do not know it."""
        return CATALOGUE[key].origin == "computed" and not CATALOGUE[key].unit.startswith("score")

    def _sum(self, of: str, month: Month, dims1, dims2) -> Decimal | None:
        cells = self.cells(of, month)
        if not cells:
            return None
        if dims1 is None and dims2 is None and TOTAL in cells:
            return cells[TOTAL].value
        chosen = [
            cell.value
            for dims, cell in cells.items()
            if dims != TOTAL and (dims1 is None or dims[0] in dims1) and (dims2 is None or dims[1] in dims2)
        ]
        if not chosen and not self._counts(of):
            return None
        return sum((value for value in chosen if value is not None), Decimal(0))

    def _year_to_date(self, of: str, month: Month) -> Decimal | None:
        if self.value(of, month) is None:
            return None
        known = [self.value(of, each) for each in month.year_to_date()]
        return sum((value for value in known if value is not None), Decimal(0))

    def _percent(self, part: str, whole: str, month: Month, complement: bool) -> Decimal | None:
        above, below = self.value(part, month), self.value(whole, month)
        if above is None or not below:
            return None
        return (below - above if complement else above) * 100 / below

    def unknown_months(self, key: str, months: Iterable[Month]) -> list[Month]:
        """The months of a year to date that are missing; the report must say so."""
        return [month for month in months if self.value(key, month) is None]
