"""What an escalation does to its ticket, by the tickets' own verbs.

A ticket waits for Layer 2 as long as a unit's clock runs. Closed tickets (an import may bring one whose
escalation is unanswered, decision 29) stay as they are.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from escalation.models import Escalation
from kernel.compiled import Compiled, one_of
from kernel.errors import Refused
from people.models import Unit, User
from people.reference import UNITS
from tickets import verbs
from tickets.models import Ticket
from tickets.slots import Mark

RUNNING = (Escalation.Status.OPEN, Escalation.Status.TAKEN)
UNFINISHED = (*RUNNING, Escalation.Status.RETURNED)
_OWED = Compiled(
    lambda rows, tickets: rows.filter(one_of("ticket_id", tickets), status__in=UNFINISHED).values_list(
        "ticket_id", "unit_id"
    ),
    "tickets",
)


def asked(escalation: Escalation, *, at: datetime, actor: User | None, **data: Any) -> None:
    """A unit's clock has started or runs again: the ticket waits for Layer 2."""
    if _workable(escalation.ticket):
        verbs.mark_waiting_layer2(ticket=escalation.ticket, at=at, actor=actor, data=_data(escalation, data))


def answered(escalation: Escalation, *, at: datetime, actor: User | None) -> None:
    """A unit has answered: Layer 1 goes on unless another unit's clock runs."""
    if _workable(escalation.ticket):
        verbs.layer2_answered(
            ticket=escalation.ticket,
            at=at,
            actor=actor,
            still_waiting=_others_run(escalation),
            data=_data(escalation, {}),
        )


def released(escalation: Escalation, *, at: datetime, actor: User | None, reason: str) -> None:
    """A unit's clock has stopped without an answer: returned, recalled or transferred."""
    if _workable(escalation.ticket):
        verbs.layer2_released(
            ticket=escalation.ticket,
            at=at,
            actor=actor,
            still_waiting=_others_run(escalation),
            data=_data(escalation, {"status": escalation.status, "reason": reason}),
        )


def object_to_closing(ticket: Ticket) -> Refused | None:
    """A ticket does not close while a unit still owes an answer or waits for data."""
    row = ticket.escalations.filter(status__in=UNFINISHED).select_related("unit").first()
    if row is None:
        return None
    return Refused(
        "ticket.escalation_open",
        _("Tiket ini masih ditangani unit {unit}. Tunggu jawabannya atau tarik eskalasinya."),
        unit=f"{row.unit.code} {row.unit.short}",
    )


def row_marks(ticket_ids: Collection[int]) -> dict[int, list[Mark]]:
    """The units that still owe an answer, for the rows of the inbox."""
    found: dict[int, list[Mark]] = {}
    units, waiting = UNITS(), str(_("Menunggu {unit}"))
    for ticket, key in _OWED(Escalation.objects.all(), tickets=list(ticket_ids)):
        unit = units.get(key) or Unit.objects.get(pk=key)
        found.setdefault(ticket, []).append(Mark("ti-stairs-up", unit.code, waiting.format(unit=unit)))
    return found


def _workable(ticket: Ticket) -> bool:
    return ticket.status != Ticket.Status.CLOSED and ticket.merged_into_id is None


def _others_run(escalation: Escalation) -> bool:
    return escalation.ticket.escalations.filter(status__in=RUNNING).exclude(pk=escalation.pk).exists()


def _data(escalation: Escalation, more: dict[str, Any]) -> dict[str, Any]:
    return {"escalation": escalation.pk, "unit": escalation.unit.code, **more}
