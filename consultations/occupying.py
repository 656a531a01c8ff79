"""Rooms, experts and seats belong to one consultation at a time: the database refuses, this says so."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused

_TAKEN = {
    "room_not_double_booked": (
        "reservation.room_taken",
        _("Ruangan sudah dipakai pada waktu itu. Pilih ruangan atau waktu lain."),
    ),
    "expert_not_double_booked": (
        "reservation.expert_taken",
        _("Narasumber sudah punya jadwal pada waktu itu. Pilih narasumber atau waktu lain."),
    ),
    "seat_not_double_booked": (
        "reservation.slot_full",
        _("Slot ini baru saja dipesan orang lain. Pilih slot lain atau masuk daftar tunggu."),
    ),
}


def slot_full() -> Refused:
    return Refused(*_TAKEN["seat_not_double_booked"])


@contextmanager
def occupying() -> Iterator[None]:
    """Write inside it: a double booking raises Refused (`reservation.room_taken`, `.expert_taken`, `.slot_full`)."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        refusal = _TAKEN.get(diagnosis.constraint_name if diagnosis else "")
        if refusal is None:
            raise
        raise Refused(*refusal) from error
