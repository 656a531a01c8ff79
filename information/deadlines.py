"""Statutory times of public information requests, in working days of the office calendar (rules 6.2, 6.3, 6.7).

A changed calendar moves the deadlines that are still open and leaves closed ones as they were.
"""

from collections.abc import Collection
from datetime import date, datetime

from information.models import PpidEvent, PpidObjection, PpidRequest
from people.models import User
from worktime.clock import Calendar, add_working_days, received_on
from worktime.loading import OFFICE, load_calendar

NOTICE_DAYS = 10  # UU 14/2008 art. 22(7)
EXTENSION_DAYS = 7  # UU 14/2008 art. 22(8)
OBJECTION_DAYS = 30  # UU 14/2008 art. 36, for filing and for answering
OPEN = (PpidRequest.Status.RECEIVED, PpidRequest.Status.IN_PROGRESS, PpidRequest.Status.EXTENDED)


def notice_due(cal: Calendar, received_at: datetime) -> date:
    """The last day for the written notice; day 1 is the first working day after receipt, and what comes
    after closing counts as received at the next opening."""
    return add_working_days(cal, received_on(cal, received_at), NOTICE_DAYS)


def extended_due(cal: Calendar, due_on: date, days: int = EXTENSION_DAYS) -> date:
    """The last day after the one extension that the law allows: 1 to 7 working days, else ValueError."""
    if not 1 <= days <= EXTENSION_DAYS:
        raise ValueError(f"an extension is 1 to {EXTENSION_DAYS} working days, not {days}")
    return add_working_days(cal, due_on, days)


def last_day_to_object(cal: Calendar, ground_on: date) -> date:
    """The last day to file an objection whose ground arose on that day."""
    return add_working_days(cal, ground_on, OBJECTION_DAYS)


def objection_due(cal: Calendar, filed_on: date) -> date:
    """The last day for the superior's answer to an objection."""
    return add_working_days(cal, filed_on, OBJECTION_DAYS)


def move_open_deadlines(codes: Collection[str], at: datetime, actor: User | None) -> int:
    """Compute the open deadlines again after the office calendar changed; how many moved.

    Called in the transaction of the change, by `worktime.deadlines`.
    """
    if OFFICE not in codes:
        return 0
    cal = load_calendar(OFFICE).calendar
    requests = PpidRequest.objects.filter(status__in=OPEN).select_for_update().order_by("pk")
    objections = PpidObjection.objects.filter(answered_at=None).select_for_update().order_by("pk")
    moved = sum(_move_request(cal, row, at, actor) for row in requests)
    return moved + sum(_move_objection(cal, row, at, actor) for row in objections)


def _move_request(cal: Calendar, row: PpidRequest, at: datetime, actor: User | None) -> bool:
    before = row.extended_due_on or row.due_on
    due_on = notice_due(cal, row.received_at)
    extended = extended_due(cal, due_on, _granted_days(row)) if row.extended_due_on else None
    if (due_on, extended) == (row.due_on, row.extended_due_on):
        return False
    row.due_on, row.extended_due_on = due_on, extended
    row.save(update_fields=["due_on", "extended_due_on"])
    _record(row.pk, before, extended or due_on, at, actor)
    return True


def _granted_days(row: PpidRequest) -> int:
    granted = row.events.filter(code="ppid.extended").last()
    return int(granted.data["days"]) if granted else EXTENSION_DAYS


def _move_objection(cal: Calendar, row: PpidObjection, at: datetime, actor: User | None) -> bool:
    before, row.due_on = row.due_on, objection_due(cal, row.filed_on)
    if before == row.due_on:
        return False
    row.save(update_fields=["due_on"])
    _record(row.request_id, before, row.due_on, at, actor, objection=row.number)
    return True


def _record(request_id: int, before: date, after: date, at: datetime, actor: User | None, **data: str) -> None:
    PpidEvent.objects.create(
        request_id=request_id,
        at=at,
        actor=actor,
        code="ppid.due_moved",
        from_value=str(before),
        to_value=str(after),
        data=data,
    )
