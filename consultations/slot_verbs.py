"""Slot patterns and their exceptions, as administrators and supervisors change them; each change is logged."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consultations.models import Mode, Reservation, Room, SlotException, SlotPattern
from consultations.slot_overlaps import refuse_extra, refuse_pattern
from consultations.slots import Span
from kernel.errors import Refused
from kernel.locks import lock
from kernel.months import JAKARTA
from people.log import log_access
from people.models import User
from people.units import unit_on

DAY = 24 * 60
LONGEST_EXCEPTION = 366  # days


@transaction.atomic
def add_pattern(
    *,
    mode: str,
    weekdays: Sequence[int],
    hours: Span,
    slot_minutes: int,
    valid_from: date,
    unit_code: str = "",
    room: Room | None = None,
    expert: User | None = None,
    buffer_minutes: int = 0,
    capacity: int = 1,
    lead_working_days: int | None = None,
    cutoff: int = DAY,
    at: datetime,
    actor: User | None,
) -> SlotPattern:
    """Offer slots from that day on. Times are minutes from midnight in Jakarta; the slots are cut by `slots.py`.

    Raises Refused, also where another pattern offers the room or the expert at that time (`slot_overlaps.py`).
    """
    opens, closes = hours
    days = sorted(set(weekdays))
    if not days or not set(days) <= set(range(7)):
        raise Refused("slot.needs_days", _("Pilih sedikitnya satu hari."))
    if not 0 <= opens < closes <= DAY or not 0 < slot_minutes <= closes - opens or not 0 <= cutoff <= DAY:
        raise Refused("slot.bad_hours", _("Jam mulai harus sebelum jam selesai, dengan ruang untuk satu slot."))
    if capacity < 1 or (capacity > 1 and (room or expert)):
        raise Refused("slot.one_place", _("Slot dengan ruangan atau narasumber hanya untuk satu konsultasi."))
    if mode == Mode.VIDEO and room is not None:
        raise Refused("slot.no_room", _("Video conference tidak memerlukan ruangan."))
    if room is not None and not room.active:
        raise Refused("room.inactive", _("Ruangan ini tidak dipakai lagi. Pilih ruangan lain."))
    refuse_pattern(room=room, expert=expert, weekdays=days, hours=hours, valid_from=valid_from)
    row = SlotPattern.objects.create(
        mode=mode,
        weekdays=days,
        opens=opens,
        closes=closes,
        slot_minutes=slot_minutes,
        buffer_minutes=buffer_minutes,
        capacity=capacity,
        unit_code=unit_on(unit_code, valid_from).code if unit_code else "",
        room=room,
        expert=expert,
        lead_working_days=lead_working_days,
        cutoff=cutoff,
        valid_from=valid_from,
    )
    log_access(user=actor, action="slot.added", record=row, at=at)
    return row


@transaction.atomic
def end_pattern(
    *, pattern: SlotPattern, valid_to: date, at: datetime, actor: User | None, reason: str = ""
) -> SlotPattern:
    """Offer nothing from that day on; what is booked stays booked."""
    pattern = lock(pattern)
    if valid_to < at.astimezone(JAKARTA).date():
        raise Refused("slot.past", _("Tanggal berakhir tidak boleh di masa lalu."))
    if pattern.valid_to is not None and pattern.valid_to <= valid_to:
        raise Refused("slot.ended", _("Pola ini sudah berakhir sebelumnya."))
    pattern.valid_to = max(valid_to, pattern.valid_from)
    pattern.save(update_fields=["valid_to"])
    log_access(user=actor, action="slot.ended", record=pattern, reason=f"{valid_to} {reason}".strip(), at=at)
    return pattern


@transaction.atomic
def add_exception(
    *,
    starts_on: date,
    ends_on: date,
    reason: str,
    pattern: SlotPattern | None = None,
    unit_code: str = "",
    room: Room | None = None,
    expert: User | None = None,
    hours: Span | None = None,
    at: datetime,
    actor: User | None,
) -> SlotException:
    """Offer nothing on those days, or at those hours; for a pattern `hours` are what it offers instead.

    What is booked already stays, and `clashes` tells it.
    """
    if ends_on < starts_on or (ends_on - starts_on).days >= LONGEST_EXCEPTION:
        raise Refused("slot.bad_days", _("Tanggal selesai harus setelah tanggal mulai, paling lama setahun."))
    if hours is not None and not 0 <= hours[0] < hours[1] <= DAY:
        raise Refused("slot.bad_hours", _("Jam mulai harus sebelum jam selesai, dengan ruang untuk satu slot."))
    if not reason.strip():
        raise Refused("slot.needs_reason", _("Tulis alasan pengecualian."))
    if pattern is not None and hours is not None:
        refuse_extra(pattern=pattern, starts_on=starts_on, ends_on=ends_on, hours=hours)
    row = SlotException.objects.create(
        starts_on=starts_on,
        ends_on=ends_on,
        pattern=pattern,
        unit_code=unit_on(unit_code, starts_on).code if unit_code else "",
        room=room,
        expert=expert,
        opens=hours[0] if hours else None,
        closes=hours[1] if hours else None,
        reason=reason.strip()[:150],
    )
    log_access(user=actor, action="slot_day.added", record=row, reason=row.reason, at=at)
    return row


@transaction.atomic
def remove_exception(*, exception: SlotException, at: datetime, actor: User | None, reason: str = "") -> None:
    """Offer as the pattern says again. What lies in the past stays as it was."""
    exception = lock(exception)
    if exception.ends_on < at.astimezone(JAKARTA).date():
        raise Refused("slot.past_exception", _("Pengecualian yang sudah lewat tidak dapat dihapus."))
    told = f"{exception.starts_on} {exception.reason} {reason}".strip()
    log_access(user=actor, action="slot_day.removed", record=exception, reason=told[:255], at=at)
    exception.delete()


def clashes(exception: SlotException) -> list[Reservation]:
    """Reservations that stand although the exception closes their slot: they are to be moved."""
    rows = Reservation.objects.filter(status__in=("REQUESTED", "CHECKED", "CONFIRMED"), slot__isnull=False)
    wanted: dict[str, Any] = {"slot": exception.pattern, "room": exception.room, "expert": exception.expert}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    if exception.unit_code:
        rows = rows.filter(unit__code=exception.unit_code)
    found = []
    for row in rows.filter(starts_at__date__range=(exception.starts_on, exception.ends_on)).order_by("starts_at"):
        start, end = (_minutes(moment) for moment in (row.starts_at, row.ends_at))
        spans = [(0, DAY)] if exception.opens is None else [(exception.opens, exception.closes or DAY)]
        inside = any(start < stop and begin < end for begin, stop in spans)
        if inside != (exception.pattern is not None and exception.opens is not None):
            found.append(row)
    return found


def _minutes(moment: datetime) -> int:
    local = moment.astimezone(JAKARTA)
    return local.hour * 60 + local.minute
