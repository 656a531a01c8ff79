"""Published articles among the results of a search for words."""

from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.urls import reverse
from django.utils.translation import gettext as _

from knowledge.access import visible_articles
from people.models import User
from tickets.search.query import Term
from tickets.search.slots import Thing, Things

_STEMMED: Any = "indonesian"


def source(user: User, terms: tuple[Term, ...], most: int) -> Things | None:
    """Articles in which all the wanted words stand, titles before bodies. One query."""
    wanted = [_query(term) for term in terms if not term.out]
    if not wanted:
        return None
    query = wanted[0]
    for more in wanted[1:]:
        query = query & more
    vector = SearchVector("title", weight="A", config=_STEMMED) + SearchVector("body", weight="C", config=_STEMMED)
    rows = visible_articles(user).annotate(found=vector, rank=SearchRank(vector, query)).filter(found=query)
    found = rows.order_by("-rank", "code")[:most]
    things = [Thing(reverse("article", args=[row.code]), row.title, row.code) for row in found]
    return Things(_("Artikel"), things)


def _query(term: Term) -> SearchQuery:
    return SearchQuery(term.text, search_type="phrase" if term.phrase else "plain", config=_STEMMED)
