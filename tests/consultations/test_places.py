"""A slot is taken with the request; who comes too late waits, and moves up when a place is free again."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from consultations.booking import check_reservation, request_reservation, reschedule
from consultations.models import Mode, Reservation, SlotPattern
from consultations.offering import offer_at
from consultations.verbs import cancel, confirm
from kernel.errors import Refused
from tests import factories as make
from tests.consultations.cast import ASKED, STARTS, wish


def pattern(room: str | None = "R1") -> SlotPattern:
    return (
        SlotPattern.objects.get(room__code=room, opens=540) if room else SlotPattern.objects.get(room=None, opens=540)
    )


def book(**changes):
    return request_reservation(wish=wish(**{"slot": pattern(), **changes}), at=ASKED)


def test_the_request_holds_room_and_time(db):
    reservation = book()
    assert (reservation.room.code, reservation.seat, reservation.waiting_since) == ("R1", 0, None)
    assert offer_at(pattern(), STARTS).left == 0
    with pytest.raises(Refused, match=r"reservation\.slot_full"):
        book()
    with pytest.raises(Refused, match=r"slot\.unknown"):
        book(starts_at=STARTS + make.HOUR / 2)


def test_a_room_held_elsewhere_is_not_offered(db):
    reservation = book()
    SlotPattern.objects.filter(pk=pattern("R2").pk).update(room=reservation.room)
    assert offer_at(SlotPattern.objects.filter(opens=540, room__code="R1").last(), STARTS).left == 0


def test_as_many_as_the_capacity(db):
    given = {"slot": pattern(None), "mode": Mode.VIDEO}
    assert [book(**given).seat, book(**given).seat] == [0, 1]
    with pytest.raises(Refused, match=r"reservation\.slot_full"):
        book(**given)


def test_who_waits_moves_up(db):
    first, second, third = book(), book(may_wait=True), book(may_wait=True)
    assert (second.waiting_since, second.seat, second.room) == (ASKED, None, None)
    sekar = make.staff("sekar")
    check_reservation(reservation=second, at=ASKED, actor=sekar)
    with pytest.raises(Refused, match=r"reservation\.waiting"):
        confirm(reservation=second, room=first.room, at=ASKED, actor=sekar)
    cancel(reservation=first, reason="Rapat DPRD", at=ASKED + make.HOUR, actor=sekar)
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.waiting_since, second.seat, second.room.code) == (None, 0, "R1")
    assert second.events.get(code="reservation.moved_up").from_value == first.number
    assert third.waiting_since == ASKED
    assert (second.status, second.events.get(code="reservation.confirmed").actor) == ("CONFIRMED", None)


def test_who_leaves_the_queue_leaves_no_place(db):
    first, second = book(), book(may_wait=True)
    cancel(reservation=second, reason="Tidak jadi", at=ASKED, actor=None)
    first.refresh_from_db()
    assert (first.status, first.seat) == ("REQUESTED", 0)


def test_moving_to_another_slot_frees_the_first(db):
    first, second = book(), book(may_wait=True)
    new = reschedule(
        reservation=first, starts_at=STARTS + make.HOUR, slot=pattern(), at=ASKED, actor=make.staff("sekar")
    )
    second.refresh_from_db()
    assert (new.seat, new.room.code, second.seat) == (0, "R1", 0)


def test_a_refused_move_changes_nothing(db):
    first, second = book(), book(starts_at=STARTS + make.HOUR)
    with pytest.raises(Refused, match=r"reservation\.slot_full"):
        reschedule(reservation=first, starts_at=second.starts_at, slot=pattern(), at=ASKED, actor=make.staff("sekar"))
    first.refresh_from_db()
    assert first.status == "REQUESTED"


def test_the_buffer_belongs_to_the_consultation(db):
    SlotPattern.objects.filter(pk=pattern().pk).update(buffer_minutes=30)
    first = book()
    assert first.blocked_until - first.ends_at == make.HOUR / 2
    right_after = {"starts_at": STARTS + make.HOUR, "slot": None}
    waits = request_reservation(wish=wish(**right_after), at=ASKED)
    waits = check_reservation(reservation=waits, at=ASKED, actor=make.staff("sekar"))
    with pytest.raises(Refused, match=r"reservation\.room_taken"):
        confirm(reservation=waits, room=first.room, at=ASKED, actor=None)


@pytest.mark.parametrize("field", ["room", "expert", "seat"])
def test_the_database_itself_refuses_two_at_once(db, field):
    first = book()
    damar = make.staff("damar")
    same = {"room": first.room} if field == "room" else {"expert": damar} if field == "expert" else {}
    if field == "seat":
        same = {"slot": first.slot, "seat": 0}
    given = {
        "mode": "VIDEO", "status": "REQUESTED", "organization": "BKAD", "user_group": "PEMDA", "requested_at": ASKED,
        "starts_at": STARTS + make.HOUR / 2, "ends_at": STARTS + make.HOUR,
    }  # fmt: skip
    if field == "expert":
        Reservation.objects.create(number="RSV-A", expert=damar, **given)
    with pytest.raises(IntegrityError, match=f"{field}_not_double_booked"), transaction.atomic():
        Reservation.objects.create(number="RSV-B", **given, **same)
    Reservation.objects.create(number="RSV-C", **{**given, "status": "CANCELLED"}, **same)


def test_a_hundred_ask_for_one_slot_at_once(transactional_db):
    wanted = wish(slot=pattern())

    def ask(_turn):
        try:
            return request_reservation(wish=wanted, at=ASKED).status
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = sorted(pool.map(ask, range(100)))
    assert answers == ["REQUESTED"] + ["reservation.slot_full"] * 99
    assert Reservation.objects.filter(status__in=Reservation.OCCUPYING).count() == 1
