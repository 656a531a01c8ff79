"""Where apps further down have a say about a ticket, without being imported here (decisions 4)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from kernel.errors import Refused
from people.models import User
from tickets.models import Ticket, TicketEvent

Veto = Callable[[Ticket], Refused | None]
"""veto(locked ticket) -> why it must not be closed, or None."""

_vetoes: dict[str, Veto] = {}


def register_veto(name: str, veto: Veto) -> None:
    """Have `veto` asked before a ticket is closed, marked as spam or merged away. A name again replaces it."""
    _vetoes[name] = veto


def check_vetoes(ticket: Ticket) -> None:
    """Raises the first objection, in the order of their names."""
    for _name, veto in sorted(_vetoes.items()):
        if objection := veto(ticket):
            raise objection


@dataclass(frozen=True, slots=True)
class Mark:
    """A chip on a row of the inbox: an icon of the sheet and a few letters, spelled out in `title`."""

    icon: str
    label: str
    title: str


Marker = Callable[[Collection[int]], Mapping[int, list[Mark]]]
"""marker(ticket ids) -> the marks of those that have any, by one query."""

_markers: dict[str, Marker] = {}


def register_row_marker(name: str, marker: Marker) -> None:
    """Have `marker` add chips to the rows of the inbox. A name again replaces it."""
    _markers[name] = marker


def row_marks(ids: Collection[int]) -> dict[int, list[Mark]]:
    """All marks of these tickets, in the order of the markers' names."""
    found: dict[int, list[Mark]] = {}
    for _name, marker in sorted(_markers.items()):
        for pk, marks in marker(ids).items():
            found.setdefault(pk, []).extend(marks)
    return found


@dataclass(frozen=True, slots=True)
class Panel:
    """A section of the ticket page: `html` in the properties, and a button with icon and key that leads to it.

    `draw` makes the HTML, where it is shown. `anchor` is the id of the first field; empty where there is nothing
    to do, then there is no button.
    """

    draw: Callable[[], str]
    label: str
    icon: str
    key: str
    anchor: str

    @property
    def html(self) -> SafeString:
        return mark_safe(self.draw())  # noqa: S308  (a rendered template)


Renderer = Callable[[HttpRequest, Ticket, datetime, bool], Panel]
"""renderer(request, ticket, at, works) -> its panel; `works` is false for readers. Typed text stands in POST."""

Action = Callable[[HttpRequest, Ticket, datetime], None]
"""action(request, ticket, at) calls one verb; raises Refused. The page has checked that the user may work."""

_panels: dict[str, Renderer] = {}
_actions: dict[str, Action] = {}


def register_panel(name: str, renderer: Renderer, actions: Mapping[str, Action]) -> None:
    """Add a section to the ticket page and what its forms post to, by the last part of the address."""
    _panels[name] = renderer
    _actions.update(actions)


def panels(request: HttpRequest, ticket: Ticket, at: datetime, works: bool) -> list[Panel]:
    """The sections of other apps, in the order of their names."""
    return [renderer(request, ticket, at, works) for _name, renderer in sorted(_panels.items())]


def action(code: str) -> Action | None:
    return _actions.get(code)


Undo = Callable[[Ticket, TicketEvent, datetime, User], None]
"""undo(locked ticket, event, at, actor) takes back what led to the event, by one verb; raises Refused."""

_undos: dict[str, Undo] = {}


def register_undo(code: str, undo: Undo) -> None:
    """Have `undo` called when someone takes back an event of this code. A code again replaces it."""
    _undos[code] = undo


def undo_of(code: str) -> Undo | None:
    return _undos.get(code)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that may answer a ticket: `text` goes into a reply; `url` is its page, which staff alone can open.

    The path alone, so that it holds behind any proxy.
    """

    code: str
    title: str
    text: str
    url: str = ""


Suggester = Callable[[Ticket], list[Suggestion]]
"""suggester(ticket) -> at most a few articles, the best first."""

_suggesters: dict[str, Suggester] = {}
_SUGGESTED = 3


def register_suggester(name: str, suggester: Suggester) -> None:
    """Have `suggester` offer texts above the composer. A name again replaces it."""
    _suggesters[name] = suggester


def suggestions(ticket: Ticket) -> list[Suggestion]:
    """The best of all suggesters, in the order of their names."""
    found = [one for _name, suggester in sorted(_suggesters.items()) for one in suggester(ticket)]
    return found[:_SUGGESTED]


Away = Callable[[date], Collection[int]]
"""away(day) -> keys of users who are away on that day of Jakarta; from memory, for it is asked of every new ticket."""

_away: dict[str, Away] = {}


def register_away(name: str, away: Away) -> None:
    """Have `away` say who gets no new tickets by the roster. A name again replaces it."""
    _away[name] = away


def away_on(day: date) -> frozenset[int]:
    """Everybody who is away on that day."""
    return frozenset(user for away in _away.values() for user in away(day))
