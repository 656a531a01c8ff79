"""The stored moment at which an open escalation's score drops next: what queues are ordered by and reminders look for.

It follows from escalation, pauses, rule and calendar alone; `reminding.remind` sets it right for all open clocks, after
a step has been passed as well as after a calendar or rule has changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from escalation.models import Escalation, EscalationPause
from escalation.scores import Judge, pauses_of
from escalation.scoring import Pause, Standing, counted_working, next_step, reached_at
from escalation.ticket_side import RUNNING
from worktime.clock import Calendar, NoOpening

_COLUMNS = ("id", "ticket_id", "unit_id", "status", "escalated_at", "taken_by_id", "drops_at", "urgent")


@dataclass(frozen=True, slots=True)
class Wound:
    """An open clock at a moment: working time used, what an answer would score, when that drops next (None: never)."""

    escalation: Escalation
    pauses: list[Pause]
    used: timedelta
    standing: Standing
    drops_at: datetime | None


def wind(judge: Judge, escalation: Escalation, pauses: list[Pause], at: datetime) -> Wound | None:
    """The clock of a running escalation at `at`; None on a day without a rule."""
    rule = judge.rule_at(at)
    if rule is None:
        return None
    calendar = judge.calendar_of(rule).calendar
    used = counted_working(calendar, escalation.escalated_at, at, pauses)
    standing = next_step(judge.rubrics[rule.pk], used)
    until = None if standing.left is None else used + standing.left
    return Wound(escalation, pauses, used, standing, _moment(calendar, escalation.escalated_at, until, pauses))


def drops_at(escalation: Escalation, at: datetime) -> datetime | None:
    """What to store beside a clock that starts or goes on at `at`."""
    wound = wind(Judge.now(), escalation, pauses_of(escalation), at)
    return wound.drops_at if wound else None


def wind_all(judge: Judge, at: datetime) -> Iterator[Wound]:
    """Every running clock at `at`; one query, and one for their pauses, which few have."""
    paused: dict[int, list[Pause]] = defaultdict(list)
    rows = EscalationPause.objects.filter(escalation__status__in=RUNNING).order_by("paused_at", "id")
    for escalation, stopped, resumed, reason in rows.values_list("escalation_id", "paused_at", "resumed_at", "reason"):
        paused[escalation].append(Pause(stopped, resumed, reason))
    for row in Escalation.objects.filter(status__in=RUNNING).only(*_COLUMNS).order_by("id"):
        wound = wind(judge, row, paused.get(row.pk, []), at)
        if wound is not None:
            yield wound


def rewind(wound: Iterable[Wound]) -> int:
    """Store the moments that differ from what is stored; how many did. One statement."""
    moved = [one for one in wound if one.escalation.drops_at != one.drops_at]
    if moved:
        with connection.cursor() as cursor:
            cursor.execute(
                """UPDATE escalation_escalation AS e SET drops_at = s.at
                   FROM unnest(%s::bigint[], %s::timestamptz[]) AS s (id, at)
                   WHERE e.id = s.id AND e.status IN ('OPEN', 'TAKEN')""",
                [[one.escalation.pk for one in moved], [one.drops_at for one in moved]],
            )
    return len(moved)


def _moment(calendar: Calendar, start: datetime, limit: timedelta | None, pauses: list[Pause]) -> datetime | None:
    """From the start, not from now: a step that ends with the day keeps its moment until the next one begins."""
    try:
        return None if limit is None else reached_at(calendar, start, limit, pauses)
    except NoOpening:
        return None
