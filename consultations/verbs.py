"""The moves of a checked reservation: confirm, cancel, check in, hold, no-show. Booking has its own file."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from consultations.journal import consultation_rule_on, day_of, lock_reservation, move
from consultations.models import (
    Mode,
    Reservation,
    Room,
    VideoConference,
    VideoConferenceTopic,
    Visit,
    VisitTopic,
)
from kernel.errors import Refused
from kernel.locks import lock_names
from kernel.numbering import next_number
from people.models import User

_S = Reservation.Status
_TAKEN = {
    "room_not_double_booked": (
        "reservation.room_taken",
        _("Ruangan sudah dipakai pada waktu itu. Pilih ruangan atau waktu lain."),
    ),
    "expert_not_double_booked": (
        "reservation.expert_taken",
        _("Narasumber sudah punya jadwal pada waktu itu. Pilih narasumber atau waktu lain."),
    ),
}


@transaction.atomic
def confirm(
    *,
    reservation: Reservation,
    room: Room | None = None,
    expert: User | None = None,
    meeting_url: str = "",
    at: datetime,
    actor: User | None,
) -> Reservation:
    """Give a checked reservation its room and expert. The database refuses whom two meetings would need."""
    reservation = lock_reservation(reservation, {_S.CHECKED})
    if at >= reservation.starts_at:
        raise Refused("reservation.past", _("Waktu reservasi ini sudah lewat. Jadwalkan ulang."))
    if reservation.mode == Mode.FACE_TO_FACE and room is None:
        raise Refused("reservation.needs_room", _("Pilih ruangan untuk konsultasi tatap muka."))
    if room is not None and not room.active:
        raise Refused("room.inactive", _("Ruangan ini tidak dipakai lagi. Pilih ruangan lain."))
    reservation.room, reservation.expert, reservation.meeting_url = room, expert, meeting_url
    try:
        with transaction.atomic():
            return move(
                reservation,
                _S.CONFIRMED,
                "reservation.confirmed",
                "room",
                "expert",
                "meeting_url",
                at=at,
                actor=actor,
                data={"room": room.code if room else "", "expert": expert.username if expert else ""},
            )
    except IntegrityError as error:
        raise _taken(error) from error


@transaction.atomic
def cancel(*, reservation: Reservation, reason: str, at: datetime, actor: User | None) -> Reservation:
    """Not wanted any more; room and expert are free again."""
    reservation = lock_reservation(reservation, {_S.REQUESTED, _S.CHECKED, _S.CONFIRMED})
    if not reason.strip():
        raise Refused("reservation.needs_reason", _("Tulis alasan pembatalan."))
    return move(reservation, _S.CANCELLED, "reservation.cancelled", at=at, actor=actor, reason=reason.strip())


@transaction.atomic
def check_in(*, reservation: Reservation, guest_count: int, at: datetime, actor: User | None) -> Reservation:
    """The guests are at the front desk; as many as came, also over the limit (rules 4.2)."""
    reservation = lock_reservation(reservation, {_S.CONFIRMED})
    if reservation.mode != Mode.FACE_TO_FACE:
        raise Refused("reservation.not_a_visit", _("Hanya tamu konsultasi tatap muka yang dicatat di meja depan."))
    if day_of(at) < day_of(reservation.starts_at):
        raise Refused("reservation.too_early", _("Hari konsultasi ini belum tiba."))
    _check_count(guest_count)
    return move(
        reservation, _S.CHECKED_IN, "reservation.checked_in", at=at, actor=actor, data={"guest_count": guest_count}
    )


@transaction.atomic
def hold(
    *, reservation: Reservation, guest_count: int | None = None, note: str = "", at: datetime, actor: User | None
) -> Visit | VideoConference:
    """The consultation took place: it enters the register and counts in the month it was held."""
    reservation = lock_reservation(reservation, {_S.CONFIRMED, _S.CHECKED_IN})
    if at < reservation.starts_at:
        raise Refused("reservation.not_begun", _("Konsultasi ini belum dimulai."))
    if reservation.mode == Mode.VIDEO:
        row: Visit | VideoConference = _conference(reservation, note)
    else:
        row = _visit(reservation, guest_count, note)
    move(reservation, _S.HELD, "reservation.held", at=at, actor=actor, data={"number": row.number})
    return row


@transaction.atomic
def no_show(*, reservation: Reservation, at: datetime, actor: User | None, reason: str = "") -> Reservation:
    """Nobody came. Does not count."""
    reservation = lock_reservation(reservation, {_S.CONFIRMED})
    if at < reservation.starts_at:
        raise Refused("reservation.not_begun", _("Konsultasi ini belum dimulai."))
    return move(reservation, _S.NO_SHOW, "reservation.no_show", at=at, actor=actor, reason=reason)


def _visit(reservation: Reservation, guest_count: int | None, note: str) -> Visit:
    count = guest_count if guest_count is not None else _counted_at_desk(reservation)
    _check_count(count)
    rule = consultation_rule_on(day_of(reservation.starts_at))
    visit = Visit.objects.create(
        number=next_number("KTM", reservation.starts_at, model=Visit),
        guest_count=count,
        over_limit=count > rule.guest_limit,
        rule=rule,
        **_register_fields(reservation, Visit, note),
    )
    VisitTopic.objects.bulk_create(
        VisitTopic(visit=visit, topic=topic, position=position)
        for position, topic in enumerate(reservation.topics.all())
    )
    return visit


def _conference(reservation: Reservation, note: str) -> VideoConference:
    conference = VideoConference.objects.create(
        number=next_number("VC", reservation.starts_at, model=VideoConference),
        meeting_url=reservation.meeting_url,
        **_register_fields(reservation, VideoConference, note),
    )
    VideoConferenceTopic.objects.bulk_create(
        VideoConferenceTopic(conference=conference, topic=topic, position=position)
        for position, topic in enumerate(reservation.topics.all())
    )
    return conference


def _register_fields(reservation: Reservation, model: type[models.Model], note: str) -> dict[str, Any]:
    """What visits and video conferences take from the reservation, next in the month's register."""
    held_on = day_of(reservation.starts_at)
    lock_names(f"register:{model._meta.label_lower}:{held_on:%Y-%m}")
    month = model._default_manager.filter(held_on__year=held_on.year, held_on__month=held_on.month)
    last = month.aggregate(last=models.Max("position"))["last"] or 0
    return {
        "reservation": reservation,
        "held_on": held_on,
        "visitor": reservation.region.display_name if reservation.region else reservation.organization,
        "user_group": reservation.user_group,
        "region": reservation.region,
        "note": note,
        "position": last + 1,
    }


def _counted_at_desk(reservation: Reservation) -> int:
    event = reservation.events.filter(code="reservation.checked_in").last()
    return int(event.data["guest_count"]) if event else 0


def _check_count(count: int) -> None:
    if count < 1:
        raise Refused("reservation.needs_guests", _("Isi jumlah tamu yang hadir."))


def _taken(error: IntegrityError) -> Exception:
    diagnosis = getattr(error.__cause__, "diag", None)
    refusal = _TAKEN.get(diagnosis.constraint_name if diagnosis else "")
    return Refused(*refusal) if refusal else error
