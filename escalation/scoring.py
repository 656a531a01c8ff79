"""The response score of Layer 2: working time from the escalation to the first answer, and its step.

Pure: no database, no clock. Rules 3.2 to 3.7; a day of the table is 480 working minutes, also in
Ramadan (decision 25). Every score can be explained by the intervals that were counted for it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from worktime.clock import Calendar, Interval, Zone, add_working, working_between, working_intervals

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rubric:
    """A version of the score table: `steps` are (working days, score) in rising order of days, the days
    included; whoever is later gets `later`. `target_days` is what the unit promises."""

    version: str
    day_minutes: int = 480
    steps: tuple[tuple[int, int], ...] = ((1, 120), (2, 110), (3, 100), (4, 90), (5, 80), (6, 70))
    later: int = 60
    target_days: int = 3

    def __post_init__(self) -> None:
        days = [step[0] for step in self.steps]
        scores = [step[1] for step in self.steps] + [self.later]
        if self.day_minutes <= 0 or not self.steps or days != sorted(set(days)) or days[0] <= 0:
            raise ValueError("the steps of a rubric need rising days of positive length")
        if scores != sorted(scores, reverse=True):
            raise ValueError("a later answer cannot score more than an earlier one")

    def limit(self, days: int) -> timedelta:
        """The working time of that many days of the table."""
        return days * self.day_minutes * _MINUTE

    @property
    def target(self) -> timedelta:
        """The working time within which an answer is on target."""
        return self.limit(self.target_days)


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands still over [paused_at, resumed_at): Layer 1 owes data (rule 3.6); None is still."""

    paused_at: datetime
    resumed_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch [start, end) of an escalation's life during which the clock ran or stood still."""

    start: datetime
    end: datetime
    paused: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an answer now would score, and the working time left until that drops (None: it cannot)."""

    score: int
    left: timedelta | None


@dataclass(frozen=True, slots=True)
class ExplainedSegment:
    """A segment with the working intervals inside it; those of a pause were not counted."""

    segment: Segment
    intervals: tuple[Interval, ...]

    @property
    def working(self) -> timedelta:
        return sum((interval.length for interval in self.intervals), timedelta())


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a score came about: rows in order of time, the working time counted, rubric version, score."""

    rows: tuple[ExplainedSegment, ...]
    working: timedelta
    version: str
    score: int


def score(rubric: Rubric, working: timedelta) -> int:
    """The score of an answer after `working` time; exactly on a limit still counts as within."""
    if working < timedelta():
        raise ValueError(f"an answer cannot come before the question: {working}")
    return next((points for days, points in rubric.steps if working <= rubric.limit(days)), rubric.later)


def next_step(rubric: Rubric, used: timedelta) -> Standing:
    """What an answer would score after `used` working time, and how long that still holds."""
    now = score(rubric, used)
    lower = [rubric.limit(days) for days, points in rubric.steps if points >= now and used <= rubric.limit(days)]
    return Standing(now, max(lower) - used if lower and now > rubric.later else None)


def counted_working(
    cal: Calendar, escalated_at: datetime, until: datetime, pauses: Iterable[Pause] = (), zone: Zone = None
) -> timedelta:
    """Working time from the escalation until `until`, pauses left out."""
    running = (part for part in segments(escalated_at, until, pauses) if not part.paused)
    return sum((working_between(cal, part.start, part.end, zone) for part in running), timedelta())


def reached_at(
    cal: Calendar, escalated_at: datetime, amount: timedelta, pauses: Iterable[Pause] = (), zone: Zone = None
) -> datetime | None:
    """When the clock will have counted `amount`: the moment a score drops or a target is missed.

    None while an open pause holds the clock before that. Raises NoOpening.
    """
    start, left = escalated_at, amount
    for stop, go, _reason in _stops(pauses):
        if stop > start:
            ran = working_between(cal, start, stop, zone)
            if ran >= left:
                break
            left -= ran
        if go is None:
            return None
        start = max(start, go)
    return add_working(cal, start, left, zone)


def segments(start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> list[Segment]:
    """Cut [start, end) into running and paused stretches; overlapping pauses count once."""
    found: list[Segment] = []
    for stop, go, reason in _stops(pauses):
        stop, go = max(stop, start), min(go or end, end)
        if stop >= go:
            continue
        if start < stop:
            found.append(Segment(start, stop, paused=False))
        found.append(Segment(stop, go, paused=True, reason=reason))
        start = go
    if start < end:
        found.append(Segment(start, end, paused=False))
    return found


def explain(
    cal: Calendar,
    rubric: Rubric,
    escalated_at: datetime,
    answered_at: datetime,
    pauses: Iterable[Pause] = (),
    zone: Zone = None,
) -> Explanation:
    """The rows behind a score: every stretch with its working intervals, and what was counted."""
    rows = tuple(
        ExplainedSegment(part, tuple(working_intervals(cal, part.start, part.end, zone)))
        for part in segments(escalated_at, answered_at, pauses)
    )
    working = sum((row.working for row in rows if not row.segment.paused), timedelta())
    return Explanation(rows, working, rubric.version, score(rubric, working))


def stored_minutes(working: timedelta) -> Decimal:
    """Working time as minutes with 4 decimals, rounded up, so that the stored time never scores better
    than the true one."""
    exact = Decimal(working // timedelta(microseconds=1)) / Decimal(60_000_000)
    return exact.quantize(Decimal("0.0001"), ROUND_CEILING)


def _stops(pauses: Iterable[Pause]) -> Iterator[tuple[datetime, datetime | None, str]]:
    """Pauses in order of time, those that touch or overlap an earlier one cut to what is new of them."""
    reached: datetime | None = None
    for pause in sorted(pauses, key=lambda pause: pause.paused_at):
        start = pause.paused_at if reached is None else max(reached, pause.paused_at)
        if pause.resumed_at is None:
            yield start, None, pause.reason
            return
        if start < pause.resumed_at:
            yield start, pause.resumed_at, pause.reason
            reached = pause.resumed_at
