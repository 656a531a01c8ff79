"""The moves of a checked reservation: confirm, cancel, hold, no-show. Booking and the desk have their own files."""

from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from consultations.counting import check_count, counted
from consultations.inviting import ask_for_rating, invite_or_note, take_back
from consultations.journal import append, consultation_rule_on, day_of, lock_reservation, move
from consultations.models import (
    Mode,
    Reservation,
    Room,
    VideoConference,
    VideoConferenceTopic,
    Visit,
    VisitTopic,
)
from consultations.moving_up import give_place_on
from consultations.occupying import occupying
from kernel.errors import Refused
from kernel.locks import lock_names
from kernel.numbering import next_number
from people.models import User

_S = Reservation.Status


@transaction.atomic
def confirm(
    *,
    reservation: Reservation,
    room: Room | None = None,
    expert: User | None = None,
    meeting_url: str = "",
    invited: bool = True,
    at: datetime,
    actor: User | None,
) -> Reservation:
    """Give a checked reservation its room and expert, and invite. The database refuses whom two meetings would need.

    A video conference without a link yet is invited when it gets one.
    """
    reservation = lock_reservation(reservation, {_S.CHECKED})
    if at >= reservation.starts_at:
        raise Refused("reservation.past", _("Waktu reservasi ini sudah lewat. Jadwalkan ulang."))
    if reservation.waiting_since is not None:
        raise Refused("reservation.waiting", _("Reservasi ini masih di daftar tunggu."))
    room, expert = room or reservation.room, expert or reservation.expert
    if reservation.mode == Mode.FACE_TO_FACE and room is None:
        raise Refused("reservation.needs_room", _("Pilih ruangan untuk konsultasi tatap muka."))
    if room is not None and not room.active:
        raise Refused("room.inactive", _("Ruangan ini tidak dipakai lagi. Pilih ruangan lain."))
    reservation.room, reservation.expert, reservation.meeting_url = room, expert, meeting_url
    with occupying():
        move(
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
    if invited:
        invite_or_note(reservation, at=at, actor=actor)
    return reservation


@transaction.atomic
def set_meeting(
    *, reservation: Reservation, meeting_url: str, meeting_key: str = "", at: datetime, actor: User | None
) -> Reservation:
    """The link of a confirmed video conference; who was invited before is told the new one."""
    reservation = lock_reservation(reservation, {_S.CONFIRMED})
    if reservation.mode != Mode.VIDEO or not meeting_url.strip():
        raise Refused("reservation.needs_link", _("Isi tautan rapat video conference."))
    reservation.meeting_url, reservation.meeting_key = meeting_url.strip(), meeting_key
    reservation.save(update_fields=["meeting_url", "meeting_key"])
    append(reservation, "reservation.link_set", at=at, actor=actor)
    invite_or_note(reservation, at=at, actor=actor)
    return reservation


@transaction.atomic
def cancel(*, reservation: Reservation, reason: str, at: datetime, actor: User | None) -> Reservation:
    """Not wanted any more; room and expert are free again."""
    reservation = lock_reservation(reservation, {_S.REQUESTED, _S.CHECKED, _S.CONFIRMED})
    if not reason.strip():
        raise Refused("reservation.needs_reason", _("Tulis alasan pembatalan."))
    gone = move(reservation, _S.CANCELLED, "reservation.cancelled", at=at, actor=actor, reason=reason.strip())
    take_back(gone, reason.strip(), at=at, actor=actor)
    give_place_on(gone, at=at)
    return gone


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
    ask_for_rating(reservation, row, at=at)
    return row


@transaction.atomic
def no_show(*, reservation: Reservation, at: datetime, actor: User | None, reason: str = "") -> Reservation:
    """Nobody came. Does not count."""
    reservation = lock_reservation(reservation, {_S.CONFIRMED})
    if at < reservation.starts_at:
        raise Refused("reservation.not_begun", _("Konsultasi ini belum dimulai."))
    return move(reservation, _S.NO_SHOW, "reservation.no_show", at=at, actor=actor, reason=reason)


def _visit(reservation: Reservation, guest_count: int | None, note: str) -> Visit:
    count = guest_count if guest_count is not None else counted(reservation)
    check_count(count)
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
