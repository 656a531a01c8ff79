""" "Why this number?": a figure's formula, population, rule versions, parts and the rows behind it.

Nothing is computed anew: the value is that of the report, and the rows come through the filters of
`behind.py`. A month known only from a snapshot has no rows; then the snapshot says where it was read.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from kernel import formats
from kernel.months import Month
from reports.behind import BEHIND, NOTED, Codes
from reports.catalogue import CATALOGUE
from reports.figures import TOTAL, Figures
from reports.indicators import Indicator, MeanOfParts, Percent, Same, Stored, Sum, YearToDate
from reports.models import MetricSnapshot
from reports.printing import Json, Printer, as_exact, as_number
from reports.report.labels import Labels
from reports.rows import Rows, columns_of


class Explained:
    """One figure of one month, with its dimensions.

    A dimension may hold several codes with commas between them, as the rest of a ranking does; the figure is
    then their sum. KeyError for several codes of a mean, which has no sum.
    """

    def __init__(self, month: Month, key: str, dim1: str, dim2: str, language: str) -> None:
        self.month = month
        self.item: Indicator = CATALOGUE[key]
        self.dims = (dim1, dim2)
        self.codes = tuple(_codes(dim) for dim in self.dims)
        if self.item.unit.startswith("score") and any(codes and len(codes) > 1 for codes in self.codes):
            raise KeyError(key)
        self.language = language
        self.figures = Figures(_months(self.item, month))
        self.printer = Printer(self.figures, month, language)

    def querysets(self) -> list[QuerySet]:
        """The rows behind the figure, one queryset for each month that has figures of its own."""
        return _rows_of(self.item, self.month, self.codes, self.figures)

    def as_dict(self) -> Json:
        querysets = self.querysets()
        exact, how = self._exact(), self.printer.how(self.item.key)
        return {
            "key": self.item.key,
            "label": self.label,
            "month": str(self.month),
            "section": self.item.section,
            "unit": self.item.unit,
            "origin": self.item.origin,
            "value": as_number(exact, how.decimals, how.rounding),
            "exact": as_exact(exact),
            "printed": self.printer.text_of(self.item.key, exact) if exact is not None else None,
            "formula": self.item.formula,
            "population": self.item.population,
            "basis": self.item.basis,
            "rule_versions": self._versions(),
            "parts": self._parts(),
            "snapshots": self._snapshots(),
            "columns": [{"label": label} for label in columns_of(querysets)],
            "rows": Rows(querysets, self.language),
        }

    def _exact(self) -> Fraction | None:
        every = product(*(codes or ("",) for codes in self.codes))
        found = [self.printer.exact(self.item.key, dims=(dim1, dim2)) for dim1, dim2 in every]
        known = [value for value in found if value is not None]
        return sum(known, Fraction(0)) if known else None

    @property
    def label(self) -> str:
        """The figure's name with those of its dimensions."""
        label = self.item.label if self.language == "id" else self.item.label_en
        named = [name for name in self._dim_names() if name]
        return f"{label}: {', '.join(named)}" if named else label

    def _dim_names(self) -> list[str]:
        pairs = zip(self.item.dims, self.codes, strict=False)
        named = [(kind, code) for kind, codes in pairs for code in codes or ()]
        if not named:
            return []
        agents = [int(code) for kind, code in named if kind == "agent" and code.isdigit()]
        regions = [code for kind, code in named if kind == "region"]
        labels = Labels(self.month, self.language, agents, regions)
        return [labels.name(kind, code) for kind, code in named]

    def _versions(self) -> str:
        """Versions of calendars and score rules that the value was made under."""
        cells = [cell for key in _stored_keys(self.item) for cell in self.figures.cells(key, self.month).values()]
        names = {name.strip() for cell in cells for name in cell.rules_version.split(",") if name.strip()}
        return ", ".join(sorted(names))

    def _parts(self) -> list[Json]:
        """What a derived figure is made of: months of a sum since January, part and whole of a share."""
        match self.item.rule:
            case YearToDate(of):
                return [
                    {"label": month.label(self.language), "key": of, "month": str(month),
                     "printed": self.printer.text(of, month)}
                    for month in self.month.year_to_date()
                ]  # fmt: skip
            case Percent(part, whole):
                return [
                    {"label": CATALOGUE[key].label, "key": key, "month": str(self.month),
                     "printed": self.printer.text(key)}
                    for key in (part, whole)
                ]  # fmt: skip
            case MeanOfParts(of):
                parts = sorted(dims for dims in self.figures.cells(of, self.month) if dims != TOTAL)
                return [
                    {"label": Explained(self.month, of, *dims, self.language).label, "key": of, "dim1": dims[0],
                     "month": str(self.month), "printed": self.printer.text(of, dims=dims)}
                    for dims in parts
                ]  # fmt: skip
        return []

    def _snapshots(self) -> list[Json]:
        """The values that were entered for months from before the app went live, and where they were read."""
        keys = {self.item.key, *_stored_keys(self.item)}
        labels = Labels(self.month, self.language)
        rows = MetricSnapshot.objects.filter(
            indicator__in=keys, month__in=[month.first_day for month in self.figures.months]
        ).select_related("entered_by")
        return [
            {
                "month": str(Month.of(row.month)),
                "label": ", ".join([Month.of(row.month).label(self.language), *_dim_labels(labels, row)]),
                "dim1": row.dim1,
                "dim2": row.dim2,
                "value": as_exact(row.value),
                "printed": self.printer.text_of(row.indicator, Fraction(row.value)),
                "source": row.source,
                "entered_by": str(row.entered_by) if row.entered_by else "",
            }
            for row in rows
            if not self._own(row.indicator, Month.of(row.month))
        ]

    def _own(self, key: str, month: Month) -> bool:
        return any(cell.live for cell in self.figures.cells(key, month).values())


