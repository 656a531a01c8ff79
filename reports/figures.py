"""Reading figures: stored rows of the months asked for, with snapshots where a month has none of its own.

Three queries load everything; all derived figures are computed from that in memory.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import connection
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When

from kernel.formats import as_decimal
from kernel.months import Month, month_range
from reports.catalogue import CATALOGUE
from reports.indicators import MeanOfParts, Percent, Same, Stored, Sum, YearToDate
from reports.models import IndicatorSetting, MetricSnapshot, MonthlyFigure

Dims = tuple[str, str]
TOTAL: Dims = ("", "")
REGIONS = ("top_regions.tickets", "top_regions.users", "top_regions.topics")
DETAILS = (*REGIONS, "consultations.by_channel_topic")
LEADING = 4  # regions that a report reads: three to print, and the next one for ties


@dataclass(frozen=True)
class Cell:
    """A stored value with what it was made of. `live` is False for a snapshot."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    live: bool = True
    rules_version: str = ""


def report_months(month: Month) -> set[Month]:
    """January up to the month, the last eight months (S32) and the same month a year earlier."""
    return {*month.year_to_date(), *month_range(month - 7, month), month.same_month_last_year}


class Figures:
    """Figures of a set of months. A month outside the set is unknown, so ask for all that are needed.

    `report` is the month of a report: of the others DETAILS are left out, and of its regions only the leading
    ones are read. Without it everything is.
    """

    def __init__(self, months: Iterable[Month], report: Month | None = None) -> None:
        self.months = frozenset(months)
        self.settings = list(IndicatorSetting.objects.all())
        self._live_from = {row.indicator: row.live_from for row in self.settings if row.live_from}
        self._filled_at: dict[Month, datetime] = {}
        self._cells: dict[tuple[str, Month], dict[Dims, Cell]] = {}
        self._read_snapshots()
        self._read_own(report)

    @classmethod
    def for_report(cls, month: Month) -> "Figures":
        """The figures that the report of this month shows and compares with."""
        return cls(report_months(month), report=month)

    def _read_snapshots(self) -> None:
        rows = MetricSnapshot.objects.filter(month__in=[month.first_day for month in self.months])
        for day, key, dim1, dim2, value in rows.order_by().values_list("month", "indicator", "dim1", "dim2", "value"):
            self._cells.setdefault((key, Month.of(day)), {})[dim1, dim2] = Cell(value, live=False)

    def _read_own(self, report: Month | None) -> None:
        """The app's own figures replace a month's snapshot of an indicator, from its first live month on."""
        own: dict[tuple[str, Month], dict[Dims, Cell]] = {}
        by_day = {month.first_day: month for month in self.months}
        stamp = Case(When(dim1="", then="filled_at"), default=None)  # all rows of a fill have the same
        rows = MonthlyFigure.objects.filter(_wanted(self.months, report)).order_by()
        for day, key, dim1, dim2, value, above, below, version, filled_at in rows.values_list(
            "month", "indicator", "dim1", "dim2", "value", "numerator", "denominator", "rules_version", stamp
        ):
            month = by_day[day]
            own.setdefault((key, month), {})[dim1, dim2] = Cell(value, above, below, True, version)
            if filled_at and (month not in self._filled_at or filled_at > self._filled_at[month]):
                self._filled_at[month] = filled_at
        for (key, month), cells in own.items():
            if (key, month) not in self._cells or self._is_live(key, month):
                self._cells[key, month] = cells

    def _is_live(self, key: str, month: Month) -> bool:
        since = self._live_from.get(key) or self._live_from.get("*")
        return since is None or month.first_day >= since

    def filled_at(self, month: Month) -> datetime | None:
        """When the month's own figures were last filled; None when it has none."""
        return self._filled_at.get(month)

    def any(self, month: Month) -> bool:
        """Whether anything at all is known of the month, by own figures or snapshots."""
        return any(of == month for _key, of in self._cells)

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
            case MeanOfParts():
                exact = self.exact(key, month)
                return None if exact is None else as_decimal(exact)
            case Same(of):
                return self.value(of, month)
        raise TypeError(item.rule)

    def exact(self, key: str, month: Month, dim1: str = "", dim2: str = "") -> Fraction | None:
        """As `value`, but unrounded: a stored mean is taken from its numerator and denominator."""
        match CATALOGUE[key].rule:
            case Stored():
                cell = self.cell(key, month, dim1, dim2)
                if cell is not None and cell.numerator is not None and cell.denominator:
                    return Fraction(cell.numerator) / Fraction(cell.denominator)
            case MeanOfParts(of):
                parts = [self.exact(of, month, *dims) for dims in self.cells(of, month) if dims != TOTAL]
                known = [part for part in parts if part is not None]
                return sum(known, Fraction(0)) / len(known) if known else None
            case Same(of):
                return self.exact(of, month)
        value = self.value(key, month, dim1, dim2)
        return None if value is None else Fraction(value)

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
        return Decimal(0) if self._counts(key, cells) else None

    @staticmethod
    def _counts(key: str, cells: Mapping[Dims, Cell]) -> bool:
        """Counted figures have 0 of a part that is not there; means, entered ones and snapshots do not know it."""
        counted = CATALOGUE[key].origin == "computed" and not CATALOGUE[key].unit.startswith("score")
        return counted and any(cell.live for cell in cells.values())

    def _sum(
        self, of: str, month: Month, dims1: Collection[str] | None, dims2: Collection[str] | None
    ) -> Decimal | None:
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
        if not chosen and not self._counts(of, cells):
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


