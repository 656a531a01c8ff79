"""Confirmed, checked in, held and rated; cancelled or nobody came. Only what was held counts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from consultations.desk import check_in
from consultations.models import Mode, VideoConference, Visit
from consultations.rating import rate_consultation
from consultations.verbs import cancel, confirm, hold, no_show
from kernel.errors import Refused
from tests import factories as make
from tests.consultations.cast import ASKED, STARTS, checked, confirmed, room


@pytest.fixture
def at(db):
    return {"at": STARTS, "actor": make.staff("wening")}


def test_a_visit_over_the_limit_is_held_and_marked(at):
    reservation = check_in(reservation=confirmed(), guest_count=7, **at)
    visit = hold(reservation=reservation, at=STARTS + make.HOUR, actor=at["actor"])
    assert (visit.number, visit.visitor, visit.held_on.isoformat()) == ("KTM-24-00001", "Kab. Gowa", "2024-08-20")
    assert (visit.guest_count, visit.over_limit, visit.rule.guest_limit) == (7, True, 5)
    assert [row.topic.code for row in visit.topic_rows.all()] == ["DAU"]
    assert list(reservation.events.values_list("code", flat=True)) == [
        "reservation.requested",
        "reservation.checked",
        "reservation.confirmed",
        "reservation.not_told",
        "reservation.checked_in",
        "reservation.held",
    ]


def test_five_guests_are_not_too_many(at):
    visit = hold(reservation=confirmed(), guest_count=5, **at)
    assert not visit.over_limit


def test_the_register_keeps_its_order(at):
    first = hold(reservation=confirmed(), guest_count=2, **at)
    second = hold(reservation=confirmed(starts_at=STARTS + make.HOUR), guest_count=2, **{**at, "at": STARTS + make.DAY})
    assert (first.position, second.position) == (1, 2)


def test_a_video_conference_needs_no_front_desk(at):
    reservation = confirmed(mode=Mode.VIDEO, guests=[])
    with pytest.raises(Refused, match=r"reservation\.not_a_visit"):
        check_in(reservation=reservation, guest_count=1, **at)
    held = hold(reservation=reservation, **at)
    assert isinstance(held, VideoConference)
    assert (held.number, Visit.objects.count()) == ("VC-24-00001", 0)


def test_what_did_not_happen_makes_no_visit(at):
    gone = no_show(reservation=confirmed(), **at)
    off = cancel(reservation=confirmed(room_code="R2"), reason="rapat DPRD", **at)
    assert (gone.status, off.status, Visit.objects.count()) == ("NO_SHOW", "CANCELLED", 0)
    for reservation in (gone, off):
        with pytest.raises(Refused, match=r"reservation\.wrong_status"):
            hold(reservation=reservation, guest_count=1, **at)


def test_not_before_its_time(at):
    reservation = confirmed()
    early = {**at, "at": STARTS - make.MINUTE}
    for verb, code in ((hold, "not_begun"), (no_show, "not_begun")):
        with pytest.raises(Refused, match=rf"reservation\.{code}"):
            verb(reservation=reservation, **early)
    with pytest.raises(Refused, match=r"reservation\.too_early"):
        check_in(reservation=reservation, guest_count=1, **{**at, "at": STARTS - make.DAY})
    with pytest.raises(Refused, match=r"reservation\.needs_guests"):
        hold(reservation=reservation, **at)
    with pytest.raises(Refused, match=r"reservation\.past"):
        confirm(reservation=checked(), room=room(), **at)
    with pytest.raises(Refused, match=r"reservation\.needs_room"):
        confirm(reservation=checked(), at=ASKED, actor=at["actor"])
    with pytest.raises(Refused, match=r"reservation\.needs_reason"):
        cancel(reservation=reservation, reason=" ", **at)


def test_rooms_and_experts_are_not_booked_twice(at):
    damar = make.staff("damar")
    asked = {"at": ASKED, "actor": at["actor"]}
    first = confirm(reservation=checked(), room=room("R1"), expert=damar, **asked)
    second = checked(starts_at=STARTS + make.HOUR / 2)
    with pytest.raises(Refused, match=r"reservation\.room_taken"):
        confirm(reservation=second, room=room("R1"), **asked)
    with pytest.raises(Refused, match=r"reservation\.expert_taken"):
        confirm(reservation=second, room=room("R2"), expert=damar, **asked)
    cancel(reservation=first, reason="batal", **asked)
    assert confirm(reservation=second, room=room("R1"), expert=damar, **asked).status == "CONFIRMED"


def test_right_after_each_other_is_fine(at):
    confirmed()
    assert confirmed(starts_at=STARTS + make.HOUR).status == "CONFIRMED"


def test_one_room_asked_for_at_once(transactional_db):
    wanted = [checked(), checked()]

    def ask(reservation):
        try:
            return confirm(reservation=reservation, room=room(), at=ASKED, actor=None).status
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(ask, wanted)) == ["CONFIRMED", "reservation.room_taken"]


def test_a_held_visit_is_rated_once_by_the_visitor(at):
    visit = hold(reservation=confirmed(), guest_count=2, **at)

    def rate(**rest):
        scores = {"service_score": 5, "substance_score": 4}
        return rate_consultation(consultation=visit, **{**scores, "at": STARTS + make.DAY, **rest})

    with pytest.raises(Refused, match=r"rating\.by_staff"):
        rate(actor=at["actor"])
    with pytest.raises(Refused, match=r"rating\.too_late"):
        rate(at=STARTS + 8 * make.DAY)
    with pytest.raises(Refused, match=r"rating\.out_of_range"):
        rate(service_score=6)
    assert rate().visit == visit
    with pytest.raises(Refused, match=r"rating\.given"):
        rate()
    assert visit.reservation.events.last().code == "reservation.rated"
