"""The booking form keeps the circular; staff may waive, with a reason, under their name."""

import pytest

from consultations.booking import check_reservation, request_reservation, reschedule
from consultations.models import ConsultationRule, Reservation, Visit
from kernel.errors import Refused
from tests import factories as make
from tests.consultations.cast import ASKED, STARTS, checked, confirmed, wish

SIX = [(f"Tamu {n}", "Staf") for n in range(6)]


@pytest.fixture
def sekar(db):
    return make.staff("sekar")


def outcomes(reservation):
    return {row["rule"]: row["outcome"] for row in reservation.events.last().data["rules"]}


def test_a_request_that_keeps_the_rules(db):
    reservation = request_reservation(wish=wish(), at=ASKED)
    assert (reservation.number, reservation.status, reservation.unit.code) == ("RSV-24-00001", "REQUESTED", "PK.2")
    assert reservation.ends_at - reservation.starts_at == make.HOUR
    assert set(outcomes(reservation).values()) == {"MET"}
    assert reservation.guests.count() == 2


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"guests": SIX}, "guests"),
        ({"letter": None}, "letter"),
        ({"starts_at": make.wib("2024-08-13 09:00")}, "lead_time"),
        ({"starts_at": make.wib("2024-08-17 09:00")}, "slot"),
        ({"topics": []}, "topics"),
    ],
)
def test_the_form_refuses_what_breaks_a_rule(db, changes, rule):
    with pytest.raises(Refused, match=rf"reservation\.rule\.{rule}"):
        request_reservation(wish=wish(**changes), at=ASKED)
    assert not Reservation.objects.exists()


def test_the_refusal_says_the_limit(db):
    with pytest.raises(Refused) as refused:
        request_reservation(wish=wish(guests=SIX), at=ASKED)
    assert "1 sampai 5 orang" in refused.value.message


def test_staff_enter_it_and_whoever_checks_waives_it(sekar):
    wening = make.staff("wening")
    reservation = request_reservation(wish=wish(guests=SIX, letter=None), at=ASKED, actor=wening)
    assert {outcomes(reservation)[rule] for rule in ("guests", "letter")} == {"BROKEN"}
    with pytest.raises(Refused, match=r"reservation\.rule\.guests"):
        check_reservation(reservation=reservation, waivers={"letter": "menyusul"}, at=ASKED, actor=sekar)
    reservation = check_reservation(
        reservation=reservation, waivers={"letter": "menyusul", "guests": "pimpinan ikut"}, at=ASKED, actor=sekar
    )
    assert reservation.status == "CHECKED"
    waived = [row for row in reservation.events.last().data["rules"] if row["outcome"] == "WAIVED"]
    assert {(row["rule"], row["waived_by"]) for row in waived} == {("letter", "sekar"), ("guests", "sekar")}


def test_rescheduling_makes_a_new_request_that_points_back(sekar):
    old = confirmed()
    later = STARTS + make.DAY
    new = reschedule(reservation=old, starts_at=later, at=ASKED + make.DAY, actor=sekar, reason="pesawat batal")
    old.refresh_from_db()
    assert (old.status, new.status, new.rescheduled_from) == ("RESCHEDULED", "REQUESTED", old)
    assert (new.starts_at, new.guests.count(), list(new.topics.all())) == (later, 2, [make.topic("DAU")])
    assert old.events.last().to_value == new.number
    with pytest.raises(Refused, match=r"reservation\.wrong_status"):
        reschedule(reservation=old, starts_at=later + make.DAY, at=ASKED, actor=sekar)


def test_checking_twice_is_refused(sekar):
    with pytest.raises(Refused, match=r"reservation\.wrong_status: .*Diperiksa"):
        check_reservation(reservation=checked(), at=ASKED, actor=sekar)


def test_someone_must_be_coming(db):
    with pytest.raises(Refused, match=r"reservation\.needs_visitor"):
        request_reservation(wish=wish(organization=" ", region=None), at=ASKED)


def test_only_so_many_visits_a_month(sekar):
    ConsultationRule.objects.update(month_limit=2)
    first, _second = confirmed(), confirmed(starts_at=STARTS + make.DAY)
    with pytest.raises(Refused, match=r"reservation\.rule\.frequency") as refused:
        request_reservation(wish=wish(starts_at=STARTS + 2 * make.DAY), at=ASKED)
    assert "2 kunjungan sebulan" in refused.value.message
    elsewhere = wish(organization="Inspektorat", region=None, user_group="KL", starts_at=STARTS + 2 * make.DAY)
    assert request_reservation(wish=elsewhere, at=ASKED).status == "REQUESTED"
    assert request_reservation(wish=wish(starts_at=make.wib("2024-09-03 09:00")), at=ASKED).status == "REQUESTED"
    moved = reschedule(reservation=first, starts_at=STARTS + 2 * make.DAY, at=ASKED, actor=sekar)
    assert outcomes(moved)["frequency"] == "MET"


def test_visits_of_the_register_count_too(db):
    ConsultationRule.objects.update(month_limit=1)
    given = {"status": "HELD", "user_group": "PEMDA", "region": make.region("73.06"), "guest_count": 2}
    Visit.objects.create(number="KTM-1", visitor="Kab. Gowa", held_on=STARTS.date(), **given)
    with pytest.raises(Refused, match=r"reservation\.rule\.frequency"):
        request_reservation(wish=wish(), at=ASKED)
