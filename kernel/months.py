"""The report month: a value object cut in Asia/Jakarta (decision 10)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kernel.formats import month_name

JAKARTA = ZoneInfo("Asia/Jakarta")
_FORM = re.compile(r"((?:19|2\d)\d{2})-(\d{2})", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month; ordered, hashable, written "2024-08"."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1 <= self.year <= 9998):
            raise ValueError(f"no such month: {self.year:04d}-{self.month:02d}")

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read "2024-08"; anything else is a ValueError, and so is a year before 1900 or after 2999."""
        match = _FORM.fullmatch(text)
        if not match:
            raise ValueError(f"not a month (YYYY-MM): {text!r}")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date, zone: ZoneInfo = JAKARTA) -> "Month":
        """The month of a day, or of an aware moment as seen in `zone`."""
        if isinstance(day, datetime):
            if day.tzinfo is None:
                raise ValueError("a moment needs a zone")
            day = day.astimezone(zone)
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __add__(self, months: int) -> "Month":
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    def __sub__(self, months: int) -> "Month":
        return self + -months

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return (self + 1).first_day - timedelta(days=1)

    @property
    def previous(self) -> "Month":
        return self - 1

    @property
    def next(self) -> "Month":
        return self + 1

    @property
    def same_month_last_year(self) -> "Month":
        return self - 12

    def year_to_date(self) -> list["Month"]:
        """January up to and including this month."""
        return [Month(self.year, month) for month in range(1, self.month + 1)]

    def days(self) -> Iterator[date]:
        """Every day of the month in order."""
        day, end = self.first_day, (self + 1).first_day
        while day < end:
            yield day
            day += timedelta(days=1)

    def bounds(self, zone: ZoneInfo = JAKARTA) -> tuple[datetime, datetime]:
        """Half-open [start, end) in UTC of the month cut at midnight in `zone`."""
        return _midnight(self.first_day, zone), _midnight((self + 1).first_day, zone)

    def label(self, language: str = "id", short: bool = False, year: bool = True) -> str:
        """ "Agustus 2024"; short "Agt 2024"."""
        return month_name(self.first_day, language, short, year)


def month_range(first: Month, last: Month) -> list[Month]:
    """All months from `first` to `last`, both included; empty when they are in the wrong order."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [first + step for step in range(count)]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
