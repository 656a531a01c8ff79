"""One filter of the list each: what may be chosen, what was chosen, and which tickets fit.

A value nobody knows never empties the others' choice and is never dropped in silence: it stays chosen, is
explained, and narrows nothing. One that is no longer in use still works, and says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.enums import Choices
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.errors import Refused
from kernel.formats import long_date
from kernel.months import JAKARTA
from people.models import Region, User
from people.reference import REGIONS, UNITS
from people.regions import RegionIndex
from tickets.access import escalations
from tickets.clocks import Clocks
from tickets.intake import LONGEST_TAG, tags_of
from tickets.models import Ticket, TicketRead

MINE, NONE, ANY = "saya", "tanpa", "ada"  # values beside the codes of rows
MOST = 30  # values of one filter
LONGEST = 100


def sane(value: str) -> str:
    """A text of an address, as far as it can be shown and asked for."""
    return value.strip()[:LONGEST].replace("\x00", "")


@dataclass(frozen=True, slots=True)
class Choice:
    """`value` stands in the address; `gone` says that it is out of use; what is not `known` means nothing."""

    value: str
    label: str
    gone: str = ""
    known: bool = True


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom and when the list is read; `clocked` when only tickets with a running clock are wanted."""

    user: User
    clock: Clocks
    now: datetime
    clocked: bool = False


@dataclass
class Facet:
    """A filter by its name in the address. `kind` is how the panel shows it: checks, text, day or flag."""

    name: str
    label: str | Promise
    kind: str = "checks"
    hint: str | Promise = ""
    given: list[str] = field(default_factory=list)

    def take(self, values: Iterable[str]) -> "Facet":
        """Note what the address says: each value once, as far as it is sane."""
        kept = (sane(value) for value in values)
        self.given = list(dict.fromkeys(value for value in kept if value))[:MOST]
        return self

    @property
    def offered(self) -> Sequence[Choice]:
        """What the panel offers."""
        return ()

    @property
    def chosen(self) -> list[Choice]:
        """What the address says, in words."""
        offered = {choice.value: choice for choice in self.offered}
        return [offered.get(value) or _unknown(value) for value in self.given]

    @property
    def listed(self) -> list[tuple[Choice, bool]]:
        """For the panel: everything offered and everything chosen, and whether it is chosen."""
        offered = [(choice, choice.value in self.given) for choice in self.offered]
        values = {choice.value for choice, _on in offered}
        return offered + [(choice, True) for choice in self.chosen if choice.value not in values]

    @property
    def problems(self) -> list[str]:
        """Why some of it narrows nothing, or is out of use."""
        return [
            choice.gone or _("“{value}” tidak dikenal.").format(value=choice.value)
            for choice in self.chosen
            if choice.gone or not choice.known
        ]

    def where(self, reader: Reader) -> Q | None:
        """The condition, or None when nothing (sane) was chosen."""
        values = [choice.value for choice in self.chosen if choice.known]
        return self.of(values, reader) if values else None

    def of(self, values: list[str], reader: Reader) -> Q:
        raise NotImplementedError


@dataclass
class OfColumn(Facet):
    """Values of a column with fixed choices, written by name (HIGH)."""

    column: str = ""
    choices: type[Choices] | None = None

    @property
    def offered(self) -> Sequence[Choice]:
        return [Choice(member.name, str(member.label)) for member in self.choices or ()]

    def of(self, values: list[str], reader: Reader) -> Q:
        return Q(**{f"{self.column}__in": [self.choices[value].value for value in values]})  # type: ignore[index]


@dataclass
class OfRows(Facet):
    """Rows named by a code. Those in use are offered; the others still work, and say that they are gone.

    `rows`: all that are known as (row, in use); `special`: choices beside the rows, such as "none".
    """

    rows: Sequence[tuple[Any, bool]] = ()
    by: str = "code"
    column: str = ""
    special: tuple[tuple[str, str | Promise], ...] = ()

    @cached_property
    def offered(self) -> list[Choice]:
        special = [Choice(value, str(label)) for value, label in self.special]
        return special + [Choice(getattr(row, self.by), str(row)) for row, used in self.rows if used]

    @property
    def chosen(self) -> list[Choice]:
        offered = {choice.value: choice for choice in self.offered}
        return [offered.get(value) or self._gone(value) for value in self.given]

    def _gone(self, value: str) -> Choice:
        said = _("{label} sudah tidak dipakai lagi; tiketnya tetap ditampilkan.")
        labels = (str(row) for row, _used in self.rows if getattr(row, self.by) == value)
        label = next(labels, None)
        return _unknown(value) if label is None else Choice(value, label, said.format(label=label))

    def of(self, values: list[str], reader: Reader) -> Q:
        named = {value for value, _label in self.special}
        found = Q(pk__in=[])
        if codes := set(values) - named:
            found |= self.rows_where(codes)
        for value in sorted(named.intersection(values)):
            found |= self.special_where(value, reader)
        return found

    def rows_where(self, codes: set[str]) -> Q:
        keys = [row.pk for row, _used in self.rows if getattr(row, self.by) in codes]
        return Q(**{f"{self.column}__in": keys})

    def special_where(self, value: str, reader: Reader) -> Q:
        """ "Mine", or without any."""
        return Q(**{self.column: reader.user}) if value == MINE else Q(**{f"{self.column}__isnull": True})


