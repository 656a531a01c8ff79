"""Between messages and conversation: what a channel's message says, and a reply in the channel's own shape.

Any channel may send choices in `details["choice"]` and show `details["options"]`, pairs of key and label, with
`details["text"]` above them; the body says the same in numbered lines for those that show text alone.
"""

from datetime import datetime
from typing import Any

from chatbot.replies import Reply, interactive, parts
from chatbot.state import Heard
from kernel.errors import Refused
from messaging.models import Message
from messaging.verbs import write_message

FLAG, CLAIMER = "chatbot", "chatbot"
INTERACTIVE = frozenset({"WHATSAPP"})
LONGEST_KEY = 60
SILENCED = frozenset({"contact.opted_out", "whatsapp.window_closed"})
"""Why WhatsApp may not be written to by a machine (`messaging.permission`)."""


def heard_of(message: Message) -> Heard:
    """A message as the conversation takes it."""
    choice = str(message.details.get("choice") or _tapped(message.details.get("interactive")))
    quiet = "reaction" in message.flags
    return Heard(message.body, choice if len(choice) <= LONGEST_KEY else "", message.pk or 0, quiet)


def say(reply: Reply, *, to: Message, thread: str = "", at: datetime) -> Message:
    """Queue a reply to a message; the last of the messages it takes."""
    assert to.contact is not None  # noqa: S101  # whoever is answered has written
    written = to
    for part in parts(reply):
        try:
            written = write_message(
                channel=to.channel,
                contact=to.contact,
                body=part.numbered(),
                reply_to=to,
                flags=[FLAG],
                thread=thread,
                details=_shown(part, to.channel.code),
                at=at,
                actor=None,
                claimed_by=CLAIMER,
            )
        except Refused as refusal:
            if refusal.code not in SILENCED:
                raise
            return written  # the conversation goes on without our words; an agent can use a template
    return written


def _shown(reply: Reply, channel: str) -> dict[str, Any]:
    if not reply.options:
        return {}
    details: dict[str, Any] = {"text": reply.text, "options": [[one.key, one.label] for one in reply.options]}
    if channel in INTERACTIVE and (shape := interactive(reply)):
        details["interactive"] = shape
    return details


def _tapped(given: Any) -> str:
    """The id of a tapped row or button. Shape: Meta's Cloud API, messages of type `interactive`."""
    if not isinstance(given, dict):
        return ""
    chosen = given.get(str(given.get("type", "")))
    return str(chosen.get("id", "")) if isinstance(chosen, dict) else ""
