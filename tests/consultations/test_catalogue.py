"""The circular's limits change from a day on; what was held keeps its verdict."""

from dataclasses import replace
from datetime import date

import pytest

from consultations.booking import limits_of
from consultations.catalogue import add_room, change_consultation_rule, retire_room
from consultations.journal import consultation_rule_on
from consultations.verbs import confirm, hold
from kernel.errors import Refused
from tests import factories as make
from tests.consultations.cast import ASKED, STARTS, checked, confirmed, room

AT = {"at": ASKED, "actor": None}


def test_a_visit_is_judged_by_the_rule_of_its_day(db):
    before, after = confirmed(), confirmed(starts_at=STARTS + make.DAY)
    limits = replace(limits_of(consultation_rule_on(STARTS.date())), guest_limit=8)
    change_consultation_rule(valid_from=date(2024, 8, 21), limits=limits, basis="SE baru", **AT)
    at = STARTS + 2 * make.DAY
    verdicts = [hold(reservation=row, guest_count=7, at=at, actor=None).over_limit for row in (before, after)]
    assert verdicts == [True, False]


def test_impossible_limits_are_refused(db):
    limits = limits_of(consultation_rule_on(STARTS.date()))
    for changes, code in (({"slot_opens": 900}, "bad_slot"), ({"guest_limit": 0}, "bad_limit")):
        with pytest.raises(Refused, match=rf"consultation\.{code}"):
            change_consultation_rule(
                valid_from=date(2024, 9, 1), limits=replace(limits, **changes), basis="SE baru", **AT
            )


def test_rooms_come_and_go(db):
    big = add_room(code="aula", label="Aula", capacity=30, **AT)
    with pytest.raises(Refused, match=r"room\.taken"):
        add_room(code="AULA", label="Aula", capacity=30, **AT)
    confirmed()
    with pytest.raises(Refused, match=r"room\.in_use"):
        retire_room(room=room(), **AT)
    retire_room(room=big, **AT)
    big.refresh_from_db()
    with pytest.raises(Refused, match=r"room\.inactive"):
        confirm(reservation=checked(), room=big, **AT)