def explain(month: Month, key: str, dim1: str = "", dim2: str = "", language: str | None = None) -> dict[str, Any]:
    """Everything about one figure. `rows` is a sequence of lists of printed cells under `columns`.

    Without `language` the active one is taken. KeyError when the catalogue has no such figure.
    """
    if "\0" in dim1 + dim2:  # no code has it, and the database cannot compare with it
        raise KeyError(key)
    language = "en" if (language or translation.get_language() or "id").lower().startswith("en") else "id"
    with translation.override(language):
        if key in NOTED:
            return _noted(month, key, language)
        return Explained(month, key, dim1, dim2, language).as_dict()


def _codes(dim: str) -> Codes:
    return tuple(dim.split(",")) if dim else None


def _dim_labels(labels: Labels, row: MetricSnapshot) -> list[str]:
    pairs = zip(CATALOGUE[row.indicator].dims, (row.dim1, row.dim2), strict=False)
    return [labels.name(kind, code) for kind, code in pairs if code]


def querysets(month: Month, key: str, dim1: str = "", dim2: str = "") -> list[QuerySet]:
    """The rows behind a figure as querysets, for exports and the API."""
    return Explained(month, key, dim1, dim2, "id").querysets()


def _noted(month: Month, key: str, language: str) -> Json:
    """Not a figure of the report but a count in a note beside it."""
    names = {
        "layer2.open_at_month_end": (
            _("Eskalasi belum terjawab pada akhir bulan"),
            _("Jumlah eskalasi yang diajukan sebelum akhir bulan dan saat itu belum dijawab atau ditutup"),
            "Aturan 3.7",
        ),
        "layer2.unscored": (
            _("Jawaban Layer 2 belum dinilai"),
            _("Jumlah eskalasi yang dijawab pada bulan ini dan belum memiliki nilai"),
            "Aturan 3.5",
        ),
    }
    label, formula, basis = names[key]
    rows = NOTED[key](month)
    number = rows.count()
    return {
        "key": key,
        "label": label,
        "month": str(month),
        "section": "S34",
        "unit": "escalation",
        "origin": "computed",
        "value": number,
        "exact": number,
        "printed": formats.number(number, language),
        "formula": formula,
        "population": "P7",
        "basis": basis,
        "rule_versions": "",
        "parts": [],
        "snapshots": [],
        "columns": [{"label": label} for label in columns_of([rows])],
        "rows": Rows([rows], language),
    }


def _months(item: Indicator, month: Month) -> list[Month]:
    return month.year_to_date() if isinstance(_root(item).rule, YearToDate) else [month]


def _root(item: Indicator) -> Indicator:
    """The figure itself, or the one it repeats."""
    return _root(CATALOGUE[item.rule.of]) if isinstance(item.rule, Same) else item


def _stored_keys(item: Indicator) -> list[str]:
    """The stored indicators a figure is made of."""
    match item.rule:
        case Stored():
            return [item.key]
        case Percent(part, whole):
            return [*_stored_keys(CATALOGUE[part]), *_stored_keys(CATALOGUE[whole])]
        case Sum(of) | YearToDate(of) | MeanOfParts(of) | Same(of):
            return _stored_keys(CATALOGUE[of])
    raise TypeError(item.rule)


def _rows_of(item: Indicator, month: Month, codes: Sequence[Codes], figures: Figures) -> list[QuerySet]:
    match item.rule:
        case Stored():
            cells = figures.cells(item.key, month)
            own = not cells or any(cell.live for cell in cells.values())
            return [BEHIND[item.key].chosen(month, *codes)] if own else []
        case Sum(of, dims1, dims2):
            return _rows_of(CATALOGUE[of], month, (dims1, dims2), figures)
        case YearToDate(of):
            months = month.year_to_date()
            return [rows for each in months for rows in _rows_of(CATALOGUE[of], each, codes, figures)]
        case MeanOfParts(of):
            return _rows_of(CATALOGUE[of], month, (None,), figures)
        case Percent(part, whole, complement):
            rows = _rows_of(CATALOGUE[part], month, codes, figures)
            if not complement:
                return rows
            kept = _rows_of(CATALOGUE[whole], month, codes, figures)
            return [all_of_it.exclude(pk__in=some.values("pk")) for all_of_it, some in zip(kept, rows, strict=False)]
        case Same(of):
            return _rows_of(CATALOGUE[of], month, codes, figures)
    raise TypeError(item.rule)
