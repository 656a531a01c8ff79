"""The two clocks of a ticket as deadlines, in service minutes of Jakarta: the first answer, and closing.

A clock starts at receipt and stands still while the ticket waits for its requester or is closed (Zammad
leaves those states out as well); what is taken back, a merge or spam too, did not happen. So a deadline is
the first moment by which the target's minutes of working time have passed outside the pauses; a pause that
begins after the deadline changes nothing. The first-answer clock ends with the first reply, the resolution
clock with closing; an answered ticket still has to be closed, so its resolution clock runs on.

The first half is pure. The second half keeps pauses and deadlines while verbs move tickets; `journal.save`
calls it, so that no verb can forget.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from kernel.kept import Kept
from kernel.locks import lock_names
from kernel.months import JAKARTA
from messaging.models import Channel
from tickets.live.announce import ticket_changed
from tickets.models import ResolutionTarget, Ticket, TicketPause
from worktime.clock import Calendar, NoOpening, add_working, working_between
from worktime.loading import CALENDAR_MODELS, SERVICE, load_calendar

_S = Ticket.Status
STILL = frozenset({_S.WAITING_REQUESTER.value, _S.CLOSED.value})
AWAIT_ANSWER = frozenset({_S.NEW.value, _S.OPEN.value, _S.WAITING_LAYER2.value})
LONGEST = 250 * 480  # minutes of a target: a year of working days
WATCHED = frozenset({"status", "closed_at", "first_answered_at", "priority", "channel", "created_at"})
STORED = ("first_answer_due_at", "resolution_due_at", "due_at")
_COUNTED_FROM = frozenset({"priority", "channel", "created_at"})
_TAKEN_BACK = frozenset({"ticket.unmerged", "ticket.spam_unmarked"})
_LOCK = "tickets:clocks"
_BATCH = 1000

Pause = tuple[datetime, datetime | None]


def deadline(cal: Calendar, start: datetime, minutes: int, pauses: Iterable[Pause] = ()) -> datetime | None:
    """The first moment by which that much working time has passed since `start`, outside the pauses.

    Pauses come in order; one that is still open moves nothing yet. None when the calendar never opens.
    """
    try:
        due = add_working(cal, start, minutes)
        for paused, resumed in pauses:
            if resumed is None or paused >= due:
                break
            due = add_working(cal, due, working_between(cal, max(paused, start), max(resumed, start)))
    except NoOpening:
        return None
    return due


def moves_of(events: Iterable[tuple[datetime, str, str]]) -> list[tuple[datetime, str]]:
    """The moves of a ticket's status from its events, as (moment, code, to_value) in order.

    Merging writes the survivor's number as its value. What was taken back did not happen.
    """
    moves: list[tuple[datetime, str]] = []
    for at, code, value in events:
        if code in _TAKEN_BACK or (code == "ticket.undone" and value in _S.values):
            del moves[-1:]
        elif code == "ticket.merged":
            moves.append((at, _S.CLOSED.value))
        elif value in _S.values and code != "ticket.assigned":
            moves.append((at, value))
    return moves


def pauses_of(moves: Iterable[tuple[datetime, str]]) -> list[Pause]:
    """The pauses that a ticket's moves, as (moment, new status) in order, leave behind.

    Time closed counts once the ticket is open again; until then it has no row.
    """
    found: list[Pause] = []
    status, since = _S.NEW.value, None
    for at, after in moves:
        if after == status:
            continue
        if status == _S.WAITING_REQUESTER and found:
            found[-1] = found[-1][0], max(at, found[-1][0])
        began = since if status == _S.CLOSED and since else at
        if after == _S.WAITING_REQUESTER:
            found.append((began, None))
        elif status == _S.CLOSED:
            found.append((began, max(at, began)))
        status, since = after, at
    return found


def next_due(
    status: str, first_answered_at: datetime | None, first: datetime | None, resolution: datetime | None
) -> datetime | None:
    """The earliest deadline of the clocks that run."""
    if status in STILL:
        return None
    waits = first_answered_at is None and status in AWAIT_ANSWER
    running = [due for due in (first if waits else None, resolution) if due is not None]
    return min(running, default=None)


@dataclass(frozen=True, slots=True)
class Target:
    """A resolution target as it stands in its row."""

    valid_from: date
    valid_to: date | None
    channel_id: int | None
    priority: int | None
    minutes: int

    def holds(self, day: date, channel_id: int, priority: int) -> bool:
        return (
            self.valid_from <= day
            and (self.valid_to is None or day < self.valid_to)
            and self.channel_id in (None, channel_id)
            and self.priority in (None, priority)
        )


@dataclass(frozen=True, slots=True)
class Targets:
    """All targets and the calendar they are counted in, read once per request, task or import."""

    calendar: Calendar
    first_answer: dict[int, int]
    resolution: tuple[Target, ...]

    @classmethod
    def load(cls) -> "Targets":
        """As they are now. A first-answer target of 0 is met by taking the call, so it has no clock."""
        return _TARGETS()

    def resolution_minutes(self, channel_id: int, priority: int, created_at: datetime) -> int | None:
        """The target valid on the day of receipt; the row that names more wins, the channel before the priority."""
        day = created_at.astimezone(JAKARTA).date()
        held = [target for target in self.resolution if target.holds(day, channel_id, priority)]
        held.sort(key=lambda target: (target.channel_id is not None, target.priority is not None))
        return held[-1].minutes if held else None

    def first_due(self, channel_id: int, created_at: datetime, pauses: Iterable[Pause] = ()) -> datetime | None:
        minutes = self.first_answer.get(channel_id)
        return deadline(self.calendar, created_at, minutes, pauses) if minutes else None

    def resolution_due(
        self, channel_id: int, priority: int, created_at: datetime, pauses: Iterable[Pause] = ()
    ) -> datetime | None:
        minutes = self.resolution_minutes(channel_id, priority, created_at)
        return deadline(self.calendar, created_at, minutes, pauses) if minutes else None

    def at_start(
        self, *, channel_id: int, priority: int, created_at: datetime, status: str = _S.NEW
    ) -> dict[str, datetime | None]:
        """The deadlines of a ticket nobody has worked on; none of a closed one's clocks runs."""
        first = self.first_due(channel_id, created_at)
        resolution = self.resolution_due(channel_id, priority, created_at)
        return dict(zip(STORED, (first, resolution, next_due(status, None, first, resolution)), strict=True))

    def set_on(self, ticket: Ticket, pauses: Collection[Pause], *, closed_too: bool = False) -> bool:
        """Compute an open ticket's deadlines again; whether one moved. What is answered keeps its first one."""
        before = [getattr(ticket, name) for name in STORED]
        if ticket.status != _S.CLOSED or closed_too:
            if ticket.first_answered_at is None:
                ticket.first_answer_due_at = self.first_due(ticket.channel_id, ticket.created_at, pauses)
            ticket.resolution_due_at = self.resolution_due(
                ticket.channel_id, ticket.priority, ticket.created_at, pauses
            )
        set_next(ticket)
        return before != [getattr(ticket, name) for name in STORED]


