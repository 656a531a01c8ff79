"""A place that somebody gave up goes to who has waited longest: they and the front desk are told, history says so."""

from datetime import datetime

from django.urls import reverse

from consultations import wording
from consultations.inviting import Told, invite, tell_of_place
from consultations.journal import move
from consultations.models import Mode, Reservation
from consultations.places import fill_place
from people.models import Role, User
from tickets.models import Notification
from tickets.notices.verbs import notify

_S = Reservation.Status


def give_place_on(gone: Reservation, *, at: datetime) -> Reservation | None:
    """Who has waited longest has the place now; None where nobody waits, or it is past. Needs a transaction.

    Who was checked already is confirmed and invited; who was not is told that there is a place and that the request
    is being checked. By the way the reservation came, else by mail.
    """
    row = fill_place(gone, at=at)
    if row is None:
        return None
    told = None
    if row.status == _S.CHECKED and (row.mode == Mode.VIDEO or row.room is not None):
        where = {"room": row.room.code if row.room else "", "expert": row.expert.username if row.expert else ""}
        row = move(row, _S.CONFIRMED, "reservation.confirmed", at=at, actor=None, data=where)
        told = Told.INVITED if invite(row, by_ticket=True, at=at, actor=None) else None
    if told is None:
        told = tell_of_place(row, at=at)
    _tell_desk(row, gone, told, at)
    return row


def _tell_desk(row: Reservation, gone: Reservation, told: str, at: datetime) -> None:
    """Everybody at the front desk, also who gave the place up for somebody: it is not them who moved this one up."""
    desk = User.objects.filter(is_active=True, roles__role=Role.FRONT_DESK).values_list("pk", flat=True)
    notify(
        ticket=None,
        users=set(desk),
        code=Notification.Code.PLACE_FREE,
        key=f"moved_up:{row.pk}:{gone.pk}",
        at=at,
        actor=None,
        what=told,
        number=row.number,
        title=f"{wording.visitor(row)}, {wording.day(row, short=True)} {wording.clocks(row)}",
        address=reverse("reservation", args=[row.number]),
    )
