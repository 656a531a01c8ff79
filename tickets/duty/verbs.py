"""Changing the roster: dated rows, of which none is deleted, and an event for each change."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from kernel.months import JAKARTA
from messaging.reference import CHANNELS
from people.access import TICKET_WORKERS, has_role
from people.models import User
from tickets.models import DutyEvent, DutyShift


@dataclass(frozen=True, slots=True)
class Duty:
    """What a row of the roster says; `valid_until` is its last day, None without one."""

    agent: User
    opens: int
    closes: int
    valid_from: date
    valid_until: date | None = None
    weekdays: Collection[int] = ()
    channels: Collection[str] = ()
    off: bool = False


@transaction.atomic
def add_shift(*, duty: Duty, at: datetime, actor: User | None) -> DutyShift:
    """A new row, from today on at the earliest.

    Refused: `duty.not_an_agent`, `duty.hours`, `duty.weekday`, `duty.channel`, `duty.range`, `duty.past`.
    """
    _check(duty, at)
    row = DutyShift.objects.create(
        agent=duty.agent,
        off=duty.off,
        weekdays=sorted(set(duty.weekdays)),
        opens=duty.opens,
        closes=duty.closes,
        channels=sorted(set(duty.channels)),
        valid_from=duty.valid_from,
        valid_to=duty.valid_until + timedelta(days=1) if duty.valid_until else None,
    )
    DutyEvent.objects.create(shift=row, code="duty.added", at=at, actor=actor)
    return row


@transaction.atomic
def end_shift(*, shift: DutyShift, at: datetime, actor: User | None) -> DutyShift:
    """No such row from today on; one that has not begun never does. Refused: `duty.ended`."""
    return _end(shift, _today(at), "duty.ended", at, actor)


@transaction.atomic
def change_shift(*, shift: DutyShift, duty: Duty, at: datetime, actor: User | None) -> DutyShift:
    """Another row instead of this one, from its first day on. Raises what `add_shift` and `end_shift` do."""
    _check(duty, at)
    _end(shift, max(_today(at), duty.valid_from), "duty.changed", at, actor)
    return add_shift(duty=duty, at=at, actor=actor)


def _end(shift: DutyShift, day: date, code: str, at: datetime, actor: User | None) -> DutyShift:
    shift = lock(shift)
    if shift.valid_to is not None and shift.valid_to <= max(_today(at), shift.valid_from):
        raise Refused("duty.ended", _("Baris piket ini sudah berakhir."))
    before = shift.valid_to
    shift.valid_to = max(shift.valid_from, min(day, before or day))
    shift.save(update_fields=["valid_to"])
    DutyEvent.objects.create(
        shift=shift, code=code, at=at, actor=actor, from_value=str(before or ""), to_value=str(shift.valid_to)
    )
    return shift


def _check(duty: Duty, at: datetime) -> None:
    if not has_role(duty.agent, TICKET_WORKERS):
        raise Refused("duty.not_an_agent", _("{name} tidak melayani tiket. Pilih agen lain."), name=str(duty.agent))
    if not 0 <= duty.opens < duty.closes <= 1440:
        raise Refused("duty.hours", _("Jam selesai harus setelah jam mulai, paling lambat 24.00."))
    if not set(duty.weekdays) <= set(range(7)):
        raise Refused("duty.weekday", _("Hari ini tidak dikenal."))
    known = {row.code for row in CHANNELS().values() if row.makes_tickets}
    if unknown := sorted(set(duty.channels) - known):
        raise Refused("duty.channel", _("Kanal {label} tidak membuat tiket. Pilih kanal lain."), label=unknown[0])
    if duty.valid_from < _today(at):
        raise Refused("duty.past", _("Tanggal mulai berlaku tidak boleh di masa lalu."))
    if duty.valid_until is not None and duty.valid_until < duty.valid_from:
        raise Refused("duty.range", _("Tanggal selesai mendahului tanggal mulai."))


def _today(at: datetime) -> date:
    return at.astimezone(JAKARTA).date()
