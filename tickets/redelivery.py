"""What an agent decides about a reply that did not leave, or of which nobody knows whether it did."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from messaging import outbox
from messaging.models import Message
from messaging.routes import Route
from messaging.verbs import record_delivery, write_message
from people.models import User
from tickets import journal
from tickets.intake import CLAIMER
from tickets.models import Ticket, TicketEntry
from tickets.receiving.answering import BY_MAIL, reply_subject
from tickets.receiving.bounced import DECIDED

_D = Message.Delivery
ELSEWHERE = "instead_of"
"""Key in a message's details: the message that it was sent instead of."""
_LOST = frozenset({_D.FAILED, _D.BOUNCED, _D.UNKNOWN})


@transaction.atomic
def resend_reply(*, ticket: Ticket, message: Message, at: datetime, actor: User) -> Message:
    """Send a reply that failed, or is uncertain, once more to where it was to go."""
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    message = _of_ticket(ticket, message)
    message = outbox.retry(message=message, at=at, actor=actor)
    journal.append(ticket, "ticket.reply_resent", at=at, actor=actor, data={"message": message.pk})
    return message


@transaction.atomic
def decide_delivery(*, ticket: Ticket, message: Message, sent: bool, at: datetime, actor: User) -> Message:
    """Say of an uncertain reply whether it was sent; what was not can then be sent again."""
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    message = _of_ticket(ticket, message)
    if message.delivery != _D.UNKNOWN:
        raise Refused("message.not_unknown", _("Nasib pesan ini sudah diketahui."))
    reason = "" if sent else str(_("Dinyatakan tidak terkirim oleh {name}.")).format(name=actor)
    record_delivery(
        message=message,
        delivery=_D.SENT if sent else _D.FAILED,
        reason=reason,
        code=f"{DECIDED}{actor.username}",
        at=at,
    )
    code = "ticket.reply_found_sent" if sent else "ticket.reply_found_lost"
    journal.append(ticket, code, at=at, actor=actor, data={"message": message.pk})
    message.refresh_from_db()
    return message


@transaction.atomic
def send_elsewhere(*, ticket: Ticket, message: Message, route: Route, at: datetime, actor: User) -> TicketEntry:
    """Write the same to another address or by another channel of the contact; the first one stays as it is."""
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    message = _of_ticket(ticket, message)
    if message.delivery not in _LOST:
        raise Refused("message.not_failed", _("Pesan ini tidak gagal terkirim."))
    if Message.objects.filter(ticket_entry__ticket=ticket, details__contains={ELSEWHERE: message.pk}).exists():
        raise Refused("message.sent_elsewhere", _("Pesan ini sudah dikirim lewat saluran lain."))
    files = [(one.file, one.name) for one in message.attachments.select_related("file")]
    by_mail = route.channel.code == BY_MAIL
    new = write_message(
        channel=route.channel,
        contact=ticket.contact,
        subject=reply_subject(ticket) if by_mail else ticket.subject,
        body=message.body,
        files=files,
        reply_to=message.reply_to if route.channel.pk == message.channel_id else None,
        thread=ticket.number,
        details={"to": route.handle.value, ELSEWHERE: message.pk},
        at=at,
        actor=actor,
        claimed_by=CLAIMER,
    )
    journal.save(ticket, at=at, last_message_at=at)
    journal.append(
        ticket,
        "ticket.reply_sent_elsewhere",
        at=at,
        actor=actor,
        to_value=route.channel.code,
        data={"message": new.pk, ELSEWHERE: message.pk},
    )
    return journal.show_message(ticket, new, at=at, author=actor)


def _of_ticket(ticket: Ticket, message: Message) -> Message:
    rows = Message.objects.filter(ticket_entry__ticket=ticket, direction=Message.Direction.OUT)
    found = rows.select_related("channel", "contact", "reply_to").filter(pk=message.pk).first()
    if found is None:
        raise Refused("message.not_on_ticket", _("Balasan ini tidak ada pada tiket."))
    return found
