"""Business time: the table of cases a person can check by hand."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.worktime.cast import AROUND_THE_CLOCK, JAKARTA, NEVER, OFFICE, SPLIT, weekly, wib
from worktime.clock import (
    Calendar,
    NoOpening,
    Override,
    Schedule,
    Window,
    add_working,
    is_open,
    next_opening,
    received_on,
    subtract_working,
    working_between,
    working_intervals,
)


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        ("2024-08-16 08:00:00", None, True),
        ("2024-08-16 07:59:59.999999", None, False),
        ("2024-08-16 15:59:59.999999", None, True),
        ("2024-08-16 16:00:00", None, False),
        ("2024-08-17 10:00:00", None, False),  # Independence Day, a Saturday
        ("2024-08-18 10:00:00", None, False),  # Sunday
        ("2024-04-10 10:00:00", None, False),  # Idul Fitri
        ("2024-04-12 10:00:00", None, False),  # cuti bersama
        ("2024-03-14 15:30:00", None, False),  # Ramadan closes at 15.00
        ("2024-04-16 15:30:00", None, True),
        ("2024-08-16 06:30:00", "Asia/Jayapura", True),  # 08.30 WIT
        ("2024-08-16 14:30:00", "Asia/Jayapura", False),  # 16.30 WIT
        ("2024-08-16 07:00:00", "Asia/Makassar", True),  # 08.00 WITA
        ("2024-08-16 15:00:00", "Asia/Makassar", False),  # 16.00 WITA
        ("2024-08-18 22:59:59", "Asia/Jayapura", False),  # 00.59 on Monday
    ],
)
def test_open_or_closed(moment, zone, expected):
    assert is_open(OFFICE, wib(moment), zone) is expected


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2024-08-16 07:00", "2024-08-16 08:00"),
        ("2024-08-16 08:00", "2024-08-16 08:00"),
        ("2024-08-16 11:11", "2024-08-16 11:11"),
        ("2024-08-16 16:00", "2024-08-19 08:00"),  # over Independence Day weekend
        ("2024-04-05 15:00", "2024-04-16 08:00"),  # over the whole Idul Fitri holiday
        ("2024-12-31 17:00", "2025-01-02 08:00"),  # over New Year
    ],
)
def test_next_opening(moment, opening):
    assert next_opening(OFFICE, wib(moment)) == wib(opening)
    assert next_opening(OFFICE, wib(moment)).tzinfo is UTC


@pytest.mark.parametrize(
    ("calendar", "start", "amount", "end"),
    [
        (OFFICE, "2024-08-16 08:00", hours(8), "2024-08-16 16:00"),  # ends with the day, not the next
        (OFFICE, "2024-08-16 08:00", hours(8) + timedelta(seconds=1), "2024-08-19 08:00:01"),
        (OFFICE, "2024-08-16 15:30", hours(1), "2024-08-19 08:30"),
        (OFFICE, "2024-08-16 20:00", hours(1), "2024-08-19 09:00"),
        (OFFICE, "2024-08-16 20:00", hours(0), "2024-08-16 20:00"),
        (OFFICE, "2024-08-30 12:00", hours(8), "2024-09-02 12:00"),  # over a month end
        (OFFICE, "2024-12-31 15:00", hours(2), "2025-01-02 09:00"),
        (OFFICE, "2024-03-14 14:00", hours(2), "2024-03-15 09:00"),  # Ramadan day of seven hours
        (OFFICE, "2024-04-05 14:00", hours(8 + 1), "2024-04-16 16:00"),
        (SPLIT, "2024-08-16 11:00", hours(2), "2024-08-16 14:00"),  # the break does not count
        (SPLIT, "2024-08-16 11:00", hours(1), "2024-08-16 12:00"),
        (SPLIT, "2024-08-16 12:30", hours(4), "2024-08-16 17:00"),
        (AROUND_THE_CLOCK, "2024-08-16 11:00", hours(72), "2024-08-19 11:00"),
        (OFFICE, "2024-08-16 08:00", 90, "2024-08-16 09:30"),  # minutes
    ],
)
def test_adding_working_time(calendar, start, amount, end):
    assert add_working(calendar, wib(start), amount) == wib(end)


@pytest.mark.parametrize(
    ("calendar", "end", "amount", "start"),
    [
        (OFFICE, "2024-08-16 16:00", hours(8), "2024-08-16 08:00"),
        (OFFICE, "2024-08-19 08:30", hours(1), "2024-08-16 15:30"),
        (OFFICE, "2024-08-19 08:00", hours(1), "2024-08-16 15:00"),
        (OFFICE, "2025-01-02 09:00", hours(2), "2024-12-31 15:00"),
        (SPLIT, "2024-08-16 14:00", hours(2), "2024-08-16 11:00"),
        (SPLIT, "2024-08-16 12:30", 0, "2024-08-16 12:30"),
    ],
)
def test_subtracting_working_time(calendar, end, amount, start):
    assert subtract_working(calendar, wib(end), amount) == wib(start)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-08-16 09:00", "2024-08-16 10:30", hours(1.5)),
        ("2024-08-16 00:00", "2024-08-17 00:00", hours(8)),
        ("2024-08-16 15:00", "2024-08-19 09:00", hours(2)),
        ("2024-08-17 00:00", "2024-08-19 08:00", hours(0)),
        ("2024-08-01 00:00", "2024-09-01 00:00", hours(22 * 8)),
        ("2024-07-01 00:00", "2024-08-01 00:00", hours(23 * 8)),
        ("2023-08-01 00:00", "2023-09-01 00:00", hours(22 * 8)),
        ("2024-08-16 10:30", "2024-08-16 09:00", -hours(1.5)),
    ],
)
def test_measuring_working_time(start, end, expected):
    assert working_between(OFFICE, wib(start), wib(end)) == expected


def test_intervals_explain_the_measure():
    found = working_intervals(SPLIT, wib("2024-08-16 11:00"), wib("2024-08-19 09:00"))
    assert found == [
        (wib("2024-08-16 11:00"), wib("2024-08-16 12:00")),
        (wib("2024-08-16 13:00"), wib("2024-08-16 17:00")),
        (wib("2024-08-19 08:00"), wib("2024-08-19 09:00")),
    ]
    assert found[1].length == hours(4)
    assert all(moment.tzinfo is UTC for interval in found for moment in interval)
    assert working_intervals(SPLIT, wib("2024-08-16 12:00"), wib("2024-08-16 13:00")) == []


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2024-08-16 06:00", date(2024, 8, 16)),
        ("2024-08-16 15:59", date(2024, 8, 16)),
        ("2024-08-16 16:00", date(2024, 8, 19)),
        ("2024-08-17 10:00", date(2024, 8, 19)),
    ],
)
def test_day_of_receipt(moment, day):
    assert received_on(OFFICE, wib(moment)) == day


def test_overlapping_windows_count_once():
    calendar = Calendar(JAKARTA, (Schedule(weekly((8, 12), (10, 14), (14, 15))),))
    assert working_intervals(calendar, wib("2024-08-16 00:00"), wib("2024-08-17 00:00")) == [
        (wib("2024-08-16 08:00"), wib("2024-08-16 15:00"))
    ]


def test_schedule_that_starts_later_holds_while_it_lasts():
    shorter = Schedule(weekly((9, 12)), date(2024, 8, 19), date(2024, 8, 21))
    calendar = Calendar(JAKARTA, (shorter, Schedule(weekly((8, 16)))))
    assert [working_between(calendar, wib(f"2024-08-{d} 00:00"), wib(f"2024-08-{d} 23:00")) for d in range(19, 22)] == [
        hours(3), hours(3), hours(8),
    ]  # fmt: skip


def test_service_day_on_a_saturday_and_on_a_holiday():
    special = (Window(time(9), time(11)),)
    opened = Override(date(2024, 8, 17), date(2024, 8, 17), special, working_days_only=False)
    ignored = Override(date(2024, 8, 17), date(2024, 8, 17), special)
    for exception, expected in [(opened, True), (ignored, False)]:
        calendar = Calendar(JAKARTA, OFFICE.schedules, OFFICE.holidays, (exception,))
        assert is_open(calendar, wib("2024-08-17 10:00")) is expected


def test_later_exception_wins():
    day = date(2024, 8, 16)
    closed = Override(day, day, closed=True)
    morning = Override(day, day, (Window(time(8), time(12)),), working_days_only=False)
    for order, expected in [((closed, morning), hours(4)), ((morning, closed), hours(0))]:
        calendar = Calendar(JAKARTA, OFFICE.schedules, exceptions=order)
        assert working_between(calendar, wib("2024-08-16 00:00"), wib("2024-08-17 00:00")) == expected


@pytest.mark.parametrize(
    ("zone", "night", "length"),
    [
        ("Europe/Berlin", date(2024, 3, 31), 2),  # 02.00 becomes 03.00
        ("Europe/Berlin", date(2024, 10, 27), 4),  # 03.00 becomes 02.00
        ("America/New_York", date(2024, 3, 10), 2),
        ("America/New_York", date(2024, 11, 3), 4),
        ("Australia/Lord_Howe", date(2024, 10, 6), 2.5),  # half an hour
        ("Australia/Lord_Howe", date(2024, 4, 7), 3.5),
        ("Asia/Jakarta", date(2024, 3, 31), 3),
    ],
)
def test_window_across_a_clock_change_has_its_true_length(zone, night, length):
    tz = ZoneInfo(zone)
    calendar = Calendar(tz, (Schedule(weekly((1, 4), days=range(7))),))
    start = datetime.combine(night, time(), tz)
    assert working_between(calendar, start, start + timedelta(hours=24)) == hours(length)
    assert add_working(calendar, start, hours(length)) == datetime.combine(night, time(4), tz)


def test_edges_inside_a_clock_change():
    berlin = ZoneInfo("Europe/Berlin")
    window = Window(time(2, 30), time(3, 30), 6)
    calendar = Calendar(berlin, (Schedule((window,)),))
    skipped = next_opening(calendar, datetime(2024, 3, 31, tzinfo=berlin))
    assert skipped == datetime(2024, 3, 31, 1, tzinfo=UTC)  # the jump itself, 03.00 summer time
    first_pass = next_opening(calendar, datetime(2024, 10, 27, tzinfo=berlin))
    assert first_pass == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)  # 02.30 summer time
    assert not is_open(calendar, datetime(2024, 10, 27, 2, 15, tzinfo=berlin))
    assert is_open(calendar, datetime(2024, 10, 27, 2, 15, fold=1, tzinfo=berlin))


def test_window_that_is_skipped_altogether_does_not_open():
    berlin = ZoneInfo("Europe/Berlin")
    calendar = Calendar(berlin, (Schedule((Window(time(2, 10), time(2, 50), 6),)),))
    assert next_opening(calendar, datetime(2024, 3, 31, tzinfo=berlin)) == datetime(2024, 4, 7, 2, 10, tzinfo=berlin)


def test_moments_without_zone_are_refused():
    naive = datetime(2024, 8, 16, 10)  # noqa: DTZ001
    for ask in (
        lambda: is_open(OFFICE, naive),
        lambda: next_opening(OFFICE, naive),
        lambda: add_working(OFFICE, naive, 5),
        lambda: subtract_working(OFFICE, naive, 5),
        lambda: working_between(OFFICE, naive, wib("2024-08-16 10:00")),
        lambda: working_intervals(OFFICE, wib("2024-08-16 10:00"), naive),
    ):
        with pytest.raises(ValueError, match="aware"):
            ask()


def test_negative_amounts_are_refused():
    with pytest.raises(ValueError, match="negative"):
        add_working(OFFICE, wib("2024-08-16 10:00"), -1)
    with pytest.raises(ValueError, match="negative"):
        subtract_working(OFFICE, wib("2024-08-16 10:00"), timedelta(minutes=-1))


def test_calendar_that_never_opens_says_so():
    ended = Calendar(JAKARTA, (Schedule(weekly((8, 16)), valid_to=date(2024, 8, 16)),))
    for calendar in (NEVER, ended):
        with pytest.raises(NoOpening):
            next_opening(calendar, wib("2024-08-16 10:00"))
        with pytest.raises(NoOpening):
            add_working(calendar, wib("2024-08-16 10:00"), 1)
    with pytest.raises(NoOpening):
        subtract_working(NEVER, wib("2024-08-16 10:00"), 1)
    assert working_between(NEVER, wib("2024-08-16 10:00"), wib("2034-08-16 10:00")) == hours(0)
    assert add_working(ended, wib("2024-08-14 10:00"), hours(14)) == wib("2024-08-15 16:00")


@pytest.mark.parametrize("edges", [(time(9), time(9)), (time(12), time(9))])
def test_window_must_open_before_it_closes(edges):
    with pytest.raises(ValueError, match="closes before"):
        Window(*edges, 0)


def test_decades_are_counted_without_walking_them_by_the_minute():
    start = wib("2000-01-03 08:00")
    end = add_working(AROUND_THE_CLOCK, start, timedelta(days=20_000))
    assert end == start + timedelta(days=20_000)
    assert subtract_working(AROUND_THE_CLOCK, end, timedelta(days=20_000)) == start
