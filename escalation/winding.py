"""The stored moment at which an open escalation's score drops next: what queues are ordered by and reminders look for.

It follows from escalation, pauses, rule and calendar alone; `reminding.remind` sets it right for all open clocks, after
a step has been passed as well as after a calendar or rule has changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from escalation.models import Escalation
from escalation.scores import Judge, pauses_of
from escalation.scoring import Standing, counted_working, next_step
from escalation.ticket_side import RUNNING
from worktime.clock import Calendar, NoOpening, add_working

_COLUMNS = ("id", "ticket_id", "unit_id", "status", "escalated_at", "taken_by_id", "drops_at", "urgent")


@dataclass(frozen=True, slots=True)
class Wound:
    """An open clock at a moment: working time used, what an answer would score, when that drops next (None: never)."""

    escalation: Escalation
    used: timedelta
    standing: Standing
    drops_at: datetime | None


def wind(judge: Judge, escalation: Escalation, at: datetime) -> Wound | None:
    """The clock of a running escalation at `at`; None on a day without a rule."""
    rule = judge.rule_at(at)
    if rule is None:
        return None
    calendar = judge.calendar_of(rule).calendar
    used = counted_working(calendar, escalation.escalated_at, at, pauses_of(escalation))
    standing = next_step(judge.rubrics[rule.pk], used)
    return Wound(escalation, used, standing, _moment(calendar, max(at, escalation.escalated_at), standing.left))


def drops_at(escalation: Escalation, at: datetime) -> datetime | None:
    """What to store beside a clock that starts or goes on at `at`."""
    wound = wind(Judge.now(), escalation, at)
    return wound.drops_at if wound else None


def open_clocks() -> QuerySet[Escalation]:
    """Every running clock with what winding needs; one query and one for their pauses."""
    rows = Escalation.objects.filter(status__in=RUNNING).only(*_COLUMNS)
    return rows.order_by("id").prefetch_related("pauses")


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


def _moment(calendar: Calendar, at: datetime, left: timedelta | None) -> datetime | None:
    try:
        return None if left is None else add_working(calendar, at, left)
    except NoOpening:
        return None
