"""The dated rule on reopening and rating, and the limits that follow from it (rules 2.8, 5.4)."""

from datetime import date, datetime, timedelta

from django.db.models import Q

from kernel.months import JAKARTA
from tickets.models import Ticket, TicketRule
from worktime.clock import add_working_days
from worktime.loading import OFFICE, load_calendar


def ticket_rule_on(day: date) -> TicketRule:
    """The rule in force on a day. Raises TicketRule.DoesNotExist."""
    return TicketRule.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day)).get(valid_from__lte=day)


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


def rateable_until(ticket: Ticket) -> datetime | None:
    """The end of the rating link of a closed ticket; None while it is open."""
    if ticket.closed_at is None:
        return None
    days = ticket_rule_on(ticket.closed_at.astimezone(JAKARTA).date()).rating_days
    return ticket.closed_at + timedelta(days=days)
