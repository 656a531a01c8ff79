"""What the search page and the palette show of a search; both read through `results.py` and leave a line in the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from people.log import log_access
from people.models import Contact, Region, User
from tickets.clocks import Clocks
from tickets.inbox.facets import Reader
from tickets.inbox.rows import Row, rows_of
from tickets.inbox.side import uncounted
from tickets.models import Ticket
from tickets.search.people import people, places
from tickets.search.query import Query, parse, quoted
from tickets.search.results import BEST, NEWEST, Results, find
from tickets.search.slots import Things, others
from tickets.search.snippets import Snippet, mark_words, snippets

SORTS: dict[str, "str | Promise"] = {BEST: _("Paling sesuai"), NEWEST: _("Terbaru")}
EXAMPLES: list[tuple[str, "str | Promise"]] = [
    ("syarat salur", _("kedua kata, dalam bentuk apa pun")),
    ('"tahap II" -dbh', _("persis begini, tanpa DBH")),
    ("kanal:wa zona:WIT", _("menurut kanal dan zona waktu")),
    ("agen:saya belum-dibaca", _("milik saya, belum dibaca")),
    ("dari:2024-08 topik:DAU", _("sejak Agustus 2024, topik DAU")),
    ("berkas:pdf", _("dengan berkas bernama demikian")),
]
_PEOPLE, _THINGS = 3, 3
_QUICK, _QUICK_PEOPLE, _QUICK_PLACES = 6, 4, 2


@dataclass(frozen=True, slots=True)
class FoundTicket:
    """A row of the results: that of the inbox, with the words marked."""

    row: Row
    name: SafeString
    where: SafeString
    subject: SafeString
    text: SafeString | str
    note: bool


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A contact, and the search that lists what they asked."""

    contact: Contact
    name: SafeString
    organization: SafeString
    tickets: int
    search: str


@dataclass(frozen=True, slots=True)
class FoundPlace:
    region: Region
    name: SafeString
    search: str


def search_context(request: HttpRequest, now: datetime, *, partly: bool = False) -> dict[str, Any]:
    """The list column of the search page: the field, problems, people, articles and one page of tickets.

    The views beside it are counted when the page is there; with `partly` they are left out: only the results change
    while someone types.
    """
    text, user = request.GET.get("q", ""), who(request)
    sort = request.GET.get("urut", "")
    sort = sort if sort in SORTS else BEST
    cursor = request.GET.get("dari", "")
    results = find(text, user, now, order=sort, cursor=cursor)
    first = not cursor
    clock = Clocks.load()
    _log(results, user, now)
    return ({} if partly else uncounted(user, now)) | {
        "list_template": "tickets/search/_list.html",
        "title": _("Cari tiket"),
        "q": text,
        "sort": sort,
        "sorts": SORTS,
        "results": results,
        "found": found_tickets(results, Reader(user, clock, now)),
        "people": found_people(results.query, user, _PEOPLE, alike=not results.ids) if first else [],
        "things": others(user, results.query.wanted, _THINGS) if first else [],
        "first": first,
        "examples": EXAMPLES,
        "bare": str(results.query.without_filters()).strip() if results.query.filters else "",
        "now": now,
        "countdown": clock.countdown(now),
    }


def quick_context(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """What the palette offers for the typed text: tickets, people and places, articles."""
    text, user = request.GET.get("q", ""), who(request)
    only, text = (text[0], text[1:]) if text[:1] in ("#", "@") else ("", text)
    query = parse(text)
    results = Results(query) if only == "@" else find(text, user, now, size=_QUICK)
    _log(results, user, now)
    tickets: list[FoundTicket] = []
    if results.ids:
        tickets = found_tickets(results, Reader(user, Clocks.load(), now), most=_QUICK)
    rest = only != "#"
    things: list[Things] = others(user, query.wanted, _THINGS) if not only else []
    return {
        "q": text,
        "results": results,
        "found": tickets,
        "people": found_people(query, user, _QUICK_PEOPLE, alike=not tickets) if rest else [],
        "places": found_places(query, _QUICK_PLACES) if rest else [],
        "things": things,
    }


def found_tickets(results: Results, reader: Reader, *, most: int | None = None) -> list[FoundTicket]:
    ids, terms = results.ids[:most], results.query.wanted
    parts = snippets(ids, results.words)
    nothing = Snippet(SafeString(""), SafeString(""))
    shown = []
    for row in rows_of(None, ids, reader):  # the ids were just read from what the user may see
        part = parts.get(row.ticket.pk, nothing)
        shown.append(
            FoundTicket(
                row=row,
                name=mark_words(row.name, terms),
                where=mark_words(row.where, terms),
                subject=part.subject or mark_words(row.ticket.subject, ()),
                text=part.text or row.text,
                note=part.note,
            )
        )
    return shown


def found_people(query: Query, user: User, most: int, *, alike: bool) -> list[FoundPerson]:
    return [
        FoundPerson(
            contact=person.contact,
            name=mark_words(person.contact.name, query.wanted),
            organization=mark_words(person.contact.organization, query.wanted),
            tickets=person.tickets,
            search=f"pemohon:#{person.contact.pk}",
        )
        for person in people(user, query, most, alike=alike)
    ]


def found_places(query: Query, most: int) -> list[FoundPlace]:
    return [
        FoundPlace(place, mark_words(place.display_name, query.wanted), f"wilayah:{quoted(place.display_name)}")
        for place in places(query, most)
    ]


def _log(results: Results, user: User, now: datetime) -> None:
    if results.asked:
        log_access(user=user, action="ticket.searched", record=Ticket, reason=str(results.query), at=now)


def who(request: HttpRequest) -> User:
    """Who asks; pages let nobody in who is not signed in."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("the page lets nobody in who is not signed in")
    return user
