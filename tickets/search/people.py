"""Who and where a search may mean: contacts, regions, and names that were misspelt."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Greatest

from people.access import visible_contacts
from people.models import Contact, Region, User
from people.reference import REGIONS
from tickets.models import Ticket, Topic
from tickets.search.direct import addressed
from tickets.search.query import Query
from tickets.search.words import SHORTEST_NAME, Word

ALIKE = 0.45  # word similarity of a misspelt name
_SHORTEST_TYPO = 4
_LIKE = 40  # names that are compared


_NAMED = "SELECT * FROM people_contact WHERE merged_into_id IS NULL AND anonymised_at IS NULL"


@dataclass(frozen=True, slots=True)
class Person:
    contact: Contact
    tickets: int


def people(user: User, query: Query, most: int, *, alike: bool = True) -> list[Person]:
    """Contacts by address, by name or organisation; with `alike`, when there are none, those whose name is."""
    if not query.wanted:
        return []
    visible = visible_contacts(user)
    rows = visible.filter(merged_into=None, anonymised_at=None).select_related("region")
    if ids := addressed(query):
        found = list(rows.filter(pk__in=ids)[:most])
    elif any(Word(term, "").name for term in query.wanted):
        found = _named(visible, query, most) or (_alike(rows, query, most) if alike else [])
    else:
        found = []
    if not found:
        return []
    tickets = Ticket.objects.filter(contact__in=found).order_by().values_list("contact").annotate(Count("pk"))
    counts = dict(tickets)
    return [Person(contact, counts.get(contact.pk, 0)) for contact in found]


def places(query: Query, most: int) -> list[Region]:
    """Regions whose name has all the words."""
    words = [Word(term, "") for term in query.wanted]
    if not words or not all(word.name for word in words) or query.filters:
        return []
    rows = Region.objects.all()
    for word in words:
        rows = rows.filter(display_name__iregex=word.name)
    return list(rows.order_by("code")[:most])


def meant(query: Query) -> str | None:
    """The query with misspelt names put right, as text; None when no word is close to a name."""
    terms = []
    for term in query.terms:
        better = None if term.out or term.phrase else _closest(term.text)
        terms.append(replace(term, text=better, prefix=False) if better else term)
    return str(replace(query, terms=tuple(terms), problems=())).strip() if tuple(terms) != query.terms else None


def _named(rows: "QuerySet[Contact]", query: Query, most: int) -> list[Contact]:
    """Those among `rows`, all contacts or none, that have all the words in the name or the organisation.

    Written out, since it runs at every search, and planned with its words: a plan for any words at all would take it
    that the first contacts will do, and read through all of them for a rare name.
    """
    names = [name for term in query.wanted if (name := Word(term, "").name)]
    if rows.query.is_empty():
        return []
    sql = _NAMED + " AND (name ~* %s OR organization ~* %s)" * len(names) + " LIMIT %s"
    found = list(Contact.objects.raw(sql, [*(name for name in names for _column in range(2)), most]))
    regions = REGIONS()
    for contact in found:
        if contact.region_id in regions:
            contact.region = regions[contact.region_id]
    return found


def _alike(rows: "QuerySet[Contact]", query: Query, most: int) -> list[Contact]:
    text = query.plain
    if len(text) < _SHORTEST_TYPO:
        return []
    closeness = Greatest(TrigramWordSimilarity(text, "name"), TrigramWordSimilarity(text, "organization"))
    alike = Q(name__trigram_word_similar=text) | Q(organization__trigram_word_similar=text)
    with transaction.atomic():
        _loosen()
        found = rows.filter(alike).annotate(closeness=closeness).order_by("-closeness", "name", "pk")
        return list(found[:most])


def _closest(word: str) -> str | None:
    """A word of a name, place or topic that is spelt nearly so."""
    if len(word) < max(_SHORTEST_TYPO, SHORTEST_NAME) or not word.isalpha():
        return None
    with transaction.atomic():
        _loosen()
        like = {"name__trigram_word_similar": word}
        names = list(Contact.objects.filter(**like, merged_into=None).order_by().values_list("name", flat=True)[:_LIKE])
        names += list(Region.objects.filter(**like).values_list("name", flat=True)[:_LIKE])
        names += list(Topic.objects.filter(label__trigram_word_similar=word).values_list("label", flat=True)[:_LIKE])
    known = {part.lower(): part for part in _parts(names)}
    near = difflib.get_close_matches(word.lower(), known, 1, 0.7)
    return known[near[0]] if near and near[0] != word.lower() else None


def _parts(names: Iterable[str]) -> Sequence[str]:
    return [part for name in names for part in re.findall(r"\w{3,}", name)]


def _loosen() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
