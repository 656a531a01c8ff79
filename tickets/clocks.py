"""The clocks of a ticket as pages show them: how much working time is left of what `deadlines` has stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import get_language

from kernel.formats import clock_time, short_date
from kernel.languages import gettext as _
from kernel.months import JAKARTA
from tickets.deadlines import AWAIT_ANSWER, Targets
from tickets.models import Ticket
from worktime.clock import NoOpening, add_working, working_between, working_intervals
from worktime.service_hours import ZONES

if TYPE_CHECKING:
    from tickets.inbox.listed import Listed

_S = Ticket.Status
FIRST_ANSWER, RESOLUTION, LAYER2 = "first_answer", "resolution", "layer2"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SOON = 0.25  # of the target left
_AHEAD = timedelta(days=21)  # as far as a page counts down by itself


@dataclass(frozen=True, slots=True)
class Chip:
    """One clock: `state` ok, soon, late, paused or met; `used` is the share of the target gone.

    `left` is working time, below zero when late; only running clocks have it. `title` says it in full.
    """

    state: str
    label: str
    title: str = ""
    kind: str = FIRST_ANSWER
    used: float = 0.0
    due: datetime | None = None
    left: timedelta | None = None
    target: timedelta | None = None

    @property
    def name(self) -> str:
        return names()[self.kind]

    @property
    def seconds_left(self) -> int:
        return int(self.left.total_seconds()) if self.left is not None else 0

    @property
    def seconds_of_target(self) -> int:
        return int(self.target.total_seconds()) if self.target is not None else 0


@dataclass(frozen=True, slots=True)
class Countdown:
    """The server's time in seconds of the epoch, and the working intervals to come as "start-end start-end"."""

    now: int
    hours: str


@dataclass(frozen=True, slots=True)
class Clocks:
    """Targets and calendar, read once per request."""

    targets: Targets

    @classmethod
    def load(cls) -> "Clocks":
        """Three queries."""
        return cls(Targets.load())

    def due_by(self, moment: datetime) -> Q:
        """Tickets with a clock that runs and ends not later than `moment`."""
        return Q(due_at__lte=moment)

    def within(self, now: datetime, length: timedelta = HOUR) -> datetime:
        """The moment by which that much working time has passed."""
        try:
            return add_working(self.targets.calendar, now, length)
        except NoOpening:
            return now

    def chip(self, ticket: "Ticket | Listed", now: datetime) -> Chip | None:
        """The clock that matters next, for a row; None when there is nothing to say."""
        if ticket.status == _S.CLOSED:
            return None
        if ticket.status == _S.WAITING_REQUESTER:
            return Chip("paused", _("Tunggu pemohon"), _("Jam berhenti selama menunggu pemohon"))
        if ticket.due_at is not None:
            return self._running(ticket, _next_kind(ticket), ticket.due_at, now)
        return Chip("met", _("Dijawab"), used=1.0) if ticket.status == _S.ANSWERED else None

    def chips(self, ticket: Ticket, now: datetime) -> list[Chip]:
        """Both clocks, for the ticket's own page. One query when it waits for the requester."""
        since = _waits_since(ticket)
        first = self._first_answer(ticket, since, now)
        return [chip for chip in (first, self._resolution(ticket, since, now)) if chip is not None]

    def countdown(self, now: datetime) -> "Countdown":
        """What the page needs to count down by itself."""
        try:
            found = working_intervals(self.targets.calendar, now, now + _AHEAD)
        except NoOpening:
            found = []
        ahead = " ".join(f"{int(one.start.timestamp())}-{int(one.end.timestamp())}" for one in found)
        return Countdown(int(now.timestamp()), ahead)

    def _first_answer(self, ticket: Ticket, since: datetime | None, now: datetime) -> Chip | None:
        due, answered = ticket.first_answer_due_at, ticket.first_answered_at
        if answered is not None:
            return self._ended(FIRST_ANSWER, due, answered, _("Dijawab"), ticket.zone)
        if since is not None:
            return _paused(FIRST_ANSWER, since, ticket.zone) if due else None
        if due is None or ticket.status not in AWAIT_ANSWER:
            return None
        return self._running(ticket, FIRST_ANSWER, due, now)

    def _resolution(self, ticket: Ticket, since: datetime | None, now: datetime) -> Chip | None:
        due = ticket.resolution_due_at
        if due is None or ticket.merged_into_id is not None or ticket.is_spam:
            return None
        if ticket.closed_at is not None:
            return self._ended(RESOLUTION, due, ticket.closed_at, _("Selesai"), ticket.zone)
        if since is not None:
            return _paused(RESOLUTION, since, ticket.zone)
        return self._running(ticket, RESOLUTION, due, now)

    def _running(self, ticket: "Ticket | Listed", kind: str, due: datetime, now: datetime) -> Chip:
        left = working_between(self.targets.calendar, now, due)
        title = _("{name} paling lambat {due}").format(name=names()[kind], due=moment_in_words(due, ticket.zone))
        target = timedelta(minutes=self._minutes(ticket, kind))
        used = 1 - left / target if target else 0.0
        if due < now:
            return Chip("late", late(-left), title, kind, 1.0, due, left, target)
        state = "soon" if used > 1 - SOON else "ok"
        return Chip(state, span(left), title, kind, min(max(used, 0.0), 1.0), due, left, target)

    def _minutes(self, ticket: "Ticket | Listed", kind: str) -> int:
        if kind == FIRST_ANSWER:
            return self.targets.first_answer.get(ticket.channel_id, 0)
        return self.targets.resolution_minutes(ticket.channel_id, ticket.priority, ticket.created_at) or 0

    def _ended(self, kind: str, due: datetime | None, at: datetime, label: str, zone: str) -> Chip:
        title = _("{name}: {at}").format(name=names()[kind], at=moment_in_words(at, zone))
        if due is None or at <= due:
            return Chip("met", label, title, kind, 1.0, due)
        title = _("{title}; tenggatnya {due}").format(title=title, due=moment_in_words(due, zone))
        over = span(working_between(self.targets.calendar, due, at))
        return Chip("late", _("{label}, lewat {time}").format(label=label, time=over), title, kind, 1.0, due)


