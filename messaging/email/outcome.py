"""What became of a mail, in one line for whoever brought it."""

from typing import Any

from kernel.compiled import Compiled
from messaging.models import Message

WAITING = "waiting"
_BY_CLAIMER = {"ignored": "ignored", "quarantine": "quarantined", "lapor": "lapor"}


_SHOWN = Compiled(
    lambda rows, pk: (
        rows.filter(pk=pk)
        .select_related("channel", "ticket_entry__ticket", "reply_to__ticket_entry__ticket")
        .only(
            "flags",
            "claimed_by",
            "channel__code",
            "ticket_entry__ticket__number",
            "reply_to__ticket_entry__ticket__number",
        )
    ),
    "pk",
)


def outcome(message: Message, new: bool) -> dict[str, Any]:
    """`{"message", "ticket", "status", "flags"}`: new, threaded, duplicate, lapor, quarantined, ignored.

    A mail that is stored and that nobody has claimed yet (its turn failed and comes again) has the flag `waiting`; its
    status is what it is known to be by then.
    """
    [message] = _SHOWN(Message.objects.all(), pk=message.pk)
    entry = _entry(message)
    status = "duplicate" if not new else _status(message, entry)
    return {
        "message": message.pk,
        "ticket": entry.ticket.number if entry else None,
        "status": status,
        "flags": [*message.flags, *([] if message.claimed_by else [WAITING])],
    }


def _entry(message: Message) -> Any:
    """The entry that shows it, read backwards so that this app need not know tickets."""
    shown = getattr(message, "ticket_entry", None) if hasattr(message, "ticket_entry") else None
    if shown is None and message.reply_to and "bounce" in message.flags:
        shown = message.reply_to.ticket_entry if hasattr(message.reply_to, "ticket_entry") else None
    return shown


def _status(message: Message, entry: Any) -> str:
    if not message.claimed_by:
        return _so_far(message)
    if message.claimed_by in _BY_CLAIMER:
        return _BY_CLAIMER[message.claimed_by]
    first = entry.ticket.entries.filter(kind="MESSAGE").order_by("at", "id").first() if entry else None
    return "new" if first and first.message_id == message.pk else "threaded"


def _so_far(message: Message) -> str:
    """By the mailbox, the spam mark and the message it answers: what claimers look at as well."""
    if message.channel.code == "LAPOR":
        return "lapor"
    if "spam" in message.flags:
        return "quarantined"
    answered = message.reply_to
    return "threaded" if answered is not None and hasattr(answered, "ticket_entry") else "new"
