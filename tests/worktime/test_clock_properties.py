"""Business time: laws that hold for random calendars, zones and moments, clock changes included."""

from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.worktime.cast import OFFICE, SPLIT, scenes
from worktime.clock import (
    Calendar,
    NoOpening,
    add_working,
    is_open,
    next_opening,
    subtract_working,
    working_between,
    working_intervals,
)

MINUTE = timedelta(minutes=1)
amounts = st.timedeltas(timedelta(0), timedelta(hours=90))
slow = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60)


def _open_minutes(cal: Calendar, zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """Minute by minute, without the engine: a window runs from the first moment the wall clock has
    reached its opening to the first moment it has reached its closing."""
    reached, found, moment = datetime.min, [], start - timedelta(hours=36)  # noqa: DTZ901 - wall clock
    while moment < end:
        reached = max(reached, moment.astimezone(zone).replace(tzinfo=None, fold=0))
        if moment >= start and _within(cal, reached):
            found.append(moment)
        moment += MINUTE
    return found


def _within(cal: Calendar, wall: datetime) -> bool:
    day, open_windows = wall.date(), []
    for schedule in sorted(cal.schedules, key=lambda s: str(s.valid_from or "")):
        if schedule.valid_from and not schedule.valid_from <= day < schedule.valid_to:
            continue
        open_windows = [w for w in schedule.windows if w.weekday == day.weekday()]
    if day in cal.holidays:
        open_windows = []
    for exception in cal.exceptions:
        if exception.starts_on <= day <= exception.ends_on:
            if exception.closed:
                open_windows = []
            elif open_windows or not exception.working_days_only:
                open_windows = [w for w in exception.windows if w.weekday in (None, day.weekday())]
    return any(w.opens <= wall.time() and (wall.time() < w.closes or w.closes == time(0)) for w in open_windows)


@slow
@given(scenes(span_days=3))
def test_measure_is_the_sum_of_open_minutes(scene):
    cal, zone, (start, end) = scene
    minutes = _open_minutes(cal, zone, start, end)
    assert working_between(cal, start, end, zone) == len(minutes) * MINUTE


@slow
@given(scenes(span_days=3))
def test_open_is_what_the_wall_clock_says(scene):
    cal, zone, (start, end) = scene
    end = min(end, start + timedelta(hours=6))
    minutes = set(_open_minutes(cal, zone, start, end))
    moment = start
    while moment < end:
        assert is_open(cal, moment, zone) == (moment in minutes)
        moment += MINUTE


@slow
@given(scenes(), amounts)
def test_adding_then_measuring_gives_the_same(scene, amount):
    cal, zone, (start, _) = scene
    try:
        end = add_working(cal, start, amount, zone)
    except NoOpening:
        assume(False)
    assert working_between(cal, start, end, zone) == amount
    assert end >= start


@slow
@given(scenes(), amounts)
def test_subtracting_then_measuring_gives_the_same(scene, amount):
    cal, zone, (_, end) = scene
    try:
        start = subtract_working(cal, end, amount, zone)
    except NoOpening:
        assume(False)
    assert working_between(cal, start, end, zone) == amount
    assert start <= end


@slow
@given(scenes(), amounts.filter(bool))
def test_subtracting_undoes_adding(scene, amount):
    cal, zone, (start, _) = scene
    try:
        end = add_working(cal, start, amount, zone)
    except NoOpening:
        assume(False)
    assert subtract_working(cal, end, amount, zone) == next_opening(cal, start, zone)


@slow
@given(scenes(moments=3))
def test_parts_of_an_interval_add_up(scene):
    cal, zone, (start, middle, end) = scene
    whole = working_between(cal, start, end, zone)
    assert working_between(cal, start, middle, zone) + working_between(cal, middle, end, zone) == whole
    assert working_between(cal, end, start, zone) == -whole


@slow
@given(scenes(), amounts, amounts)
def test_adding_twice_is_adding_the_sum(scene, first, second):
    cal, zone, (start, _) = scene
    assume(second)
    try:
        stepwise = add_working(cal, add_working(cal, start, first, zone), second, zone)
    except NoOpening:
        assume(False)
    assert stepwise == add_working(cal, start, first + second, zone)


@slow
@given(scenes(), amounts, amounts)
def test_order_is_kept(scene, first, second):
    cal, zone, (start, later) = scene
    less, more = sorted((first, second))
    try:
        assert add_working(cal, start, less, zone) <= add_working(cal, start, more, zone)
        assert add_working(cal, start, less, zone) <= add_working(cal, later, less, zone)
        assert next_opening(cal, start, zone) <= next_opening(cal, later, zone)
        assert subtract_working(cal, start, less, zone) <= subtract_working(cal, later, less, zone)
    except NoOpening:
        assume(False)


@slow
@given(scenes())
def test_intervals_add_up_and_stay_apart(scene):
    cal, zone, (start, end) = scene
    found = working_intervals(cal, start, end, zone)
    assert sum((i.length for i in found), timedelta()) == working_between(cal, start, end, zone)
    assert all(start <= i.start < i.end <= end for i in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(is_open(cal, i.start, zone) for i in found)


@slow
@given(scenes())
def test_next_opening_is_open_and_nothing_is_open_before_it(scene):
    cal, zone, (start, _) = scene
    try:
        opening = next_opening(cal, start, zone)
    except NoOpening:
        assume(False)
    assert is_open(cal, opening, zone)
    assert working_between(cal, start, opening, zone) == timedelta()


@given(
    st.datetimes(datetime(2015, 1, 1), datetime(2030, 1, 1), timezones=st.just(ZoneInfo("UTC"))),  # noqa: DTZ001
    st.timedeltas(timedelta(microseconds=1), timedelta(hours=4000)),
    st.sampled_from([OFFICE, SPLIT]),
)
@settings(deadline=None)
def test_years_to_the_microsecond(start, amount, cal):
    end = add_working(cal, start, amount)
    assert working_between(cal, start, end) == amount
    assert subtract_working(cal, end, amount) == next_opening(cal, start)
