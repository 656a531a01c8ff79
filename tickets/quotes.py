"""A reply that answers one particular message of the ticket, and messages that answer one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from kernel.compiled import Compiled, one_of
from kernel.errors import Refused
from kernel.formats import clock_time, day_name, long_date
from kernel.months import JAKARTA
from messaging.models import Message
from people.reference import STAFF
from tickets.models import Ticket, TicketEntry
from tickets.senders import others_of

QUOTE = "quote"
"""In the details of a reply: the entry of the message that it quotes."""
LONGEST_SHOWN = 240
_D = Message.Delivery
_ARRIVED = frozenset({_D.SENT.value, _D.DELIVERED.value, _D.READ.value})
_BOTH_SIDES, _THEIRS = frozenset({"WHATSAPP", "LIVE_CHAT"}), frozenset({"EMAIL"})
_OF_MESSAGES = Compiled(
    lambda rows, ticket, ids: (
        rows.filter(one_of("message_id", ids), ticket_id=ticket)
        .select_related("message")
        .defer("message__html", "message__search")
    ),
    "ticket",
    "ids",
)


@dataclass(frozen=True, slots=True)
class Quote:
    """What stands folded above a message: who said it, its beginning, and the entry it leads to."""

    entry: int
    who: str
    text: str
    at: datetime


def may_quote(channel: str, message: Message) -> bool:
    """Whether the channel lets a reply name this message. Mails answer mails; chats also what we said ourselves."""
    if message.direction == Message.Direction.IN:
        return channel in _BOTH_SIDES | _THEIRS
    return channel in _BOTH_SIDES and message.delivery in _ARRIVED


def quoted_on(ticket: Ticket, entry: int) -> TicketEntry:
    """The entry of this ticket that a reply may quote. Refused: `quote.unknown`, `quote.not_possible`."""
    row = TicketEntry.objects.select_related("message").filter(ticket=ticket, pk=entry, message__isnull=False).first()
    if row is None or row.message is None:
        raise Refused("quote.unknown", gettext_lazy("Pesan yang dikutip tidak ada pada tiket ini."))
    if not may_quote(ticket.channel.code, row.message):
        raise Refused("quote.not_possible", gettext_lazy("Pesan ini tidak dapat dikutip di kanal tiketnya."))
    return row


def details_for(row: TicketEntry, last: Message | None) -> dict[str, Any]:
    """What a reply that quotes the entry carries; the conversation it belongs to stays the requester's."""
    message = row.message or last
    named = [one.details.get("conversation") for one in (message, last) if one]
    conversation = next((str(one) for one in named if one), "")
    return {QUOTE: row.pk, **({"conversation": conversation} if conversation else {})}


def answers_one(message: Message) -> bool:
    """Whether the message says which one it answers; mails always name the one before and are not meant."""
    if message.reply_to_id is None:
        return False
    ours = message.direction == Message.Direction.OUT
    return bool(message.details.get(QUOTE)) if ours else "wa_id" in message.details


def quotes_of(ticket: Ticket, messages: Iterable[Message]) -> dict[int, Quote]:
    """By the message that is quoted, if it is on this ticket. One query, none where nothing is quoted."""
    ids = [message.reply_to_id for message in messages if answers_one(message)]
    rows = _OF_MESSAGES(TicketEntry.objects.all(), ticket=ticket.pk, ids=ids) if ids else []
    return {row.message_id: quote_of(row, ticket) for row in rows}


def quote_of(row: TicketEntry, ticket: Ticket) -> Quote:
    message = row.message
    text = " ".join((message.body if message else "").split())
    shown = f"{text[:LONGEST_SHOWN].rstrip()}…" if len(text) > LONGEST_SHOWN else text
    return Quote(row.pk, who_said(row, ticket), shown or _("(tanpa teks)"), row.at)


def who_said(row: TicketEntry, ticket: Ticket) -> str:
    if row.message and row.message.direction == Message.Direction.IN:
        return others_of(ticket, [row.message]).get(row.message.contact_id or 0, ticket.contact.name)
    author = STAFF().get(row.author_id or (row.message.author_id if row.message else None) or 0)
    return str(author) if author else _("Sistem")


def quoted_text(row: TicketEntry, ticket: Ticket) -> str:
    """The message as a mail quotes it, below what is to be written."""
    from tickets.inbox.quoting import parts_of

    at = row.at.astimezone(JAKARTA)
    body, subject = (row.message.body, row.message.subject) if row.message else ("", "")
    own = "\n\n".join(part.text for part in parts_of(body, subject) if not part.folded).strip("\n")
    with override("id"):
        said = _("Pada {day}, {date} pukul {time} WIB, {name} menulis:").format(
            day=day_name(at.date(), "id"), date=long_date(at.date(), "id"), time=clock_time(at, "id"),
            name=who_said(row, ticket),
        )  # fmt: skip
    return "\n".join([said, *(f"> {line}".rstrip() for line in own.split("\n"))])
