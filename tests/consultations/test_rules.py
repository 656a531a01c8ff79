"""The circular's rules, one by one."""

from dataclasses import replace

import pytest

from consultations.rules import Facts, Limits, check, waive
from tests.worktime.cast import OFFICE, wib

LIMITS = Limits(5, 3, letter_required=True, slot_opens=540, slot_closes=900, slot_minutes=60)
GOOD = Facts(
    face_to_face=True,
    requested_at=wib("2024-08-12 10:00"),  # Monday; the third working day after it is Thursday
    starts_at=wib("2024-08-15 09:00"),
    ends_at=wib("2024-08-15 10:00"),
    guests=5,
    named_guests=5,
    has_letter=True,
    topics=1,
    has_reason=True,
)


def broken(limits=LIMITS, **changes):
    results = check(replace(GOOD, **changes), limits, OFFICE)
    return [result.rule for result in results if result.outcome == "BROKEN"]


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({}, []),
        ({"guests": 6, "named_guests": 6}, ["guests"]),
        ({"guests": 0, "named_guests": 0}, ["guests"]),
        ({"named_guests": 4}, ["guests"]),
        ({"has_letter": False}, ["letter"]),
        ({"topics": 0}, ["topics"]),
        ({"has_reason": False}, ["reason"]),
        ({"requested_at": wib("2024-08-12 23:59")}, []),
        ({"requested_at": wib("2024-08-13 00:00")}, ["lead_time"]),
        ({"starts_at": wib("2024-08-15 14:00"), "ends_at": wib("2024-08-15 15:00")}, []),
        ({"starts_at": wib("2024-08-15 14:30"), "ends_at": wib("2024-08-15 15:30")}, ["slot"]),
        ({"starts_at": wib("2024-08-15 08:59"), "ends_at": wib("2024-08-15 09:59")}, ["slot"]),
        ({"ends_at": wib("2024-08-15 10:01")}, ["slot"]),
        ({"starts_at": wib("2024-08-17 09:00"), "ends_at": wib("2024-08-17 10:00")}, ["slot"]),
        ({"ends_at": wib("2024-08-15 09:00")}, ["order"]),
        ({"starts_at": wib("2024-08-15 23:30"), "ends_at": wib("2024-08-16 00:30")}, ["order", "slot"]),
        ({"starts_at": wib("2024-08-15 23:00"), "ends_at": wib("2024-08-16 00:00")}, ["slot"]),
        ({"face_to_face": False, "guests": 9, "named_guests": 0, "has_reason": False}, []),
    ],
)
def test_what_breaks_which_rule(changes, rules):
    assert broken(**changes) == rules


def test_no_letter_where_none_is_asked_for():
    assert broken(replace(LIMITS, letter_required=False), has_letter=False) == []


def test_waivers_name_who_and_why_and_need_a_reason():
    results = check(replace(GOOD, has_letter=False, requested_at=wib("2024-08-14 10:00"), topics=0), LIMITS, OFFICE)
    after = waive(results, {"letter": "menyusul", "lead_time": " ", "topics": "tidak tahu", "slot": "x"}, "sekar")
    states = {result.rule: (result.outcome, result.waived_by, result.reason) for result in after}
    assert states["letter"] == ("WAIVED", "sekar", "menyusul")
    assert states["lead_time"] == ("BROKEN", "", "")
    assert states["topics"] == ("BROKEN", "", "")
    assert states["slot"] == ("MET", "", "")
