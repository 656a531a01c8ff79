"""How a ticket's verbs begin and end: lock and check, then one event and its line on the ticket."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock, lock_names
from kernel.writing import insert, update
from messaging.models import Message
from people.models import User
from tickets import deadlines
from tickets.live.announce import ticket_changed
from tickets.models import Ticket, TicketEntry, TicketEvent
from tickets.notices.hearing import hear
from tickets.receiving.central import tell_central
from tickets.reference import attach


def lock_ticket(ticket: Ticket, *, at: datetime, closed_too: bool = False) -> Ticket:
    """The locked ticket, if it may be worked on. Raises Refused for merged and, unless told, closed ones."""
    return ready(lock(ticket), at=at, closed_too=closed_too)


def ready(locked: Ticket, *, at: datetime, closed_too: bool = False) -> Ticket:
    """As `lock_ticket` for a row that the caller has locked, perhaps with others: they come first, for a lock may
    have waited and reference data is asked for anew after it."""
    attach([locked])
    return check_workable(locked, at=at, closed_too=closed_too)


def lock_relations() -> None:
    """One move at a time may change which ticket is merged into or stands under which. Taken before row locks."""
    lock_names("ticket-relations")


def check_workable(ticket: Ticket, *, at: datetime, closed_too: bool = False) -> Ticket:
    if ticket.merged_into_id is not None:
        raise Refused(
            "ticket.merged", _("Tiket {number} sudah digabungkan. Lanjutkan di tiket tujuannya."), number=ticket.number
        )
    if ticket.status == Ticket.Status.CLOSED and not closed_too:
        raise Refused("ticket.closed", _("Tiket {number} sudah selesai. Buka kembali dahulu."), number=ticket.number)
    if at < ticket.created_at:
        raise Refused("ticket.before_creation", _("Waktunya lebih awal daripada waktu tiket dibuat."))
    return ticket


def save(ticket: Ticket, *fields: str, at: datetime | None = None, **changes: Any) -> None:
    """Set and store these fields only. Where the ticket's clocks depend on one, `at` says when it changed:
    pauses and deadlines follow."""
    for name, value in changes.items():
        setattr(ticket, name, value)
    names = {*fields, *changes}
    if not deadlines.WATCHED.isdisjoint(names):
        if at is None:
            raise TypeError("a change of a ticket's clocks needs `at`")
        names |= deadlines.follow(ticket, names, at=at)
    update(ticket, names)
    ticket_changed(ticket.pk)


def append(
    ticket: Ticket, code: str, *, at: datetime, actor: User | None, shown: bool = True, **rest: Any
) -> TicketEvent:
    """Write the move's event; `shown` puts a line of its own on the ticket."""
    event = insert(TicketEvent(ticket=ticket, code=code, at=at, actor=actor, **rest))
    hear(ticket, event)
    tell_central(ticket, at)
    ticket_changed(ticket.pk)
    if shown:
        _show(ticket, TicketEntry.Kind.EVENT, at=at, event=event, author=actor)
    return event


def show_message(ticket: Ticket, message: Message, *, at: datetime, author: User | None = None) -> TicketEntry:
    """Put a message on the ticket, in order."""
    entry = _show(ticket, TicketEntry.Kind.MESSAGE, at=at, message=message, author=author)
    if message.direction == Message.Direction.IN:
        tell_central(ticket, at)
    return entry


def show_note(ticket: Ticket, text: str, *, at: datetime, author: User | None) -> TicketEntry:
    """Put an internal note on the ticket, in order."""
    return _show(ticket, TicketEntry.Kind.NOTE, at=at, note=text, author=author)


def _show(ticket: Ticket, kind: str, **rest: Any) -> TicketEntry:
    entry = insert(TicketEntry(ticket=ticket, kind=kind, **rest))
    ticket_changed(ticket.pk, entry.pk)
    return entry
