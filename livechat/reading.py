"""What a session may see: its own lines, files and marks, and nothing of anybody else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db.models import Max
from django.utils.translation import gettext as _

from livechat.models import ChatLine, ChatSession
from messaging.models import Attachment, Message
from tickets.models import SatisfactionRating, Ticket, TicketRead
from tickets.quotes import LONGEST_SHOWN, QUOTE
from tickets.rules import rateable_until

MOST = 200  # lines in one answer
SALT = "livechat.file"
FILE_LIVES = 12 * 3600  # seconds an address of a file is good for


def ticket_of(session: ChatSession) -> Ticket | None:
    """The ticket on which the session's last message stands."""
    rows = Ticket.objects.filter(entries__message__chat_line__session=session).select_related("merged_into")
    found = rows.order_by("-entries__message__chat_line__seq").first()
    return (found.merged_into or found) if found else None


def lines_after(session: ChatSession, after: int) -> list[dict[str, Any]]:
    """Lines beyond `after`, oldest first, as the widget shows them."""
    rows = ChatLine.objects.filter(session=session, seq__gt=after)
    rows = rows.select_related("message__author", "message__reply_to__author")
    found = list(rows.prefetch_related("message__attachments__file").order_by("seq")[:MOST])
    return [shown(line) for line in found]


def shown(line: ChatLine) -> dict[str, Any]:
    """One line; `id` is the browser's own for what it sent."""
    message = line.message
    mine = message.direction == Message.Direction.IN
    choices = [{"id": str(key), "title": str(label)} for key, label in message.details.get("options", [])]
    return {
        "seq": line.seq,
        "id": message.external_id.rpartition(":")[2] if mine else "",
        "mine": mine,
        "who": "" if mine else writer(message),
        "bot": not mine and message.author is None,
        "text": message.details.get("text") or message.body if choices else message.body,
        "at": message.received_at.isoformat(timespec="seconds"),
        "files": [_file(line.session_id, part) for part in message.attachments.all()],
        "choices": choices,
        "quote": _quote(message),
    }


def _quote(message: Message) -> dict[str, str] | None:
    """What an answer quotes, for the visitor: their own words or the agent's."""
    quoted = message.reply_to if message.details.get(QUOTE) else None
    if quoted is None or quoted.channel_id != message.channel_id:
        return None
    mine = quoted.direction == Message.Direction.IN
    return {"who": "" if mine else writer(quoted), "text": " ".join(quoted.body.split())[:LONGEST_SHOWN]}


def writer(message: Message) -> str:
    """The agent's first name; machines answer as the contact centre."""
    return str(message.author).split()[0] if message.author else _("Contact Center DJPK")


def _file(session: int, part: Attachment) -> dict[str, Any]:
    return {
        "name": part.name,
        "size": part.file.size,
        "image": part.file.media_type in ("image/png", "image/jpeg", "image/gif", "image/webp"),
        "key": signing.dumps([session, part.pk], salt=SALT),
    }


def file_of(key: str) -> Attachment | None:
    """The file that an address names, while the address is good."""
    try:
        session, pk = signing.loads(key, salt=SALT, max_age=FILE_LIVES)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = Attachment.objects.select_related("file").filter(message__chat_line__session=session, pk=pk)
    return rows.first()


@dataclass(frozen=True, slots=True)
class State:
    """How a session stands. `seen`: until when an agent has read along; `rate`: whether it may be rated now."""

    ticket: Ticket | None
    seen: datetime | None
    rated: bool
    rate: bool


def state_of(session: ChatSession, at: datetime) -> State:
    ticket = ticket_of(session)
    if ticket is None:
        return State(None, None, rated=False, rate=False)
    seen = TicketRead.objects.filter(ticket=ticket).aggregate(last=Max("read_at"))["last"]
    rated = session.scored_at is not None or SatisfactionRating.objects.filter(ticket=ticket).exists()
    until = rateable_until(ticket)
    over = session.ended_at is not None or ticket.closed_at is not None
    return State(ticket, seen, rated, rate=over and not rated and (until is None or at <= until))
