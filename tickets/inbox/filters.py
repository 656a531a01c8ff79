"""What may be chosen to narrow the inbox, and what was chosen, by the names that stand in its address."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kernel.kept import Kept
from messaging.models import Channel
from messaging.reference import CHANNELS
from people.access import TICKET_WORKERS
from people.models import Region, StaffRole, Unit, User, UserGroup, Zone
from people.reference import REGIONS, UNITS
from tickets.inbox import facets as kinds
from tickets.inbox.facets import Facet, Reader
from tickets.models import Ticket, Topic
from tickets.reference import TOPICS

Params = Mapping[str, list[str]]
_Row = tuple[Any, bool]


def _agents() -> list[_Row]:
    """All of the staff by name, and whether they may be given tickets."""
    held = StaffRole.objects.filter(user=OuterRef("pk"), role__in=TICKET_WORKERS)
    rows: Any = User.objects.annotate(works=ExpressionWrapper(Q(is_active=True) & Exists(held), BooleanField()))
    rows = rows.defer("password", "last_login", "date_joined").order_by("display_name", "username")
    return [(row, row.works) for row in rows]


_AGENTS = Kept(_agents, "people.User", "people.StaffRole")


class Known:
    """The rows that filters name, read at most once however many filters there are.

    `asked`: parameters of all addresses and saved views of a request.
    """

    def __init__(self, *asked: Params) -> None:
        self._asked = asked

    def _values(self, name: str) -> set[str]:
        return {value for params in self._asked for value in _texts(params.get(name))}

    @property
    def channels(self) -> list[Channel]:
        return list(CHANNELS().values())

    @property
    def topics(self) -> list[Topic]:
        return list(TOPICS().values())

    @property
    def units(self) -> list[Unit]:
        return list(UNITS().values())

    @cached_property
    def agents(self) -> list[_Row]:
        """Who may be given tickets, and others that are asked for."""
        asked = self._values("agen")
        return [(row, works) for row, works in _AGENTS() if works or row.username in asked]

    @property
    def active_agents(self) -> list[User]:
        return [row for row, works in self.agents if works]

    @property
    def active_topics(self) -> list[Topic]:
        return [row for row in self.topics if row.active]

    @cached_property
    def regions(self) -> dict[str, Region]:
        return {row.code: row for row in REGIONS().values()} if self._values("wilayah") else {}


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen value above the list. `others` are the values of its filter without it."""

    name: str
    facet: str
    label: str
    wrong: bool
    others: list[str]


class FilterForm:
    """The filters with what an address says. Nothing here raises: what makes no sense is kept and explained."""

    def __init__(self, data: Params, known: Known | None = None) -> None:
        self.known = known or Known(data)
        asked = {name: _texts(data.get(name)) for name in FACETS if name in data}
        found = (FACETS[name](self.known).take(values) for name, values in asked.items() if values)
        self.given = [facet for facet in found if facet.given]

    @cached_property
    def facets(self) -> list[Facet]:
        """All of them, for the panel."""
        given = {facet.name: facet for facet in self.given}
        return [given.get(name) or make(self.known) for name, make in FACETS.items()]

    def values(self, name: str) -> list[str]:
        """What was chosen of one filter, as it was given."""
        return next((facet.given for facet in self.given if facet.name == name), [])

    def facet(self, name: str) -> Facet:
        return next(facet for facet in self.facets if facet.name == name)

    def apply(self, tickets: QuerySet[Ticket], reader: Reader) -> QuerySet[Ticket]:
        """The tickets that fit every filter: any of its values each."""
        for facet in self.given:
            where = facet.where(reader)
            if where is not None:
                tickets = tickets.filter(where)
        return tickets

    @property
    def chosen(self) -> int:
        """How many values were chosen."""
        return sum(len(facet.given) for facet in self.given)

    @property
    def problems(self) -> list[str]:
        """Why something narrows nothing or is out of use, each with the name of its filter, once."""
        said = [(str(facet.label), why) for facet in self.given for why in facet.problems]
        return [why if why.startswith(label) else f"{label}: {why}" for label, why in said]

    @cached_property
    def params(self) -> dict[str, list[str]]:
        """What was chosen, as it stands in an address and in a saved view; regions by their code."""
        return {facet.name: [choice.value for choice in facet.chosen] for facet in self.given}

    @property
    def chips(self) -> list[Chip]:
        found = []
        for facet in self.given:
            for choice in facet.chosen:
                others = [value for value in self.params[facet.name] if value != choice.value]
                wrong = bool(choice.gone) or not choice.known
                found.append(Chip(facet.name, str(facet.label), choice.label, wrong, others))
        return found


def params_of(data: QueryDict) -> dict[str, list[str]]:
    """The filters of an address."""
    return {name: data.getlist(name) for name in data if name in FACETS}


def _rows(rows: Iterable[Any], used: Callable[[Any], bool]) -> list[_Row]:
    return [(row, used(row)) for row in rows]


def _channel(known: Known) -> Facet:
    rows = _rows(known.channels, lambda row: row.active and row.makes_tickets)
    return kinds.OfRows("kanal", _("Kanal"), rows=rows, column="channel")


def _topic(known: Known) -> Facet:
    rows = _rows(known.topics, lambda row: row.active)
    return kinds.OfRows("topik", _("Topik"), rows=rows, column="topic", special=((kinds.NONE, _("Tanpa topik")),))


def _agent(known: Known) -> Facet:
    special = ((kinds.MINE, _("Saya")), (kinds.NONE, _("Tanpa agen")))
    return kinds.OfRows("agen", _("Agen"), rows=known.agents, by="username", column="assignee", special=special)


def _unit(known: Known) -> Facet:
    special = ((kinds.ANY, _("Pernah dieskalasi")), (kinds.NONE, _("Belum pernah dieskalasi")))
    open_ended = {row.code for row in known.units if row.valid_to is None}
    newest = {row.code: row for row in known.units}  # by code and date
    rows = _rows(newest.values(), lambda row: row.code in open_ended)
    return kinds.OfUnits("unit", _("Unit Layer 2"), rows=rows, special=special)


FACETS: dict[str, Callable[[Known], Facet]] = {
    "kanal": _channel,
    "status": lambda _known: kinds.OfColumn("status", _("Status"), column="status", choices=Ticket.Status),
    "prioritas": lambda _known: kinds.OfColumn("prioritas", _("Prioritas"), column="priority", choices=Ticket.Priority),
    "topik": _topic,
    "agen": _agent,
    "tanda": lambda _known: kinds.OfTags("tanda", _("Tanda"), hint=_("Pisahkan dengan koma")),
    "wilayah": lambda known: kinds.OfRegions(
        "wilayah", _("Daerah"), hint=_("Nama atau kode daerah"), by_code=known.regions
    ),
    "zona": lambda _known: kinds.OfColumn("zona", _("Zona waktu"), column="zone", choices=Zone),
    "kelompok": lambda _known: kinds.OfColumn("kelompok", _("Kelompok"), column="user_group", choices=UserGroup),
    "unit": _unit,
    "sejak": lambda _known: kinds.OfDay("sejak", _("Masuk sejak")),
    "hingga": lambda _known: kinds.OfDay("hingga", _("Masuk hingga"), until=True),
    "belum_dibaca": lambda _known: kinds.Unread("belum_dibaca", _("Belum dibaca")),
    "lewat": lambda _known: kinds.Overdue("lewat", _("Lewat tenggat")),
}


def _texts(values: object) -> list[str]:
    """Parameters as far as they are texts: what is stored may be anything."""
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
