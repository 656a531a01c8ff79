"""From figures to what is printed: the rounded value, its text, its share and its two comparisons.

Decisions 30: values are rounded as printed with the exact value beside them; the id-ID standard of the
catalogue holds unless a manager set another precision for one figure (IndicatorSetting).
"""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from kernel import formats
from kernel.months import Month
from reports.catalogue import CATALOGUE
from reports.figures import TOTAL, Dims, Figures
from reports.indicators import Indicator, Print
from reports.models import IndicatorSetting

Json = dict[str, Any]
VALUE, SHARE, PREVIOUS, LAST_YEAR = "VALUE", "SHARE", "PREVIOUS_MONTH", "LAST_YEAR"
TWO = Print(2)
_FIELDS = {VALUE: "value_print", SHARE: "share_print", PREVIOUS: "previous_print", LAST_YEAR: "last_year_print"}


def precision(item: Indicator, aspect: str, settings: Mapping[tuple[str, str], IndicatorSetting]) -> Print:
    """How this aspect of a figure is printed: the catalogue's way, or what a manager set instead."""
    standard: Print = getattr(item, _FIELDS[aspect])
    setting = settings.get((item.key, aspect))
    if setting is None:
        return standard
    return replace(
        standard,
        decimals=standard.decimals if setting.decimals is None else setting.decimals,
        rounding=setting.rounding.lower() or standard.rounding,
    )


def as_number(value: formats.Number | None, places: int = 0, rounding: Any = "half_up") -> int | float | None:
    """Rounded for JSON: whole numbers as int, others as float."""
    if value is None:
        return None
    digits = formats.rounded(value, places, rounding)
    return int(digits) if places == 0 else float(digits)


def as_exact(value: formats.Number | None) -> int | float | None:
    """The exact value for JSON: an int where it is one, else a float with ten decimals."""
    if value is None:
        return None
    fraction = formats.exact(value)
    return fraction.numerator if fraction.denominator == 1 else float(formats.rounded(fraction, 10))


class Printer:
    """Prints the figures of one report month in one language."""

    def __init__(self, figures: Figures, month: Month, language: str = "id") -> None:
        self.figures = figures
        self.month = month
        self.language = language
        self._settings = {(row.indicator, row.aspect): row for row in figures.settings}

    def how(self, key: str, aspect: str = VALUE) -> Print:
        return precision(CATALOGUE[key], aspect, self._settings)

    def exact(self, key: str, month: Month | None = None, dims: Dims = TOTAL) -> Fraction | None:
        """The unrounded value."""
        return self.figures.exact(key, month or self.month, *dims)

    def value(self, key: str, month: Month | None = None, dims: Dims = TOTAL) -> int | float | None:
        """Rounded as printed."""
        how = self.how(key)
        return as_number(self.exact(key, month, dims), how.decimals, how.rounding)

    def text(self, key: str, month: Month | None = None, dims: Dims = TOTAL) -> str:
        """The printed value, with its percent sign; "data belum tersedia" when it is unknown."""
        return self.text_of(key, self.exact(key, month, dims))

    def figure(self, key: str, dims: Dims = TOTAL, **more: Any) -> Json:
        """One figure with everything that is printed about it; `more` adds to it or replaces (label, footnote)."""
        item = CATALOGUE[key]
        printed: Json = {
            "key": key,
            "label": item.label if self.language == "id" else item.label_en,
            "period": str(self.month),
            "value": self.value(key, dims=dims),
            "exact": as_exact(self.exact(key, dims=dims)),
            "printed": self.text(key, dims=dims),
            "unit": item.unit,
            "origin": item.origin,
        }
        if item.share_of:
            printed["share"] = self.share(key, dims)
        if item.compared:
            printed["comparisons"] = self.comparisons(key, dims)
        return printed | more

    def share(self, key: str, dims: Dims = TOTAL, of: formats.Number | None = None) -> Json:
        """What part of its whole a figure is; `of` names another whole than the catalogue's."""
        whole = self.figures.value(CATALOGUE[key].share_of, self.month) if of is None else of
        return self.share_of(self.figures.value(key, self.month, *dims), whole, self.how(key, SHARE))

    def share_of(self, part: formats.Number | None, whole: formats.Number | None, how: Print = TWO) -> Json:
        """`{of, printed, exact_pct, decimals, rounding}`; nothing printed over an unknown or empty whole."""
        pct = formats.share(part, whole)
        return {
            "of": as_exact(whole),
            "printed": None if pct is None else self._percent(pct, how),
            "exact_pct": None if pct is None else float(formats.rounded(pct, 6)),
            "decimals": how.decimals,
            "rounding": how.rounding,
        }

    def comparisons(self, key: str, dims: Dims = TOTAL) -> Json:
        return {
            "previous_month": self.comparison(key, self.month.previous, PREVIOUS, dims),
            "same_month_last_year": self.comparison(key, self.month.same_month_last_year, LAST_YEAR, dims),
        }

    def comparison(self, key: str, base: Month, aspect: str, dims: Dims = TOTAL) -> Json:
        """The move against another month. No percentage over a base that is unknown or 0, but its direction."""
        now, before = self.figures.value(key, self.month, *dims), self.figures.value(key, base, *dims)
        how = self.how(key, aspect)
        moved = formats.change(now, before, how.decimals, _rounding(how), how.trim, self.language)
        direction = moved.direction if moved else _direction(now, before)
        since = CATALOGUE[key].exists_from
        return {
            "period": str(base),
            "value": as_number(before, self.how(key).decimals, self.how(key).rounding),
            "existed": not (since and base.first_day < since),
            "direction": direction,
            "printed": moved.printed if moved else None,
            "exact_pct": float(formats.rounded(moved.exact_pct, 6)) if moved else None,
            "decimals": how.decimals,
            "rounding": how.rounding,
        }

    def number(self, value: formats.Number | None, places: int = 0, trim: bool = True) -> str:
        """Any number in the report's language; "data belum tersedia" when it is unknown."""
        if value is None:
            return _("data belum tersedia")
        return formats.decimal(value, places, trim, language=self.language)

    def text_of(self, key: str, value: Fraction | None) -> str:
        """A value of a figure as `text` prints it."""
        if value is None:
            return _("data belum tersedia")
        how = self.how(key)
        if CATALOGUE[key].unit == "percent":
            return self._percent(value, how)
        return formats.decimal(value, how.decimals, how.trim, _rounding(how), self.language)

    def _percent(self, value: formats.Number, how: Print) -> str:
        return formats.percent(value, how.decimals, _rounding(how), how.trim, self.language)


def _rounding(how: Print) -> formats.Rounding:
    return "down" if how.rounding == "down" else "half_up"


def _direction(now: formats.Number | None, before: formats.Number | None) -> str | None:
    if now is None or before is None:
        return None
    difference = formats.exact(now) - formats.exact(before)
    return "naik" if difference > 0 else "turun" if difference < 0 else "tetap"
