"""What the forms of a reservation post to: each names one step and calls one verb."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from consultations import afterwards, booking, desk, verbs
from consultations.forms import MoveForm, moment_of
from consultations.models import Reservation, Room
from kernel.errors import Refused
from people.models import User
from tickets.models import Topic

Step = Callable[[HttpRequest, Reservation, datetime], Reservation]


def check(request: HttpRequest, row: Reservation, now: datetime) -> Reservation:
    return booking.check_reservation(reservation=row, waivers=_waivers(request), at=now, actor=_who(request))


def confirm(request: HttpRequest, row: Reservation, now: datetime) -> Reservation:
    code, name = request.POST.get("ruang", "")[:20], request.POST.get("narasumber", "")[:150]
    expert = User.objects.filter(username=name, is_active=True).first() if name else None
    return verbs.confirm(
        reservation=row, room=_room(code), expert=expert, meeting_url=_address(request), at=now, actor=_who(request)
    )


def link(request: HttpRequest, row: Reservation, now: datetime) -> Reservation:
    return verbs.set_meeting(reservation=row, meeting_url=_address(request), at=now, actor=_who(request))


def move(request: HttpRequest, row: Reservation, now: datetime) -> Reservation:
    form = MoveForm(request.POST)
    start = moment_of(form.cleaned_data["tanggal"], form.cleaned_data["pukul"]) if form.is_valid() else None
    if start is None:
        raise Refused("reservation.needs_time", _("Isi tanggal dan jam yang baru, misalnya 09.30."))
    return booking.move_reservation(
        reservation=row, starts_at=start, room=_room(form.cleaned_data["ruang"]), waivers=_waivers(request),
        reason=form.cleaned_data["alasan"], at=now, actor=_who(request),
    )  # fmt: skip


def cancel(request: HttpRequest, row: Reservation, now: datetime) -> Reservation:
    return verbs.cancel(reservation=row, reason=request.POST.get("alasan", "")[:500], at=now, actor=_who(request))


def arrive(request: HttpRequest, row: Reservation, now: datetime) -> Reservation:
    """`hadir` are keys of guests, `tamu` and `jabatan` those nobody announced; `jumlah` alone is a count."""
    present = [int(key) for key in request.POST.getlist("hadir")[:200] if key.isascii() and key.isdigit()]
    names, posts = request.POST.getlist("tamu")[:30], request.POST.getlist("jabatan")[:30]
    posts += [""] * (len(names) - len(posts))
    count = request.POST.get("jumlah", "").strip()
    return desk.check_in(
        reservation=row, guest_count=int(count) if count.isascii() and count.isdigit() and len(count) < 5 else None,
        present=[key for key in present if key < 2**63], others=list(zip(names, posts, strict=False)),
        at=now, actor=_who(request),
    )  # fmt: skip


def hold(request: HttpRequest, row: Reservation, now: datetime) -> Reservation:
    verbs.hold(reservation=row, at=now, actor=_who(request))
    return Reservation.objects.get(pk=row.pk)


def no_show(request: HttpRequest, row: Reservation, now: datetime) -> Reservation:
    return verbs.no_show(reservation=row, reason=request.POST.get("alasan", "")[:500], at=now, actor=_who(request))


def notes(request: HttpRequest, row: Reservation, now: datetime) -> Reservation:
    text, opened = request.POST.get("catatan", ""), request.POST.get("semula")
    return afterwards.write_minutes(reservation=row, text=text, opened=opened, at=now, actor=_who(request))


def follow_up(request: HttpRequest, row: Reservation, now: datetime) -> Reservation:
    topic = Topic.objects.filter(code=request.POST.get("topik", "")[:40], active=True).first()
    text = request.POST.get("isi", "")[: afterwards.LONGEST]
    afterwards.open_follow_up(reservation=row, text=text, topic=topic, at=now, actor=_who(request))
    return Reservation.objects.get(pk=row.pk)


STEPS: dict[str, tuple[str, Step]] = {
    "periksa": ("check", check),
    "konfirmasi": ("confirm", confirm),
    "tautan": ("link", link),
    "pindah": ("move", move),
    "batal": ("cancel", cancel),
    "hadir": ("arrive", arrive),
    "terlaksana": ("hold", hold),
    "tidak-hadir": ("no_show", no_show),
    "catatan": ("notes", notes),
    "tindak-lanjut": ("follow_up", follow_up),
}
"""The last part of the address -> the field of `drawer.Steps` that must be open, and what it does."""


def _who(request: HttpRequest) -> Any:
    return request.user


def _waivers(request: HttpRequest) -> dict[str, str]:
    """Reasons by rule, from fields such as `alasan_guests`."""
    return {name[7:]: request.POST.get(name, "")[:500] for name in request.POST if name.startswith("alasan_")}


def _room(code: str) -> Room | None:
    return Room.objects.filter(code=code).first() if code else None


def _address(request: HttpRequest) -> str:
    """The link that was typed: https alone. Raises Refused."""
    text = request.POST.get("tautan", "").strip()[:200]
    if text and not text.startswith("https://"):
        raise Refused("reservation.bad_link", _("Tautan rapat harus diawali https://."))
    return text
