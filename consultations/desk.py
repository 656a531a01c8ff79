"""The front desk: who has come is counted, also over the limit; who comes unannounced is taken in at once."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from consultations.booking import Wish, check_reservation, request_reservation
from consultations.counting import MOST_GUESTS, check_count
from consultations.journal import consultation_rule_on, day_of, lock_reservation, move
from consultations.models import Mode, Reservation, ReservationGuest, Room
from consultations.rules import NEVER_WAIVED
from consultations.verbs import confirm
from kernel.errors import Refused
from kernel.months import JAKARTA
from people.models import User

_S = Reservation.Status
_STEP = timedelta(minutes=5)


@transaction.atomic
def check_in(
    *,
    reservation: Reservation,
    guest_count: int | None = None,
    present: Collection[int] = (),
    others: Sequence[tuple[str, str]] = (),
    at: datetime,
    actor: User | None,
) -> Reservation:
    """The guests are at the front desk; as many as came, also over the limit (rules 4.2).

    `present` are keys of the announced guests that came, `others` (name, post) of those nobody announced. Without
    `guest_count` they are counted. Again, when more come later: whoever was counted stays counted.
    """
    reservation = lock_reservation(reservation, {_S.CONFIRMED, _S.CHECKED_IN})
    if reservation.mode != Mode.FACE_TO_FACE:
        raise Refused("reservation.not_a_visit", _("Hanya tamu konsultasi tatap muka yang dicatat di meja depan."))
    if day_of(at) < day_of(reservation.starts_at):
        raise Refused("reservation.too_early", _("Hari konsultasi ini belum tiba."))
    _note_arrivals(reservation, present, others, at)
    count = guest_count if guest_count is not None else reservation.guests.filter(arrived_at__isnull=False).count()
    check_count(count)
    limit = consultation_rule_on(day_of(reservation.starts_at)).guest_limit
    data = {"guest_count": count, **({"over_limit": count - limit} if count > limit else {})}
    again = reservation.status == _S.CHECKED_IN
    code = "reservation.recounted" if again else "reservation.checked_in"
    return move(reservation, _S.CHECKED_IN, code, at=at, actor=actor, data=data)


@transaction.atomic
def walk_in(*, wish: Wish, room: Room | None = None, reason: str, at: datetime, actor: User) -> Reservation:
    """Guests who come without a reservation: booked for now, waived under the desk's name, checked in.

    Without `room` the first that is free. The wish's own times do not count. Raises Refused.
    """
    if not reason.strip():
        raise Refused("reservation.needs_reason_walk_in", _("Tulis alasan menerima tamu tanpa reservasi."))
    starts_at = next_step(at)
    wish = replace(
        wish, mode=Mode.FACE_TO_FACE, source=Reservation.Source.WALK_IN,
        starts_at=starts_at, ends_at=_end(starts_at), slot=None,
    )  # fmt: skip
    reservation = request_reservation(wish=wish, at=at, actor=actor)
    broken = [row["rule"] for row in reservation.events.get().data["rules"] if row["outcome"] == "BROKEN"]
    waivers = {rule: reason for rule in broken if rule not in NEVER_WAIVED}
    reservation = check_reservation(reservation=reservation, waivers=waivers, at=at, actor=actor)
    room = room or _free_room(reservation)
    if room is None:
        raise Refused("reservation.no_room", _("Semua ruangan sedang dipakai. Tawarkan waktu lain."))
    reservation = confirm(reservation=reservation, room=room, invited=False, at=at, actor=actor)
    present = list(reservation.guests.values_list("pk", flat=True))
    return check_in(reservation=reservation, present=present, at=at, actor=actor)


def next_step(at: datetime) -> datetime:
    """The next full five minutes after `at`."""
    return at + _STEP - timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)


def _end(starts_at: datetime) -> datetime:
    """After one slot, or with the day in Jakarta."""
    day = day_of(starts_at)
    tomorrow = datetime.combine(day + timedelta(days=1), time(), JAKARTA)
    return min(starts_at + timedelta(minutes=consultation_rule_on(day).slot_minutes), tomorrow)


def _note_arrivals(
    reservation: Reservation, present: Collection[int], others: Sequence[tuple[str, str]], at: datetime
) -> None:
    reservation.guests.filter(pk__in=present, arrived_at=None).update(arrived_at=at)
    named = [(name.strip(), post.strip()) for name, post in others if name.strip()]
    if reservation.guests.count() + len(named) > MOST_GUESTS:
        raise Refused("reservation.too_many_guests", _("Daftar tamu terlalu panjang."))
    ReservationGuest.objects.bulk_create(
        ReservationGuest(reservation=reservation, name=name[:160], position=post[:120], arrived_at=at, announced=False)
        for name, post in named
    )


def _free_room(reservation: Reservation) -> Room | None:
    """The first that nobody has then, the buffer after a slot included."""
    busy = Reservation.objects.alias(free_at=Coalesce("blocked_until", "ends_at")).filter(
        status__in=Reservation.OCCUPYING, room__isnull=False,
        starts_at__lt=reservation.ends_at, free_at__gt=reservation.starts_at,
    )  # fmt: skip
    return Room.objects.filter(active=True).exclude(pk__in=busy.values("room")).order_by("code").first()
