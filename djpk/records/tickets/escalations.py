"""Escalations of imported tickets.

The columns know when a unit was asked and when it answered. An unanswered escalation that a later one
follows was handed on: TRANSFERRED to another unit, RECALLED for the same one; the last one is OPEN.
Answered ones are written without a score, which the scoring job gives them by the rule of their day.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from djpk.records.tickets.checks import Stretch
from escalation.models import Escalation, EscalationEvent
from kernel.importing.copying import copy_rows, next_ids
from kernel.parsing import JAKARTA
from people.units import UnitIndex

_ESCALATION = (
    "id", "ticket", "unit", "status", "via_app", "question", "urgent", "escalated_at", "escalated_by",
    "answered_at", "answer", "closed_at", "transferred_from", "calendar_version", "excluded", "excluded_reason",
)  # fmt: skip
_EVENT = ("escalation", "at", "actor", "code", "from_value", "to_value", "reason", "data")
TicketEscalations = tuple[int, int | None, Sequence[Stretch]]


class Planned(NamedTuple):
    """What an escalation of the file becomes; `source` is the place of the one it was transferred from."""

    stretch: Stretch
    status: str
    closed_at: datetime | None
    source: int | None


def plan(stretches: Sequence[Stretch]) -> list[Planned]:
    """Status and end of each escalation of one ticket, given in order."""
    sources: dict[int, int] = {}
    planned = []
    for index, one in enumerate(stretches):
        later = (n for n in range(index + 1, len(stretches)) if stretches[n].escalated_at > one.escalated_at)
        follower = next(later, None)
        if one.answered_at:
            status, end = "ANSWERED", one.answered_at
        elif follower is None:
            status, end = "OPEN", None
        else:
            end = stretches[follower].escalated_at
            status = "RECALLED" if stretches[follower].unit == one.unit else "TRANSFERRED"
            if status == "TRANSFERRED":
                sources.setdefault(follower, index)
        planned.append(Planned(one, status, end, sources.get(index)))
    return planned


def write_escalations(given: Sequence[TicketEscalations], *, at: datetime, actor_id: int | None) -> None:
    """Write the escalations of many tickets, as (ticket id, id of the agent who asked, escalations)."""
    ids = next_ids(Escalation, sum(len(stretches) for _ticket, _agent, stretches in given))
    rows = list(_rows(given, ids))
    if not rows:
        return
    copy_rows(Escalation, _ESCALATION, rows)
    copy_rows(
        EscalationEvent, _EVENT, ((row[0], at, actor_id, "escalation.imported", "", row[3], "", "{}") for row in rows)
    )


def _rows(given: Sequence[TicketEscalations], ids: list[int]) -> Iterator[tuple[Any, ...]]:
    units = UnitIndex.load()
    first = 0
    for ticket_id, agent_id, stretches in given:
        for index, one in enumerate(plan(stretches)):
            source = None if one.source is None else ids[first + one.source]
            unit = units.on(one.stretch.unit, one.stretch.escalated_at.astimezone(JAKARTA).date())
            yield (
                ids[first + index], ticket_id, unit.pk, one.status, True, "", False, one.stretch.escalated_at,
                agent_id, one.stretch.answered_at, "", one.closed_at, source, "", False, "",
            )  # fmt: skip
        first += len(stretches)
