"""Working calendars as values: dated weekly windows, holidays, dated overrides; and counting in days.

Pure: no database, no clock. A day's windows are wall-clock times of whatever zone reads them.
Order of force: schedule, closed by holidays, changed by overrides (a later override wins).
Source of the defaults: business rules 1.4, 1.5, 1.7, 6.7 and 9.
"""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HORIZON_YEARS = 20
_FIRST_DAY, _LAST_DAY = date(2, 1, 1), date(9998, 12, 31)
_DAY = timedelta(days=1)

Span = tuple[timedelta, timedelta]


class NoOpening(LookupError):
    """The calendar has no working time within the horizon (20 years) in the asked direction."""


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open wall-clock window [opens, closes); `closes` 00:00 means 24:00.

    `weekday` is 0 (Monday) to 6; None, only in overrides, means every weekday.
    """

    opens: time
    closes: time
    weekday: int | None = None

    def __post_init__(self) -> None:
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("window times are wall-clock times without zone")
        if self.weekday is not None and not 0 <= self.weekday <= 6:
            raise ValueError(f"no such weekday: {self.weekday}")
        opens, closes = self.span
        if opens >= closes:
            raise ValueError(f"window closes before it opens: {self.opens} to {self.closes}")

    @property
    def span(self) -> Span:
        """Opening and closing as time since the day's midnight on the wall clock."""
        return _offset(self.opens), _offset(self.closes) or _DAY


@dataclass(frozen=True, slots=True)
class Schedule:
    """Weekly windows in force on days [valid_from, valid_to); None is unbounded.

    Where schedules overlap, the one that starts later holds.
    """

    windows: tuple[Window, ...]
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if any(window.weekday is None for window in self.windows):
            raise ValueError("a weekly window needs a weekday")

    def covers(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Override:
    """A dated exception for the days starts_on..ends_on, both included: closed, or other windows.

    With `working_days_only` the windows replace the hours of days that are open anyway (Ramadan);
    without it they open weekends and holidays too (a service day on a Saturday).
    """

    starts_on: date
    ends_on: date
    windows: tuple[Window, ...] = ()
    closed: bool = False
    working_days_only: bool = True
    reason: str = ""

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError(f"exception ends before it starts: {self.starts_on} to {self.ends_on}")
        if self.closed == bool(self.windows):
            raise ValueError("an exception is either closed or has windows")

    def apply(self, day: date, spans: tuple[Span, ...]) -> tuple[Span, ...]:
        """The day's spans after this exception."""
        if not self.starts_on <= day <= self.ends_on:
            return spans
        if self.closed or (self.working_days_only and not spans):
            return ()
        return _joined(window for window in self.windows if window.weekday in (None, day.weekday()))


@dataclass(frozen=True)
class Calendar:
    """A working calendar; `zone` is the one that reads it unless another is given.

    Equality and hash ignore the lazily filled table of days (`cache`, owned by this package).
    """

    zone: ZoneInfo
    schedules: tuple[Schedule, ...]
    holidays: frozenset[date] = frozenset()
    exceptions: tuple[Override, ...] = ()
    cache: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def spans(self, day: date) -> tuple[Span, ...]:
        """The day's working spans in order, disjoint, as wall-clock time since midnight."""
        found: tuple[Span, ...] | None = self.cache.get(day)
        if found is None:
            found = self.cache[day] = self._spans(day)
        return found

    def weekly(self, day: date) -> tuple[Span, ...]:
        """The spans of the day's week, whatever its date: holidays and exceptions do not count."""
        in_force = [schedule for schedule in self.schedules if schedule.covers(day)]
        if not in_force:
            return ()
        latest = max(in_force, key=lambda schedule: schedule.valid_from or date.min)
        return _joined(window for window in latest.windows if window.weekday == day.weekday())

    def _spans(self, day: date) -> tuple[Span, ...]:
        spans = () if day in self.holidays else self.weekly(day)
        for exception in self.exceptions:
            spans = exception.apply(day, spans)
        return spans


def is_working_day(cal: Calendar, day: date) -> bool:
    """Whether the calendar opens at all on that day."""
    return bool(cal.spans(day))


def is_day_off(cal: Calendar, day: date) -> bool:
    """Whether it stays closed because of the date: a holiday, or a dated closure of a day of its week."""
    return not cal.spans(day) and (day in cal.holidays or bool(cal.weekly(day)))


def add_working_days(cal: Calendar, day: date, days: int) -> date:
    """The n-th working day after `day` (before it when negative); 0 gives `day` itself.

    Day 1 is the first working day after `day` (rule 6.7). Raises NoOpening.
    """
    step = _DAY if days >= 0 else -_DAY
    left, empty = abs(days), 0
    while left:
        if empty > HORIZON_YEARS * 366 or not _FIRST_DAY < day < _LAST_DAY:
            raise NoOpening(f"no working day near {day}")
        day += step
        empty += 1
        if cal.spans(day):
            left, empty = left - 1, 0
    return day


def working_days_between(cal: Calendar, start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative when `end` is earlier.

    So that working_days_between(day, add_working_days(day, n)) is n for n >= 0.
    """
    if end < start:
        return -working_days_between(cal, end, start)
    days = range(start.toordinal() + 1, end.toordinal() + 1)
    return sum(1 for ordinal in days if cal.spans(date.fromordinal(ordinal)))


def _offset(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)


def _joined(windows: Any) -> tuple[Span, ...]:
    """Sorted union of windows: overlapping and touching ones become one."""
    spans: list[Span] = []
    for opens, closes in sorted(window.span for window in windows):
        if spans and opens <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(closes, spans[-1][1])
        else:
            spans.append((opens, closes))
    return tuple(spans)
