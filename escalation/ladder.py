"""The steps of the score as pages show them: what an answer is worth until when, and how much of the step is gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial

from django.utils.translation import get_language

from escalation.models import Escalation
from escalation.scores import Judge, pauses_of
from escalation.scoring import Pause, Rubric, counted_working, score
from kernel.formats import WEEKDAYS, clock_time, short_date
from kernel.languages import gettext as _
from kernel.months import JAKARTA
from tickets.clocks import Countdown, span
from worktime.clock import Calendar, NoOpening, add_working, is_open, next_opening, working_intervals

SHOWN = 4
SOON = 0.25  # of a step left
_WEEK, _AHEAD = timedelta(days=6), timedelta(days=21)


@dataclass(frozen=True)
class Rung:
    """A step: `until` is when it ends (None: passed, standing, or the last), `ends` that in words; `gone` the share of
    it that is used up; `label` is "120, 14.02", for what comes after the last limit "60 sesudahnya"."""

    score: int
    gone: float
    current: bool
    last: bool
    now: datetime
    when: Callable[[], datetime | None]  # asked for the few steps that are shown

    @cached_property
    def until(self) -> datetime | None:
        return self.when()

    @cached_property
    def ends(self) -> str:
        return moment(self.until, self.now) if self.until else ""

    @property
    def label(self) -> str:
        if self.last:
            return _("{score} sesudahnya").format(score=self.score)
        return f"{self.score}, {self.ends}" if self.ends else str(self.score)


@dataclass(frozen=True)
class Ladder:
    """A clock at a moment. `left` is working time until the score drops, None on the last step or while it stands."""

    score: int
    left: timedelta | None
    step: timedelta | None
    rungs: Sequence[Rung]
    used: timedelta
    starts: str = ""
    paused_since: datetime | None = None
    on_target: bool = True

    @cached_property
    def place(self) -> int:
        """Which of the steps is the current one."""
        return next(number for number, rung in enumerate(self.rungs) if rung.current)

    @property
    def current(self) -> Rung:
        return self.rungs[self.place]

    @property
    def following(self) -> Rung | None:
        """The step that comes next."""
        return self.rungs[self.place + 1] if self.place + 1 < len(self.rungs) else None

    @property
    def shown(self) -> Sequence[Rung]:
        """The few steps around the current one."""
        start = max(0, min(self.place - 1 if self.place > 2 else 0, len(self.rungs) - SHOWN))
        return self.rungs[start : start + SHOWN]

    @property
    def state(self) -> str:
        """paused, soon or ok, as clocks say it."""
        if self.paused_since:
            return "paused"
        near = self.left is not None and self.step and self.left <= self.step * SOON
        return "soon" if near else "ok"

    @property
    def left_words(self) -> str:
        return span(self.left) if self.left is not None else ""

    @property
    def seconds_left(self) -> int:
        return int(self.left.total_seconds()) if self.left is not None else 0

    @property
    def seconds_of_step(self) -> int:
        return int(self.step.total_seconds()) if self.step is not None else 0


def ladder_of(
    judge: Judge, escalation: Escalation, at: datetime, pauses: Sequence[Pause] | None = None
) -> Ladder | None:
    """The clock of an unfinished escalation; None on a day without a rule. Give the `pauses` of many, or prefetch."""
    rule = judge.rule_at(at)
    if rule is None:
        return None
    calendar, rubric = judge.calendar_of(rule).calendar, judge.rubrics[rule.pk]
    pauses = pauses_of(escalation) if pauses is None else pauses
    used = counted_working(calendar, escalation.escalated_at, at, pauses)
    paused = next((pause.paused_at for pause in pauses if pause.resumed_at is None), None)
    begins = None if used or paused else _opening(calendar, max(at, escalation.escalated_at))
    rungs = _rungs(calendar, rubric, used, None if paused else max(at, escalation.escalated_at), at)
    place = next(number for number, rung in enumerate(rungs) if rung.current)
    left, step = _rest(rubric, place, used)
    starts = moment(begins, at) if begins else ""
    return Ladder(score(rubric, used), left, step, rungs, used, starts, paused, used <= rubric.target)


def moment(at: datetime, now: datetime) -> str:
    """Jakarta's time as short as it can be: "14.02" today, "Sen 10.02" within a week, else "29 Agt 10.10"."""
    language, local = get_language() or "id", at.astimezone(JAKARTA)
    today = now.astimezone(JAKARTA)
    time = clock_time(local, language)
    if local.date() == today.date():
        return time
    if abs(local.date() - today.date()) <= _WEEK and local > today:
        return f"{WEEKDAYS['en' if language.startswith('en') else 'id'][local.weekday()][:3]} {time}"
    return f"{short_date(local.date(), language)} {time}"


def countdown(judge: Judge, now: datetime) -> Countdown:
    """What a page needs to count the working time down by itself."""
    rule = judge.rule_at(now)
    found = working_intervals(judge.calendar_of(rule).calendar, now, now + _AHEAD) if rule else []
    ahead = " ".join(f"{int(one.start.timestamp())}-{int(one.end.timestamp())}" for one in found)
    return Countdown(int(now.timestamp()), ahead)


def _rungs(calendar: Calendar, rubric: Rubric, used: timedelta, going: datetime | None, now: datetime) -> list[Rung]:
    """`going` is when the clock goes on; None while it stands: then no step has a time."""
    rungs: list[Rung] = []
    lower, found = timedelta(), False
    for days, points in rubric.steps:
        limit = rubric.limit(days)
        current = not found and used <= limit
        passed = not found and not current
        gone = 1.0 if passed else (used - lower) / (limit - lower) if current else 0.0
        left = None if passed or going is None else limit - used
        when = partial(_added, calendar, going, left)
        rungs.append(Rung(points, round(gone, 3), current, last=False, now=now, when=when))
        lower, found = limit, found or current
    rungs.append(Rung(rubric.later, 0.0, not found, last=True, now=now, when=lambda: None))
    return rungs


def _rest(rubric: Rubric, place: int, used: timedelta) -> tuple[timedelta | None, timedelta | None]:
    if place >= len(rubric.steps):
        return None, None
    limit = rubric.limit(rubric.steps[place][0])
    before = rubric.limit(rubric.steps[place - 1][0]) if place else timedelta()
    return limit - used, limit - before


def _added(calendar: Calendar, at: datetime | None, amount: timedelta | None) -> datetime | None:
    """When `amount` will have been counted; a step that is used up exactly lasts until the office opens again."""
    if at is None or amount is None:
        return None
    try:
        return add_working(calendar, at, amount) if amount else next_opening(calendar, at)
    except NoOpening:
        return None


def _opening(calendar: Calendar, at: datetime) -> datetime | None:
    """When a clock that has counted nothing begins; None when the office is open."""
    try:
        return None if is_open(calendar, at) else next_opening(calendar, at)
    except NoOpening:
        return None
