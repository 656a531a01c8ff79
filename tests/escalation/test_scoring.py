"""The response score: steps, pauses, explanations (rules 3.2 to 3.7)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.scoring import (
    Pause,
    Rubric,
    Segment,
    Standing,
    counted_working,
    explain,
    next_step,
    reached_at,
    score,
    segments,
    stored_minutes,
)
from kernel.formats import decimal
from tests.worktime.cast import OFFICE, wib

RUBRIC = Rubric("2024-07")
DAY = timedelta(minutes=480)
TICK = timedelta(microseconds=1)


def hours(amount):
    return timedelta(hours=amount)


@pytest.mark.parametrize(
    ("working", "points"),
    [
        (timedelta(0), 120),
        (DAY, 120),
        (DAY + TICK, 110),
        (2 * DAY, 110),
        (2 * DAY + TICK, 100),
        (3 * DAY, 100),
        (3 * DAY + TICK, 90),
        (4 * DAY, 90),
        (5 * DAY, 80),
        (6 * DAY, 70),
        (6 * DAY + TICK, 60),
        (400 * DAY, 60),
    ],
)
def test_steps_include_their_limit(working, points):
    assert score(RUBRIC, working) == points


@pytest.mark.parametrize(
    ("scores", "printed"),
    [
        ([120], "120,00"),
        ([120] * 14 + [110] * 6 + [100], "116,19"),
        ([120, 120, 120, 110], "117,50"),
        ([120] * 5 + [110] * 2, "117,14"),
    ],
)
def test_averages_print_with_two_decimals(scores, printed):
    assert decimal(mean(Decimal(points) for points in scores), 2) == printed


@pytest.mark.parametrize(
    ("escalated", "answered", "points"),
    [
        ("2024-08-15 09:00", "2024-08-16 09:00", 120),  # one working day to the minute
        ("2024-08-15 09:00", "2024-08-16 09:01", 110),
        ("2024-08-16 15:00", "2024-08-19 14:00", 120),  # Friday to Monday over Independence Day
        ("2024-08-16 20:00", "2024-08-19 16:00", 120),  # escalated in the evening, clock starts on Monday
        ("2024-08-17 10:00", "2024-08-17 12:00", 120),  # answered on a holiday
        ("2024-04-05 14:00", "2024-04-16 15:00", 120),  # Idul Fitri in between
        ("2024-04-05 14:00", "2024-04-16 15:01", 110),
        ("2024-03-14 08:00", "2024-03-15 09:00", 120),  # Ramadan: 7 hours, then the 8th
        ("2024-03-14 08:00", "2024-03-15 09:01", 110),
        ("2024-08-01 08:00", "2024-08-30 16:00", 60),
    ],
)
def test_scores_by_the_office_clock(escalated, answered, points):
    assert score(RUBRIC, counted_working(OFFICE, wib(escalated), wib(answered))) == points


@pytest.mark.parametrize(
    ("used", "standing"),
    [
        (timedelta(0), Standing(120, DAY)),
        (hours(7), Standing(120, hours(1))),
        (DAY, Standing(120, timedelta(0))),
        (DAY + TICK, Standing(110, DAY - TICK)),
        (6 * DAY, Standing(70, timedelta(0))),
        (6 * DAY + TICK, Standing(60, None)),
    ],
)
def test_time_until_the_score_drops(used, standing):
    assert next_step(RUBRIC, used) == standing


def test_steps_of_the_same_score_drop_only_once():
    flat = Rubric("flat", steps=((1, 120), (2, 120), (3, 60)), later=60)
    assert next_step(flat, hours(1)) == Standing(120, 2 * DAY - hours(1))
    assert next_step(flat, 2 * DAY + TICK) == Standing(60, None)


PAUSE = Pause(wib("2024-08-15 10:00"), wib("2024-08-19 09:00"), "surat permohonan belum lengkap")


def test_returned_to_layer_1_stops_the_clock():
    start, end = wib("2024-08-15 09:00"), wib("2024-08-19 10:00")
    assert counted_working(OFFICE, start, end, [PAUSE]) == hours(2)
    assert counted_working(OFFICE, start, end) == hours(7 + 8 + 2)


def test_open_pause_stops_the_clock_for_good():
    still = Pause(wib("2024-08-15 10:00"))
    assert counted_working(OFFICE, wib("2024-08-15 09:00"), wib("2024-08-30 09:00"), [still]) == hours(1)
    assert reached_at(OFFICE, wib("2024-08-15 09:00"), DAY, [still]) is None
    assert reached_at(OFFICE, wib("2024-08-15 09:00"), hours(1), [still]) == wib("2024-08-15 10:00")


def test_when_the_clock_reaches_a_step():
    start = wib("2024-08-15 09:00")
    assert reached_at(OFFICE, start, DAY) == wib("2024-08-16 09:00")
    assert reached_at(OFFICE, start, hours(1), [PAUSE]) == wib("2024-08-15 10:00")
    assert reached_at(OFFICE, start, DAY, [PAUSE]) == wib("2024-08-19 16:00")
    assert reached_at(OFFICE, start, RUBRIC.target) == wib("2024-08-20 09:00")


def test_overlapping_pauses_count_once():
    start, end = wib("2024-08-15 08:00"), wib("2024-08-15 16:00")
    first = Pause(wib("2024-08-15 09:00"), wib("2024-08-15 11:00"), "a")
    second = Pause(wib("2024-08-15 10:00"), wib("2024-08-15 12:00"), "b")
    inside = Pause(wib("2024-08-15 10:00"), wib("2024-08-15 10:30"), "c")
    assert counted_working(OFFICE, start, end, [second, inside, first]) == hours(5)
    assert segments(start, end, [second, inside, first]) == [
        Segment(start, first.paused_at, paused=False),
        Segment(first.paused_at, first.resumed_at, paused=True, reason="a"),
        Segment(first.resumed_at, second.resumed_at, paused=True, reason="b"),
        Segment(second.resumed_at, end, paused=False),
    ]


def test_explanation_shows_what_counted_and_what_did_not():
    found = explain(OFFICE, RUBRIC, wib("2024-08-15 09:00"), wib("2024-08-19 10:00"), [PAUSE])
    assert (found.score, found.version, found.working) == (120, "2024-07", hours(2))
    assert [(row.segment.paused, row.working) for row in found.rows] == [
        (False, hours(1)),
        (True, hours(6 + 8 + 1)),
        (False, hours(1)),
    ]
    assert found.rows[1].segment.reason == PAUSE.reason
    assert found.rows[1].intervals[1] == (wib("2024-08-16 08:00"), wib("2024-08-16 16:00"))


def test_stored_minutes_never_score_better_than_the_time():
    assert stored_minutes(DAY) == Decimal("480.0000")
    assert stored_minutes(DAY + TICK) == Decimal("480.0001")


@pytest.mark.parametrize(
    "broken",
    [
        {"steps": ()},
        {"steps": ((2, 110), (1, 120))},
        {"steps": ((1, 110), (2, 120))},
        {"steps": ((0, 120),)},
        {"later": 121},
        {"day_minutes": 0},
    ],
)
def test_rubrics_that_make_no_sense_are_refused(broken):
    with pytest.raises(ValueError):
        Rubric("broken", **broken)


def test_answer_before_the_question_is_refused():
    with pytest.raises(ValueError, match="before"):
        score(RUBRIC, -TICK)


moments = st.datetimes(datetime(2023, 1, 1), datetime(2026, 6, 30), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.timedeltas(timedelta(0), timedelta(days=30))
pauses = st.builds(lambda at, gap: Pause(at, at + gap), moments, spans)


@st.composite
def lives(draw):
    """An escalation: when it began and ended, and pauses that may overlap or lie outside."""
    start = draw(moments)
    end = start + draw(spans)
    near = st.timedeltas(timedelta(days=-5), timedelta(days=35)).map(lambda gap: start + gap)
    return start, end, draw(st.lists(st.builds(lambda at, gap: Pause(at, at + gap), near, spans), max_size=4))


@given(spans, spans)
def test_later_never_scores_more(one, other):
    assert score(RUBRIC, min(one, other)) >= score(RUBRIC, max(one, other))


@given(spans)
def test_score_holds_until_it_drops(used):
    standing = next_step(RUBRIC, used)
    assert standing.score == score(RUBRIC, used)
    if standing.left is None:
        assert standing.score == RUBRIC.later
    else:
        assert score(RUBRIC, used + standing.left) == standing.score
        assert score(RUBRIC, used + standing.left + TICK) < standing.score


@given(lives())
@settings(deadline=None)
def test_counted_rows_add_up_to_the_clock(life):
    start, end, found_pauses = life
    found = explain(OFFICE, RUBRIC, start, end, found_pauses)
    assert found.working == counted_working(OFFICE, start, end, found_pauses)
    counted_and_paused = sum((row.working for row in found.rows), timedelta())
    assert counted_and_paused == counted_working(OFFICE, start, end)
    assert all(a.segment.end == b.segment.start for a, b in zip(found.rows, found.rows[1:], strict=False))


@given(lives(), st.timedeltas(TICK, timedelta(hours=100)))
@settings(deadline=None)
def test_reaching_an_amount_is_counting_it(life, amount):
    start, _, found_pauses = life
    moment = reached_at(OFFICE, start, amount, found_pauses)
    assert counted_working(OFFICE, start, moment, found_pauses) == amount
    assert counted_working(OFFICE, start, moment - TICK, found_pauses) < amount


@given(spans, st.lists(st.integers(0, 120), min_size=1, max_size=6))
def test_another_version_leaves_past_scores_alone(working, points):
    """A score belongs to the version it was made with: the new table is another value."""
    versions = {RUBRIC.version: RUBRIC}
    stored = (RUBRIC.version, score(RUBRIC, working))
    ordered = sorted(points, reverse=True)
    steps = tuple(enumerate(ordered, start=1))
    versions["2025-01"] = Rubric("2025-01", day_minutes=450, steps=steps, later=0)
    assert score(versions[stored[0]], working) == stored[1]


@given(spans)
def test_stored_minutes_give_the_same_score(working):
    assert score(RUBRIC, timedelta(minutes=1) * float(stored_minutes(working))) == score(RUBRIC, working)
