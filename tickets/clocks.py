"""The first-answer clock of a ticket (rules 2.7): service minutes of Jakarta from receipt to the first reply.

Nothing is stored: within a channel the deadline rises with `created_at`, so "due before T" is "created
before some moment", which the database can answer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.formats import clock_time, short_date
from kernel.months import JAKARTA
from messaging.models import Channel
from tickets.models import Ticket
from worktime.clock import Calendar, add_working, subtract_working, working_between
from worktime.loading import SERVICE, load_calendar

_S = Ticket.Status
RUNNING = (_S.NEW, _S.OPEN, _S.WAITING_LAYER2)
HOUR = timedelta(hours=1)
_SOON = 0.25  # of the target left


@dataclass(frozen=True, slots=True)
class Chip:
    """What a row shows: `state` ok, soon, late, paused or met; `used` is the share of the target gone."""

    state: str
    label: str
    used: float = 0.0
    due: datetime | None = None
    left: timedelta | None = None

    @property
    def until(self) -> str:
        """The deadline in words: "16 Agt 09.30"."""
        if self.due is None:
            return ""
        local, language = self.due.astimezone(JAKARTA), get_language() or "id"
        return f"{short_date(local.date(), language)} {clock_time(local, language)}"


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """The targets of all channels and the calendar they run in, read once per request."""

    calendar: Calendar
    targets: dict[int, int]

    @classmethod
    def load(cls) -> "FirstAnswer":
        """Two queries. A target of 0 is answered by taking the call, so it has no clock."""
        rows = Channel.objects.filter(first_answer_minutes__gt=0).values_list("pk", "first_answer_minutes")
        return cls(load_calendar(SERVICE).calendar, {pk: minutes or 0 for pk, minutes in rows})

    def due(self, channel_id: int, created_at: datetime) -> datetime | None:
        """The moment of the deadline, or None for a channel without a target."""
        minutes = self.targets.get(channel_id)
        return add_working(self.calendar, created_at, minutes) if minutes else None

    def running(self) -> Q:
        """Tickets whose clock runs."""
        return Q(first_answered_at=None, status__in=RUNNING, channel_id__in=list(self.targets))

    def due_by(self, moment: datetime) -> Q:
        """Tickets whose clock runs and ends not later than `moment`."""
        found = Q(pk__in=[])
        for channel_id, minutes in self.targets.items():
            latest = subtract_working(self.calendar, moment, minutes)
            found |= Q(channel_id=channel_id, created_at__lte=latest)
        return Q(first_answered_at=None, status__in=RUNNING) & found

    def chip(self, ticket: Ticket, now: datetime) -> Chip | None:
        """The clock of a ticket at `now`; None when there is nothing to say."""
        if ticket.status == _S.CLOSED:
            return None
        if ticket.status == _S.WAITING_REQUESTER:
            return Chip("paused", _("Tunggu pemohon"))
        if ticket.status == _S.ANSWERED:
            return Chip("met", _("Dijawab"), 1.0)
        due = None if ticket.first_answered_at else self.due(ticket.channel_id, ticket.created_at)
        if due is None:
            return None
        left = working_between(self.calendar, now, due)
        if due < now:
            return Chip("late", _("Lewat {time}").format(time=span(-left)), 1.0, due, left)
        used = 1 - left / timedelta(minutes=self.targets[ticket.channel_id])
        return Chip("soon" if used > 1 - _SOON else "ok", span(left), min(max(used, 0.0), 1.0), due, left)


def span(length: timedelta) -> str:
    """A length in whole minutes: "18 m", "3 j 20 m", "4 j"."""
    hours, minutes = divmod(int(length.total_seconds() // 60), 60)
    if not hours:
        return _("{minutes} m").format(minutes=minutes)
    if not minutes:
        return _("{hours} j").format(hours=hours)
    return _("{hours} j {minutes} m").format(hours=hours, minutes=f"{minutes:02}")
