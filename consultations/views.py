"""/konsultasi/: the calendar, one reservation in its panel, its steps, its letter and badges."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from consultations import calendar_view as shown
from consultations.access import may_book, may_keep_slots, may_read_consultations, visible_reservations
from consultations.drawer import drawer, steps_of
from consultations.experts import experts
from consultations.models import CalendarFeed, Mode, Reservation, ReservationEvent, Room
from consultations.steps import STEPS
from consultations.tokens import feed_token
from kernel.errors import Refused
from kernel.months import JAKARTA
from people.access import unit_codes_of
from people.guard import page_for
from people.log import log_access
from people.models import Unit
from tickets.composer.serving import serve
from tickets.models import Topic
from tickets.notices.verbs import mark_number_seen

VIEWS = {
    "minggu": gettext_lazy("Minggu"),
    "hari": gettext_lazy("Ruang"),
    "bulan": gettext_lazy("Bulan"),
    "daftar": gettext_lazy("Daftar"),
}
FILTERS = ("unit", "ruang", "narasumber")


@require_safe
@page_for(may_read_consultations)
def calendar(request: HttpRequest) -> HttpResponse:
    """The calendar alone."""
    return render(request, "consultations/calendar.html", _calendar(request, _day(request)))


@require_safe
@page_for(may_read_consultations)
def reservation(request: HttpRequest, number: str) -> HttpResponse:
    """The calendar around one reservation, and its panel; `pindah` asks how it would stand at another time."""
    return _page(request, _row(request, number))


@require_safe
@page_for(may_read_consultations)
def reservation_now(request: HttpRequest, number: str) -> HttpResponse:
    """The same as it is now, for a page that is open: it goes on being read, and is not logged as opened again."""
    return _page(request, _row(request, number), opened=False)


@require_POST
@page_for(may_read_consultations)
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One step; a refusal stands in the panel with what was typed."""
    row, now = _row(request, number), timezone.now()
    if step not in STEPS:
        raise Http404
    name, act = STEPS[step]
    if not may_book(request.user) and not getattr(steps_of(request, row, now), name):
        raise PermissionDenied
    try:
        after = act(request, row, now)
    except Refused as refusal:
        if request.POST.get("kembali") == "meja":
            messages.error(request, refusal.message)
            return redirect("front-desk")
        return _page(request, row, refused=refusal.message, step=step)
    messages.success(request, _said(after, step))
    if request.POST.get("kembali") == "meja":
        return redirect("front-desk")
    return redirect("reservation", after.number)


@require_safe
@page_for(may_read_consultations)
def letter(request: HttpRequest, number: str) -> HttpResponse:
    """The letter that came with it."""
    row = _row(request, number)
    if row.letter is None:
        raise Http404
    log_access(user=request.user, action="reservation.file", record=row, at=timezone.now())
    return serve(row.letter, row.letter_name or f"{row.number}.pdf", view="lihat" in request.GET)


@require_safe
@page_for(may_book)
def badges(request: HttpRequest, number: str) -> HttpResponse:
    """The guests' badges, to print."""
    row = _row(request, number)
    log_access(user=request.user, action="reservation.badges", record=row, at=timezone.now())
    guests = [guest for guest in row.guests.all() if guest.arrived_at] or list(row.guests.all())
    context = {"row": row, "guests": guests, "visitor": shown.wording.visitor(row), "day": shown.wording.day(row)}
    return render(request, "consultations/badges.html", context)


def _page(request: HttpRequest, row: Reservation, *, opened: bool = True, **more: Any) -> HttpResponse:
    now = timezone.now()
    if opened:
        log_access(user=request.user, action="reservation.read", record=row, at=now)
        mark_number_seen(user=_who(request), number=row.number, at=now)
    context = _calendar(request, row.starts_at.astimezone(JAKARTA).date())
    panel = drawer(request, row, now, _moment(request.GET.get("pindah", "")))
    context |= {**panel, "posted": request.POST, "topic_choices": Topic.objects.filter(active=True), **more}
    context |= {"moved_room": request.GET.get("ruang_baru", "")[:20]}
    return render(request, "consultations/calendar.html", context)


