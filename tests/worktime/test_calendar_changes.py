"""Changing holidays, exceptions and schedules: revisions, events, open deadlines, and what the engine sees."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import transaction

from kernel.errors import Refused
from tests.worktime.cast import OFFICE as FILE_CALENDAR
from tests.worktime.cast import wib
from worktime import deadlines, verbs
from worktime.clock import Window, add_working_days, is_open, working_between
from worktime.loading import OFFICE, SERVICE, load_calendar
from worktime.models import CalendarEvent, CalendarException, Holiday, WorkCalendar
from worktime.verbs import Hours

pytestmark = pytest.mark.django_db

AT = datetime(2024, 8, 1, 3, tzinfo=UTC)
BY = {"at": AT, "actor": None}


@pytest.fixture
def office():
    return WorkCalendar.objects.get(code=OFFICE)


def hours_on(day: str) -> timedelta:
    return working_between(load_calendar(OFFICE).calendar, wib(f"{day} 00:00"), wib(f"{day} 23:59"))


def test_a_bare_database_has_both_calendars_with_the_published_holidays():
    for code, basis in [(SERVICE, "REGION"), (OFFICE, "WIB")]:
        loaded = load_calendar(code)
        assert (loaded.version, loaded.basis) == (f"{code}@1", basis)
        assert loaded.calendar.holidays == FILE_CALENDAR.holidays
        assert not is_open(loaded.calendar, wib("2024-08-16 16:00"))
        assert is_open(loaded.calendar, wib("2024-08-16 15:59"))


def test_unchanged_calendar_costs_one_query(django_assert_num_queries):
    first = load_calendar(OFFICE)
    with django_assert_num_queries(1):
        assert load_calendar(OFFICE).calendar is first.calendar


def test_new_holiday_closes_both_calendars_and_leaves_one_event():
    assert hours_on("2024-08-15") == timedelta(hours=8)
    verbs.add_holiday(day=date(2024, 8, 15), name="Pilkada", kind="NATIONAL", basis="Keppres", **BY)
    assert hours_on("2024-08-15") == timedelta(0)
    assert [load_calendar(code).version for code in (SERVICE, OFFICE)] == ["SERVICE@2", "OFFICE@2"]
    event = CalendarEvent.objects.get()
    assert (event.code, event.to_value, event.at, event.calendar) == ("holiday.added", "2024-08-15", AT, None)


def test_moved_and_removed_holiday():
    holiday = verbs.add_holiday(day=date(2024, 8, 15), name="Cuti", kind="COLLECTIVE_LEAVE", **BY)
    verbs.change_holiday(
        holiday, day=date(2024, 8, 14), name="Cuti", kind="COLLECTIVE_LEAVE", reason="SKB perubahan", **BY
    )
    assert (hours_on("2024-08-14"), hours_on("2024-08-15")) == (timedelta(0), timedelta(hours=8))
    verbs.remove_holiday(holiday, reason="dicabut", **BY)
    assert hours_on("2024-08-14") == timedelta(hours=8)
    codes = CalendarEvent.objects.values_list("code", "from_value", "to_value")
    assert list(codes)[1:] == [
        ("holiday.changed", "2024-08-15", "2024-08-14"),
        ("holiday.removed", "2024-08-14", ""),
    ]
    with pytest.raises(Refused, match="row_gone"):
        verbs.remove_holiday(holiday, reason="lagi", **BY)


def test_same_holiday_twice_is_refused():
    with pytest.raises(Refused) as refusal:
        verbs.add_holiday(day=date(2024, 8, 17), name=_name(date(2024, 8, 17)), kind="NATIONAL", **BY)
    assert refusal.value.code == "holiday.exists"
    assert load_calendar(OFFICE).version == "OFFICE@1"


def _name(day: date) -> str:
    return Holiday.objects.get(date=day).name


def test_ramadan_hours_change_working_days_only(office):
    windows = [Hours(480, 900, weekday) for weekday in range(4)] + [Hours(480, 930, 4)]
    verbs.add_exception(
        office, starts_on=date(2024, 3, 11), ends_on=date(2024, 4, 9), windows=windows, reason="Ramadan", **BY
    )
    assert hours_on("2024-03-14") == timedelta(hours=7)
    assert hours_on("2024-03-15") == timedelta(hours=7.5)
    assert hours_on("2024-03-16") == timedelta(0)  # Saturday
    assert hours_on("2024-03-12") == timedelta(0)  # cuti bersama Nyepi
    assert load_calendar(SERVICE).version == "SERVICE@1"


def test_service_day_on_a_saturday_then_taken_back(office):
    exception = verbs.add_exception(
        office,
        starts_on=date(2024, 8, 24),
        ends_on=date(2024, 8, 24),
        windows=[Hours(1200, 1440)],
        working_days_only=False,
        reason="Layanan akhir tahun anggaran",
        **BY,
    )
    assert load_calendar(OFFICE).calendar.exceptions[0].windows == (Window(time(20), time(0)),)
    assert hours_on("2024-08-24") == timedelta(hours=3, minutes=59)
    verbs.remove_exception(exception, reason="batal", **BY)
    assert hours_on("2024-08-24") == timedelta(0)
    assert CalendarEvent.objects.last().data["windows"] == [{"weekday": None, "opens": 1200, "closes": 1440}]


def test_changed_exception_has_the_new_days_and_hours(office):
    day = {"starts_on": date(2024, 8, 15), "ends_on": date(2024, 8, 15)}
    exception = verbs.add_exception(office, **day, reason="Rapat kerja", **BY)
    assert hours_on("2024-08-15") == timedelta(0)
    verbs.change_exception(exception, **day, windows=[Hours(480, 720)], reason="Setengah hari", **BY)
    assert hours_on("2024-08-15") == timedelta(hours=4)
    assert CalendarException.objects.get().closed is False


def test_new_schedule_holds_from_its_day_and_the_old_one_before(office):
    split = [Hours(480, 720, day) for day in range(5)] + [Hours(780, 1020, day) for day in range(5)]
    verbs.set_schedule(office, valid_from=date(2024, 8, 19), windows=split, basis="Edaran", **BY)
    verbs.set_schedule(office, valid_from=date(2024, 8, 15), windows=[Hours(480, 540, 3)], **BY)
    assert hours_on("2024-08-14") == timedelta(hours=8)
    assert hours_on("2024-08-15") == timedelta(hours=1)
    assert hours_on("2024-08-16") == timedelta(0)
    assert hours_on("2024-08-19") == timedelta(hours=8)
    assert not is_open(load_calendar(OFFICE).calendar, wib("2024-08-19 12:30"))
    assert list(office.schedules.values_list("valid_from", "valid_to")) == [
        (date(2020, 1, 1), date(2024, 8, 15)),
        (date(2024, 8, 15), date(2024, 8, 19)),
        (date(2024, 8, 19), None),
    ]


def test_schedule_from_the_same_day_is_replaced(office):
    for closes in (540, 600):
        verbs.set_schedule(office, valid_from=date(2024, 8, 15), windows=[Hours(480, closes, 3)], **BY)
    assert hours_on("2024-08-15") == timedelta(hours=2)
    assert office.schedules.count() == 2


@pytest.mark.parametrize(
    ("windows", "code"),
    [
        ([Hours(900, 480, 0)], "window.invalid"),
        ([Hours(480, 1441, 0)], "window.invalid"),
        ([Hours(480, 900, 7)], "window.invalid"),
        ([Hours(480, 900, 0), Hours(899, 960, 0)], "window.overlap"),
        ([Hours(480, 900)], "schedule.needs_weekdays"),
        ([], "schedule.needs_weekdays"),
    ],
)
def test_impossible_windows_are_refused(office, windows, code):
    with pytest.raises(Refused, match=code):
        verbs.set_schedule(office, valid_from=date(2024, 8, 15), windows=windows, **BY)
    assert load_calendar(OFFICE).version == "OFFICE@1"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ends_on": date(2024, 8, 14)}, "exception.range"),
        ({"ends_on": date(2026, 8, 14)}, "exception.too_long"),
        ({"reason": " "}, "exception.needs_reason"),
    ],
)
def test_impossible_exceptions_are_refused(office, given, code):
    asked = {"starts_on": date(2024, 8, 15), "ends_on": date(2024, 8, 15), "reason": "Rapat"} | given
    with pytest.raises(Refused, match=code):
        verbs.add_exception(office, **asked, **BY)


def test_basis_of_service_hours():
    service = WorkCalendar.objects.get(code=SERVICE)
    verbs.set_basis(service, basis="WIB", reason="Keputusan Dirjen", **BY)
    verbs.set_basis(service, basis="WIB", reason="dua kali", **BY)
    loaded = load_calendar(SERVICE)
    assert (loaded.basis, loaded.version) == ("WIB", "SERVICE@2")
    assert CalendarEvent.objects.get().code == "calendar.basis_set"
    with pytest.raises(Refused, match="unknown_basis"):
        verbs.set_basis(service, basis="UTC", **BY)


def test_open_deadlines_move_with_the_calendar_in_the_same_transaction(office, monkeypatch):
    """A keeper sees the calendar as changed; the number it moved is written down."""
    monkeypatch.setattr(deadlines, "_keepers", {})
    due = {}

    def keeper(codes, at, actor):
        assert sorted(codes) == ["OFFICE", "SERVICE"]
        due["on"] = add_working_days(load_calendar(OFFICE).calendar, date(2024, 8, 14), 1)
        return 1

    deadlines.register("ppid", keeper)
    verbs.add_holiday(day=date(2024, 8, 15), name="Pilkada", kind="NATIONAL", **BY)
    assert due["on"] == date(2024, 8, 16)
    assert CalendarEvent.objects.get(code="calendar.deadlines_moved").data == {"ppid": 1}


def test_change_that_is_rolled_back_is_not_remembered(office):
    """The revision number is given again after a rollback; the kept calendar must not be."""
    for name, day in [("satu", 14), ("dua", 15)]:
        with transaction.atomic():
            verbs.add_holiday(day=date(2024, 8, day), name=name, kind="NATIONAL", **BY)
            assert hours_on(f"2024-08-{day}") == timedelta(0)
            assert hours_on(f"2024-08-{29 - day}") == timedelta(hours=8)
            transaction.set_rollback(True)
    assert load_calendar(OFFICE).version == "OFFICE@1"
    assert hours_on("2024-08-14") == hours_on("2024-08-15") == timedelta(hours=8)
