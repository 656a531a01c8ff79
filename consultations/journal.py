"""What the verbs of reservations share: the dated rule, the lock, the event."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.models import ConsultationRule, Reservation, ReservationEvent
from kernel.errors import Refused
from kernel.locks import lock
from kernel.months import JAKARTA
from people.models import User
from tickets.live.announce import place_changed

PLACE = "consultations"
"""The name by which open pages hear that something has changed."""


def consultation_rule_on(day: date) -> ConsultationRule:
    """The rule in force on the day of the consultation. Raises Refused(`consultation.no_rule`)."""
    rule = ConsultationRule.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day).first()
    if rule is None:
        raise Refused("consultation.no_rule", _("Belum ada aturan konsultasi untuk hari itu."))
    return rule


def day_of(moment: datetime) -> date:
    """The day in Jakarta."""
    return moment.astimezone(JAKARTA).date()


def lock_reservation(reservation: Reservation, allowed: Collection[str]) -> Reservation:
    """The locked reservation, if it is in one of the allowed states."""
    reservation = lock(reservation)
    if reservation.status not in allowed:
        raise Refused(
            "reservation.wrong_status",
            _("Reservasi {number} berstatus “{status}”, sehingga langkah ini tidak dapat dilakukan."),
            number=reservation.number,
            status=reservation.get_status_display(),
        )
    return reservation


def move(
    reservation: Reservation,
    status: str,
    code: str,
    *fields: str,
    at: datetime,
    actor: User | None,
    **rest: Any,
) -> Reservation:
    """Store the new status and the fields set so far, and append the event."""
    before = reservation.status
    reservation.status = status
    reservation.save(update_fields=["status", *fields])
    append(reservation, code, at=at, actor=actor, from_value=before, **{"to_value": status, **rest})
    return reservation


def append(reservation: Reservation, code: str, *, at: datetime, actor: User | None, **rest: Any) -> ReservationEvent:
    """Note what happened; pages that show consultations look again."""
    place_changed(PLACE)
    return ReservationEvent.objects.create(reservation=reservation, code=code, at=at, actor=actor, **rest)
