"""The dated rule on reopening and rating, and the limits that follow from it (rules 2.8, 5.4)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kernel.kept import Kept
from kernel.months import JAKARTA
from tickets.models import Ticket, TicketRule
from worktime.clock import add_working_days
from worktime.loading import OFFICE, load_calendar


def ticket_rule_on(day: date) -> TicketRule:
    """The rule in force on a day. Raises TicketRule.DoesNotExist."""
    for rule in _RULES():
        if rule.valid_from <= day and (rule.valid_to is None or day < rule.valid_to):
            return rule
    raise TicketRule.DoesNotExist(str(day))


_RULES = Kept(lambda: tuple(TicketRule.objects.all()), "tickets.TicketRule")


def last_day_to_reopen(ticket: Ticket) -> date | None:
    """The last day in Jakarta on which a closed ticket may be reopened; None while it is open."""
    if ticket.closed_at is None:
        return None
    closed_on = ticket.closed_at.astimezone(JAKARTA).date()
    return add_working_days(load_calendar(OFFICE).calendar, closed_on, ticket_rule_on(closed_on).reopen_working_days)


def may_reopen(ticket: Ticket, at: datetime) -> bool:
    """Whether a closed ticket may still be reopened at that moment; later a new ticket is due."""
    last_day = last_day_to_reopen(ticket)
    living = ticket.merged_into_id is None and not ticket.is_spam
    return living and last_day is not None and at.astimezone(JAKARTA).date() <= last_day


@dataclass(frozen=True, slots=True)
class Reopening:
    """Whether a closed ticket may be reopened now, and the last day on which it might."""

    allowed: bool
    last_day: date | None


def reopening(ticket: Ticket, at: datetime) -> Reopening:
    """Two queries for a closed ticket, none for an open one."""
    if ticket.closed_at is None or ticket.is_spam or ticket.merged_into_id is not None:
        return Reopening(False, None)
    last_day = last_day_to_reopen(ticket)
    return Reopening(last_day is not None and at.astimezone(JAKARTA).date() <= last_day, last_day)


def rateable_until(ticket: Ticket) -> datetime | None:
    """The end of the rating link of a closed ticket; None while it is open."""
    if ticket.closed_at is None:
        return None
    days = ticket_rule_on(ticket.closed_at.astimezone(JAKARTA).date()).rating_days
    return ticket.closed_at + timedelta(days=days)
