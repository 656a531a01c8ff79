"""What a word of a search means to the database: its tsquery, how common it is, and how names are compared with it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import Case, DateTimeField, Exists, OuterRef, Q, Value, When

from messaging.models import Attachment, Message
from tickets.models import NoteFile, TicketEntry
from tickets.search.query import Term

CONFIG = "indonesian"
SHORTEST_NAME = 3  # letters; shorter words have no trigram to look up
SHORTEST_STEM = 3
_ENDINGS = ("", "a", "n", "an", "ya")  # "penyalura" -> penyaluran, "daerahn" -> daerahnya
_BEGINNING = re.compile(r"'((?:[^'\\]|'')+)':\*")  # one lexeme as PostgreSQL writes it: 'salur':*
_ESTIMATE = "EXPLAIN (FORMAT JSON) SELECT 1 FROM messaging_message WHERE search @@ %s::tsquery"


class Tsquery(SearchQuery):
    """A tsquery as the database writes it."""

    template = "(%(expressions)s)::tsquery"


@dataclass(frozen=True, slots=True)
class Word:
    """A term with its tsquery; `rows` is how many messages hold it by the planner's statistics."""

    term: Term
    tsquery: str
    rows: int = 0

    @property
    def name(self) -> str:
        """The pattern by which names of people and places are compared; empty for words too short for it."""
        text = self.term.text
        if sum(map(str.isalnum, text)) < SHORTEST_NAME:
            return ""
        starts, ends = text[0].isalnum(), text[-1].isalnum() and not self.term.prefix
        return ("\\m" if starts else "") + re.sub(r"(\W)", r"\\\1", text) + ("\\M" if ends else "")

    @property
    def file(self) -> str:
        """The pattern that file names must contain; empty as for `name`."""
        return re.sub(r"(\W)", r"\\\1", self.term.text) if self.name else ""

    @property
    def query(self) -> "Tsquery":
        return Tsquery(self.tsquery)

    def on_ticket(self) -> Q:
        """Tickets of which a message, a note, the subject, who asks, the place or a file has the word."""
        entries = _standing(TicketEntry.objects.filter(ticket=OuterRef("pk")))
        notes = entries.filter(kind=TicketEntry.Kind.NOTE).annotate(said=SearchVector("note", config=CONFIG))
        found = Q(Exists(entries.filter(message__search=self.query)))
        found |= Q(Exists(notes.filter(said=self.query))) | Q(subject_vector=self.query)
        return found | self.of_name() | self._of_file()

    def of_name(self) -> Q:
        if not self.name:
            return Q(pk__in=[])
        return (
            Q(contact__name__iregex=self.name)
            | Q(contact__organization__iregex=self.name)
            | Q(region__name__iregex=self.name)
        )

    def newer_than(self, moment: datetime, ticket: int) -> Q:
        """Tickets that hold the word in something before that place, which an earlier page has therefore shown."""
        entries = _standing(TicketEntry.objects.filter(ticket=OuterRef("pk"), at__gt=_edge("ticket", moment, ticket)))
        notes = entries.filter(kind=TicketEntry.Kind.NOTE).annotate(said=SearchVector("note", config=CONFIG))
        said = Q(Exists(entries.filter(message__search=self.query))) | Q(Exists(notes.filter(said=self.query)))
        head = Q(created_at__gt=_edge("pk", moment, ticket)) & (Q(subject_vector=self.query) | self.of_name())
        if not self.file:
            return said | head
        files = entries.filter(Q(message__attachments__name__iregex=self.file) | Q(files__name__iregex=self.file))
        return said | head | Q(Exists(files))

    def _of_file(self) -> Q:
        if not self.file:
            return Q(pk__in=[])
        attached = Attachment.objects.filter(message__ticket_entry__ticket=OuterRef("pk"), name__iregex=self.file)
        attached = attached.exclude(message__delivery=Message.Delivery.WITHDRAWN)
        noted = NoteFile.objects.filter(entry__ticket=OuterRef("pk"), name__iregex=self.file)
        return Q(Exists(attached)) | Q(Exists(noted))


def _standing(entries: Any) -> Any:
    """Without replies that were taken back."""
    return entries.exclude(message__delivery=Message.Delivery.WITHDRAWN)


def _edge(column: str, moment: datetime, ticket: int) -> Case:
    """At the same moment the higher ticket comes first; the one at the place itself has been shown."""
    at_once = When(**{f"{column}__gte": ticket}, then=Value(moment - timedelta(microseconds=1)))
    return Case(at_once, default=Value(moment), output_field=DateTimeField())


def with_subject(tickets: Any) -> Any:
    """The tickets with `subject_vector`, on which the conditions of words stand."""
    return tickets.alias(subject_vector=SearchVector("subject", config=CONFIG))


def read(terms: Sequence[Term]) -> list[Word]:
    """The terms as the database reads them, by one query; terms of which it keeps nothing are left out."""
    if not terms:
        return []
    asked = [_forms(term) for term in terms]
    columns = ", ".join(f"ARRAY[{', '.join(f'{sql}::text' for sql, _text in forms)}]" for forms in asked)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [text for forms in asked for _sql, text in forms])
        found = cursor.fetchone() or ()
    words = [Word(term, _any_of(forms)) for term, forms in zip(terms, found, strict=True)]
    return [word for word in words if word.tsquery]


def measured(words: Sequence[Word]) -> list[Word]:
    """The words with the planner's estimates, rarest first."""
    return sorted((Word(word.term, word.tsquery, estimate(word.tsquery)) for word in words), key=lambda word: word.rows)


def estimate(tsquery: str) -> int:
    """How many messages a tsquery finds by the planner's statistics; nothing is read for it."""
    with connection.cursor() as cursor:
        cursor.execute(_ESTIMATE, [tsquery])
        (plan,) = cursor.fetchone() or ("[]",)
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return int(plan[0]["Plan"]["Plan Rows"])


def together(words: Sequence[Word]) -> str:
    """One tsquery that asks for all of them in one text."""
    return " & ".join(f"({word.tsquery})" for word in words)


def either(words: Sequence[Word]) -> str:
    return " | ".join(f"({word.tsquery})" for word in words)


def _forms(term: Term) -> list[tuple[str, str]]:
    """The forms of a term that fit, each as an expression with its one parameter."""
    if not term.prefix:
        return [(f"phraseto_tsquery('{CONFIG}', %s)", term.text)]
    low = term.text.lower()
    grown = [low + ending for ending in _ENDINGS] if low.isalpha() and len(low) > SHORTEST_STEM else [low]
    quoted = ["'" + text.replace("\\", "\\\\").replace("'", "''") + "':*" for text in grown]
    return [(f"to_tsquery('{CONFIG}', %s)", text) for text in quoted]


def _any_of(forms: Sequence[str]) -> str:
    """Any of these tsqueries, without the beginnings that a shorter one covers.

    They would find nothing more, but the planner counts each of them and takes a rare word for a common one.
    """
    begun = {form: match[1] for form in forms if (match := _BEGINNING.fullmatch(form))}
    kept = [form for form in dict.fromkeys(forms) if form and not (form in begun and _covered(form, begun))]
    return " | ".join(f"({form})" for form in kept) if len(kept) > 1 else "".join(kept)


def _covered(form: str, begun: dict[str, str]) -> bool:
    return any(begun[form] != other and begun[form].startswith(other) for other in begun.values())
