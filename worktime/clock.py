"""Business time: is it open, when does it open, add working time, measure working time, in any zone.

Pure functions over a `Calendar`. Moments are aware datetimes (a naive one is a ValueError), answers are
in UTC, working time is elapsed time. A wall-clock time that a clock change skips is the moment of the
jump; one that comes twice is its first pass. A window across a jump has its true elapsed length.
Each year of a calendar in a zone is laid out once as sorted intervals with running sums, so that every
question is a binary search.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from worktime.calendars import (
    HORIZON_YEARS,
    Calendar,
    NoOpening,
    Override,
    Schedule,
    Window,
    add_working_days,
    is_working_day,
    working_days_between,
)

__all__ = [
    "Calendar",
    "Interval",
    "NoOpening",
    "Override",
    "Schedule",
    "Window",
    "add_working",
    "add_working_days",
    "is_open",
    "is_working_day",
    "next_opening",
    "received_on",
    "subtract_working",
    "working_between",
    "working_days_between",
    "working_intervals",
]

Zone = ZoneInfo | str | None
_ZERO = timedelta()
_FIRST_YEAR, _LAST_YEAR = 2, 9998


class Interval(NamedTuple):
    """Half-open working interval [start, end) in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class _Year:
    """One local year [begin, end): interval i runs starts[i]..ends[i]; before[i] and upto[i] are the
    year's working time up to its start and its end."""

    begin: datetime
    end: datetime
    starts: list[datetime]
    ends: list[datetime]
    before: list[timedelta]
    upto: list[timedelta]

    @property
    def total(self) -> timedelta:
        return self.upto[-1] if self.upto else _ZERO

    def worked(self, at: datetime) -> timedelta:
        """Working time from the year's begin to `at`."""
        index = bisect_right(self.starts, at) - 1
        return self.before[index] + min(at, self.ends[index]) - self.starts[index] if index >= 0 else _ZERO


def is_open(cal: Calendar, at: datetime, zone: Zone = None) -> bool:
    """Whether `at` lies in a window: the opening moment does, the closing moment does not."""
    at, tz = _utc(at), _zone(cal, zone)
    year = _year(cal, tz, _year_of(cal, tz, at))
    index = bisect_right(year.starts, at) - 1
    return index >= 0 and at < year.ends[index]


def next_opening(cal: Calendar, at: datetime, zone: Zone = None) -> datetime:
    """The earliest open moment not before `at` (`at` itself when open). Raises NoOpening."""
    at, tz = _utc(at), _zone(cal, zone)
    number = _year_of(cal, tz, at)
    for candidate in range(number, min(number + HORIZON_YEARS, _LAST_YEAR) + 1):
        year = _year(cal, tz, candidate)
        index = bisect_right(year.ends, at)
        if index < len(year.starts):
            return max(at, year.starts[index])
    raise NoOpening(f"no opening within {HORIZON_YEARS} years after {at}")


def add_working(cal: Calendar, at: datetime, amount: timedelta | int, zone: Zone = None) -> datetime:
    """The earliest moment by which `amount` (timedelta, or minutes) of working time has passed since `at`.

    Eight hours from 08:00 of a day that closes at 16:00 end at 16:00 of that day; nothing added gives
    `at`. Raises NoOpening, and ValueError for a negative amount.
    """
    at, tz, amount = _utc(at), _zone(cal, zone), _amount(amount)
    if not amount:
        return at
    number = _year_of(cal, tz, at)
    year = _year(cal, tz, number)
    target, empty = year.worked(at) + amount, 0
    while target > year.total:
        target -= year.total
        number += 1
        year = _year(cal, tz, number)
        empty = 0 if year.total else empty + 1
        if empty > HORIZON_YEARS:
            raise NoOpening(f"no opening within {HORIZON_YEARS} years while adding to {at}")
    index = bisect_left(year.upto, target)
    return year.starts[index] + (target - year.before[index])


def subtract_working(cal: Calendar, at: datetime, amount: timedelta | int, zone: Zone = None) -> datetime:
    """The latest moment from which `amount` (timedelta, or minutes) of working time passes until `at`.

    Undoes add_working for moments inside a window. Raises NoOpening, and ValueError when negative.
    """
    at, tz, amount = _utc(at), _zone(cal, zone), _amount(amount)
    if not amount:
        return at
    number = _year_of(cal, tz, at)
    year = _year(cal, tz, number)
    target, empty = year.worked(at) - amount, 0
    while target < _ZERO:
        number -= 1
        year = _year(cal, tz, number)
        target += year.total
        empty = 0 if year.total else empty + 1
        if empty > HORIZON_YEARS:
            raise NoOpening(f"no opening within {HORIZON_YEARS} years before {at}")
    index = bisect_right(year.upto, target)
    return year.starts[index] + (target - year.before[index])


