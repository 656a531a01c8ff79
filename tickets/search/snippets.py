"""What is shown of a hit: the subject, and of the text that fits best the part around the words, with `<mark>`.

The database puts two private characters around the words; everything is escaped here, then they become the marks.
"""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from kernel.compiled import run
from tickets.search import words as reading
from tickets.search.query import Term
from tickets.search.words import Word

_ON, _OFF, _LESS = "\ue000", "\ue001", "\ue002"
_LONGEST = 20_000  # characters of a text that are looked at
_OPTIONS = f"StartSel={_ON}, StopSel={_OFF}, "
_SQL = """
  SELECT t.id, doc.kind,
         ts_headline('indonesian', translate(left(doc.body, %(longest)s), %(from)s, %(to)s), q, %(part)s),
         ts_headline('indonesian', translate(t.subject, %(from)s, %(to)s), q, %(whole)s)
  FROM tickets_ticket t CROSS JOIN (SELECT %(q)s::tsquery AS q) asked LEFT JOIN LATERAL (
    SELECT 'message' AS kind, m.body, ts_rank(m.search, q) AS rank, e.at
    FROM tickets_ticketentry e JOIN messaging_message m ON m.id = e.message_id
    WHERE e.ticket_id = t.id AND m.search @@ q AND m.body <> '' AND m.delivery <> 'WITHDRAWN'
    UNION ALL
    SELECT 'note', e.note, ts_rank(to_tsvector('indonesian', e.note), q), e.at
    FROM tickets_ticketentry e
    WHERE e.ticket_id = t.id AND e.kind = 'NOTE' AND to_tsvector('indonesian', e.note) @@ q
    ORDER BY rank DESC, at DESC LIMIT 1
  ) doc ON true
  WHERE t.id = ANY(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class Snippet:
    """`text` is empty where only the subject, a name or a file was found; `note` says that it is an internal note."""

    subject: SafeString
    text: SafeString
    note: bool = False


def snippets(ids: Sequence[int], words: Sequence[Word]) -> dict[int, Snippet]:
    """The snippets of these tickets, by one query; none when no words were asked for."""
    if not ids or not words:
        return {}
    params: dict[str, Any] = {
        "q": reading.either(words),
        "ids": list(ids),
        "longest": _LONGEST,
        "from": "<" + _ON + _OFF + _LESS,  # the database drops what looks like a tag
        "to": _LESS,
        "part": _OPTIONS + "MaxFragments=1, MaxWords=22, MinWords=12",
        "whole": _OPTIONS + "HighlightAll=true",
    }
    rows = run(_SQL, params)
    return {pk: Snippet(_marked(subject), _marked(text or ""), kind == "note") for pk, kind, text, subject in rows}


def mark_words(text: str, terms: Sequence[Term]) -> SafeString:
    """A name with the beginnings of the words marked."""
    wanted = [term.text for term in terms if not term.out and len(term.text) > 1]
    if not wanted:
        return escape(text)
    pattern = "|".join(re.escape(word) for word in sorted(wanted, key=len, reverse=True))
    clean = text.translate(dict.fromkeys(map(ord, _ON + _OFF + _LESS)))
    return _marked(re.sub(rf"(?<!\w)(?:{pattern})", lambda found: _ON + found[0] + _OFF, clean, flags=re.IGNORECASE))


def plain(text: str) -> list[tuple[str, bool]]:
    """A marked text as parts for other programs: `[("Penyaluran ", False), ("DAU", True)]`."""
    parts = re.split(r"<mark>(.*?)</mark>", text)
    return [(html.unescape(part), place % 2 == 1) for place, part in enumerate(parts) if part]


def _marked(text: str) -> SafeString:
    text = " ".join(text.split())
    return mark_safe(escape(text.replace(_LESS, "<")).replace(_ON, "<mark>").replace(_OFF, "</mark>"))  # noqa: S308
