"""Bookings the tests of consultations start from."""

from dataclasses import replace
from typing import Any

from consultations.booking import Wish, check_reservation, request_reservation
from consultations.models import Mode, Reservation, Room
from consultations.verbs import confirm
from kernel.models import StoredFile
from tests import factories as make

ASKED = make.wib("2024-08-12 10:00")
STARTS = make.wib("2024-08-20 09:00")


def letter() -> StoredFile:
    return StoredFile.objects.get_or_create(
        sha256="a" * 64, defaults={"size": 4, "media_type": "application/pdf", "created_at": ASKED}
    )[0]


def wish(**changes: Any) -> Wish:
    """Pak Arung's visit with two guests on 20 August, every rule met."""
    good = Wish(
        mode=Mode.FACE_TO_FACE,
        organization="BPKAD Kab. Gowa",
        user_group="PEMDA",
        region=make.region("73.06"),
        contact=make.contact("arung"),
        starts_at=STARTS,
        topics=[make.topic("DAU")],
        guests=[("Arung Mappatunru", "Kepala Bidang"), ("Indah Sasmita", "Analis")],
        reason_face_to_face="Membawa dokumen asli",
        letter=letter(),
    )
    return replace(good, **changes)


def room(code: str = "R1") -> Room:
    return Room.objects.get(code=code)


def checked(**changes: Any) -> Reservation:
    reservation = request_reservation(wish=wish(**changes), at=ASKED)
    return check_reservation(reservation=reservation, at=ASKED, actor=make.staff("sekar"))


def confirmed(room_code: str = "R1", **changes: Any) -> Reservation:
    reservation = checked(**changes)
    where = room(room_code) if reservation.mode == Mode.FACE_TO_FACE else None
    return confirm(reservation=reservation, room=where, at=ASKED, actor=make.staff("sekar"))
