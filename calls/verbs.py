"""Everything that may happen to a call: told by the exchange, logged by an agent, called back."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from calls.extensions import EXTENSIONS
from calls.folding import Signal, fold
from calls.models import Call, CallEvent, CallSignal
from kernel.errors import Refused
from kernel.locks import lock
from messaging.models import Connection
from people.contacts import survivor_of
from people.models import Contact, ContactHandle, User
from tickets.live.announce import phones_ring
from tickets.models import Ticket


@transaction.atomic
def take_signal(*, signal: Signal, at: datetime, line: Connection | None = None) -> tuple[Call, bool]:
    """Take down what the exchange (`line`) said, received `at`; and whether it was new.

    The same event again changes nothing, however many workers bring it at once; the row is what all events
    of the call add up to, so their order does not matter.
    """
    call, _new = Call.objects.get_or_create(
        call_id=signal.call_id, defaults={"started_at": signal.at, "connection": line}
    )
    call = lock(call)
    heard = {"kind": signal.kind, "at": signal.at, "received_at": at, "data": _kept(signal)}
    _told, new = CallSignal.objects.get_or_create(call=call, key=signal.key, defaults=heard)
    if not new:
        return call, False
    before = call.agent_id
    _put(call, [_read(row, call.call_id) for row in call.signals.all()])
    if people := {pk for pk in (before, call.agent_id) if pk}:
        phones_ring(people)
    return call, True


@transaction.atomic
def begin_logged(
    *, number: str, direction: str, contact: Contact, started_at: datetime, at: datetime, actor: User
) -> Call:
    """A call that the exchange told nothing of, ended `at`; the agent wrote it down."""
    return Call.objects.create(
        call_id=f"log:{uuid.uuid4()}", source=Call.Source.LOG, direction=direction, status=Call.Status.ENDED,
        number=number, contact=contact, agent=actor, started_at=started_at, answered_at=started_at, ended_at=at,
    )  # fmt: skip


@transaction.atomic
def put_on_ticket(*, call: Call, ticket: Ticket, at: datetime, actor: User | None) -> Call:
    """The call belongs to this ticket, and to its requester."""
    call = lock(call)
    if call.ticket_id == ticket.pk:
        return call
    if call.ticket_id:
        raise Refused("call.has_ticket", _("Panggilan ini sudah dicatat pada tiket lain."))
    call.ticket, call.contact = ticket, ticket.contact
    call.agent = call.agent or actor
    call.save(update_fields=["ticket", "contact", "agent"])
    _append(call, "call.logged", at=at, actor=actor, to_value=ticket.number)
    if call.agent_id:
        phones_ring({call.agent_id})
    return call


@transaction.atomic
def call_back(*, call: Call, at: datetime, actor: User | None) -> Call:
    """The missed caller was called back; all their earlier missed calls are done with it."""
    call = lock(call)
    _check_missed(call)
    if call.called_back_at:
        raise Refused("call.called_back", _("Panggilan ini sudah ditelepon balik."))
    same = Call.objects.filter(number=call.number, status=Call.Status.MISSED, called_back_at=None)
    earlier = same.filter(started_at__lte=call.started_at).exclude(pk=call.pk) if call.number else same.none()
    for row in [call, *earlier.select_for_update()]:
        row.called_back_at, row.called_back_by = at, actor
        row.save(update_fields=["called_back_at", "called_back_by"])
        _append(row, "call.called_back", at=at, actor=actor)
    return call


@transaction.atomic
def undo_call_back(*, call: Call, at: datetime, actor: User | None) -> Call:
    """It still has to be called back after all."""
    call = lock(call)
    _check_missed(call)
    if not call.called_back_at:
        raise Refused("call.not_called_back", _("Panggilan ini belum ditelepon balik."))
    call.called_back_at = call.called_back_by = None
    call.save(update_fields=["called_back_at", "called_back_by"])
    _append(call, "call.call_back_undone", at=at, actor=actor)
    return call


def _put(call: Call, signals: list[Signal]) -> None:
    """Set the row to what the signals add up to; what people did with the call stays."""
    facts = fold(signals)
    for name in ("status", "direction", "extension", "answered_at", "ended_at", "hold_seconds", "recording_url"):
        setattr(call, name, getattr(facts, name))
    call.number, call.started_at = facts.number, facts.started_at or call.started_at
    if call.ticket_id is None:
        call.contact, call.agent_id = _caller(facts.number), EXTENSIONS().get(facts.extension)
    if call.status != Call.Status.MISSED:
        call.called_back_at = call.called_back_by = None
    call.save()


def _caller(number: str) -> Contact | None:
    found = ContactHandle.objects.filter(kind=ContactHandle.Kind.PHONE, value=number) if number else None
    row = found.select_related("contact__merged_into").first() if found is not None else None
    return survivor_of(row.contact) if row else None


def _kept(signal: Signal) -> dict[str, str]:
    named = ("number", "direction", "extension", "recording_url")
    return {name: value for name in named if (value := getattr(signal, name))}


def _read(row: CallSignal, call_id: str) -> Signal:
    return Signal(call_id=call_id, kind=row.kind, at=row.at, key=row.key, **row.data)


def _check_missed(call: Call) -> None:
    if call.status != Call.Status.MISSED:
        raise Refused("call.not_missed", _("Panggilan ini terjawab."))


def _append(call: Call, code: str, *, at: datetime, actor: User | None, **rest: Any) -> None:
    CallEvent.objects.create(call=call, code=code, at=at, actor=actor, **rest)
