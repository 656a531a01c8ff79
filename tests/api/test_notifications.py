"""Notices and deadlines through the API: one's own, marked as seen, and what a ticket says of its clocks."""

from datetime import date

import pytest

from tests import factories as make
from tests.api.conftest import Caller
from tickets import sorting, targets
from tickets.notices.reminders import remind

pytestmark = pytest.mark.django_db
AT = make.NOW + make.HOUR


@pytest.fixture
def told():
    """Laras and Bima have two notices each."""
    tickets = []
    for name in ("laras", "bima"):
        for _ in range(2):
            ticket = make.ticket()
            sorting.assign(ticket=ticket, to=make.staff(name), at=AT, actor=make.staff("sekar"))
            tickets.append(ticket)
    return tickets


def listed(caller, query=""):
    return caller.client.get(f"/api/v1/notifications/{query}").json()["results"]


def test_one_reads_ones_own(told):
    rows = listed(Caller("laras"))
    assert sorted(row["ticket"] for row in rows) == sorted(ticket.number for ticket in told[:2])
    assert {row["code"] for row in rows} == {"assigned"}
    assert rows[0]["by"] == "sekar"


def test_a_reminder_names_its_clock_and_deadline(told):
    remind(at=make.wib("2024-08-16 09:30"))
    row = listed(Caller("laras"), "?code=overdue")[0]
    assert (row["clock"], row["due"]) == ("first_answer", "2024-08-16T09:30:00+07:00")


def test_seen_ones_are_marked_others_stay(told):
    laras, bima = Caller("laras"), Caller("bima")
    ids = [row["id"] for row in listed(laras)]
    post = {"path": "/api/v1/notifications/seen/", "content_type": "application/json"}
    assert bima.client.post(data={"ids": ids}, **post).json() == {"marked": 0, "unseen": 2}
    assert laras.client.post(data={"ids": ids[:1]}, **post).json() == {"marked": 1, "unseen": 1}
    assert [row["id"] for row in listed(laras, "?seen=false")] == ids[1:]
    assert laras.client.post(data={}, **post).json() == {"marked": 1, "unseen": 0}
    assert laras.client.post(data={"ids": []}, **post).status_code == 400
    assert laras.client.post(data={"ids": ["x"]}, **post).status_code == 400


def test_a_ticket_says_when_it_is_due():
    targets.set_resolution_target(valid_from=date(2024, 8, 15), minutes=960, priority=20, at=make.NOW, actor=None)
    ticket, laras = make.ticket(), Caller("laras")
    body = laras.client.get(f"/api/v1/tickets/{ticket.number}/").json()
    assert body["first_answer_due_at"] == body["due_at"] == "2024-08-16T09:30:00+07:00"
    assert body["resolution_due_at"] == "2024-08-19T09:30:00+07:00"
    late = laras.client.get("/api/v1/tickets/?due_to=2024-08-16T09:31:00%2B07:00").json()["results"]
    assert [row["number"] for row in late] == [ticket.number]
    assert laras.client.get("/api/v1/tickets/?due_to=2024-08-16T09:30:00%2B07:00").json()["results"] == []
    row = laras.client.get("/api/v1/resolution-targets/").json()["results"][0]
    assert (row["priority"], row["channel"], row["minutes"], row["valid_to"]) == ("NORMAL", None, 960, None)
