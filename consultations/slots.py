"""Which slots patterns offer on a day: weekly hours, dated exceptions, holidays. Pure.

Minutes are counted from midnight in Jakarta; a slot starts every `slot_minutes + buffer_minutes` from the opening.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kernel.months import JAKARTA
from worktime.clock import Calendar, add_working_days, is_working_day

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pattern:
    """As `models.SlotPattern`; `room` and `expert` are keys."""

    key: int
    unit_code: str
    room: int | None
    expert: int | None
    mode: str
    weekdays: frozenset[int]
    opens: int
    closes: int
    slot_minutes: int
    buffer_minutes: int
    capacity: int
    lead_working_days: int | None
    cutoff: int
    valid_from: date
    valid_to: date | None

    def covers(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Exceptional:
    """As `models.SlotException`; what is empty matches everything."""

    starts_on: date
    ends_on: date
    pattern: int | None
    unit_code: str
    room: int | None
    expert: int | None
    hours: Span | None

    def concerns(self, pattern: Pattern, day: date) -> bool:
        return (
            self.starts_on <= day <= self.ends_on
            and self.pattern in (None, pattern.key)
            and self.unit_code in ("", pattern.unit_code)
            and self.room in (None, pattern.room)
            and self.expert in (None, pattern.expert)
        )


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot; moments are aware, in Jakarta. `blocked_until` is its end with the buffer."""

    pattern: Pattern
    starts_at: datetime
    ends_at: datetime

    @property
    def blocked_until(self) -> datetime:
        return self.ends_at + timedelta(minutes=self.pattern.buffer_minutes)


def slots_of(pattern: Pattern, day: date, exceptions: Iterable[Exceptional], calendar: Calendar) -> list[Slot]:
    """The slots of a pattern on that day, in order."""
    if not pattern.covers(day):
        return []
    given = [one for one in exceptions if one.concerns(pattern, day)]
    closed = [one.hours or (0, 24 * 60) for one in given if not (one.pattern == pattern.key and one.hours)]
    return [
        Slot(pattern, _moment(day, start), _moment(day, start + pattern.slot_minutes))
        for span in spans_of(pattern, day, given, calendar)
        for start in _starts(pattern, span)
        if not any(start < end and begin < start + pattern.slot_minutes for begin, end in closed)
    ]


def spans_of(pattern: Pattern, day: date, exceptions: Iterable[Exceptional], calendar: Calendar) -> list[Span]:
    """The pattern's hours on that day, its own hours of the day first; what closes part of them is not taken out."""
    if not pattern.covers(day):
        return []
    own = [one.hours for one in exceptions if one.pattern == pattern.key and one.hours and one.concerns(pattern, day)]
    if own:
        return own[-1:]
    usual = day.weekday() in pattern.weekdays and is_working_day(calendar, day)
    return [(pattern.opens, pattern.closes)] if usual else []


def earliest_day(pattern: Pattern, at: datetime, lead_working_days: int, calendar: Calendar) -> date:
    """The first day that somebody who asks `at` may still have; the pattern's own lead time goes first."""
    local = at.astimezone(JAKARTA)
    lead = lead_working_days if pattern.lead_working_days is None else pattern.lead_working_days
    late = local.hour * 60 + local.minute >= pattern.cutoff
    return add_working_days(calendar, local.date(), lead + (1 if late else 0))


def _starts(pattern: Pattern, span: Span) -> Iterator[int]:
    opens, closes = span
    return iter(range(opens, closes - pattern.slot_minutes + 1, pattern.slot_minutes + pattern.buffer_minutes))


def _moment(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time(), JAKARTA) + timedelta(minutes=minutes)
