"""A message or note as the conversation shows it: quotations folded, long texts cut where a paragraph ends."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.safestring import SafeString

from tickets.inbox.quoting import parts_of
from tickets.inbox.wording import html_of

LONG = 1400  # characters shown of a long text
_SLACK = 1.4  # a text that is hardly longer is shown whole


@dataclass(frozen=True, slots=True)
class Piece:
    """`rest` is what a reader unfolds below `html`; a `folded` piece is unfolded as a whole."""

    html: SafeString
    folded: bool = False
    rest: SafeString | None = None


def pieces_of(text: str, subject: str = "") -> list[Piece]:
    """The pieces of a message."""
    made = []
    for part in parts_of(text, subject):
        head, rest = (part.text, "") if part.folded else cut(part.text)
        made.append(Piece(html_of(head), part.folded, html_of(rest) if rest else None))
    return made


def note_pieces(text: str, mentions: Collection[str]) -> list[Piece]:
    """The pieces of a note: nothing is quoted there, colleagues are named."""
    head, rest = cut(text)
    return [Piece(html_of(head, mentions=mentions), rest=html_of(rest, mentions=mentions) if rest else None)]


def cut(text: str, limit: int = LONG) -> tuple[str, str]:
    """The text in two where a paragraph, line or word ends before `limit`; the second empty when it is short."""
    if len(text) <= limit * _SLACK:
        return text, ""
    for mark in ("\n\n", "\n", " "):
        at = text.rfind(mark, limit // 2, limit)
        if at > 0:
            return text[:at], text[at:].lstrip("\n ")
    return text[:limit], text[limit:]
