"""An answer that did not arrive puts its ticket back on the agent's desk."""

from datetime import datetime

from django.db import transaction

from kernel.locks import lock
from messaging.models import DeliveryStep, Message
from tickets import journal
from tickets.live.announce import ticket_changed
from tickets.models import Ticket
from tickets.rules import may_reopen

_S = Ticket.Status
_TROUBLE: dict[str, str] = {
    Message.Delivery.FAILED: "ticket.reply_failed",
    Message.Delivery.UNKNOWN: "ticket.reply_uncertain",
}
DECIDED = "decided:"
"""How the code of a step begins that somebody decided: they know already."""


@transaction.atomic
def answer_bounced(*, ticket: Ticket, reason: str, at: datetime) -> Ticket:
    """Open again what was answered or, while the rule allows it, closed; the event says why."""
    return _back(ticket, "ticket.reply_bounced", reason, at)


@transaction.atomic
def delivery_heard(message_id: int, delivery: str, at: datetime) -> None:
    """Pages show the new state at once; an agent's reply that did not leave opens its ticket again."""
    rows = Message.objects.select_related("ticket_entry__ticket")
    message = rows.filter(pk=message_id, ticket_entry__isnull=False).first()
    if message is None:
        return
    ticket: Ticket = message.ticket_entry.ticket
    step = DeliveryStep.objects.filter(message=message).last()
    code = _TROUBLE.get(message.delivery) if message.delivery == delivery and message.author_id else None
    if code and not (step and step.code.startswith(DECIDED)):
        _back(ticket, code, message.delivery_reason, at)
    ticket_changed(ticket.pk)


def _back(ticket: Ticket, code: str, reason: str, at: datetime) -> Ticket:
    ticket = lock(ticket)
    before = ticket.status
    if before in (_S.ANSWERED, _S.WAITING_REQUESTER) or (before == _S.CLOSED and may_reopen(ticket, at)):
        journal.save(ticket, at=at, status=_S.OPEN, closed_at=None)
    journal.append(ticket, code, at=at, actor=None, from_value=before, to_value=ticket.status, reason=reason)
    return ticket
