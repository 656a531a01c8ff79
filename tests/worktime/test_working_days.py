"""Counting in working days, and the holidays of 2023-2026."""

import csv
from datetime import date, timedelta

import holidays as holidays_package
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worktime.cast import DATA, NEVER, OFFICE, holidays
from worktime.clock import NoOpening, add_working_days, is_working_day, working_days_between


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2024, 8, 1), date(2024, 8, 31), 22),
        (date(2024, 7, 1), date(2024, 7, 31), 23),
        (date(2023, 8, 1), date(2023, 8, 31), 22),
    ],
)
def test_working_days_of_the_report_months(first, last, days):
    assert working_days_between(OFFICE, first - timedelta(days=1), last) == days


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        (date(2024, 8, 16), 1, date(2024, 8, 19)),  # Friday, day 1 is Monday
        (date(2024, 8, 17), 1, date(2024, 8, 19)),  # Saturday likewise
        (date(2024, 8, 5), 10, date(2024, 8, 19)),  # PPID notice: 17 August falls on a Saturday
        (date(2024, 8, 19), 7, date(2024, 8, 28)),  # and its extension
        (date(2024, 4, 5), 1, date(2024, 4, 16)),  # over Idul Fitri
        (date(2024, 8, 18), 0, date(2024, 8, 18)),
        (date(2024, 8, 19), -1, date(2024, 8, 16)),
    ],
)
def test_adding_working_days(day, days, expected):
    assert add_working_days(OFFICE, day, days) == expected


@given(st.dates(date(2023, 1, 1), date(2026, 6, 30)), st.integers(0, 80))
def test_counting_undoes_adding(day, days):
    end = add_working_days(OFFICE, day, days)
    assert working_days_between(OFFICE, day, end) == days
    assert days == 0 or is_working_day(OFFICE, end)


def test_no_working_day_ever():
    with pytest.raises(NoOpening):
        add_working_days(NEVER, date(2024, 8, 1), 1)


def _published(kind: str) -> set[date]:
    with DATA.open(encoding="utf-8") as rows:
        return {date.fromisoformat(row["date"]) for row in csv.DictReader(rows) if row["kind"] == kind}


def test_calendar_file_is_complete():
    assert len(_published("libur_nasional")) == 69
    assert len(_published("cuti_bersama")) == 40
    assert len(holidays()) == 109


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_calendar_file_agrees_with_the_holidays_package(year):
    known = holidays_package.ID(categories=("public", "government"), years=year, language="id")
    ours = {day for day in holidays() if day.year == year}
    assert {str(day) for day in ours ^ set(known)} == DIFFERENCES.get(year, set())


# Days on which the two disagree, each with its reason.
DIFFERENCES: dict[int, set[str]] = {}
