"""What a requester said to the chatbot before an agent took over, beside the ticket; and their visits before that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from chatbot.checking import CHANNELS
from chatbot.models import ChatbotSession
from chatbot.sending import CLAIMER
from messaging.models import Message
from tickets.models import Ticket
from tickets.slots import Panel

MOST_LINES, MOST_EARLIER = 80, 3


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the conversation; `bot` when the chatbot wrote it."""

    bot: bool
    text: str
    at: datetime


def panel(request: HttpRequest, ticket: Ticket, at: datetime, works: bool) -> Panel:
    """Nothing for tickets that did not come by the chatbot, and no query for channels without one."""

    def draw() -> str:
        if ticket.channel.code not in CHANNELS:
            return ""
        before = sessions_of(ticket)
        own = next((one for one in before if one.ticket_id == ticket.pk), None)
        context = {"session": own, "said": conversation(own) if own else [], "earlier": _earlier(before, own)}
        shown = own is not None or context["earlier"]
        return render_to_string("chatbot/_ticket_panel.html", context, request) if shown else ""

    return Panel(draw, _("Chatbot"), "ti-robot", "", "")


def sessions_of(ticket: Ticket) -> list[ChatbotSession]:
    """The one that led to the ticket, and the requester's last ones before it, newest first."""
    mine = Q(ticket=ticket) | Q(contact_id=ticket.contact_id, ticket=None, started_at__lte=ticket.created_at)
    rows = ChatbotSession.objects.filter(mine).exclude(outcome=ChatbotSession.Outcome.RUNNING)
    return list(rows.select_related("menu", "channel").order_by("-started_at", "-pk")[: MOST_EARLIER + 1])


def conversation(session: ChatbotSession) -> list[Said]:
    """What was said in a session that has ended, in order; of live chats only its own browser's."""
    if session.contact_id is None:
        return []
    during = {"received_at__gte": session.started_at, "received_at__lte": session.ended_at}
    rows = Message.objects.filter(contact_id=session.contact_id, channel=session.channel, **during)
    written = Q(direction=Message.Direction.OUT, flags__contains=[CLAIMER])
    own, _colon, _rest = session.external_id.rpartition(":")
    if own.startswith("chat:"):
        rows = rows.filter(Q(details__conversation=own) | Q(reply_to__details__conversation=own))
    found = rows.filter(Q(direction=Message.Direction.IN) | written).order_by("received_at", "pk")[:MOST_LINES]
    return [Said(row.direction == Message.Direction.OUT, _words(row), row.received_at) for row in found]


def _words(message: Message) -> str:
    """Without the numbered lines that stand for buttons."""
    return str(message.details.get("text") or message.body) if message.direction == "OUT" else message.body


def _earlier(rows: Sequence[ChatbotSession], own: ChatbotSession | None) -> list[Any]:
    return [row for row in rows if row != own][:MOST_EARLIER]