def names() -> dict[str, str]:
    """What the clocks are called."""
    return _names(get_language() or "id")


@cache
def _names(_language: str) -> dict[str, str]:
    """`_language` is the one that is active."""
    return {FIRST_ANSWER: _("Jawaban pertama"), RESOLUTION: _("Penyelesaian"), LAYER2: _("Jawaban Layer 2")}


def span(length: timedelta) -> str:
    """A length in whole minutes: "18 m", "3 j 20 m", "4 j"."""
    hours, minutes = divmod(int(length.total_seconds() // 60), 60)
    if not hours:
        return _("{minutes} m").format(minutes=minutes)
    if not minutes:
        return _("{hours} j").format(hours=hours)
    return _("{hours} j {minutes} m").format(hours=hours, minutes=f"{minutes:02}")


def late(length: timedelta) -> str:
    """How long something is late, in working time: "Lewat 18 m"; before a minute of it has passed, that it is."""
    return _("Lewat {time}").format(time=span(length)) if length >= MINUTE else _("Lewat")


def moment_in_words(moment: datetime, zone: str = "") -> str:
    """Jakarta's time, and the requester's where it is another: "16 Agt 09.30 WIB (10.30 WITA)"."""
    language = get_language() or "id"
    local = moment.astimezone(JAKARTA)
    said = f"{short_date(local.date(), language)} {clock_time(local, language)} WIB"
    if zone in ("", "WIB"):
        return said
    there = moment.astimezone(ZONES[zone])
    day = "" if there.date() == local.date() else f"{short_date(there.date(), language)} "
    return f"{said} ({day}{clock_time(there, language)} {zone})"


def _next_kind(ticket: "Ticket | Listed") -> str:
    waits = ticket.first_answered_at is None and ticket.status in AWAIT_ANSWER
    return FIRST_ANSWER if waits and ticket.due_at == ticket.first_answer_due_at else RESOLUTION


def _waits_since(ticket: Ticket) -> datetime | None:
    if ticket.status != _S.WAITING_REQUESTER:
        return None
    pauses: Iterable[datetime] = ticket.pauses.filter(to_at=None).values_list("from_at", flat=True)[:1]
    return next(iter(pauses), ticket.last_message_at or ticket.created_at)


def _paused(kind: str, since: datetime, zone: str) -> Chip:
    title = _("Berhenti sejak {at}, menunggu pemohon").format(at=moment_in_words(since, zone))
    return Chip("paused", _("Tunggu pemohon"), title, kind)
