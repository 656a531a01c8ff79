"""To which ticket a message belongs: by what it answers, by the number it names, by who writes where."""

import re
from dataclasses import dataclass

from django.db.models import Q

from kernel.compiled import Compiled
from messaging.email.plus import threads_in
from messaging.models import Message
from people.models import ContactHandle
from tickets.models import Ticket

_NUMBER = re.compile(r"\b([A-Z]{2,8}-\d{2}-\d{5,})\b")
# Providers whose domain says nothing about who someone works for.
_PUBLIC = frozenset(
    {"gmail.com", "yahoo.com", "yahoo.co.id", "ymail.com", "rocketmail.com", "outlook.com", "hotmail.com", "icloud.com"}
)


CENTRAL_NUMBER = "thread"
"""Where HAI keeps its own ticket number: each is a conversation of its own, whose end is told under that number."""

_OPEN = Compiled(
    lambda rows, contact, channel: (
        rows.filter(contact_id=contact, channel_id=channel, merged_into=None, is_spam=False)
        .exclude(status=Ticket.Status.CLOSED)
        .order_by("-created_at", "-pk")[:1]
    ),
    "contact",
    "channel",
)


@dataclass(frozen=True, slots=True)
class Found:
    """`certain` when the message itself says so; else the contact merely has a ticket open on this channel."""

    ticket: Ticket | None
    certain: bool = False


def ticket_for(message: Message) -> Found:
    """The ticket that `message` goes on, or none. Merged tickets are followed to their survivor."""
    if conversation := message.details.get("conversation"):
        return Found(_in_conversation(message, str(conversation)), certain=True)
    for ticket in (_answered(message), _by_address(message), _by_number(message)):
        if ticket is not None:
            return Found(ticket.merged_into or ticket, certain=True)
    if message.contact_id is None or message.details.get(CENTRAL_NUMBER):
        return Found(None)
    rows = _OPEN(Ticket.objects.all(), contact=message.contact_id, channel=message.channel_id)
    return Found(next(iter(rows), None))


def _in_conversation(message: Message, conversation: str) -> Ticket | None:
    """Where somebody only says who they are, nothing but their own conversation leads to a ticket."""
    same = Q(entries__message__contact=message.contact) | Q(entries__message__contact__merged_into=message.contact)
    rows = Ticket.objects.select_related("merged_into").filter(
        same, entries__message__channel=message.channel, entries__message__details__conversation=conversation
    )
    found = rows.order_by("-entries__id").first()
    return (found.merged_into or found) if found else None


def _answered(message: Message) -> Ticket | None:
    if message.reply_to_id is None:
        return None
    rows = Ticket.objects.select_related("merged_into").filter(entries__message=message.reply_to_id)
    return rows.first()


def _by_address(message: Message) -> Ticket | None:
    threads = threads_in(str(address) for address in message.details.get("to", []))
    return _numbered(threads[0]) if threads else None


def _by_number(message: Message) -> Ticket | None:
    """A number in the subject counts for the ticket's own contact and for colleagues under the same domain."""
    for number in _NUMBER.findall(message.subject.upper()):
        ticket = _numbered(number)
        if ticket is not None and _belongs(message, ticket):
            return ticket
    return None


def _numbered(number: str) -> Ticket | None:
    return Ticket.objects.select_related("merged_into").filter(number=number).first()


def _belongs(message: Message, ticket: Ticket) -> bool:
    if message.contact_id == ticket.contact_id:
        return True
    mails = Q(contact__in=[message.contact_id, ticket.contact_id], kind=ContactHandle.Kind.EMAIL)
    domains: dict[int, set[str]] = {}
    for contact, value in ContactHandle.objects.filter(mails).values_list("contact_id", "value"):
        domains.setdefault(contact, set()).add(value.rpartition("@")[2])
    shared = domains.get(message.contact_id or 0, set()) & domains.get(ticket.contact_id, set())
    return bool(shared - _PUBLIC)
