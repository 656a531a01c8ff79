"""Reminders of deadlines: when a quarter of the target is left, and when it has passed.

The assignee and the supervisors are told; an unassigned ticket is the supervisors'. A sweep looks at the running
clocks whose deadline is near and tells what has not been told; the key holds the deadline, so one that has moved is
told anew. What is more than a day late is left to the inbox, lest an import of old tickets tells hundreds of things.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Q

from people.models import Role, StaffRole, User
from tickets.clocks import FIRST_ANSWER, RESOLUTION, SOON
from tickets.deadlines import AWAIT_ANSWER, Targets
from tickets.models import MutedNotification, Notification, Ticket
from tickets.notices.verbs import Code, tell
from worktime.clock import NoOpening, add_working, working_between

LATEST = timedelta(days=1)
_BATCH = 1000
_COLUMNS = (
    "id", "status", "channel_id", "priority", "assignee_id", "created_at", "first_answered_at", "first_answer_due_at",
    "resolution_due_at", "due_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """One clock of a ticket that is to be told of."""

    ticket_id: int
    assignee_id: int | None
    clock: str
    code: str
    due: datetime

    @property
    def key(self) -> str:
        return f"{self.code}:{self.ticket_id}:{self.clock}:{int(self.due.timestamp())}"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told: supervisors and everyone who may be an assignee, without those who do not want to know."""

    supervisors: frozenset[int]
    active: frozenset[int]
    muted: frozenset[tuple[int, str]]

    @classmethod
    def load(cls) -> "Audience":
        """Three queries."""
        muted = MutedNotification.objects.filter(code__in=(Code.DUE_SOON, Code.OVERDUE))
        supervisors = StaffRole.objects.filter(role=Role.SUPERVISOR).values_list("user_id", flat=True)
        active = User.objects.filter(is_active=True).values_list("pk", flat=True)
        return cls(frozenset(supervisors), frozenset(active), frozenset(muted.values_list("user_id", "code")))

    def of(self, due: Due) -> list[int]:
        wanted = self.supervisors | ({due.assignee_id} if due.assignee_id else set())
        return sorted(user for user in wanted & self.active if (user, due.code) not in self.muted)


def remind(*, at: datetime) -> int:
    """Tell of all deadlines that are near or have passed; how many notices were given. Safe to repeat."""
    targets, audience, given = Targets.load(), Audience.load(), 0
    horizon = _horizon(targets, at)
    lately = Q(first_answer_due_at__gt=at - LATEST) | Q(resolution_due_at__gt=at - LATEST)
    rows = Ticket.objects.filter(lately, due_at__lte=horizon).order_by("due_at", "id").only(*_COLUMNS)
    reading = rows.iterator(chunk_size=_BATCH)
    with transaction.atomic():
        while batch := list(islice(reading, _BATCH)):
            found = [due for ticket in batch for due in _dues(ticket, targets, at)]
            given += tell(_new(found, audience, at))
    return given


def _horizon(targets: Targets, at: datetime) -> datetime:
    """The latest deadline that may be near already: a quarter of the longest target away."""
    lengths = [*targets.first_answer.values(), *(target.minutes for target in targets.resolution)]
    try:
        return add_working(targets.calendar, at, timedelta(minutes=max(lengths, default=0)) * SOON)
    except NoOpening:
        return at


def _dues(ticket: Ticket, targets: Targets, at: datetime) -> Iterator[Due]:
    first = ticket.first_answer_due_at
    if first and ticket.first_answered_at is None and ticket.status in AWAIT_ANSWER:
        yield from _due(ticket, FIRST_ANSWER, first, targets.first_answer.get(ticket.channel_id), targets, at)
    if ticket.resolution_due_at:
        minutes = targets.resolution_minutes(ticket.channel_id, ticket.priority, ticket.created_at)
        yield from _due(ticket, RESOLUTION, ticket.resolution_due_at, minutes, targets, at)


def _due(
    ticket: Ticket, clock: str, due: datetime, minutes: int | None, targets: Targets, at: datetime
) -> Iterator[Due]:
    if due <= at:
        if due > at - LATEST:
            yield Due(ticket.pk, ticket.assignee_id, clock, Code.OVERDUE, due)
    elif minutes and working_between(targets.calendar, at, due) <= timedelta(minutes=minutes) * SOON:
        yield Due(ticket.pk, ticket.assignee_id, clock, Code.DUE_SOON, due)


def _new(found: list[Due], audience: Audience, at: datetime) -> Iterator[Notification]:
    """What these people do not have yet; one query."""
    tickets = {due.ticket_id for due in found}
    told = Notification.objects.filter(ticket_id__in=tickets, code__in=(Code.DUE_SOON, Code.OVERDUE))
    known = set(told.values_list("user_id", "key"))
    for due in found:
        for user in audience.of(due):
            if (user, due.key) not in known:
                data = {"by": "", "clock": due.clock, "due": due.due.isoformat()}
                yield Notification(user_id=user, ticket_id=due.ticket_id, code=due.code, at=at, key=due.key, data=data)
