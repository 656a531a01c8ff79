"""A score that explains itself: the rows its event has kept, in words. Nothing is computed anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language

from escalation.models import Escalation
from kernel.formats import clock_time, day_name, short_date
from kernel.months import JAKARTA
from tickets.clocks import span


@dataclass(frozen=True, slots=True)
class Counted:
    """A working interval inside a stretch."""

    day: str
    start: str
    end: str
    length: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the clock: it ran, or it stood for a reason; `length` is the working time inside it.

    `end` names its day where that is another one.
    """

    start: str
    end: str
    paused: bool
    reason: str
    intervals: Sequence[Counted]
    length: str


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the table that judged; `hit` is the one that applies."""

    words: str
    score: int
    hit: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """The whole account. `minutes` is what was counted, to four decimals."""

    stretches: Sequence[Stretch]
    steps: Sequence[Step]
    minutes: Decimal
    length: str
    rule: str
    calendar: str
    score: int
    scored_at: datetime


def explain_score(row: Escalation) -> Explained | None:
    """None until it is scored. Two queries."""
    event = row.events.filter(code="escalation.scored").last()
    if event is None or row.rule is None or row.score is None or row.working_minutes is None:
        return None
    return Explained(
        stretches=[_stretch(one) for one in event.data["rows"]],
        steps=_steps(row),
        minutes=row.working_minutes,
        length=span(timedelta(minutes=float(row.working_minutes))),
        rule=row.rule.version,
        calendar=row.calendar_version,
        score=row.score,
        scored_at=event.at,
    )


def _steps(row: Escalation) -> list[Step]:
    rule = row.rule
    assert rule is not None  # noqa: S101 - the caller has looked
    minutes, hit, found = row.working_minutes or Decimal(0), False, []
    for step in rule.steps.all():
        applies = not hit and minutes <= step.within_days * rule.day_minutes
        hit = hit or applies
        found.append(Step(f"≤ {step.within_days}", step.score, applies))
    return [*found, Step(f"> {found[-1].words.removeprefix('≤ ')}" if found else "", rule.later_score, not hit)]


def _stretch(data: dict) -> Stretch:
    intervals = [(_at(start), _at(end)) for start, end in data["intervals"]]
    length = sum((end - start for start, end in intervals), timedelta())
    shown = [_counted(start, end) for start, end in intervals]
    begun, ended = _at(data["start"]), _at(data["end"])
    until = _words(ended) if ended.date() != begun.date() else clock_time(ended, get_language() or "id")
    return Stretch(_words(begun), until, data["paused"], data["reason"], shown, span(length))


def _counted(start: datetime, end: datetime) -> Counted:
    language = get_language() or "id"
    day = f"{day_name(start.date(), language)}, {short_date(start.date(), language, year=True)}"
    return Counted(day, clock_time(start, language), clock_time(end, language), span(end - start))


def _words(at: datetime) -> str:
    language = get_language() or "id"
    return f"{short_date(at.date(), language, year=True)} {clock_time(at, language)}"


def _at(text: str) -> datetime:
    found = parse_datetime(text)
    if found is None:
        raise ValueError(f"not a moment: {text!r}")
    return found.astimezone(JAKARTA)
