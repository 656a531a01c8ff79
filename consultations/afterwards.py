"""After a consultation: what was agreed, what is to be done about it, a feed of the calendar."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consultations.journal import append, lock_reservation
from consultations.models import CalendarFeed, Reservation
from kernel.errors import Refused
from kernel.locks import lock_names
from messaging.models import Channel
from people.models import User
from people.units import unit_on
from tickets.intake import open_ticket
from tickets.models import Ticket, Topic
from tickets.relations import create_child

_S = Reservation.Status
LONGEST = 50_000


def mark_of(minutes: str) -> str:
    """By which a form says which notes it was opened with."""
    return hashlib.sha256(minutes.encode()).hexdigest()[:16]


@transaction.atomic
def write_minutes(
    *, reservation: Reservation, text: str, opened: str | None = None, at: datetime, actor: User
) -> Reservation:
    """Keep what was discussed and agreed; again replaces it, and the history keeps what stood there.

    With `opened`, the mark of the notes the writer had before them, those that a colleague has written meanwhile are
    not replaced unseen: Refused(`reservation.minutes_changed`).
    """
    reservation = lock_reservation(reservation, {_S.CONFIRMED, _S.CHECKED_IN, _S.HELD})
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Refused("reservation.needs_minutes", _("Tulis catatan konsultasi."))
    if opened is not None and opened != mark_of(reservation.minutes) and text != reservation.minutes:
        raise Refused(
            "reservation.minutes_changed",
            _("Catatan ini baru saja diubah orang lain. Gabungkan dengan tulisan Anda, lalu simpan lagi."),
        )
    reservation.minutes = text
    reservation.save(update_fields=["minutes"])
    append(reservation, "reservation.noted", at=at, actor=actor)
    return reservation


@transaction.atomic
def open_follow_up(
    *, reservation: Reservation, text: str, topic: Topic | None = None, at: datetime, actor: User
) -> Ticket:
    """What is still to be done, as a ticket of the same requester: a child of the ticket that it came from."""
    reservation = lock_reservation(reservation, {_S.CHECKED_IN, _S.HELD})
    topic = topic or reservation.topics.filter(active=True).first()
    if reservation.ticket is not None:
        ticket = create_child(parent=reservation.ticket, text=text, topic=topic, at=at, actor=actor)
    elif reservation.contact is None:
        raise Refused("reservation.needs_contact", _("Reservasi ini tidak mempunyai kontak untuk dibuatkan tiket."))
    else:
        ticket = open_ticket(
            channel=Channel.objects.get(code="EMAIL"), contact=reservation.contact, text=text, topic=topic,
            region=reservation.region, user_group=reservation.user_group, at=at, actor=actor,
        )  # fmt: skip
    reservation.follow_ups.add(ticket)
    append(reservation, "reservation.followed_up", at=at, actor=actor, to_value=ticket.number)
    return ticket


@transaction.atomic
def subscribe(*, user: User, unit_code: str = "", at: datetime) -> CalendarFeed:
    """One's own feed, or a unit's; again gives the same one."""
    code = unit_on(unit_code, at.date()).code if unit_code else ""
    lock_names(f"feed:{user.pk}:{code}")
    feed, _new = CalendarFeed.objects.get_or_create(
        user=user, unit_code=code, revoked_at=None, defaults={"created_at": at}
    )
    return feed


@transaction.atomic
def unsubscribe(*, user: User, unit_code: str = "", at: datetime) -> None:
    """The address opens nothing any more; the next one is another."""
    CalendarFeed.objects.filter(user=user, unit_code=unit_code, revoked_at=None).update(revoked_at=at)
