"""How the verbs of an escalation begin and end: lock and check, move, and append one event."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from escalation import winding
from escalation.models import Escalation, EscalationEvent, EscalationFile
from escalation.ticket_side import RUNNING, UNFINISHED
from kernel.errors import Refused
from kernel.locks import lock
from kernel.models import StoredFile
from kernel.months import JAKARTA
from people.models import Role, StaffRole, Unit, User
from tickets.live.announce import ticket_changed
from tickets.models import Ticket

Status = Escalation.Status
Files = Iterable[tuple[StoredFile, str]]
"""Stored files with their names."""


def begin(escalation: Escalation, at: datetime, allowed: tuple[Status, ...]) -> Escalation:
    """Lock ticket and escalation in this order, and check state and time."""
    ticket = lock(escalation.ticket)
    escalation = lock(escalation)
    escalation.ticket = ticket
    if escalation.status not in allowed:
        raise Refused(
            "escalation.wrong_status",
            _("Langkah ini tidak berlaku untuk eskalasi berstatus “{status}”."),
            status=Status(escalation.status).label,
        )
    pause = escalation.pauses.last()
    earliest = (pause.resumed_at or pause.paused_at) if pause else escalation.escalated_at
    if at < earliest:
        raise Refused("escalation.time_order", _("Waktu langkah ini mendahului langkah sebelumnya."))
    return escalation


def open_row(ticket: Ticket, unit: Unit, at: datetime, actor: User | None, **fields: Any) -> Escalation:
    """A new escalation whose clock starts at `at`; the ticket is locked."""
    day = at.astimezone(JAKARTA).date()
    if unit.valid_from > day or (unit.valid_to and unit.valid_to <= day):
        raise Refused("escalation.unit_not_in_force", _("Unit {unit} tidak berlaku pada tanggal itu."), unit=unit.code)
    if ticket.escalations.filter(unit=unit, status__in=UNFINISHED).exists():
        raise Refused(
            "escalation.already_open", _("Tiket ini sedang ditangani unit {unit}."), unit=f"{unit.code} {unit.short}"
        )
    escalation = Escalation(ticket=ticket, unit=unit, escalated_at=at, escalated_by=actor, **fields)
    escalation.drops_at = winding.drops_at(escalation, at)
    escalation.save()
    record(escalation, "escalation.opened", at, actor, to_value=Status.OPEN, data={"unit": unit.code})
    return escalation


def give(
    escalation: Escalation, holder: User, at: datetime, actor: User | None, *, only_from: tuple[Status, ...], code: str
) -> Escalation:
    """Make it `holder`'s, who is an agent of the unit."""
    escalation = begin(escalation, at, only_from)
    roles = StaffRole.objects.filter(user=holder)
    if not roles.filter(role=Role.AGENT_L2, unit__code=escalation.unit.code).exists():
        raise Refused("escalation.not_of_unit", _("{name} bukan agen Layer 2 unit ini."), name=str(holder))
    escalation.taken_by, escalation.taken_at = holder, at
    status = escalation.status if escalation.status == Status.RETURNED else Status.TAKEN
    move(escalation, status, code, at, actor, "", "taken_by", "taken_at", data={"user": holder.username})
    return escalation


def move(
    escalation: Escalation,
    status: str,
    code: str,
    at: datetime,
    actor: User | None,
    reason: str,
    *fields: str,
    data: dict[str, Any] | None = None,
) -> None:
    """Store the new status and the fields set so far; the clock is wound anew where it starts or stops."""
    before, escalation.status = escalation.status, status
    if (before in RUNNING) != (status in RUNNING):
        escalation.drops_at = winding.drops_at(escalation, at) if status in RUNNING else None
        fields = (*fields, "drops_at")
    escalation.save(update_fields=["status", *fields])
    record(escalation, code, at, actor, before, status, reason, data)


def close(
    escalation: Escalation,
    status: str,
    code: str,
    at: datetime,
    actor: User | None,
    reason: str,
    *fields: str,
    data: dict[str, Any] | None = None,
) -> None:
    """As `move`, for good."""
    escalation.closed_at = at
    move(escalation, status, code, at, actor, reason, "closed_at", *fields, data=data)


def record(
    escalation: Escalation,
    code: str,
    at: datetime,
    actor: User | None,
    from_value: str = "",
    to_value: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> EscalationEvent:
    """Append the event; pages that show the ticket or its unit's queue hear of it."""
    ticket_changed(escalation.ticket_id)
    return EscalationEvent.objects.create(
        escalation=escalation,
        at=at,
        actor=actor,
        code=code,
        from_value=from_value,
        to_value=to_value,
        reason=reason,
        data=data or {},
    )


def end_pause(escalation: Escalation, at: datetime) -> None:
    escalation.pauses.filter(resumed_at=None).update(resumed_at=at)


def attach(escalation: Escalation, files: Files, kind: EscalationFile.Kind) -> None:
    """Put files on the escalation, behind those that are there; the same content once."""
    there = set(escalation.files.filter(kind=kind).values_list("file_id", flat=True))
    new = [(file, name) for file, name in files if file.pk not in there]
    EscalationFile.objects.bulk_create(
        EscalationFile(escalation=escalation, kind=kind, file=file, name=name[:255], position=len(there) + number)
        for number, (file, name) in enumerate(dict(new).items())
    )


def needed(text: str, code: str, message: Any) -> str:
    if not text.strip():
        raise Refused(code, message)
    return text.strip()
