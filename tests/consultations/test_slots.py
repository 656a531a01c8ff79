"""Which slots patterns offer: weekly hours, buffer, holidays, exceptions, lead time and cut-off."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from consultations.models import Room, SlotPattern
from consultations.offering import offer_at, offers
from consultations.slot_verbs import add_exception, add_pattern, clashes, end_pattern, remove_exception
from consultations.slots import Exceptional, Pattern, earliest_day, slots_of
from kernel.errors import Refused
from tests import factories as make
from tests.consultations.cast import ASKED, STARTS, wish
from worktime.loading import OFFICE, load_calendar

TUESDAY = date(2024, 8, 20)
MORNING = Pattern(
    key=1, unit_code="PK.2", room=3, expert=None, mode="FACE_TO_FACE", weekdays=frozenset({0, 1}), opens=540,
    closes=720, slot_minutes=60, buffer_minutes=15, capacity=1, lead_working_days=None, cutoff=900,
    valid_from=date(2024, 8, 1), valid_to=date(2024, 9, 1),
)  # fmt: skip
AT = {"at": ASKED, "actor": None}


@pytest.fixture
def office(db):
    return load_calendar(OFFICE).calendar


def clocks(pattern, day, office, *exceptions):
    return [f"{slot.starts_at:%H.%M}" for slot in slots_of(pattern, day, exceptions, office)]


def test_slots_follow_each_other_with_a_buffer(office):
    assert clocks(MORNING, TUESDAY, office) == ["09.00", "10.15"]
    slot = slots_of(MORNING, TUESDAY, (), office)[0]
    assert (slot.ends_at - slot.starts_at, slot.blocked_until - slot.ends_at) == (make.HOUR, timedelta(minutes=15))
    assert clocks(replace(MORNING, buffer_minutes=0), TUESDAY, office) == ["09.00", "10.00", "11.00"]


@pytest.mark.parametrize("day", [date(2024, 8, 21), date(2024, 7, 30), date(2024, 9, 2)])
def test_other_weekdays_and_days_out_of_force_offer_nothing(office, day):
    assert clocks(MORNING, day, office) == []


def test_holidays_offer_nothing(office):
    assert clocks(replace(MORNING, weekdays=frozenset(range(7)), valid_to=None), date(2024, 9, 16), office) == []


def test_exceptions(office):
    day = Exceptional(TUESDAY, TUESDAY, None, "", None, None, None)
    assert clocks(MORNING, TUESDAY, office, day) == []
    assert clocks(MORNING, TUESDAY, office, replace(day, unit_code="PK.6")) == ["09.00", "10.15"]
    assert clocks(MORNING, TUESDAY, office, replace(day, room=3, hours=(600, 660))) == ["09.00"]  # 10.15 is closed
    assert clocks(MORNING, TUESDAY, office, replace(day, pattern=1, hours=(780, 900))) == ["13.00"]
    saturday = date(2024, 8, 24)
    extra = replace(day, starts_on=saturday, ends_on=saturday, pattern=1, hours=(540, 660))
    assert clocks(MORNING, saturday, office, extra) == ["09.00"]


def test_lead_time_and_cutoff(office):
    asked = make.wib("2024-08-15 14:59")  # a Thursday; Saturday 17 is a holiday anyway
    assert earliest_day(MORNING, asked, 3, office) == date(2024, 8, 20)
    assert earliest_day(MORNING, asked + make.MINUTE, 3, office) == date(2024, 8, 21)
    assert earliest_day(replace(MORNING, lead_working_days=1), asked, 3, office) == date(2024, 8, 16)


def test_what_is_offered_to_somebody_who_asks(db):
    first = offers(TUESDAY, TUESDAY, mode="FACE_TO_FACE", unit_code="PK.2", at=ASKED)
    assert [f"{one.slot.starts_at:%H} {one.room.code}" for one in first] == [
        f"{hour} {room}" for hour in ("09", "10", "11", "13", "14") for room in ("R1", "R2")
    ]
    assert offers(TUESDAY, TUESDAY, mode="FACE_TO_FACE", at=make.wib("2024-08-19 08:00")) == []
    assert {one.left for one in offers(TUESDAY, TUESDAY, mode="VIDEO", at=ASKED)} == {2}


def test_the_questions_asked_do_not_grow(office, django_assert_num_queries):
    with django_assert_num_queries(5):  # rule, patterns, exceptions, calendar's version, what is held
        assert len(offers(TUESDAY, date(2024, 9, 20), mode="FACE_TO_FACE", at=ASKED)) == 230


def test_patterns_of_a_unit_are_for_that_unit(db):
    damar = make.staff("damar")
    add_pattern(
        mode="VIDEO", weekdays=[1], hours=(480, 540), slot_minutes=60, valid_from=TUESDAY, unit_code="PK.2",
        expert=damar, **AT,
    )  # fmt: skip

    def early(unit):
        return [one.expert for one in offers(TUESDAY, TUESDAY, mode="VIDEO", unit_code=unit) if one.expert]

    assert (early("PK.2"), early("PK.6"), early("")) == ([damar], [], [damar])


def test_impossible_patterns_are_refused(db):
    good = {"mode": "VIDEO", "weekdays": [0], "hours": (540, 600), "slot_minutes": 60, "valid_from": TUESDAY}
    for changes, code in (
        ({"weekdays": []}, "needs_days"),
        ({"weekdays": [7]}, "needs_days"),
        ({"hours": (600, 540)}, "bad_hours"),
        ({"slot_minutes": 61}, "bad_hours"),
        ({"capacity": 2, "expert": make.staff("damar")}, "one_place"),
        ({"room": Room.objects.first()}, "no_room"),
    ):
        with pytest.raises(Refused, match=rf"slot\.{code}"):
            add_pattern(**{**good, **changes}, **AT)


def test_a_pattern_ends_and_an_exception_goes(db):
    pattern = SlotPattern.objects.get(room__code="R1", opens=540)
    with pytest.raises(Refused, match=r"slot\.past"):
        end_pattern(pattern=pattern, valid_to=date(2024, 8, 11), **AT)
    pattern = end_pattern(pattern=pattern, valid_to=TUESDAY, **AT)
    with pytest.raises(Refused, match=r"slot\.ended"):
        end_pattern(pattern=pattern, valid_to=TUESDAY, **AT)
    assert offer_at(pattern, STARTS) is None
    other = SlotPattern.objects.get(room__code="R2", opens=540)
    closed = add_exception(starts_on=TUESDAY, ends_on=TUESDAY, reason="Rapat kerja", **AT)
    assert offer_at(other, STARTS) is None
    remove_exception(exception=closed, **AT)
    assert offer_at(other, STARTS).left == 1
    for changes, code in (({"ends_on": date(2024, 8, 1)}, "bad_days"), ({"reason": " "}, "needs_reason")):
        with pytest.raises(Refused, match=rf"slot\.{code}"):
            add_exception(**{"starts_on": TUESDAY, "ends_on": TUESDAY, "reason": "Rapat", **changes}, **AT)


def test_an_exception_tells_what_stands_in_its_way(db):
    from consultations.booking import request_reservation

    pattern = SlotPattern.objects.get(room__code="R1", opens=540)
    booked = request_reservation(wish=wish(slot=pattern), at=ASKED)
    closed = add_exception(starts_on=TUESDAY, ends_on=TUESDAY, reason="Rapat kerja", **AT)
    later = add_exception(starts_on=TUESDAY, ends_on=TUESDAY, hours=(600, 900), reason="Rapat", **AT)
    assert (clashes(closed), clashes(later)) == ([booked], [])
