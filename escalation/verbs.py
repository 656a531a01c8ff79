"""The life of an escalation: open, taken, returned, answered, transferred, recalled (rules 3.1 to 3.7).

Each verb locks the ticket and then the escalation, checks the move, writes, and appends one event. `at`
is an aware moment, `actor` a User or None; `Refused` when the rules do not allow the move.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from escalation import ticket_side
from escalation.models import Escalation, EscalationEvent, EscalationPause
from escalation.tasks import score_answers
from escalation.ticket_side import RUNNING, UNFINISHED
from kernel.errors import Refused
from kernel.locks import lock
from kernel.months import JAKARTA
from people.models import Role, StaffRole, Unit, User
from tickets.models import Ticket

Status = Escalation.Status
NEVER_ESCALATED = "NON_DJPK"


@transaction.atomic
def escalate(
    ticket: Ticket, *, unit: Unit, question: str = "", urgent: bool = False, at: datetime, actor: User | None
) -> Escalation:
    """Hand a question to a unit. Its clock starts at `at`, or at the next opening when the office is closed.

    Several units may work in parallel, each with its own row; one unit only once at a time.
    """
    ticket = lock(ticket)
    if at < ticket.created_at:
        raise Refused("escalation.time_order", _("Waktu eskalasi mendahului tiketnya."))
    if ticket.merged_into_id or ticket.status == Ticket.Status.CLOSED:
        raise Refused(
            "escalation.ticket_closed", _("Tiket {number} sudah selesai atau digabung."), number=ticket.number
        )
    if ticket.topic and ticket.topic.code == NEVER_ESCALATED:
        raise Refused(
            "escalation.not_ours",
            _("Pertanyaan Non-DJPK dijawab dengan rujukan, tidak dieskalasi. Ubah topiknya dahulu."),
        )
    escalation = _open(ticket, unit, at, actor, question=question.strip(), urgent=urgent)
    ticket_side.asked(escalation, at=at, actor=actor)
    return escalation


@transaction.atomic
def take(escalation: Escalation, *, at: datetime, actor: User) -> Escalation:
    """The actor works on it from now on. Refused when somebody else has it (see `assign`)."""
    return _give(escalation, actor, at, actor, only_from=(Status.OPEN,), code="escalation.taken")


@transaction.atomic
def assign(escalation: Escalation, *, assignee: User, at: datetime, actor: User | None) -> Escalation:
    """Give it to a Layer 2 agent of the unit, whoever had it before."""
    return _give(escalation, assignee, at, actor, only_from=UNFINISHED, code="escalation.assigned")


@transaction.atomic
def return_to_layer1(escalation: Escalation, *, reason: str, at: datetime, actor: User | None) -> Escalation:
    """Ask Layer 1 for missing data: the clock stands still until `resume` (rule 3.6)."""
    escalation = _begin(escalation, at, RUNNING)
    reason = _needed(reason, "escalation.needs_reason", _("Tuliskan data yang masih diperlukan."))
    EscalationPause.objects.create(escalation=escalation, paused_at=at, reason=reason)
    _move(escalation, Status.RETURNED, "escalation.returned", at, actor, reason)
    ticket_side.released(escalation, at=at, actor=actor, reason=reason)
    return escalation


@transaction.atomic
def resume(escalation: Escalation, *, note: str = "", at: datetime, actor: User | None) -> Escalation:
    """Layer 1 has added what was missing: the clock runs again, with whoever had taken it."""
    escalation = _begin(escalation, at, (Status.RETURNED,))
    _end_pause(escalation, at)
    status = Status.TAKEN if escalation.taken_by_id else Status.OPEN
    _move(escalation, status, "escalation.resumed", at, actor, note.strip())
    ticket_side.asked(escalation, at=at, actor=actor, resumed=True)
    return escalation


@transaction.atomic
def answer(escalation: Escalation, *, answer: str, at: datetime, actor: User | None) -> Escalation:
    """Give the first answer of substance: the clock stops, and a worker scores it.

    Also while it is returned to Layer 1; the pause then ends with the answer. A second answer is refused.
    """
    escalation = _begin(escalation, at, UNFINISHED)
    text = _needed(answer, "escalation.needs_answer", _("Jawaban wajib diisi."))
    _end_pause(escalation, at)
    escalation.answer, escalation.answered_at, escalation.answered_by = text, at, actor
    _close(escalation, Status.ANSWERED, "escalation.answered", at, actor, "", "answer", "answered_at", "answered_by")
    ticket_side.answered(escalation, at=at, actor=actor)
    _after_commit(lambda: score_answers.delay(escalation_ids=[escalation.pk]))
    return escalation


@transaction.atomic
def transfer(escalation: Escalation, *, unit: Unit, reason: str, at: datetime, actor: User | None) -> Escalation:
    """Hand it to another unit: this row closes without a score, the new one has its own clock (rule 3.6)."""
    escalation = _begin(escalation, at, UNFINISHED)
    reason = _needed(reason, "escalation.needs_reason", _("Alasan pengalihan wajib diisi."))
    if unit.pk == escalation.unit_id:
        raise Refused("escalation.same_unit", _("Eskalasi ini sudah berada pada unit tersebut."))
    _end_pause(escalation, at)
    data = {"unit": unit.code}
    _close(escalation, Status.TRANSFERRED, "escalation.transferred", at, actor, reason, data=data)
    successor = _open(
        escalation.ticket,
        unit,
        at,
        actor,
        question=escalation.question,
        urgent=escalation.urgent,
        via_app=escalation.via_app,
        transferred_from=escalation,
    )
    ticket_side.released(escalation, at=at, actor=actor, reason=reason)
    ticket_side.asked(successor, at=at, actor=actor)
    return successor


@transaction.atomic
def recall(escalation: Escalation, *, reason: str, at: datetime, actor: User | None) -> Escalation:
    """Layer 1 takes the question back: it closes without a score."""
    escalation = _begin(escalation, at, UNFINISHED)
    reason = _needed(reason, "escalation.needs_reason", _("Alasan penarikan wajib diisi."))
    _end_pause(escalation, at)
    _close(escalation, Status.RECALLED, "escalation.recalled", at, actor, reason)
    ticket_side.released(escalation, at=at, actor=actor, reason=reason)
    return escalation


@transaction.atomic
def exclude_from_score(escalation: Escalation, *, reason: str, at: datetime, actor: User | None) -> Escalation:
    """Leave an answer out of the averages; the score stays on the row and the reason enters the report."""
    escalation = _begin(escalation, at, (Status.ANSWERED,))
    if escalation.excluded:
        raise Refused("escalation.excluded", _("Eskalasi ini sudah dikeluarkan dari capaian."))
    reason = _needed(reason, "escalation.needs_reason", _("Alasan pengecualian wajib diisi."))[:255]
    escalation.excluded, escalation.excluded_reason = True, reason
    escalation.save(update_fields=["excluded", "excluded_reason"])
    _record(escalation, "escalation.excluded", at, actor, reason=reason)
    return escalation


@transaction.atomic
def include_in_score(escalation: Escalation, *, reason: str, at: datetime, actor: User | None) -> Escalation:
    """Take an exclusion back; the score counts again as it was."""
    escalation = _begin(escalation, at, (Status.ANSWERED,))
    if not escalation.excluded:
        raise Refused("escalation.not_excluded", _("Eskalasi ini tidak sedang dikecualikan."))
    reason = _needed(reason, "escalation.needs_reason", _("Alasan wajib diisi."))
    escalation.excluded, escalation.excluded_reason = False, ""
    escalation.save(update_fields=["excluded", "excluded_reason"])
    _record(escalation, "escalation.included", at, actor, reason=reason)
    return escalation


def _begin(escalation: Escalation, at: datetime, allowed: tuple[Status, ...]) -> Escalation:
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


def _open(ticket: Ticket, unit: Unit, at: datetime, actor: User | None, **fields: Any) -> Escalation:
    day = at.astimezone(JAKARTA).date()
    if unit.valid_from > day or (unit.valid_to and unit.valid_to <= day):
        raise Refused("escalation.unit_not_in_force", _("Unit {unit} tidak berlaku pada tanggal itu."), unit=unit.code)
    if ticket.escalations.filter(unit=unit, status__in=UNFINISHED).exists():
        raise Refused(
            "escalation.already_open", _("Tiket ini sedang ditangani unit {unit}."), unit=f"{unit.code} {unit.short}"
        )
    escalation = Escalation.objects.create(ticket=ticket, unit=unit, escalated_at=at, escalated_by=actor, **fields)
    _record(escalation, "escalation.opened", at, actor, to_value=Status.OPEN, data={"unit": unit.code})
    return escalation


def _give(
    escalation: Escalation, holder: User, at: datetime, actor: User | None, *, only_from: tuple[Status, ...], code: str
) -> Escalation:
    escalation = _begin(escalation, at, only_from)
    roles = StaffRole.objects.filter(user=holder)
    if not roles.filter(role=Role.AGENT_L2, unit__code=escalation.unit.code).exists():
        raise Refused("escalation.not_of_unit", _("{name} bukan agen Layer 2 unit ini."), name=str(holder))
    escalation.taken_by, escalation.taken_at = holder, at
    status = escalation.status if escalation.status == Status.RETURNED else Status.TAKEN
    _move(escalation, status, code, at, actor, "", "taken_by", "taken_at", data={"user": holder.username})
    return escalation


def _move(
    escalation: Escalation,
    status: str,
    code: str,
    at: datetime,
    actor: User | None,
    reason: str,
    *fields: str,
    data: dict[str, Any] | None = None,
) -> None:
    before, escalation.status = escalation.status, status
    escalation.save(update_fields=["status", *fields])
    _record(escalation, code, at, actor, before, status, reason, data)


def _close(
    escalation: Escalation,
    status: str,
    code: str,
    at: datetime,
    actor: User | None,
    reason: str,
    *fields: str,
    data: dict[str, Any] | None = None,
) -> None:
    escalation.closed_at = at
    _move(escalation, status, code, at, actor, reason, "closed_at", *fields, data=data)


def _record(
    escalation: Escalation,
    code: str,
    at: datetime,
    actor: User | None,
    from_value: str = "",
    to_value: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    EscalationEvent.objects.create(
        escalation=escalation,
        at=at,
        actor=actor,
        code=code,
        from_value=from_value,
        to_value=to_value,
        reason=reason,
        data=data or {},
    )


def _end_pause(escalation: Escalation, at: datetime) -> None:
    escalation.pauses.filter(resumed_at=None).update(resumed_at=at)


def _needed(text: str, code: str, message: Any) -> str:
    if not text.strip():
        raise Refused(code, message)
    return text.strip()


def _after_commit(wake: Callable[[], object]) -> None:
    """Wake a worker; if the broker is away, the sweep finds the row. No partial: Django logs the name of `wake`."""
    transaction.on_commit(wake, robust=True)
