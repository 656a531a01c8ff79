"""The report month as a value."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.months import Month, month_range

months = st.builds(Month, st.integers(1900, 2200), st.integers(1, 12))


def test_neighbours_of_a_month():
    august = Month.parse("2024-08")
    assert str(august.previous) == "2024-07"
    assert str(august.same_month_last_year) == "2023-08"
    assert str(Month(2024, 1).previous) == "2023-12"
    assert str(Month(2023, 12).next) == "2024-01"
    assert [str(m) for m in Month(2024, 3).year_to_date()] == ["2024-01", "2024-02", "2024-03"]
    assert (august.first_day, august.last_day) == (date(2024, 8, 1), date(2024, 8, 31))
    assert Month(2024, 2).last_day == date(2024, 2, 29)
    assert august.label() == "Agustus 2024"


def test_month_is_cut_in_jakarta():
    start, end = Month(2024, 8).bounds()
    assert start == datetime(2024, 7, 31, 17, tzinfo=UTC)
    assert end == datetime(2024, 8, 31, 17, tzinfo=UTC)
    assert start.tzinfo is UTC
    assert Month.of(datetime(2024, 7, 31, 16, 59, 59, tzinfo=UTC)) == Month(2024, 7)
    assert Month.of(start) == Month(2024, 8)
    assert Month.of(start, ZoneInfo("Asia/Jayapura")) == Month(2024, 8)
    assert Month.of(date(2024, 8, 31)) == Month(2024, 8)


@pytest.mark.parametrize(
    "text",
    ["2024-13", "2024-00", "2024-8", "24-08", "2024-08-01", "", "agustus", "0001-01", "1899-12", "9998-12", "٢٠٢٤-٠٨"],
)
def test_what_is_no_month(text):
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)


def test_naive_moment_has_no_month():
    with pytest.raises(ValueError, match="zone"):
        Month.of(datetime(2024, 8, 1))  # noqa: DTZ001


@given(months, st.integers(-600, 600))
def test_steps_forward_and_back_cancel(month, steps):
    assert (month + steps) - steps == month
    assert (month + steps > month) == (steps > 0)


@given(months)
def test_text_reads_back_and_bounds_join(month):
    assert Month.parse(str(month)) == month
    assert month.bounds()[1] == month.next.bounds()[0]
    assert len(list(month.days())) == month.last_day.day


def test_range_of_months_includes_both_ends():
    assert [str(m) for m in month_range(Month(2023, 11), Month(2024, 2))] == [
        "2023-11",
        "2023-12",
        "2024-01",
        "2024-02",
    ]
    assert month_range(Month(2024, 2), Month(2024, 1)) == []
