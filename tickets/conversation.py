"""What staff say on a ticket: replies to the requester and internal notes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from messaging.verbs import Files, write_message
from people.models import User
from tickets import journal
from tickets.intake import CLAIMER
from tickets.models import Ticket, TicketEntry


@transaction.atomic
def post_reply(
    *,
    ticket: Ticket,
    text: str,
    files: Files = (),
    waits_for_requester: bool = False,
    at: datetime,
    actor: User | None,
) -> Ticket:
    """Answer the requester; with `waits_for_requester` ask something back.

    The first reply sets `first_answered_at`. A ticket that waits for Layer 2 keeps waiting: the reply only
    tells the requester so. Without `actor` the machine wrote it, which is no first answer.
    """
    ticket = journal.lock_ticket(ticket, at=at)
    message = write_message(
        channel=ticket.channel,
        contact=ticket.contact,
        subject=ticket.subject,
        body=text,
        files=files,
        at=at,
        actor=actor,
        claimed_by=CLAIMER,
    )
    before = ticket.status
    if actor and before != Ticket.Status.WAITING_LAYER2:
        ticket.status = Ticket.Status.WAITING_REQUESTER if waits_for_requester else Ticket.Status.ANSWERED
    if actor and ticket.first_answered_at is None:
        ticket.first_answered_at = at
    journal.save(ticket, "status", "first_answered_at", last_message_at=at)
    journal.append(
        ticket,
        "ticket.replied",
        at=at,
        actor=actor,
        shown=False,
        from_value=before,
        to_value=ticket.status,
        data={"message": message.pk},
    )
    journal.show_message(ticket, message, at=at, author=actor)
    return ticket


@transaction.atomic
def add_note(*, ticket: Ticket, text: str, at: datetime, actor: User | None) -> Ticket:
    """An internal note, on closed tickets too; the requester never sees it."""
    if not text.strip():
        raise Refused("note.empty", _("Isi catatan masih kosong."))
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    journal.append(ticket, "ticket.noted", at=at, actor=actor, shown=False)
    TicketEntry.objects.create(ticket=ticket, kind=TicketEntry.Kind.NOTE, at=at, author=actor, note=text)
    return ticket