class OfUnits(OfRows):
    """Tickets that were ever escalated to a unit, whichever dated row has its code; to any; to none."""

    def rows_where(self, codes: set[str]) -> Q:
        units = [row.pk for row in UNITS().values() if row.code in codes]
        return Q(Exists(escalations().filter(ticket=OuterRef("pk"), unit__in=units)))

    def special_where(self, value: str, reader: Reader) -> Q:
        asked = Exists(escalations().filter(ticket=OuterRef("pk")))
        return Q(asked) if value == ANY else Q(~asked)


@dataclass
class OfRegions(Facet):
    """Regions by code, name or alias; a province holds its regions too. `by_code`: those already looked up."""

    kind: str = "text"
    by_code: Mapping[str, Region] = field(default_factory=dict)

    @cached_property
    def _found(self) -> dict[str, Region | str]:
        """For each value the region, or why there is none."""
        names = [value for value in self.given if value not in self.by_code]
        index = RegionIndex.load() if names else None
        found: dict[str, Region | str] = {}
        for value in self.given:
            try:
                found[value] = index.resolve(value) if index and value in names else self.by_code[value]
            except Refused as refusal:
                found[value] = refusal.message
        return found

    @property
    def chosen(self) -> list[Choice]:
        found = ((value, self._found[value]) for value in self.given)
        choices = (
            Choice(region.code, region.display_name) if isinstance(region, Region) else _unknown(value)
            for value, region in found
        )
        return list({choice.value: choice for choice in choices}.values())

    @property
    def problems(self) -> list[str]:
        return [why for why in self._found.values() if isinstance(why, str)]

    def of(self, values: list[str], reader: Reader) -> Q:
        wanted = set(values)
        held = [row.pk for row in REGIONS().values() if not wanted.isdisjoint(_codes(row))]
        return Q(region__in=held)


@dataclass
class OfTags(Facet):
    """Tags, any of them; several may be written with commas."""

    kind: str = "text"

    def take(self, values: Iterable[str]) -> "Facet":
        written = (tag.replace("\x00", "")[:LONGEST] for value in values for tag in value.split(","))
        self.given = tags_of(written)[:MOST]
        return self

    @property
    def chosen(self) -> list[Choice]:
        return [Choice(tag, tag) if len(tag) <= LONGEST_TAG else _unknown(tag) for tag in self.given]

    def of(self, values: list[str], reader: Reader) -> Q:
        return Q(tags__overlap=values)


@dataclass
class OfDay(Facet):
    """Created from this day on, or up to and with it, in Jakarta."""

    kind: str = "day"
    until: bool = False

    def take(self, values: Iterable[str]) -> "Facet":
        Facet.take(self, values)
        self.given = self.given[:1]
        return self

    @property
    def chosen(self) -> list[Choice]:
        days = [(value, _day(value)) for value in self.given]
        return [
            Choice(value, long_date(day, get_language() or "id")) if day else _unknown(value) for value, day in days
        ]

    @property
    def problems(self) -> list[str]:
        said = _("“{value}” bukan tanggal. Tulis seperti 2024-08-31.")
        return [said.format(value=choice.value) for choice in self.chosen if not choice.known]

    def of(self, values: list[str], reader: Reader) -> Q:
        day = date.fromisoformat(values[0])
        if self.until:
            return Q(created_at__lt=datetime.combine(day + timedelta(days=1), time(), JAKARTA))
        return Q(created_at__gte=datetime.combine(day, time(), JAKARTA))


@dataclass
class Flag(Facet):
    """On or off, written "ya"."""

    kind: str = "flag"

    @property
    def offered(self) -> Sequence[Choice]:
        return [Choice("ya", str(self.label))]


class Unread(Flag):
    def of(self, values: list[str], reader: Reader) -> Q:
        return unread(reader)


class Overdue(Flag):
    def of(self, values: list[str], reader: Reader) -> Q:
        return reader.clock.due_by(reader.now)


def still_open(reader: Reader) -> Q:
    """What is not closed. With a running clock it is open (`ticket_due_while_clocks_run`); to ask both would have
    PostgreSQL expect next to nothing where the clock alone names all, and leave the index in which they are sorted."""
    return Q() if reader.clocked else ~Q(status=Ticket.Status.CLOSED)


def unread(reader: Reader) -> Q:
    """Open tickets whose requester wrote after the reader read them."""
    return still_open(reader) & written_since_read(reader.user)


def written_since_read(user: User) -> Q:
    """Tickets whose requester wrote after this user read them, or which they never opened."""
    read = TicketRead.objects.filter(user=user, ticket=OuterRef("pk"), read_at__gte=OuterRef("last_requester_at"))
    return Q(last_requester_at__isnull=False) & Q(~Exists(read))


def _codes(region: Region) -> list[str]:
    """Its own and its province's."""
    return [region.code, region.province.code] if region.province else [region.code]


def _unknown(value: str) -> Choice:
    return Choice(value, value, known=False)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 <= found.year < 3000 else None
