"""Asking several units: side by side, each with its own clock, or one after another.

A unit that comes later has no clock until the one before it has answered: nobody is charged for another's time.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from escalation import ticket_side
from escalation.models import Escalation, EscalationFile, PlannedEscalation
from escalation.steps import Files, attach, open_row, record
from escalation.ticket_side import UNFINISHED
from kernel.errors import Refused
from kernel.locks import lock
from people.models import Unit, User
from tickets.models import Ticket

NEVER_ESCALATED = "NON_DJPK"
_WAITING = {"opened": None, "dropped_at": None}


@transaction.atomic
def escalate(
    ticket: Ticket,
    *,
    unit: Unit,
    question: str = "",
    urgent: bool = False,
    at: datetime,
    actor: User | None,
    **more: Any,
) -> Escalation:
    """Hand a question to a unit. Its clock starts at `at`, or at the next opening when the office is closed.

    One unit only once at a time. `more` as in `ask_units`.
    """
    return ask_units(ticket, units=[unit], question=question, urgent=urgent, at=at, actor=actor, **more)[0]


@transaction.atomic
def ask_units(
    ticket: Ticket,
    *,
    units: Sequence[Unit],
    one_after_another: bool = False,
    question: str = "",
    tried: str = "",
    urgent: bool = False,
    may_answer_requester: bool = False,
    follows: Escalation | None = None,
    files: Files = (),
    at: datetime,
    actor: User | None,
) -> list[Escalation]:
    """Ask these units, all at once or in this order; returns the escalations that are open now.

    `tried`: what Layer 1 has done so far. `files` are chosen for the units. `follows`: an answer that is asked about
    again. Refused: `escalation.needs_unit`, `escalation.same_unit`, `escalation.already_open` and those of the ticket.
    """
    ticket = lock(ticket)
    _check_ticket(ticket, at)
    if not units:
        raise Refused("escalation.needs_unit", _("Pilih unit yang dituju."))
    if len({unit.pk for unit in units}) < len(units):
        raise Refused("escalation.same_unit", _("Unit yang sama dipilih dua kali."))
    if follows is not None and (follows.ticket_id != ticket.pk or follows.status != Escalation.Status.ANSWERED):
        raise Refused("escalation.follows", _("Hanya jawaban pada tiket ini yang dapat ditanyakan lagi."))
    given = {
        "question": question.strip(),
        "tried": tried.strip(),
        "urgent": urgent,
        "may_answer_requester": may_answer_requester,
        "follows": follows,
    }
    first, later = (units[:1], units[1:]) if one_after_another else (units, [])
    chosen = list(files)
    opened = [_ask(ticket, unit, chosen, at, actor, **given) for unit in first]
    _plan(opened[-1], later, at, actor)
    return opened


def open_next(escalation: Escalation, *, at: datetime, actor: User | None) -> Escalation | None:
    """The unit that comes after one that has answered is asked now; the others wait for it."""
    waiting = list(escalation.planned.filter(**_WAITING).select_related("unit"))
    for plan in waiting:
        if escalation.ticket.escalations.filter(unit=plan.unit, status__in=UNFINISHED).exists():
            _drop(plan, at)  # it was asked meanwhile
            continue
        successor = _ask(
            escalation.ticket,
            plan.unit,
            [(row.file, row.name) for row in escalation.files.filter(kind=EscalationFile.Kind.QUESTION)],
            at,
            actor,
            question=escalation.question,
            tried=escalation.tried,
            urgent=escalation.urgent,
            may_answer_requester=escalation.may_answer_requester,
        )
        plan.opened = successor
        plan.save(update_fields=["opened"])
        hand_on_plans(escalation, successor)
        return successor
    return None


def hand_on_plans(escalation: Escalation, successor: Escalation) -> None:
    """Units that were to come after one now come after its successor."""
    escalation.planned.filter(**_WAITING).update(after=successor)


def drop_plans(escalation: Escalation, *, at: datetime) -> None:
    """The question was taken back: nobody else is asked it."""
    escalation.planned.filter(**_WAITING).update(dropped_at=at)


@transaction.atomic
def cancel_plan(plan: PlannedEscalation, *, at: datetime, actor: User | None) -> PlannedEscalation:
    """Not that unit after all. Refused: `escalation.not_planned`."""
    lock(plan.ticket)
    plan = lock(plan)
    if plan.opened_id or plan.dropped_at:
        raise Refused("escalation.not_planned", _("Unit ini sudah ditanya atau rencananya sudah dibatalkan."))
    _drop(plan, at)
    record(plan.after, "escalation.plan_cancelled", at, actor, data={"unit": plan.unit.code})
    return plan


def _ask(ticket: Ticket, unit: Unit, files: Files, at: datetime, actor: User | None, **given: Any) -> Escalation:
    escalation = open_row(ticket, unit, at, actor, **given)
    attach(escalation, files, EscalationFile.Kind.QUESTION)
    ticket_side.asked(escalation, at=at, actor=actor)
    return escalation


def _plan(after: Escalation, units: Sequence[Unit], at: datetime, actor: User | None) -> None:
    for position, unit in enumerate(units):
        if after.ticket.planned_escalations.filter(unit=unit, **_WAITING).exists():
            raise Refused("escalation.already_planned", _("Unit {unit} sudah direncanakan."), unit=unit.code)
        PlannedEscalation.objects.create(
            ticket=after.ticket, unit=unit, after=after, position=position, planned_at=at, planned_by=actor
        )
        record(after, "escalation.planned", at, actor, data={"unit": unit.code})


def _drop(plan: PlannedEscalation, at: datetime) -> None:
    plan.dropped_at = at
    plan.save(update_fields=["dropped_at"])


def _check_ticket(ticket: Ticket, at: datetime) -> None:
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
