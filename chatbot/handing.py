"""What is said when an agent takes over: the number, and the place in the queue or when someone will be there."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from chatbot.identity import AGENCY, EMAIL, NAME, QUESTION, REGION
from chatbot.state import State
from chatbot.verbs import Introduction
from kernel.formats import clock_time, day_name, long_date
from kernel.months import JAKARTA
from people.models import Region
from tickets.models import Ticket
from worktime.clock import is_open, next_opening
from worktime.loading import SERVICE, load_calendar


def introduction_of(state: State) -> Introduction:
    """What the form gave."""
    form = state.form
    return Introduction(
        name=form.get(NAME, ""),
        region=Region.objects.filter(code=form.get(REGION, "")).first(),
        organization=form.get(AGENCY, ""),
        email=form.get(EMAIL, ""),
        question=form.get(QUESTION, ""),
    )


def confirmation(ticket: Ticket, thanks: str, *, at: datetime) -> str:
    number = _("Nomor tiket: {number}").format(number=ticket.number)
    return "\n\n".join(part for part in (thanks, f"{number}\n{waiting(ticket, at)}") if part)


def waiting(ticket: Ticket, at: datetime) -> str:
    """The place in the queue; outside the agents' hours the next opening, by the requester's own clock."""
    calendar = load_calendar(SERVICE).calendar
    if is_open(calendar, at, JAKARTA):
        return _("Antrean Anda nomor {place}.").format(place=place_in_queue(ticket))
    zone = ZoneInfo(ticket.region.iana_zone) if ticket.region else JAKARTA
    opening = next_opening(calendar, at, JAKARTA).astimezone(zone)
    return _("Layanan buka kembali {day} pukul {time} {zone}. Petugas menjawab sesuai urutan.").format(
        day=f"{day_name(opening.date(), 'id')}, {long_date(opening.date(), 'id')}",
        time=clock_time(opening, "id"),
        zone=ticket.zone or "WIB",
    )


def place_in_queue(ticket: Ticket) -> int:
    """How many on the channel wait for their first answer, this one included."""
    rows = Ticket.objects.filter(channel=ticket.channel, first_answered_at=None, merged_into=None, is_spam=False)
    ahead = rows.exclude(status=Ticket.Status.CLOSED).exclude(pk=ticket.pk).filter(created_at__lte=ticket.created_at)
    return ahead.count() + 1
