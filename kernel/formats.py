"""Numbers, percentages, months and dates as the report prints them (id-ID first, English second).

Rounding is exact: values are taken as fractions before they are rounded, so 2.675 with two places is
2,68 and not 2,67. A float is read as the decimal number it shows. Rules: report outline, "Number format".
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from fractions import Fraction
from typing import Literal

Rounding = Literal["half_up", "down"]
Number = int | Decimal | Fraction | float | str
Direction = Literal["naik", "turun", "tetap"]

MONTHS = {
    "id": (
        [
            "Januari",
            "Februari",
            "Maret",
            "April",
            "Mei",
            "Juni",
            "Juli",
            "Agustus",
            "September",
            "Oktober",
            "November",
            "Desember",
        ],
        ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agt", "Sep", "Okt", "Nov", "Des"],
    ),
    "en": (
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    ),
}
WEEKDAYS = {
    "id": ["Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}
DIRECTIONS_EN = {"naik": "up", "turun": "down", "tetap": "unchanged"}
_MARKS = {"id": (".", ","), "en": (",", ".")}
_LONG = Context(prec=40)


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure moved against an earlier one.

    `exact_pct` is signed and unrounded (28 digits or more); `printed` has no sign ("39,6%").
    """

    direction: Direction
    exact_pct: Decimal
    printed: str

    def word(self, language: str = "id") -> str:
        """The direction as a word: naik, turun, tetap (up, down, unchanged)."""
        return self.direction if _language(language) == "id" else DIRECTIONS_EN[self.direction]


def exact(value: Number) -> Fraction:
    """The value as a fraction; floats by their shortest decimal form, so 2.675 stays 2.675."""
    if type(value) is Fraction:
        return value
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def as_decimal(value: Fraction) -> Decimal:
    """A fraction as a Decimal with 40 digits, for storing and JSON."""
    return _LONG.divide(Decimal(value.numerator), Decimal(value.denominator))


def rounded(value: Number, places: int = 0, rounding: Rounding = "half_up") -> Decimal:
    """Round exactly to `places` decimals: half away from zero, or cut off ("down")."""
    fraction = exact(value)
    scaled, parts = abs(fraction.numerator) * 10**places, fraction.denominator
    if rounding == "half_up":
        digits = (2 * scaled + parts) // (2 * parts)
    elif rounding == "down":
        digits = scaled // parts
    else:
        raise ValueError(f"unknown rounding {rounding!r}")
    sign = -1 if fraction.numerator < 0 and digits else 1
    return Decimal(sign * digits).scaleb(-places, _LONG)


def number(value: Number, language: str = "id") -> str:
    """A whole number with grouped thousands: 1018 -> "1.018"; fractions are rounded half up."""
    return decimal(value, 0, language=language)


def decimal(
    value: Number,
    places: int,
    trim: bool = False,
    rounding: Rounding = "half_up",
    language: str = "id",
) -> str:
    """A decimal number: decimal(116.19047, 2) -> "116,19"; with `trim` 12.50 -> "12,5"."""
    group, point = _MARKS[_language(language)]
    whole, _, fraction = f"{rounded(value, places, rounding):,f}".partition(".")
    if trim:
        fraction = fraction.rstrip("0")
    whole = whole.replace(",", group)
    return f"{whole}{point}{fraction}" if fraction else whole


def percent(
    value: Number,
    decimals: int = 1,
    rounding: Rounding = "half_up",
    trim: bool = True,
    language: str = "id",
) -> str:
    """A percentage that is already times 100: percent(39.64) -> "39,6%", percent(40) -> "40%"."""
    return decimal(value, decimals, trim, rounding, language) + "%"


def share(part: Number | None, whole: Number | None) -> Fraction | None:
    """`part` of `whole` in percent, exact; None when either is unknown or the whole is 0."""
    if part is None or whole is None:
        return None
    base = exact(whole)
    return exact(part) / base * 100 if base else None


def change(
    now: Number | None,
    before: Number | None,
    decimals: int = 1,
    rounding: Rounding = "half_up",
    trim: bool = True,
    language: str = "id",
) -> Change | None:
    """(now - before) / before * 100; None when either is unknown or the base is 0.

    The direction follows from the exact values, also when the printed percentage rounds to 0.
    """
    if now is None or before is None:
        return None
    base = exact(before)
    if not base:
        return None
    difference = exact(now) - base
    pct = difference / abs(base) * 100
    direction: Direction = "naik" if difference > 0 else "turun" if difference < 0 else "tetap"
    return Change(direction, as_decimal(pct), percent(abs(pct), decimals, rounding, trim, language))


def month_name(day: date, language: str = "id", short: bool = False, year: bool = True) -> str:
    """Month and year: "Agustus 2024"; short "Agt 2024"; without year "Agustus"."""
    name = MONTHS[_language(language)][1 if short else 0][day.month - 1]
    return f"{name} {day.year}" if year else name


def day_name(day: date, language: str = "id") -> str:
    """The weekday: "Jumat"."""
    return WEEKDAYS[_language(language)][day.weekday()]


def long_date(day: date, language: str = "id") -> str:
    """ "30 Agustus 2024"."""
    return f"{day.day} {month_name(day, language)}"


def short_date(day: date, language: str = "id", year: bool = False) -> str:
    """ "30 Agt", with `year` "30 Agt 2024"."""
    return f"{day.day} {month_name(day, language, short=True, year=year)}"


def clock_time(moment: datetime, language: str = "id") -> str:
    """Hours and minutes as set in the datetime's own zone: "08.05" (English "08:05")."""
    return moment.strftime("%H.%M" if _language(language) == "id" else "%H:%M")


def _language(code: str) -> str:
    """The supported language of a code such as `id`, `id-ID`, `en-us`; anything else is Indonesian."""
    return "en" if code.lower().startswith("en") else "id"
