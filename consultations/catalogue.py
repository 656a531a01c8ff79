"""The circular's limits and the rooms, as administrators change them; each change is logged."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consultations.models import ConsultationRule, Reservation, Room
from consultations.rules import Limits
from kernel.dated import supersede, withdraw
from kernel.errors import Refused
from kernel.locks import lock, lock_names
from kernel.months import JAKARTA
from people.log import log_access
from people.models import User


@transaction.atomic
def change_consultation_rule(
    *, valid_from: date, limits: Limits, basis: str, at: datetime, actor: User | None
) -> ConsultationRule:
    """Other limits for consultations held from that day on; those already held keep their verdict."""
    if not 0 <= limits.slot_opens < limits.slot_closes <= 24 * 60 or not 0 < limits.slot_minutes <= 24 * 60:
        raise Refused("consultation.bad_slot", _("Jam mulai harus sebelum jam selesai."))
    if limits.guest_limit < 1:
        raise Refused("consultation.bad_limit", _("Batas tamu sedikitnya 1 orang."))
    rule = supersede(
        ConsultationRule,
        valid_from=valid_from,
        today=at.astimezone(JAKARTA).date(),
        guest_limit=limits.guest_limit,
        lead_working_days=limits.lead_working_days,
        letter_required=limits.letter_required,
        slot_opens=limits.slot_opens,
        slot_closes=limits.slot_closes,
        slot_minutes=limits.slot_minutes,
        month_limit=limits.month_limit,
        basis=basis.strip(),
    )
    log_access(user=actor, action="visit_rule.changed", record=rule, reason=basis, at=at)
    return rule


@transaction.atomic
def withdraw_consultation_rule(*, rule: ConsultationRule, at: datetime, actor: User | None, reason: str = "") -> None:
    """Take back limits that have not begun and under which nobody booked; those before them go on."""
    rule = lock(rule)
    log_access(user=actor, action="rule.withdrawn", record=rule, reason=f"{rule.valid_from} {reason}".strip(), at=at)
    withdraw(rule, today=at.astimezone(JAKARTA).date())


@transaction.atomic
def add_room(*, code: str, label: str, capacity: int, directions: str = "", at: datetime, actor: User | None) -> Room:
    """A room that can be booked."""
    code = code.strip().upper()
    lock_names(f"room:{code}")
    if not code or not label.strip() or capacity < 1:
        raise Refused("room.incomplete", _("Isi kode, nama dan daya tampung ruangan."))
    if Room.objects.filter(code=code).exists():
        raise Refused("room.taken", _("Kode ruangan {code} sudah dipakai."), code=code)
    room = Room.objects.create(code=code, label=label.strip(), capacity=capacity, directions=directions.strip())
    log_access(user=actor, action="room.added", record=room, at=at)
    return room


@transaction.atomic
def change_room(
    *, room: Room, label: str, capacity: int, directions: str = "", at: datetime, actor: User | None
) -> Room:
    """Its name, how many it holds, how guests get there; invitations to come say so."""
    room = lock(room)
    if not label.strip() or capacity < 1:
        raise Refused("room.incomplete", _("Isi kode, nama dan daya tampung ruangan."))
    room.label, room.capacity, room.directions = label.strip(), capacity, directions.strip()
    room.save(update_fields=["label", "capacity", "directions"])
    log_access(user=actor, action="room.changed", record=room, at=at)
    return room


@transaction.atomic
def retire_room(*, room: Room, at: datetime, actor: User | None, reason: str = "") -> Room:
    """Not to be booked any more; refused while someone is coming to it."""
    room = lock(room)
    coming = room.reservations.filter(status=Reservation.Status.CONFIRMED, starts_at__gt=at)
    if coming.exists():
        raise Refused("room.in_use", _("Ruangan ini masih dipesan. Pindahkan reservasinya dahulu."))
    room.active = False
    room.save(update_fields=["active"])
    log_access(user=actor, action="room.retired", record=room, reason=reason, at=at)
    return room


@transaction.atomic
def restore_room(*, room: Room, at: datetime, actor: User | None, reason: str = "") -> Room:
    """To be booked again."""
    room = lock(room)
    if room.active:
        raise Refused("room.active", _("Ruangan ini sudah dapat dipesan."))
    room.active = True
    room.save(update_fields=["active"])
    log_access(user=actor, action="room.restored", record=room, reason=reason, at=at)
    return room