def _wanted(months: frozenset[Month], report: Month | None) -> Q:
    if report is None:
        return Q(month__in=[month.first_day for month in months])
    others = [month.first_day for month in months if month != report]
    of_regions = Q(indicator__in=REGIONS)
    leading = Subquery(leading_regions(report, LEADING))
    return (
        Q(month=report.first_day) & (~of_regions | Q(dim1__in=leading))
        | Q(month__in=others) & ~Q(indicator__in=DETAILS)
    )  # fmt: skip


def leading_regions(month: Month, limit: int) -> QuerySet:
    """Codes of the regions with most tickets; ties by more distinct contacts, then by code (S13)."""
    of_month = MonthlyFigure.objects.filter(month=month.first_day)
    users = of_month.filter(indicator="top_regions.users", dim1=OuterRef("dim1")).values("value")
    tickets = of_month.filter(indicator="top_regions.tickets").exclude(dim1="").annotate(users=Subquery(users))
    return tickets.order_by("-value", F("users").desc(nulls_last=True), "dim1").values("dim1")[:limit]


def months_with_data() -> list[Month]:
    """Every month in which something happened or a snapshot was entered, oldest first.

    Two skips along the indexes, no full scan. A stock such as the articles to be reviewed stands in every month
    and makes none of them a month with data.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS)
        return [Month.of(day) for (day,) in cursor.fetchall()]


_SKIP = """
    SELECT min(month) FROM {table}
    UNION ALL
    SELECT (SELECT min(month) FROM {table} WHERE month > {name}.month) FROM {name} WHERE {name}.month IS NOT NULL
"""
_MONTHS = f"""
WITH RECURSIVE own(month) AS ({_SKIP.format(table="reports_monthlyfigure", name="own")}),
earlier(month) AS ({_SKIP.format(table="reports_metricsnapshot", name="earlier")})
SELECT month FROM own WHERE EXISTS (
    SELECT 1 FROM reports_monthlyfigure AS figure
    WHERE figure.month = own.month AND figure.value > 0 AND figure.indicator <> 'knowledge_base.to_review'
)
UNION SELECT month FROM earlier WHERE month IS NOT NULL
ORDER BY month
"""  # noqa: S608 -- two constant table names
