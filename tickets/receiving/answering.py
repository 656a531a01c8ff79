"""What an answer carries so that what is said to it finds its ticket again."""

from django.utils.translation import gettext as _

from kernel.compiled import Compiled
from messaging.models import Message
from tickets.models import Ticket

BY_MAIL = "EMAIL"
_LAST_SAID = Compiled(
    lambda rows, ticket: (
        rows.filter(ticket_entry__ticket_id=ticket, direction=Message.Direction.IN)
        .defer("html")
        .order_by("-ticket_entry__at", "-ticket_entry__id")[:1]
    ),
    "ticket",
)


def reply_subject(ticket: Ticket) -> str:
    """The subject of answers by mail: the number stands in it, so that an answer without threading is found."""
    subject = ticket.subject.strip() or _("Pertanyaan Anda")
    marked = subject if ticket.number in subject else f"{subject} [{ticket.number}]"
    return marked if marked.lower().startswith("re:") else f"Re: {marked}"


def subject_on(ticket: Ticket) -> str:
    """The subject of an answer on the ticket's own channel."""
    return reply_subject(ticket) if ticket.channel.code == BY_MAIL else ticket.subject


def last_question(ticket: Ticket) -> Message | None:
    """The requester's last message on the ticket: what an answer answers."""
    return next(iter(_LAST_SAID(Message.objects.all(), ticket=ticket.pk)), None)
