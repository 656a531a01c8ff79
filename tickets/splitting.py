"""A message that asks something else becomes a ticket of its own; undo as long as nobody has worked on it."""

import re
from datetime import datetime
from textwrap import shorten

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock_all
from kernel.merging import point_to
from messaging.models import Message
from people.models import User
from tickets import journal
from tickets.inbox.quoting import parts_of
from tickets.intake import open_ticket
from tickets.models import Ticket, TicketEntry, TicketEvent, Topic

_UNTOUCHED = {"ticket.opened", "ticket.split_from"}
_ANSWER = re.compile(r"^\s*(?:re|bls|balas|fw|fwd|tr|trs)\s*:", re.IGNORECASE)
_LONGEST = 80  # characters of a subject made of the message's first words


@transaction.atomic
def split_message(
    *, entry: TicketEntry, subject: str = "", topic: Topic | None = None, at: datetime, actor: User | None
) -> Ticket:
    """Move the requester's message of `entry` to a new ticket, created when the message came in (rules 2.4).

    The first message of a ticket stays: it is what the ticket is about. Without `subject` the message gives it.
    """
    ticket = journal.lock_ticket(entry.ticket, at=at, closed_too=True)
    if not ticket.entries.filter(pk=entry.pk).exists():
        raise Refused("split.moved", _("Pesan ini sudah dipindahkan ke tiket lain."))
    message = entry.message
    if message is None or message.direction != Message.Direction.IN:
        raise Refused("split.not_from_requester", _("Hanya pesan pemohon yang dapat dijadikan tiket baru."))
    if ticket.entries.filter(kind=TicketEntry.Kind.MESSAGE).first() == entry:
        raise Refused("split.first_message", _("Pesan pertama tetap pada tiketnya. Pilih pesan lain."))
    entry.delete()
    new = open_ticket(
        channel=ticket.channel,
        contact=ticket.contact,
        subject=subject.strip() or subject_for(message, ticket),
        message=message,
        topic=topic,
        source=ticket.source,
        at=message.received_at,
        actor=actor,
    )
    _recount(ticket)
    data = {"message": message.pk, "at": entry.at.isoformat()}
    journal.append(ticket, "ticket.split", at=at, actor=actor, to_value=new.number, data=data)
    journal.append(new, "ticket.split_from", at=at, actor=actor, from_value=ticket.number, data=data)
    return new


@transaction.atomic
def undo_split(*, event: TicketEvent, at: datetime, actor: User | None) -> Ticket:
    """Put the message back; the ticket made of it points to the first one and leaves lists and counts.

    Refused (`split.in_use`) once something has happened to the new ticket.
    """
    journal.lock_relations()
    new = Ticket.objects.get(number=event.to_value)
    ticket, new = lock_all(event.ticket, new)
    journal.check_workable(ticket, at=at, closed_too=True)
    if new.merged_into_id == ticket.pk and taken_back(new):
        raise Refused("split.undone", _("Pemisahan ini sudah dibatalkan."))
    if new.merged_into_id or not _UNTOUCHED.issuperset(new.events.values_list("code", flat=True)):
        raise Refused("split.in_use", _("Tiket {number} sudah dikerjakan. Gabungkan saja."), number=new.number)
    moved = TicketEntry.objects.filter(ticket=new, message_id=event.data["message"])
    moved.update(ticket=ticket, at=datetime.fromisoformat(event.data["at"]))
    before, new.closed_at = new.status, at
    followers = point_to(new, ticket)
    journal.save(new, "merged_into", "closed_at", at=at, status=Ticket.Status.CLOSED)
    how = {"status": before, "closed_at": None, "followers": followers}
    journal.append(new, "ticket.merged", at=at, actor=actor, to_value=ticket.number, data=how)
    _recount(ticket)
    journal.append(ticket, "ticket.unsplit", at=at, actor=actor, from_value=new.number, data={"event": event.pk})
    return ticket


def subject_for(message: Message, ticket: Ticket) -> str:
    """What a ticket made of this message is about: its own subject, or its first words when it only answers."""
    own = message.subject.strip()
    if own and own != ticket.subject and ticket.number not in own and not _ANSWER.match(own):
        return own
    said = next((part.text for part in parts_of(message.body, message.subject) if not part.folded), "")
    return shorten(said, _LONGEST, placeholder=" …")


def taken_back(ticket: Ticket) -> bool:
    """Whether a split made this ticket and was undone: merged, and nothing was ever said on it."""
    return ticket.merged_into_id is not None and not ticket.entries.filter(kind=TicketEntry.Kind.MESSAGE).exists()


def not_taken_back() -> Q:
    """The tickets of which that is not so: what lists show."""
    said = TicketEntry.objects.order_by().filter(ticket=OuterRef("pk"), kind=TicketEntry.Kind.MESSAGE)
    return Q(merged_into=None) | Q(Exists(said))


def _recount(ticket: Ticket) -> None:
    """When somebody last wrote, from the messages that are on the ticket now."""
    messages = ticket.entries.filter(kind=TicketEntry.Kind.MESSAGE)
    said = messages.filter(message__direction=Message.Direction.IN)
    journal.save(
        ticket,
        last_message_at=messages.aggregate(last=Max("at"))["last"],
        last_requester_at=said.aggregate(last=Max("at"))["last"],
    )
