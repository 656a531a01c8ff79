"""Words about a consultation: invitation with its calendar file, reminder, taking back, asking for a rating.

By mail; who has no mail address hears them on the ticket they came by, where its channel takes them.

They are rows of the outbox; nothing is sent here.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from consultations import wording
from consultations.ical import Entry, calendar
from consultations.journal import append
from consultations.models import Mode, Reservation, VideoConference, Visit
from consultations.tokens import rating_token
from kernel.errors import Refused
from kernel.locks import lock
from messaging.files import store_file
from messaging.models import Channel, Connection, Message
from messaging.verbs import write_message
from people.models import ContactHandle, User
from tickets.conversation import write_reply

CLAIMER = "consultations"
BY_TICKET = ("WHATSAPP", "HAI")
"""Channels that reach somebody also when nobody is there to talk to."""
BEFORE = timedelta(days=1)
_S = Reservation.Status


class Told(StrEnum):
    """How somebody who moved up was told."""

    INVITED = "invited"
    TOLD = "told"
    UNTOLD = "untold"


def invite(reservation: Reservation, *, by_ticket: bool = False, at: datetime, actor: User | None) -> Message | None:
    """Send the invitation of a confirmed consultation, with an .ics that calendars recognise as the same again.

    With `by_ticket` on the ticket it came from, where its channel takes it; without, that is the way for those who
    have no mail address. None where nobody can be written to, or the meeting has no link yet. Needs a transaction;
    the row is locked.
    """
    if _awaits_link(reservation):
        return None
    with override("id"):
        subject = _("Undangan konsultasi DJPK {number}").format(number=reservation.number)
        body = wording.invitation(reservation)
    sent = _by_ticket(reservation, body, at=at) if by_ticket else None
    sent = sent or _write(reservation, subject, body, "REQUEST", at=at, actor=actor)
    sent = sent or _by_ticket(reservation, body, at=at)
    if sent:
        reservation.invitations += 1
        reservation.save(update_fields=["invitations"])
        _note(reservation, "reservation.invited", sent, at=at, actor=actor)
    return sent


def invite_or_note(reservation: Reservation, *, at: datetime, actor: User | None) -> Message | None:
    """As `invite`; where nothing reaches the requester history says so, that somebody calls."""
    sent = invite(reservation, at=at, actor=actor)
    if sent is None and not _awaits_link(reservation):
        _not_told(reservation, at=at)
    return sent


def tell_of_place(reservation: Reservation, *, at: datetime) -> Told:
    """Tell who waited that there is a place now, by the ticket's channel or by mail. Needs a transaction."""
    with override("id"):
        subject = _("Tempat konsultasi DJPK {number}").format(number=reservation.number)
        body = wording.place_found(reservation)
    sent = _by_ticket(reservation, body, at=at) or _write(reservation, subject, body, "", at=at, actor=None)
    if sent is None:
        _not_told(reservation, at=at)
        return Told.UNTOLD
    _note(reservation, "reservation.told", sent, at=at, actor=None)
    return Told.TOLD


def take_back(
    reservation: Reservation, reason: str, *, successor: Reservation | None = None, at: datetime, actor: User | None
) -> Message | None:
    """Tell who was invited that it does not take place, or (`successor`) that it takes place at another time; their
    calendar forgets it. As `invite_or_note`."""
    if not reservation.invitations:
        return None
    with override("id"):
        subject = _("Pembatalan konsultasi DJPK {number}").format(number=reservation.number)
        body = wording.cancellation(reservation, reason)
        if successor is not None:
            subject = _("Perubahan jadwal konsultasi DJPK {number}").format(number=reservation.number)
            body = wording.moved(reservation, successor, reason)
    sent = _write(reservation, subject, body, "CANCEL", at=at, actor=actor) or _by_ticket(reservation, body, at=at)
    if sent is None:
        _not_told(reservation, at=at)
    return sent


def remind(*, at: datetime, limit: int = 200) -> int:
    """Remind of the consultations that begin within a day, once each; how many were reminded.

    Who was invited less than a day before it begins needs no reminder.
    """
    rows = Reservation.objects.filter(
        status=_S.CONFIRMED, reminded_at=None, invitations__gt=0, starts_at__gt=at, starts_at__lte=at + BEFORE
    )
    return sum(_remind(row, at) for row in rows.order_by("starts_at")[:limit])