def working_between(cal: Calendar, start: datetime, end: datetime, zone: Zone = None) -> timedelta:
    """Working time from `start` to `end`; negative when `end` is earlier, so that parts add up."""
    start, end, tz = _utc(start), _utc(end), _zone(cal, zone)
    if end < start:
        return -working_between(cal, end, start, tz)
    first, last = _year_of(cal, tz, start), _year_of(cal, tz, end)
    whole = sum((_year(cal, tz, number).total for number in range(first, last)), _ZERO)
    return whole + _year(cal, tz, last).worked(end) - _year(cal, tz, first).worked(start)


def working_intervals(cal: Calendar, start: datetime, end: datetime, zone: Zone = None) -> list[Interval]:
    """The working intervals inside [start, end) in order, cut at both ends; their lengths add up to
    working_between(start, end). Empty when `end` is not after `start`."""
    start, end, tz = _utc(start), _utc(end), _zone(cal, zone)
    found: list[Interval] = []
    if end <= start:
        return found
    for number in range(_year_of(cal, tz, start), _year_of(cal, tz, end) + 1):
        year = _year(cal, tz, number)
        for index in range(bisect_right(year.ends, start), bisect_left(year.starts, end)):
            found.append(Interval(max(start, year.starts[index]), min(end, year.ends[index])))
    return found


def received_on(cal: Calendar, at: datetime, zone: Zone = None) -> date:
    """The local day on which something that came at `at` counts as received: today before closing,
    else the day of the next opening (rule 6.7). Raises NoOpening."""
    tz = _zone(cal, zone)
    return next_opening(cal, at, tz).astimezone(tz).date()


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"business time needs an aware datetime, not {at!r}")
    return at.astimezone(UTC)


def _zone(cal: Calendar, zone: Zone) -> ZoneInfo:
    if zone is None:
        return cal.zone
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def _amount(amount: timedelta | int) -> timedelta:
    span = amount if isinstance(amount, timedelta) else timedelta(minutes=amount)
    if span < _ZERO:
        raise ValueError(f"working time to add or subtract is negative: {span}")
    return span


def _year_of(cal: Calendar, zone: ZoneInfo, at: datetime) -> int:
    """The local year whose table holds `at`."""
    number = at.astimezone(zone).year
    year = _year(cal, zone, number)
    return number - 1 if at < year.begin else number + 1 if at >= year.end else number


def _year(cal: Calendar, zone: ZoneInfo, number: int) -> _Year:
    key = (zone, number)
    found: _Year | None = cal.cache.get(key)
    if found is None:
        if not _FIRST_YEAR <= number <= _LAST_YEAR:
            raise NoOpening(f"year {number} is out of range")
        found = cal.cache[key] = _lay_out(cal, zone, number)
    return found


def _lay_out(cal: Calendar, zone: ZoneInfo, number: int) -> _Year:
    begin, end = datetime(number, 1, 1), datetime(number + 1, 1, 1)  # noqa: DTZ001 - wall clock
    year = _Year(_instant(begin, zone), _instant(end, zone), [], [], [], [])
    total = _ZERO
    for ordinal in range(begin.toordinal(), end.toordinal()):
        day = date.fromordinal(ordinal)
        midnight = datetime.combine(day, time())
        for opens, closes in cal.spans(day):
            start, stop = _instant(midnight + opens, zone), _instant(midnight + closes, zone)
            if start < stop:
                year.starts.append(start)
                year.ends.append(stop)
                year.before.append(total)
                total += stop - start
                year.upto.append(total)
    return year


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC moment of a wall-clock time: first pass when it comes twice, the jump when skipped."""
    before = wall.replace(tzinfo=zone, fold=0).utcoffset() or _ZERO
    after = wall.replace(tzinfo=zone, fold=1).utcoffset() or _ZERO
    moment = wall.replace(tzinfo=UTC) - before
    return moment if before >= after else _jump(moment - (after - before), moment, zone)


def _jump(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The moment in (low, high] at which the zone's offset leaves the one it has at `low`, to a second."""
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)
