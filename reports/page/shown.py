"""A report as a page shows it: figures with their links and changes, tables with columns, charts as specs.

Reads the dict that `reports.report.build` gives and computes no figure. Values that are not known become the
words for it, never zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kernel.formats import decimal, short_date
from kernel.months import Month
from reports import charts
from reports.catalogue import CATALOGUE
from reports.printing import Json

SMALL_BASE = 10
_NUMERIC = int | float | Decimal


@dataclass(frozen=True, slots=True)
class Delta:
    """A change against an earlier month: `name` is "vs Jul"; `printed` is empty when there is no percentage."""

    name: str
    direction: str
    printed: str
    base: str
    small: bool
    existed: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure: `printed` is what to show, or '' when it is not known; `url` answers "why this number?"."""

    key: str
    label: str
    value: _NUMERIC | None
    printed: str
    url: str
    share: str = ""
    previous: Delta | None = None
    last_year: Delta | None = None
    footnote: str = ""


class Page:
    """The report of one month, asked for by the templates' views."""

    def __init__(self, report: Json) -> None:
        self.report = report
        self.month = Month.parse(str(report["month"]))
        self.language = str(report.get("language") or "id")
        self._why = reverse("figure", args=[self.month, "KEY"])
        self._sections = {part["id"]: part for part in report["sections"]}
        self._figures = {
            figure["key"]: figure for part in self._sections.values() for figure in part.get("figures", ())
        }

    def section(self, number_: str) -> Json:
        """The section `S08`; empty when the report has none."""
        return self._sections.get(number_, {})

    def why(self, key: str, dim1: str = "", dim2: str = "") -> str:
        """The address that explains a figure; '' for one that the catalogue does not have."""
        if key not in CATALOGUE:
            return ""
        dims = {name: value for name, value in (("dim1", dim1), ("dim2", dim2)) if value}
        return self._why.replace("KEY", key) + (f"?{urlencode(dims)}" if dims else "")

    def figure(self, key: str, label: str = "") -> Shown | None:
        """The figure as shown, under another label if given; None when the report does not have it."""
        found = self._figures.get(key)
        return self.shown(found, label) if found else None

    def shown(self, figure: Json, label: str = "") -> Shown:
        comparisons = figure.get("comparisons") or {}
        return Shown(
            key=str(figure["key"]),
            label=label or str(figure["label"]),
            value=figure.get("value"),
            printed=self.printed(figure),
            url=self.why(str(figure["key"])),
            share=share_of(figure),
            previous=self._delta(comparisons.get("previous_month")),
            last_year=self._delta(comparisons.get("same_month_last_year")),
            footnote=str(figure.get("footnote") or ""),
        )

    def _delta(self, comparison: Json | None) -> Delta | None:
        if comparison is None:
            return None
        base = comparison.get("value")
        at = charts.period_label(str(comparison["period"]), self.month, self.language)
        return Delta(
            name=_("vs %(month)s") % {"month": at},
            direction=str(comparison.get("direction") or ""),
            printed=str(comparison.get("printed") or ""),
            base=self.amount(base),
            small=base is not None and abs(base) < SMALL_BASE,
            existed=comparison.get("existed") is not False,
        )

    def period(self, year: bool = True) -> str:
        """ "Jan s.d. Agt 2024", for January just "Jan 2024"."""
        last = self.month.label(self.language, short=True, year=year)
        if self.month.month == 1:
            return last
        first = self.month.year_to_date()[0].label(self.language, short=True, year=False)
        return _("%(first)s s.d. %(last)s") % {"first": first, "last": last}

    def amount(self, value: object) -> str:
        """A number as the page writes it: 1.018, 5,5; text stays as it is and nothing becomes ''."""
        if value is None:
            return ""
        if isinstance(value, _NUMERIC):
            return decimal(value, 2, trim=True, language=self.language)
        return str(value)

    def printed(self, row: Json, name: str = "value") -> str:
        """What the report prints for a row, or its value as a number; '' when it is not known."""
        if row.get(name) is None:
            return ""
        return str(row.get("printed") or self.amount(row[name]))

    def day(self, text: object) -> str:
        """A date of a register: "2024-08-02" -> "2 Agt"; text that is no date stays as it is."""
        try:
            return short_date(date.fromisoformat(str(text or "")), self.language)
        except ValueError:
            return str(text or "")


def share_of(row: Json) -> str:
    """The printed share of a row, or ''."""
    share = row.get("share")
    return str(share.get("printed") or "") if isinstance(share, dict) else ""


def bars(rows: Iterable[Json], name: str = "value") -> list[tuple[Json, str]]:
    """Each row with the length of its bar, from 0 to 1 of the longest."""
    known = list(rows)
    longest = max((row[name] for row in known if row.get(name)), default=0)
    return [(row, f"{float(row[name]) / float(longest):.3f}" if row.get(name) else "0") for row in known]
