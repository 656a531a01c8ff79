"""The roster in memory, and the agent whom a new ticket goes to."""

from datetime import date, datetime

from kernel.compiled import run
from kernel.kept import Kept
from kernel.locks import lock_names
from kernel.months import JAKARTA
from messaging.models import Channel
from people.access import TICKET_WORKERS, has_role
from people.models import User
from people.reference import ACCOUNTS
from tickets import slots
from tickets.duty.picking import Load, Shift, on_duty, pick
from tickets.models import DutyShift
from worktime.calendars import is_day_off
from worktime.loading import SERVICE, load_calendar

_LOCK = "tickets:duty"
_LOADS = """
SELECT agent,
       (SELECT count(*) FROM tickets_ticket WHERE assignee_id = agent AND status <> 'CLOSED'),
       (SELECT created_at FROM tickets_ticket WHERE assignee_id = agent ORDER BY created_at DESC LIMIT 1)
FROM unnest(%s::bigint[]) AS given (agent)
"""


def shift_of(row: DutyShift) -> Shift:
    """The row as a value."""
    return Shift(
        row.agent_id, row.opens, row.closes, row.valid_from, row.valid_to, frozenset(row.weekdays),
        frozenset(row.channels), row.off,
    )  # fmt: skip


SHIFTS = Kept(lambda: tuple(shift_of(row) for row in DutyShift.objects.all()), "tickets.DutyShift")


def is_closed(day: date) -> bool:
    """Whether the service is closed on a day of its week: a holiday, or a dated closure. No query."""
    return is_day_off(load_calendar(SERVICE).calendar, day)


def available(channel: Channel, at: datetime) -> list[int]:
    """Who may be given tickets of the channel: on duty at that moment, not away, with the role for it. No query."""
    shifts = SHIFTS()
    if not shifts:
        return []
    day = at.astimezone(JAKARTA).date()
    able = on_duty(shifts, channel.code, at, closed=is_closed(day))
    if not able:
        return []
    accounts, away = ACCOUNTS(), slots.away_on(day)
    return sorted(
        pk for pk in able - away if pk in accounts and has_role(accounts[pk], TICKET_WORKERS)
    )  # fmt: skip


def whose_turn(channel: Channel, at: datetime) -> User | None:
    """The agent a new ticket goes to; None when nobody is on duty. Needs a transaction.

    Whoever asks keeps others from asking until the transaction ends, so that the next one sees this ticket: two
    workers share out fairly. Two statements while somebody is on duty, none otherwise.
    """
    agents = available(channel, at)
    if not agents:
        return None
    lock_names(_LOCK)
    chosen = pick([Load(*row) for row in run(_LOADS, [agents])])
    return ACCOUNTS()[chosen] if chosen else None