def _targets() -> Targets:
    channels = Channel.objects.filter(first_answer_minutes__gt=0).values_list("pk", "first_answer_minutes")
    rows = ResolutionTarget.objects.values_list("valid_from", "valid_to", "channel_id", "priority", "minutes")
    calendar = load_calendar(SERVICE).calendar
    return Targets(calendar, {pk: minutes or 0 for pk, minutes in channels}, tuple(Target(*row) for row in rows))


_TARGETS = Kept(_targets, "messaging.Channel", "tickets.ResolutionTarget", *CALENDAR_MODELS)


def set_next(ticket: Ticket) -> None:
    """The next deadline, from what is stored."""
    ticket.due_at = next_due(
        ticket.status, ticket.first_answered_at, ticket.first_answer_due_at, ticket.resolution_due_at
    )


def started(*, channel_id: int, priority: int, at: datetime) -> dict[str, datetime | None]:
    """The deadlines of a ticket that is being opened. Needs a transaction: targets and calendar hold until it ends."""
    lock_names(_LOCK, shared=True)
    return Targets.load().at_start(channel_id=channel_id, priority=priority, created_at=at)


def follow(ticket: Ticket, names: Collection[str], *, at: datetime) -> set[str]:
    """Open or close the pause that a change of these fields means, and set the deadlines; returns what to store.

    The ticket is locked, and holds what was read under the lock besides the changes.
    """
    taken_back = ticket.was is None
    count_again = ticket.was is None or _keep_pauses(ticket, ticket.was, at)
    ticket.remember()
    if count_again or not _COUNTED_FROM.isdisjoint(names):
        Targets.load().set_on(ticket, _closed_pauses([ticket.pk])[ticket.pk], closed_too=taken_back)
    else:
        set_next(ticket)
    return set(STORED)


