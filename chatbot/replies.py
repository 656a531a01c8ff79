"""What the chatbot says, and how each kind of channel shows it: lists and buttons, or numbered lines. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chatbot.tree import cut

# Meta's limits of interactive messages.
MOST_BUTTONS, MOST_ROWS = 3, 10
LONGEST_BUTTON, LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_BODY = 20, 24, 72, 1024


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose. `key` comes back when it is tapped; `short` is for narrow rows."""

    key: str
    label: str
    short: str = ""

    @property
    def title(self) -> str:
        return self.short or cut(self.label, LONGEST_TITLE)


@dataclass(frozen=True, slots=True)
class Reply:
    """One message. `button` opens the list where options are a list."""

    text: str
    options: tuple[Option, ...] = ()
    button: str = ""

    def numbered(self) -> str:
        """As plain text: options as numbered lines."""
        lines = [f"{number}. {option.label}" for number, option in enumerate(self.options, 1)]
        return "\n".join([self.text, "", *lines]) if lines else self.text


def parts(reply: Reply) -> list[Reply]:
    """The same reply in messages short enough: a long text first, then what can be chosen."""
    if not reply.options or len(reply.text) <= LONGEST_BODY:
        return [reply]
    head, gap, tail = reply.text.rpartition("\n\n")
    if not gap or len(tail) > LONGEST_BODY:
        head, tail = reply.text, "⋯"
    return [Reply(head), Reply(tail, reply.options, reply.button)]


def interactive(reply: Reply) -> dict[str, Any] | None:
    """The reply as an interactive message of WhatsApp; None where it must be plain text.

    Shape: Meta's Cloud API, messages of type `interactive` (`button` and `list`).
    """
    options = reply.options
    if not options or len(options) > MOST_ROWS or not 0 < len(reply.text) <= LONGEST_BODY:
        return None
    body = {"text": reply.text}
    if len(options) <= MOST_BUTTONS and all(len(option.title) <= LONGEST_BUTTON for option in options):
        buttons = [{"type": "reply", "reply": {"id": one.key, "title": one.title}} for one in options]
        return {"type": "button", "body": body, "action": {"buttons": buttons}}
    sections = [{"rows": [_row(option) for option in options]}]
    return {
        "type": "list",
        "body": body,
        "action": {"button": cut(reply.button, LONGEST_BUTTON), "sections": sections},
    }


def _row(option: Option) -> dict[str, str]:
    row = {"id": option.key, "title": option.title}
    if option.label != option.title:
        row["description"] = cut(option.label, LONGEST_DESCRIPTION)
    return row


def chosen(text: str, options: Sequence[tuple[str, str]]) -> str:
    """The key of what a typed text chooses of (key, label): its number, or its label; else empty."""
    said = " ".join(text.lower().split()).strip(" .)")
    if said.isdecimal() and said.isascii() and len(said) < 4 and 1 <= int(said) <= len(options):
        return options[int(said) - 1][0]
    return next((key for key, label in options if said and said == " ".join(label.lower().split())), "")