def _calendar(request: HttpRequest, day: date) -> dict[str, Any]:
    now = timezone.now()
    view = request.GET.get("tampil", "")
    view = view if view in VIEWS else "minggu"
    first, last = shown.period(view, day)
    today = now.astimezone(JAKARTA).date()
    wanted = {name: request.GET.get(name, "")[:150] for name in FILTERS}
    everything = shown.reservations(visible_reservations(request.user), first, last)
    rows = [row for row in everything if _matches(row, wanted)]
    limit = shown.limit_on(first)
    before, after = shown.beside(view, day)
    context: dict[str, Any] = {
        "view": view, "views": VIEWS, "day": day, "today": today, "title": shown.title_of(view, first, last),
        "before": before, "after": after, "wanted": wanted, "units": _units(everything), "count": len(everything),
        "faces": sum(row.mode == Mode.FACE_TO_FACE for row in rows),
        "videos": sum(row.mode == Mode.VIDEO for row in rows),
        "rooms_all": Room.objects.filter(active=True), "experts_all": experts(), "agenda": shown.agenda(rows, limit),
        "books": may_book(request.user), "keeps_slots": may_keep_slots(request.user), "feeds": _feeds(request),
        "kept": urlencode({name: value for name, value in [("tampil", view), *wanted.items()] if value}),
    }  # fmt: skip
    if view == "bulan":
        names = [name for _day, name in shown.wording.weekday_names()]
        return context | {"weeks": shown.month(rows, first, last, today), "weekdays": names}
    if view == "hari":
        rooms = [room for room in context["rooms_all"] if wanted["ruang"] in ("", room.code)]
        columns = shown.rooms_of_day(rows, first, rooms, limit)
    else:
        columns = shown.week(rows, first, today, limit)
    begin, end = shown.hours(columns)
    local = now.astimezone(JAKARTA)
    return context | {
        "columns": columns, "begin": begin, "end": end, "hours": range(begin // 60, end // 60),
        "span": (end - begin) // 60, "now_minutes": local.hour * 60 + local.minute,
        "shows_now": first <= today <= last and begin < local.hour * 60 + local.minute < end,
    }  # fmt: skip


def _matches(row: Reservation, wanted: dict[str, str]) -> bool:
    return (
        wanted["unit"] in ("", row.unit.code if row.unit else "-")
        and wanted["ruang"] in ("", row.room.code if row.room else "-")
        and wanted["narasumber"] in ("", row.expert.username if row.expert else "-")
    )


def _units(rows: list[Reservation]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for row in rows:
        if row.unit:
            counts[row.unit.code] = counts.get(row.unit.code, 0) + 1
    return sorted(counts.items())


def _feeds(request: HttpRequest) -> list[dict[str, Any]]:
    """The calendar addresses one may have: one's own, and those of units."""
    codes = unit_codes_of(request.user)
    units = Unit.objects.filter(valid_to=None).order_by("code")
    kept = {feed.unit_code: feed for feed in CalendarFeed.objects.filter(user=request.user, revoked_at=None)}
    offered = [("", _("Konsultasi saya sebagai narasumber"))]
    offered += [(unit.code, str(unit)) for unit in units if may_book(request.user) or unit.code in codes]
    return [
        {
            "code": code, "label": label,
            "url": request.build_absolute_uri(reverse("consultation-feed", args=[feed_token(kept[code])]))
            if code in kept else "",
        }
        for code, label in offered
    ]  # fmt: skip


def _who(request: HttpRequest) -> Any:
    return request.user


def _row(request: HttpRequest, number: str) -> Reservation:
    """The reservation, and in the same statement the last thing that happened to it: its `version`. What the page reads
    after that may be newer than the version says, never older, so that its next look brings what is missing."""
    rows = visible_reservations(request.user).select_related(
        "room", "region", "unit", "expert", "contact", "ticket", "letter", "rescheduled_from", "rescheduled_to", "slot"
    )
    last = ReservationEvent.objects.filter(reservation=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    return get_object_or_404(rows.annotate(version=Subquery(last)), number=number)


def _day(request: HttpRequest) -> date:
    """The day asked for; today where none or none that exists is named."""
    try:
        day = date.fromisoformat(request.GET.get("tanggal", ""))
    except ValueError:
        return timezone.now().astimezone(JAKARTA).date()
    return day if 2000 <= day.year <= 2100 else timezone.now().astimezone(JAKARTA).date()


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=JAKARTA)
    except ValueError:
        return None


def _said(row: Reservation, step: str) -> str:
    if step == "catatan":
        return _("{number}: catatan disimpan.").format(number=row.number)
    if step == "tindak-lanjut" and (ticket := row.follow_ups.order_by("-pk").first()):
        return _("{number}: tiket {ticket} dibuat.").format(number=row.number, ticket=ticket.number)
    return _("{number}: {status}.").format(number=row.number, status=row.get_status_display())
