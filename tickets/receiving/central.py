"""What the central desk (HAI) and a ticket tell each other of its state: every change one way, once, and never back."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from kernel.errors import Refused
from messaging.hai.statuses import state_for, word_for
from messaging.models import Message
from messaging.verbs import claim_message, write_message
from tickets.models import Ticket

CODE = "HAI"
STATUS = "status"


def tell_central(ticket: Ticket, at: datetime) -> Message | None:
    """Send the word for the ticket's state, unless it was the last one said; nothing for tickets of other channels."""
    if ticket.channel.code != CODE:
        return None
    word, number = word_for(ticket.status, at), _central_number(ticket)
    if not word or not number or _last_word(ticket, number).casefold() == word.casefold():
        return None
    with override("id"):
        body = _("Status tiket: {status}").format(status=ticket.get_status_display())
    return write_message(
        channel=ticket.channel, contact=ticket.contact, body=body, flags=[STATUS], thread=number,
        details={STATUS: word}, at=at, actor=None, claimed_by="tickets",
    )  # fmt: skip


@transaction.atomic
def hear_central(message: Message, ticket: Ticket, at: datetime) -> Ticket:
    """Do at the central desk's word what it stands for; what the rules do not allow is noted on the ticket."""
    from tickets import journal, verbs  # they tell the central desk in turn

    word = str(message.details.get(STATUS, ""))
    wanted = state_for(word, at)
    why = ""
    try:
        with transaction.atomic():
            if wanted == Ticket.Status.CLOSED and ticket.status != wanted:
                verbs.close(ticket=ticket, at=at, actor=None, reason=_("HAI: {word}").format(word=word))
            elif wanted == Ticket.Status.OPEN and ticket.status == Ticket.Status.CLOSED:
                verbs.reopen(ticket=ticket, at=at, actor=None, reason=_("HAI: {word}").format(word=word))
    except Refused as refusal:
        why = str(refusal.message)
    ticket = Ticket.objects.get(pk=ticket.pk)
    journal.append(ticket, "ticket.central_status", at=at, actor=None, to_value=word[:120], reason=why)
    return ticket


def take_status(message: Message, ticket: Ticket | None, at: datetime) -> bool:
    """Claim a message that says nothing but a state."""
    claim_message(message=message, claimer="tickets" if ticket else "ignored")
    if ticket is not None:
        hear_central(message, ticket, at)
    return True


def _central_number(ticket: Ticket) -> str:
    rows = Message.objects.filter(
        ticket_entry__ticket=ticket, direction=Message.Direction.IN, details__has_key="thread"
    )
    return str(rows.order_by("-pk").values_list("details__thread", flat=True).first() or "")


def _last_word(ticket: Ticket, number: str) -> str:
    """The last word on this conversation, whoever said it."""
    said: Any = Message.objects.filter(channel=ticket.channel, details__thread=number, details__has_key=STATUS)
    return str(said.order_by("-pk").values_list(f"details__{STATUS}", flat=True).first() or "")
