"""Imported open tickets have clocks like all others; an update moves them along."""

import pytest

from tests import factories as make
from tests.records.files import load, ticket_row, write_csv
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
OPEN = {"closed_at": "", "service_score": "", "substance_score": "", "answered_at": "", "escalated_at": "",
        "escalated_unit": "", "channel": "EMAIL", "created_at": "2024-08-15T09:30:00+07:00"}  # fmt: skip
DUE = make.wib("2024-08-16 09:30")


def imported(tmp_path, *, update: bool = False, **row) -> Ticket:
    report = load("tickets", write_csv(tmp_path / "t.csv", [ticket_row("A") | OPEN | row]), update=update)
    assert report.rejected == 0
    return Ticket.objects.get(number="A")


def pauses(ticket: Ticket) -> list[tuple]:
    return list(ticket.pauses.values_list("from_at", "to_at"))


def test_an_open_one_has_its_deadline(tmp_path):
    ticket = imported(tmp_path, status="OPEN")
    assert (ticket.first_answer_due_at, ticket.due_at, pauses(ticket)) == (DUE, DUE, [])


def test_one_that_waits_has_waited_since_receipt(tmp_path):
    ticket = imported(tmp_path, status="WAITING_REQUESTER")
    assert (ticket.first_answer_due_at, ticket.due_at) == (DUE, None)
    assert pauses(ticket) == [(ticket.created_at, None)]


def test_a_closed_one_has_none(tmp_path):
    ticket = imported(tmp_path, status="CLOSED", closed_at="2024-08-15T15:00:00+07:00")
    assert (ticket.first_answer_due_at, ticket.due_at) == (None, None)


def test_an_update_moves_clocks_and_the_last_message(tmp_path):
    imported(tmp_path, status="WAITING_REQUESTER", message="")
    ticket = imported(tmp_path, update=True, status="OPEN", message="Kapan salur?")
    assert [to_at is not None for _from, to_at in pauses(ticket)] == [True]
    assert ticket.due_at is not None
    assert ticket.last_message_at == ticket.last_requester_at == ticket.created_at
    ticket = imported(tmp_path, update=True, status="WAITING_REQUESTER", message="Kapan salur?")
    assert (ticket.due_at, pauses(ticket)[-1][1]) == (None, None)
    ticket = imported(
        tmp_path, update=True, status="CLOSED", closed_at="2024-08-15T15:00:00+07:00", message="Kapan salur?"
    )
    assert (ticket.due_at, ticket.pauses.filter(to_at=None).count()) == (None, 0)
