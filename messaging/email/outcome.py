"""What became of a mail, in one line for whoever brought it."""

from typing import Any

from kernel.compiled import Compiled
from messaging.models import Message

_BY_CLAIMER = {"ignored": "ignored", "quarantine": "quarantined", "lapor": "lapor"}


_SHOWN = Compiled(
    lambda rows, pk: (
        rows.filter(pk=pk)
        .select_related("ticket_entry__ticket", "reply_to__ticket_entry__ticket")
        .only("flags", "claimed_by", "ticket_entry__ticket__number", "reply_to__ticket_entry__ticket__number")
    ),
    "pk",
)


def outcome(message: Message, new: bool) -> dict[str, Any]:
    """`{"message", "ticket", "status", "flags"}`: new, threaded, duplicate, lapor, quarantined, ignored, waiting."""
    [message] = _SHOWN(Message.objects.all(), pk=message.pk)
    entry = _entry(message)
    status = "duplicate" if not new else _status(message, entry)
    return {
        "message": message.pk,
        "ticket": entry.ticket.number if entry else None,
        "status": status,
        "flags": list(message.flags),
    }


def _entry(message: Message) -> Any:
    """The entry that shows it, read backwards so that this app need not know tickets."""
    shown = getattr(message, "ticket_entry", None) if hasattr(message, "ticket_entry") else None
    if shown is None and message.reply_to and "bounce" in message.flags:
        shown = message.reply_to.ticket_entry if hasattr(message.reply_to, "ticket_entry") else None
    return shown


def _status(message: Message, entry: Any) -> str:
    if not message.claimed_by:
        return "waiting"
    if message.claimed_by in _BY_CLAIMER:
        return _BY_CLAIMER[message.claimed_by]
    first = entry.ticket.entries.filter(kind="MESSAGE").order_by("at", "id").first() if entry else None
    return "new" if first and first.message_id == message.pk else "threaded"
