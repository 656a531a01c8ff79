"""Where apps further down have a say about a ticket, without being imported here (decisions 4)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from kernel.errors import Refused
from tickets.models import Ticket

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
