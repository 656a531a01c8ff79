"""Who asks: addresses, where, what time it is there, and what was asked before."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import get_language

from kernel.formats import clock_time
from people.masking import mask
from tickets.inbox.views_column import CHANNEL_ICONS, OTHER_ICON
from tickets.models import Ticket
from worktime.clock import is_open
from worktime.loading import SERVICE, load_calendar

_EARLIER = 5


@dataclass(frozen=True, slots=True)
class Card:
    """`clock` is the time where the requester is ("11.42 WITA"), empty without a zone."""

    clock: str
    open_there: bool
    handles: list[tuple[str, str]]
    earlier: list[tuple[str, Ticket]]
    earlier_count: int


def card_of(ticket: Ticket, visible: QuerySet[Ticket], now: datetime) -> Card:
    """The card of the ticket's contact; earlier tickets only as far as the reader may see them.

    Addresses are shown masked (rules 8.8): they are not needed to answer.
    """
    region = ticket.region
    clock, open_there = "", False
    if region:
        zone = ZoneInfo(region.iana_zone)
        clock = f"{clock_time(now.astimezone(zone), get_language() or 'id')} {region.zone}"
        open_there = is_open(load_calendar(SERVICE).calendar, now, zone)
    handles = [(row.get_kind_display(), mask(row.kind, row.value)) for row in ticket.contact.handles.all()]
    others = visible.filter(contact_id=ticket.contact_id).exclude(pk=ticket.pk)
    rows: Any = others.select_related("channel", "topic").order_by("-created_at", "-pk")[:_EARLIER]
    earlier = [(CHANNEL_ICONS.get(row.channel.code, OTHER_ICON), row) for row in rows]
    count = others.count() if len(earlier) == _EARLIER else len(earlier)
    return Card(clock, open_there, handles, earlier, count)
