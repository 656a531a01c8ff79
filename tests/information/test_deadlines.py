"""Statutory times of PPID requests, and what a changed holiday does to them."""

from datetime import date

import pytest

from information.deadlines import extended_due, notice_due, objection_due
from information.models import PpidEvent, PpidObjection, PpidRequest
from tests.factories import NOW, staff, wib
from worktime import verbs
from worktime.loading import OFFICE, load_calendar
from worktime.models import Holiday, WorkCalendar

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("received", "notice", "extension"),
    [
        ("2024-08-05 09:00", date(2024, 8, 19), date(2024, 8, 28)),
        ("2024-08-05 07:00", date(2024, 8, 19), date(2024, 8, 28)),  # before opening, still that day
        ("2024-08-05 16:00", date(2024, 8, 20), date(2024, 8, 29)),  # after closing: received on Tuesday
        ("2024-08-17 10:00", date(2024, 9, 2), date(2024, 9, 11)),  # Independence Day: received on Monday
        ("2024-04-05 10:00", date(2024, 4, 29), date(2024, 5, 13)),  # over Idul Fitri, then Labour Day and Ascension
    ],
)
def test_days_of_the_law(received, notice, extension):
    cal = load_calendar(OFFICE).calendar
    assert notice_due(cal, wib(received)) == notice
    assert extended_due(cal, notice) == extension


def test_objection_is_due_after_thirty_working_days():
    assert objection_due(load_calendar(OFFICE).calendar, date(2024, 8, 1)) == date(2024, 9, 12)


def request(number, status="IN_PROGRESS", **fields):
    return PpidRequest.objects.create(
        number=number,
        applicant_name="Dewi Anggraini",
        data_requested="Realisasi DAU per daerah",
        received_at=wib("2024-08-05 09:00"),
        due_on=date(2024, 8, 19),
        status=status,
        **fields,
    )


def due(row):
    row.refresh_from_db()
    return row.due_on


def test_new_holiday_moves_open_requests_and_leaves_answered_ones():
    open_one = request("PPID-1")
    extended = request(
        "PPID-2", status="EXTENDED", extended_due_on=date(2024, 8, 28), extension_reason="Data di beberapa unit"
    )
    done = [request(f"PPID-{n}", status, answered_at=NOW) for n, status in enumerate(["ANSWERED", "REFUSED"], 3)]
    withdrawn = request("PPID-9", "WITHDRAWN")
    verbs.add_holiday(day=date(2024, 8, 16), name="Cuti", kind="COLLECTIVE_LEAVE", at=NOW, actor=staff("nala"))
    assert due(open_one) == date(2024, 8, 20)
    assert (due(extended), extended.extended_due_on) == (date(2024, 8, 20), date(2024, 8, 29))
    assert [due(row) for row in (*done, withdrawn)] == [date(2024, 8, 19)] * 3
    events = PpidEvent.objects.order_by("request__number").values_list(
        "code", "from_value", "to_value", "actor__username"
    )
    assert list(events) == [
        ("ppid.due_moved", "2024-08-19", "2024-08-20", "nala"),
        ("ppid.due_moved", "2024-08-28", "2024-08-29", "nala"),
    ]


def test_holiday_taken_back_moves_them_back():
    row = request("PPID-1")
    verbs.add_holiday(day=date(2024, 8, 16), name="Cuti", kind="COLLECTIVE_LEAVE", at=NOW, actor=None)
    verbs.remove_holiday(Holiday.objects.get(date=date(2024, 8, 16)), reason="dicabut", at=NOW, actor=None)
    assert due(row) == date(2024, 8, 19)


def test_open_objection_moves_and_answered_one_stays():
    row = request("PPID-1", "REFUSED", answered_at=NOW)
    fields = {"request": row, "ground": "REFUSED", "filed_on": date(2024, 8, 1), "due_on": date(2024, 9, 12)}
    waiting = PpidObjection.objects.create(number="K-1", **fields)
    answered = PpidObjection.objects.create(number="K-2", answered_at=NOW, **fields)
    verbs.add_holiday(day=date(2024, 8, 16), name="Cuti", kind="COLLECTIVE_LEAVE", at=NOW, actor=None)
    assert (due(waiting), due(answered)) == (date(2024, 9, 13), date(2024, 9, 12))
    assert PpidEvent.objects.get().data == {"objection": "K-1"}


def test_service_hours_do_not_move_the_law():
    row = request("PPID-1")
    service = WorkCalendar.objects.get(code="SERVICE")
    day = date(2024, 8, 16)
    verbs.add_exception(service, starts_on=day, ends_on=day, reason="Pemeliharaan", at=NOW, actor=None)
    assert due(row) == date(2024, 8, 19)
