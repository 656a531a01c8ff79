"""The last claimer: bounces go to the message that bounced, answers to their ticket, the rest makes new ones."""

from datetime import datetime

from django.db import transaction

from kernel.errors import Refused
from messaging.email.signs import answerable
from messaging.incoming import NOBODY
from messaging.models import Message
from messaging.verbs import claim_message, original_of, record_delivery
from people.contacts import find_or_create_contact
from people.models import Contact
from tickets import journal
from tickets.intake import CLAIMER, open_ticket, receive_message
from tickets.models import Ticket
from tickets.receiving.acknowledging import acknowledge
from tickets.receiving.bounced import answer_bounced
from tickets.receiving.central import STATUS, hear_central, take_status
from tickets.receiving.finding import ticket_for
from tickets.receiving.guessing import guess_priority, guess_topic

IGNORED, QUARANTINE = "ignored", "quarantine"


@transaction.atomic(savepoint=False)  # the pipeline has one around each claimer's turn
def claim(message: Message, at: datetime) -> bool:
    """Take any message; what no agent needs to see is kept aside, never thrown away."""
    flags = set(message.flags)
    if "released" not in flags and "spam" in flags:
        return claim_message(message=message, claimer=QUARANTINE)
    if "bounce" in flags:
        return _bounced(message)
    if "loop" in flags or not message.channel.makes_tickets:
        return claim_message(message=message, claimer=IGNORED)
    if message.contact is None:
        if flags & {"auto_reply", "list", "machine"}:
            return claim_message(message=message, claimer=IGNORED)
        message.contact = _nobody(message)
    found = ticket_for(message)
    if "auto_reply" in flags:
        return _aside(message, found.ticket if found.certain else None)
    said = message.details.get(STATUS)
    if said and not message.body.strip() and not message.attachments.exists():
        return take_status(message, found.ticket if found.certain else None, at)
    taken = (found.ticket is not None and _continued(found.ticket, message)) or _opened(message, found.ticket, at)
    if said:
        hear_central(message, Ticket.objects.get(entries__message=message), at)
    return taken


def _bounced(message: Message) -> bool:
    """The answer did not arrive: it says so on its ticket, which is open again."""
    answer = message.reply_to
    bounce = message.details.get("bounce") or {}
    if answer is None or not bounce.get("permanent", True):
        return claim_message(message=message, claimer=IGNORED)
    status, said = str(bounce.get("status") or ""), str(bounce.get("reason") or "")
    reason = said if status in said else f"{status} {said}".strip()
    record_delivery(message=answer, delivery=Message.Delivery.BOUNCED, reason=reason, at=message.received_at)
    ticket = Ticket.objects.filter(entries__message=original_of(answer)).first()
    if ticket is not None:
        answer_bounced(ticket=ticket, reason=reason, at=message.received_at)
    return claim_message(message=message, claimer=CLAIMER)


def _nobody(message: Message) -> Contact:
    """A contact for somebody who cannot be answered (decisions 23): an agent still sees what they wrote."""
    given = str(message.details.get("from") or "")[:160]
    contact, _new = find_or_create_contact(name=given or NOBODY, at=message.received_at, actor=None)
    Message.objects.filter(pk=message.pk).update(contact=contact)
    return contact


def _aside(message: Message, ticket: Ticket | None) -> bool:
    """An out-of-office note: shown on the ticket it answers, which stays as it is; else kept aside."""
    if ticket is None or ticket.merged_into_id:
        return claim_message(message=message, claimer=IGNORED)
    journal.show_message(ticket, message, at=message.received_at)
    return claim_message(message=message, claimer=CLAIMER)


def _continued(ticket: Ticket, message: Message) -> bool:
    """A ticket that was opened while the message waited to be claimed takes it too, as if it came just then."""
    try:
        receive_message(ticket=ticket, message=message, at=max(message.received_at, ticket.created_at))
    except Refused:
        return False  # closed too long ago, or merged meanwhile: a new ticket is due
    return True


def _opened(message: Message, earlier: Ticket | None, now: datetime) -> bool:
    text = f"{message.subject}\n{message.body}"
    ticket = open_ticket(
        channel=message.channel,
        contact=message.contact,  # type: ignore[arg-type]  # the caller has seen to it
        message=message,
        topic=guess_topic(text),
        priority=guess_priority(text),
        on_duty=now,
        at=message.received_at,
        actor=None,
    )
    if earlier is not None:
        journal.append(
            ticket, "ticket.continues", at=message.received_at, actor=None, to_value=earlier.number, data={}
        )  # fmt: skip
    if answerable(message.flags):
        acknowledge(ticket, message, at=message.received_at)
    return True
