"""A place in a slot: taken with the request, given on to whoever waits when it is free again."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.journal import append, day_of
from consultations.models import Reservation, SlotPattern
from consultations.occupying import occupying, slot_full
from consultations.offering import offer_at
from kernel.errors import Refused
from kernel.locks import lock_names


def take_place(slot: SlotPattern, starts_at: datetime, *, may_wait: bool, at: datetime) -> dict[str, Any]:
    """What the reservation of that slot holds: its seat, room and expert, and until when. Needs a transaction.

    Raises Refused: `slot.unknown`, and `reservation.slot_full` unless it may wait.
    """
    lock_names(f"slot:{slot.pk}:{day_of(starts_at)}")
    offer = offer_at(slot, starts_at)
    if offer is None:
        raise Refused("slot.unknown", _("Slot ini tidak tersedia. Pilih slot lain."))
    given = {"slot": slot, "ends_at": offer.slot.ends_at, "blocked_until": offer.slot.blocked_until}
    if offer.seat is not None:
        return {**given, "seat": offer.seat, "room": offer.room, "expert": offer.expert}
    if not may_wait:
        raise slot_full()
    return {**given, "waiting_since": at}


def fill_place(gone: Reservation, *, at: datetime) -> Reservation | None:
    """Give the place that `gone` no longer needs to who has waited longest; None where nobody waits or it is past."""
    if gone.slot is None or gone.waiting_since is not None or gone.starts_at <= at:
        return None
    lock_names(f"slot:{gone.slot.pk}:{day_of(gone.starts_at)}")
    offer = offer_at(gone.slot, gone.starts_at)
    waiting = Reservation.objects.select_for_update(of=("self",)).filter(
        slot=gone.slot, starts_at=gone.starts_at, status__in=("REQUESTED", "CHECKED"), waiting_since__isnull=False
    )
    first = waiting.order_by("waiting_since", "pk").first()
    if offer is None or offer.seat is None or first is None:
        return None
    first.seat, first.room, first.expert, first.waiting_since = offer.seat, offer.room, offer.expert, None
    with occupying():
        first.save(update_fields=["seat", "room", "expert", "waiting_since"])
    append(first, "reservation.moved_up", at=at, actor=None, from_value=gone.number, reason=gone.number)
    return first