def take_back(ticket: Ticket, status: str, moment: datetime) -> None:
    """The pauses as they were before the move at `moment` away from `status`, which the caller stores next:
    what it began goes, what it ended goes on, and time closed is closed time again."""
    pauses = TicketPause.objects.filter(ticket=ticket)
    pauses.filter(from_at=moment, to_at=None).delete()
    ended = pauses.filter(to_at=moment)
    if status == _S.WAITING_REQUESTER:
        ended.update(to_at=None)
    elif status == _S.CLOSED:
        ended.delete()
    ticket.was = None


def rebuild(ticket: Ticket, *, at: datetime) -> None:
    """Set right what follows from a ticket's columns after they were written without verbs (imports). Needs its lock.

    A file does not say since when a ticket waits: then since receipt.
    """
    waits = ticket.status == _S.WAITING_REQUESTER
    open_pauses = TicketPause.objects.filter(ticket=ticket, to_at=None)
    if not waits:
        open_pauses.update(to_at=Greatest(F("from_at"), at))
    elif not open_pauses.exists():
        TicketPause.objects.create(ticket=ticket, from_at=ticket.created_at)
    Targets.load().set_on(ticket, _closed_pauses([ticket.pk])[ticket.pk])
    ticket.save(update_fields=STORED)


def move_open(tickets: QuerySet[Ticket]) -> int:
    """Compute the deadlines of the open ones among these tickets again; how many moved. Needs a transaction.

    Called when targets or the calendar have changed. Tickets that are being opened meanwhile with what held
    before are waited for and done in a second round.
    """
    moved = _move(tickets)
    lock_names(_LOCK)
    return moved + _move(tickets)


def on_calendar_change(codes: Collection[str], at: datetime, actor: Any) -> int:
    """Registered in `worktime.deadlines`."""
    return move_open(Ticket.objects.all()) if SERVICE in codes else 0


def on_channel_target(channel: Channel, at: datetime, actor: Any) -> int:
    """Registered in `messaging.targets`."""
    return move_open(Ticket.objects.filter(channel=channel, first_answered_at=None))


def _move(tickets: QuerySet[Ticket]) -> int:
    targets, moved = Targets.load(), 0
    rows = tickets.filter(~Q(status=_S.CLOSED)).select_for_update(of=("self",)).order_by("pk")
    reading = rows.iterator(chunk_size=_BATCH)
    while batch := list(islice(reading, _BATCH)):
        pauses = _closed_pauses([ticket.pk for ticket in batch])
        changed = [ticket for ticket in batch if targets.set_on(ticket, pauses[ticket.pk])]
        moved += Ticket.objects.bulk_update(changed, STORED)
        for ticket in changed:
            ticket_changed(ticket.pk)
    return moved


def _closed_pauses(ids: Collection[int]) -> dict[int, list[Pause]]:
    found: dict[int, list[Pause]] = defaultdict(list)
    rows = TicketPause.objects.filter(ticket_id__in=ids, to_at__isnull=False)
    for ticket_id, from_at, to_at in rows.values_list("ticket_id", "from_at", "to_at"):
        found[ticket_id].append((from_at, to_at))
    return found


def _keep_pauses(ticket: Ticket, was: tuple[str, datetime | None], at: datetime) -> bool:
    """The pause rows that the ticket's move of status means; whether its clocks run again by it."""
    (before, closed_at), after = was, ticket.status
    if before == after:
        return False
    if before == _S.WAITING_REQUESTER:
        TicketPause.objects.filter(ticket=ticket, to_at=None).update(to_at=Greatest(F("from_at"), at))
    began = closed_at if before == _S.CLOSED and closed_at else at
    if after == _S.WAITING_REQUESTER:
        TicketPause.objects.create(ticket=ticket, from_at=began)
    elif before == _S.CLOSED:
        TicketPause.objects.create(ticket=ticket, from_at=began, to_at=max(at, began))
    return before in STILL and after not in STILL
