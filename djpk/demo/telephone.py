"""Calls of the telephone tickets, calls nobody took, and who sits at which telephone."""

from datetime import datetime, timedelta

from calls.models import Call, Extension
from djpk.demo.copying import insert
from djpk.demo.people import STAFF
from people.models import ContactHandle, Role, User
from tickets.models import Ticket

FIRST_EXTENSION = 2101
MISSED_EVERY = 12  # one caller in so many rang once in vain before


def write_calls(today: datetime) -> None:
    """One call for each ticket of the telephone; of those that rang in vain, the last is still to be called back."""
    agents = User.objects.filter(username__in=[person.username for person in STAFF if person.role == Role.AGENT_L1])
    insert(
        Extension(number=str(FIRST_EXTENSION + turn), user=row) for turn, row in enumerate(agents.order_by("username"))
    )
    numbers = dict(ContactHandle.objects.filter(kind=ContactHandle.Kind.PHONE).values_list("contact_id", "value"))
    tickets = Ticket.objects.filter(channel__code="PHONE", created_at__lte=today, assignee__isnull=False)
    calls = [
        call
        for turn, ticket in enumerate(tickets.order_by("created_at", "pk"))
        if (number := numbers.get(ticket.contact_id))
        for call in (*_missed(turn, ticket, number), _call(turn, ticket, number, today))
    ]
    if missed := [call for call in calls if call.status == "MISSED"]:
        missed[-1].called_back_at = missed[-1].called_back_by_id = None
    insert(calls)


def _call(turn: int, ticket: Ticket, number: str, today: datetime) -> Call:
    answered = ticket.created_at
    ended = min(answered + timedelta(seconds=95 + turn * 37 % 400), today)
    return Call(
        call_id=f"demo-{ticket.number}", source=Call.Source.LOG, status=Call.Status.ENDED, number=number,
        contact_id=ticket.contact_id, agent_id=ticket.assignee_id, ticket=ticket, answered_at=answered,
        started_at=answered - timedelta(seconds=8), ended_at=ended,
    )  # fmt: skip


def _missed(turn: int, ticket: Ticket, number: str) -> list[Call]:
    if turn % MISSED_EVERY:
        return []
    rang = ticket.created_at - timedelta(minutes=9)
    return [
        Call(
            call_id=f"demo-missed-{ticket.number}", source=Call.Source.CTI, status=Call.Status.MISSED, number=number,
            contact_id=ticket.contact_id, started_at=rang, ended_at=rang + timedelta(seconds=24),
            called_back_at=ticket.created_at, called_back_by_id=ticket.assignee_id,
        )
    ]  # fmt: skip
