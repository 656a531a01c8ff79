"""Which published articles may answer a ticket: by its topic, and by the words of its subject and last question."""

import re
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db.models import Case, FloatField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.urls import reverse

from knowledge.models import KnowledgeArticle
from messaging.models import Message
from tickets.inbox.quoting import parts_of
from tickets.models import Ticket
from tickets.slots import Suggestion

_MOST = 3
_WORDS = 40
_SHORTEST = 3  # letters
_ENOUGH = 0.05  # of rank, for an article of another topic
_TOPIC = 1.0
_WORD = re.compile(r"[^\W_]+")
_STEMMED: Any = "indonesian"


def suggest(ticket: Ticket) -> list[Suggestion]:
    """At most three, the ticket's own topic first. Two queries."""
    rank: Combinable | Value = Value(0.0)
    words = _words(ticket)
    if words:
        vector = SearchVector("title", weight="A", config=_STEMMED) + SearchVector("body", weight="C", config=_STEMMED)
        rank = SearchRank(vector, SearchQuery(" | ".join(words), search_type="raw", config=_STEMMED))
    found = _scored(ticket, rank)
    return [Suggestion(row.code, row.title, row.body, reverse("article", args=[row.code])) for row in found[:_MOST]]


def _scored(ticket: Ticket, rank: Combinable) -> QuerySet[KnowledgeArticle]:
    rows = KnowledgeArticle.objects.filter(status=KnowledgeArticle.Status.PUBLISHED).annotate(rank=rank)
    wanted = Q(rank__gt=_ENOUGH)
    about = Case(default=Value(0.0), output_field=FloatField())
    if ticket.topic_id:
        wanted |= Q(topic_id=ticket.topic_id, rank__gt=0)
        about = Case(When(topic_id=ticket.topic_id, then=Value(_TOPIC)), default=Value(0.0), output_field=FloatField())
    return rows.filter(wanted).annotate(about=about).order_by("-about", "-rank", "code")


def _words(ticket: Ticket) -> list[str]:
    """Words as PostgreSQL's raw queries take them: letters and digits only."""
    asked = Message.objects.filter(ticket_entry__ticket=ticket, direction=Message.Direction.IN)
    last = asked.order_by("-received_at", "-pk").values_list("body", "subject").first() or ("", "")
    own = " ".join(part.text for part in parts_of(*last) if not part.folded)
    words = _WORD.findall(f"{ticket.subject} {own}".lower())
    return list(dict.fromkeys(word for word in words if len(word) >= _SHORTEST))[:_WORDS]
