"""Calendars everybody in these tests knows, and strategies for random ones."""

import csv
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from worktime.clock import Calendar, Override, Schedule, Window

JAKARTA = ZoneInfo("Asia/Jakarta")
DATA = Path(__file__).resolve().parents[2] / "worktime" / "data" / "calendar-2023-2026.csv"


def weekly(*hours: tuple[int, int], days=range(5)) -> tuple[Window, ...]:
    """The same windows, given in whole hours (24 is midnight), on each of the days."""
    return tuple(Window(time(a), time(b % 24), day) for day in days for a, b in hours)


def wib(text: str) -> datetime:
    """A moment in Jakarta: wib("2024-08-16 08:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


def holidays() -> frozenset[date]:
    with DATA.open(encoding="utf-8") as rows:
        return frozenset(date.fromisoformat(row["date"]) for row in csv.DictReader(rows))


RAMADAN = Override(date(2024, 3, 12), date(2024, 4, 5), tuple(Window(time(8), time(15), day) for day in range(5)))
OFFICE = Calendar(JAKARTA, (Schedule(weekly((8, 16))),), holidays(), (RAMADAN,))
SPLIT = Calendar(JAKARTA, (Schedule(weekly((8, 12), (13, 17))),))
AROUND_THE_CLOCK = Calendar(JAKARTA, (Schedule(weekly((0, 24), days=range(7))),))
NEVER = Calendar(JAKARTA, ())

ZONES = [
    "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura",
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
]  # fmt: skip
# Around the clock changes of 2024 in the three zones that have them, and a month end and new year.
SEASONS = [date(2024, 3, 8), date(2024, 3, 29), date(2024, 4, 5), date(2024, 10, 4), date(2024, 10, 25),
           date(2024, 11, 1), date(2024, 12, 29), date(2024, 2, 27)]  # fmt: skip


weekdays = st.integers(0, 6)


@st.composite
def windows(draw, weekdays=weekdays):
    opens = draw(st.integers(0, 1439))
    closes = draw(st.integers(opens + 1, 1440)) % 1440
    return Window(time(opens // 60, opens % 60), time(closes // 60, closes % 60), draw(weekdays))


@st.composite
def overrides(draw, near: date):
    first = near + timedelta(days=draw(st.integers(-3, 6)))
    last = first + timedelta(days=draw(st.integers(0, 3)))
    special = tuple(draw(st.lists(windows(st.none() | st.integers(0, 6)), max_size=3)))
    return Override(first, last, special, closed=not special, working_days_only=draw(st.booleans()))


@st.composite
def calendars(draw, near: date, zone: ZoneInfo = JAKARTA):
    change_day = near + timedelta(days=draw(st.integers(-2, 5)))
    first = draw(st.lists(windows(), min_size=2, max_size=12))
    second = draw(st.lists(windows(), max_size=8))
    days_off = draw(st.frozensets(st.integers(-3, 8), max_size=2))
    return Calendar(
        zone,
        (Schedule(tuple(first)), Schedule(tuple(second), change_day, change_day + timedelta(days=3))),
        frozenset(near + timedelta(days=offset) for offset in days_off),
        tuple(draw(st.lists(overrides(near), max_size=2))),
    )


@st.composite
def scenes(draw, span_days: int = 6, moments: int = 2):
    """A random calendar, a zone that reads it, and sorted whole-minute moments near a clock change."""
    near = draw(st.sampled_from(SEASONS))
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    midnight = datetime.combine(near, time(), ZoneInfo("UTC"))
    minutes = draw(st.lists(st.integers(0, span_days * 1440), min_size=moments, max_size=moments))
    return draw(calendars(near)), zone, [midnight + timedelta(minutes=m) for m in sorted(minutes)]
