"""Who asks: addresses, where, what time it is there, and what was asked before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language

from kernel.compiled import Compiled
from kernel.formats import clock_time
from people.masking import mask
from people.models import ContactHandle
from tickets.inbox.relatives import with_said
from tickets.inbox.views_column import CHANNEL_ICONS, OTHER_ICON
from tickets.models import Ticket
from tickets.reference import attach
from tickets.splitting import not_taken_back
from worktime.clock import Calendar, is_open
from worktime.loading import SERVICE, load_calendar

_EARLIER = 5
_HANDLES = Compiled(lambda rows, contact: rows.filter(contact_id=contact).order_by("pk"), "contact")


def _others(rows: QuerySet[Ticket], contact: Any, ticket: Any) -> QuerySet[Ticket]:
    return rows.filter(not_taken_back(), contact_id=contact).exclude(pk=ticket)


_OTHERS = Compiled(
    lambda rows, contact, ticket: with_said(_others(rows, contact, ticket)).order_by("-created_at", "-pk")[:_EARLIER],
    "contact",
    "ticket",
)


@dataclass(frozen=True, slots=True)
class Card:
    """`clock` is the time where the requester is ("11.42 WITA"), empty without a zone. `place` is said once, also
    where the organisation names it. `open_count` counts the other tickets that are not closed."""

    organization: str
    place: str
    province: str
    clock: str
    open_there: bool
    handles: list[tuple[str, str]]
    earlier: list[tuple[str, Ticket]]
    earlier_count: int
    open_count: int
    revealed: bool = False


def card_of(
    ticket: Ticket,
    visible: QuerySet[Ticket],
    now: datetime,
    *,
    calendar: Calendar | None = None,
    revealed: bool = False,
) -> Card:
    """The card of the ticket's contact; earlier tickets only as far as the reader may see them.

    Addresses are shown masked (rules 8.8): they are not needed to answer. Whoever asks for them `revealed` has
    written the access log.
    """
    region = ticket.region
    clock, open_there = "", False
    if region:
        zone = ZoneInfo(region.iana_zone)
        clock = f"{clock_time(now.astimezone(zone), get_language() or 'id')} {region.zone}"
        open_there = is_open(calendar or load_calendar(SERVICE).calendar, now, zone)
    rows: list[Any] = _HANDLES(ContactHandle.objects.all(), contact=ticket.contact_id)
    handles = [(row.get_kind_display(), row.value if revealed else mask(row.kind, row.value)) for row in rows]
    rows = _OTHERS(visible, contact=ticket.contact_id, ticket=ticket.pk)
    attach(rows)
    earlier = [(CHANNEL_ICONS.get(row.channel.code, OTHER_ICON), row) for row in rows]
    counts = {"count": len(earlier), "open": sum(row.status != Ticket.Status.CLOSED for _icon, row in earlier)}
    if len(earlier) == _EARLIER:
        still_open = Count("pk", filter=~Q(status=Ticket.Status.CLOSED))
        counts = _others(visible, ticket.contact_id, ticket.pk).aggregate(count=Count("pk"), open=still_open)
    organization, place = _once(ticket.contact.organization, str(region or ""))
    province = region.province.display_name if region and region.province else ""
    return Card(
        organization=organization,
        place=place,
        province=province,
        clock=clock,
        open_there=open_there,
        handles=handles,
        earlier=earlier,
        earlier_count=counts["count"],
        open_count=counts["open"],
        revealed=revealed,
    )


def _once(organization: str, place: str) -> tuple[str, str]:
    """The organisation without the region's name in it: the region stands on a line of its own."""
    if place and place.lower() in organization.lower():
        start = organization.lower().index(place.lower())
        organization = organization[:start] + organization[start + len(place) :]
    return " ".join(organization.split()).strip(" ,-"), place
