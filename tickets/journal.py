"""How a ticket's verbs begin and end: lock and check, then one event and its line on the ticket."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from messaging.models import Message
from people.models import User
from tickets.models import Ticket, TicketEntry, TicketEvent


def lock_ticket(ticket: Ticket, *, at: datetime, closed_too: bool = False) -> Ticket:
    """The locked ticket, if it may be worked on. Raises Refused for merged and, unless told, closed ones."""
    return check_workable(lock(ticket), at=at, closed_too=closed_too)


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


def save(ticket: Ticket, *fields: str, **changes: Any) -> None:
    """Set and store these fields only."""
    for name, value in changes.items():
        setattr(ticket, name, value)
    ticket.save(update_fields=[*fields, *changes])


def append(
    ticket: Ticket, code: str, *, at: datetime, actor: User | None, shown: bool = True, **rest: Any
) -> TicketEvent:
    """Write the move's event; `shown` puts a line of its own on the ticket."""
    event = TicketEvent.objects.create(ticket=ticket, code=code, at=at, actor=actor, **rest)
    if shown:
        TicketEntry.objects.create(ticket=ticket, kind=TicketEntry.Kind.EVENT, at=at, event=event, author=actor)
    return event


def show_message(ticket: Ticket, message: Message, *, at: datetime, author: User | None = None) -> None:
    """Put a message on the ticket, in order."""
    TicketEntry.objects.create(ticket=ticket, kind=TicketEntry.Kind.MESSAGE, at=at, message=message, author=author)