@transaction.atomic
def _remind(reservation: Reservation, at: datetime) -> bool:
    reservation = lock(reservation)
    if reservation.status != _S.CONFIRMED or reservation.reminded_at is not None:
        return False
    reservation.reminded_at = at
    reservation.save(update_fields=["reminded_at"])
    invited = reservation.events.filter(code="reservation.invited").order_by("-at").first()
    if invited is None or invited.at > reservation.starts_at - BEFORE:
        return False
    with override("id"):
        subject = _("Pengingat konsultasi DJPK {number}").format(number=reservation.number)
        body = wording.reminder(reservation)
    sent = _write(reservation, subject, body, "", at=at, actor=None) or _by_ticket(reservation, body, at=at)
    if sent is None:
        _not_told(reservation, at=at)
        return False
    append(reservation, "reservation.reminded", at=at, actor=None, data={"message": sent.pk})
    return True


def ask_for_rating(reservation: Reservation, held: Visit | VideoConference, *, at: datetime) -> Message | None:
    """Send the link to rate what was held; nothing where the installation has no public address."""
    if not settings.PUBLIC_URL:
        return None
    address = settings.PUBLIC_URL + reverse("consultation-rating", args=[rating_token(held)])
    with override("id"):
        subject = _("Penilaian konsultasi DJPK {number}").format(number=reservation.number)
        body = wording.rating_request(reservation, address)
    return _write(reservation, subject, body, "", at=at, actor=None) or _by_ticket(reservation, body, at=at)


def entry_of(reservation: Reservation, *, at: datetime, cancelled: bool = False) -> Entry:
    """The consultation as calendars show it, in the language in force."""
    where = wording.place(reservation)
    return Entry(
        uid=f"{reservation.number}@dering.djpk",
        summary=_("Konsultasi {visitor}").format(visitor=wording.visitor(reservation)),
        starts_at=reservation.starts_at,
        ends_at=reservation.ends_at,
        stamped_at=at,
        description="\n".join(filter(None, [wording.topics(reservation), *wording.way(reservation)])),
        location=reservation.meeting_url or where,
        url=reservation.meeting_url,
        sequence=reservation.invitations,
        cancelled=cancelled,
    )


def _awaits_link(reservation: Reservation) -> bool:
    return reservation.mode == Mode.VIDEO and not reservation.meeting_url


def _not_told(reservation: Reservation, *, at: datetime) -> None:
    append(reservation, "reservation.not_told", at=at, actor=None)


def _note(reservation: Reservation, code: str, sent: Message, *, at: datetime, actor: User | None) -> None:
    """The history names the channel."""
    data = {"message": sent.pk, "channel": sent.channel.code}
    append(reservation, code, at=at, actor=actor, reason=sent.channel.label, data=data)


def _by_ticket(reservation: Reservation, body: str, *, at: datetime) -> Message | None:
    """On the ticket, by its own channel where that is no mail; None where it takes nothing now (the window of WhatsApp
    is closed, they have opted out, the ticket is closed or belongs to a chat that has ended)."""
    ticket = reservation.ticket
    if ticket is None or ticket.channel.code not in BY_TICKET:
        return None
    try:
        with transaction.atomic():
            return write_reply(ticket=ticket, text=body, at=at, actor=None)[1]
    except Refused:
        return None


def _write(
    reservation: Reservation, subject: str, body: str, method: str, *, at: datetime, actor: User | None
) -> Message | None:
    contact = reservation.contact
    channel = Channel.objects.get(code="EMAIL")
    line = Connection.objects.filter(channel=channel, paused_at=None).order_by("pk").first()
    to = _address(reservation)
    if contact is None or line is None or not to:
        return None
    files = []
    if method:
        with override("id"):
            entry = entry_of(reservation, at=at, cancelled=method == "CANCEL")
        entry = replace(entry, organizer=line.address, attendee=to)
        files = [(store_file(calendar([entry], method=method).encode(), at=at), "undangan.ics")]
    return write_message(
        channel=channel,
        contact=contact,
        subject=f"{subject} [{reservation.ticket.number}]" if reservation.ticket else subject,
        body=body,
        files=files,
        thread=reservation.ticket.number if reservation.ticket else "",
        details={"to": to},
        at=at,
        actor=actor,
        claimed_by=CLAIMER,
    )


def _address(reservation: Reservation) -> str:
    """Where its requester is written to; empty where no mail reaches them."""
    rows = ContactHandle.objects.filter(contact=reservation.contact_id, kind=ContactHandle.Kind.EMAIL)
    return rows.filter(~Q(value="")).order_by("pk").values_list("value", flat=True).first() or ""
