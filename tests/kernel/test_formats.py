"""Numbers, changes, dates: printed as the report prints them, and read back."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import formats
from kernel.formats import Change, change, decimal, number, percent, rounded, share
from kernel.parsing import parse_date, parse_datetime, parse_decimal, parse_integer


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0, "0"), (17, "17"), (1018, "1.018"), (-1018, "-1.018"), (61000, "61.000"), (1234567, "1.234.567")],
)
def test_whole_numbers(value, printed):
    assert number(value) == printed
    assert number(value, language="en") == printed.replace(".", ",")


@pytest.mark.parametrize(
    ("value", "places", "trim", "printed"),
    [
        (2.675, 2, False, "2,68"),
        (1.005, 2, False, "1,01"),
        ("0.125", 2, False, "0,13"),
        (Fraction(2440, 21), 2, False, "116,19"),
        (Fraction(820, 7), 2, False, "117,14"),
        (120, 2, False, "120,00"),
        (5, 1, False, "5,0"),
        (Decimal("12.50"), 2, True, "12,5"),
        (Decimal("40.00"), 2, True, "40"),
        (Decimal("-0.004"), 2, False, "0,00"),
        (Decimal("1999.995"), 2, False, "2.000,00"),
        (100, 0, True, "100"),
    ],
)
def test_decimals(value, places, trim, printed):
    assert decimal(value, places, trim) == printed


@pytest.mark.parametrize(
    ("value", "decimals", "rounding", "printed"),
    [
        (Fraction(289, 729) * 100, 1, "half_up", "39,6%"),
        (40, 1, "half_up", "40%"),
        (Fraction(1, 3) * 100, 2, "half_up", "33,33%"),
        (Fraction(2, 3) * 100, 2, "down", "66,66%"),
        (800, 1, "half_up", "800%"),
    ],
)
def test_percentages(value, decimals, rounding, printed):
    assert percent(value, decimals, rounding) == printed


def test_percent_in_english():
    assert percent(Decimal("1039.64"), language="en-us") == "1,039.6%"


@pytest.mark.parametrize(
    ("now", "before", "direction", "printed"),
    [
        (1018, 729, "naik", "39,6%"),
        (37, 36, "naik", "2,8%"),
        (9, 1, "naik", "800%"),
        (45, 60, "turun", "25%"),
        (7, 7, "tetap", "0%"),
        (100001, 100000, "naik", "0%"),
    ],
)
def test_changes(now, before, direction, printed):
    moved = change(now, before)
    assert isinstance(moved, Change)
    assert (moved.direction, moved.printed) == (direction, printed)


@pytest.mark.parametrize(("now", "before"), [(3, 0), (None, 4), (4, None), (0, 0)])
def test_no_change_without_a_base(now, before):
    assert change(now, before) is None


def test_change_keeps_sign_and_precision_beside_the_print():
    moved = change(1, 3)
    assert moved.exact_pct.quantize(Decimal("1e-20")) == Decimal("-66.66666666666666666667")
    assert moved.word("en") == "down"


def test_share_is_exact_and_unknown_without_a_base():
    assert share(148, 1018) == Fraction(14800, 1018)
    assert percent(share(148, 1018), 1) == "14,5%"
    assert share(1, 0) is None
    assert share(None, 5) is None


def test_unknown_rounding_is_refused():
    with pytest.raises(ValueError, match="rounding"):
        rounded(1, 1, "up")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=5), st.integers(0, 4))
def test_half_up_agrees_with_decimal(value, places):
    assert rounded(value, places) == value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@given(st.integers(-(10**12), 10**12))
def test_printed_whole_numbers_read_back(value):
    assert parse_integer(number(value)) == value


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_printed_decimals_read_back(value):
    assert parse_decimal(decimal(value, 3)) == value


def test_dates():
    day = date(2024, 8, 30)
    assert formats.month_name(day) == "Agustus 2024"
    assert formats.month_name(day, short=True, year=False) == "Agt"
    assert formats.month_name(day, "en") == "August 2024"
    assert formats.long_date(day) == "30 Agustus 2024"
    assert formats.short_date(day) == "30 Agt"
    assert formats.short_date(day, "en", year=True) == "30 Aug 2024"
    assert formats.day_name(day) == "Jumat"
    assert formats.clock_time(datetime(2024, 8, 30, 8, 5, tzinfo=UTC)) == "08.05"


@pytest.mark.parametrize(
    ("text", "value"),
    [("39.6", "39.6"), ("39,6", "39.6"), ("1.018,50", "1018.5"), ("1.018.000", "1018000"), (" 7 ", "7")],
)
def test_decimal_numbers_in_both_styles(text, value):
    assert parse_decimal(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "tbc", "1,018.5", "12.34,5", "1.2.3", "--1", "٣"])
def test_what_is_no_decimal_number(text):
    with pytest.raises(ValueError, match="bukan bilangan"):
        parse_decimal(text)


@pytest.mark.parametrize("text", ["", "1.01", "1,5", "0x10", "1_000"])
def test_what_is_no_whole_number(text):
    with pytest.raises(ValueError, match="bukan bilangan bulat"):
        parse_integer(text)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-08-01T00:00:00+07:00", "2024-07-31T17:00:00"),
        ("2024-08-01T09:00:00Z", "2024-08-01T09:00:00"),
        ("2024-08-01T09:00:00+09:00", "2024-08-01T00:00:00"),
        ("2024-08-01 09:00", "2024-08-01T02:00:00"),
        ("2024-08-01T09:00:00.5", "2024-08-01T02:00:00.500000"),
        ("01/08/2024 09.00", "2024-08-01T02:00:00"),
        ("1-8-2024 09:00:30", "2024-08-01T02:00:30"),
    ],
)
def test_moments(text, utc):
    assert parse_datetime(text) == datetime.fromisoformat(utc + "+00:00")


@pytest.mark.parametrize("text", ["", "2024-08-01", "2024-13-01T00:00", "31/02/2024 10.00", "kemarin"])
def test_what_is_no_moment(text):
    with pytest.raises(ValueError, match="bukan tanggal dan jam"):
        parse_datetime(text)


def test_spreadsheet_moments_get_the_zone():
    assert parse_datetime(datetime(2024, 8, 1, 7)).utcoffset() == timedelta(hours=7)  # noqa: DTZ001


@pytest.mark.parametrize("text", ["2024-08-30", "30/08/2024", "30-8-2024", date(2024, 8, 30)])
def test_days(text):
    assert parse_date(text) == date(2024, 8, 30)


@pytest.mark.parametrize("text", ["", "2024-02-30", "08/30/2024", "20240830", "2024-08-30T10:00"])
def test_what_is_no_day(text):
    with pytest.raises(ValueError, match="bukan tanggal"):
        parse_date(text)


@pytest.mark.parametrize(("text", "value"), [("5.0", 5), ("4,00", 4), ("-3.0", -3), ("1.000", 1000), ("12", 12)])
def test_whole_numbers_as_table_tools_write_them(text, value):
    assert parse_integer(text) == value


def test_a_small_z_is_utc():
    assert parse_datetime("2024-08-01t02:15:00z") == parse_datetime("2024-08-01T09:15:00+07:00")


@pytest.mark.parametrize("text", ["5.5", "5,25", "5.", ".0", "5.000.0"])
def test_fractions_are_no_whole_numbers(text):
    with pytest.raises(ValueError):
        parse_integer(text)
