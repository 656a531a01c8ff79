"""/konsultasi/meja-depan/: who comes today, found by name or organisation, checked in by keyboard; walk-ins."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import wording
from consultations.access import may_book, may_keep_slots, visible_reservations
from consultations.booking import Wish
from consultations.desk import walk_in
from consultations.forms import WalkInForm
from consultations.journal import consultation_rule_on
from consultations.models import Mode, Reservation, ReservationEvent, ReservationGuest
from kernel.errors import Refused
from kernel.months import JAKARTA
from people.guard import page_for
from people.log import log_access
from tickets.models import Topic

MOST = 200
_S = Reservation.Status
ORDER = {"CONFIRMED": 0, "CHECKED_IN": 1, "CHECKED": 2, "REQUESTED": 3, "HELD": 4, "NO_SHOW": 5, "CANCELLED": 6}


@require_safe
@page_for(may_book)
def front_desk(request: HttpRequest) -> HttpResponse:
    """Today's visits; with `cari` those whose organisation, region, guest or number holds every word of it."""
    context = _desk(request)
    log_access(
        user=request.user, action="reservation.listed", record=Reservation, reason=context["searched"],
        at=context["now"],
    )  # fmt: skip
    part = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    return render(request, "consultations/_desk_rows.html" if part else "consultations/desk.html", context)


@require_safe
@page_for(may_book)
def front_desk_now(request: HttpRequest) -> HttpResponse:
    """The same as it is now, for a page that is open: it goes on being read, and is not logged as opened again."""
    return render(request, "consultations/desk_now.html", _desk(request))


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(may_book)
def new_guests(request: HttpRequest) -> HttpResponse:
    """Guests without a reservation: booked, waived and checked in at once."""
    form = WalkInForm(request.POST) if request.method == "POST" else WalkInForm()
    if request.method == "POST" and form.is_valid():
        try:
            row = _taken_in(request, form)
        except Refused as refusal:
            form.add_error(None, ValidationError(refusal.message, refusal.code))
        else:
            messages.success(
                request, _("{visitor} hadir di {room}.").format(visitor=wording.visitor(row), room=row.room)
            )
            return redirect("front-desk")
    guests = form.guests() if form.is_bound else []
    context = {"form": form, "guests": [*guests] + [("", "")] * max(3 - len(guests), 1), "regions": form.regions()}
    return render(request, "consultations/walk_in.html", context)


def _desk(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    searched = request.GET.get("cari", "")[:80].strip()
    rows = _today(visible_reservations(request.user), now)
    return {
        "lines": [_line(row, now) for row in _found(rows, searched)], "searched": searched, "now": now,
        "keeps_slots": may_keep_slots(request.user),
        "limit": consultation_rule_on(now.astimezone(JAKARTA).date()).guest_limit, **_counts(rows),
    }  # fmt: skip


def _taken_in(request: HttpRequest, form: WalkInForm) -> Reservation:
    data, now = form.cleaned_data, timezone.now()
    region = data["wilayah"]
    wish = Wish(
        mode=Mode.FACE_TO_FACE, organization=data["instansi"] or (region.display_name if region else ""),
        user_group=data["kelompok"], region=region, topics=list(data["topik"]), guests=form.guests(), starts_at=now,
        reason_face_to_face=data["alasan"],
    )  # fmt: skip
    return walk_in(wish=wish, room=data["ruang"], reason=data["alasan"], at=now, actor=request.user)


def _today(rows: QuerySet[Reservation], now: datetime) -> QuerySet[Reservation]:
    begin = datetime.combine(now.astimezone(JAKARTA).date(), time(), JAKARTA)
    rows = rows.filter(starts_at__gte=begin, starts_at__lt=begin + timedelta(days=1), mode=Mode.FACE_TO_FACE)
    return rows.exclude(status__in=(_S.RESCHEDULED,))


def _found(rows: QuerySet[Reservation], searched: str) -> list[Reservation]:
    """Four queries at most: rows, guests, topics, what the desk counted."""
    for word in searched.split()[:6]:
        guests = ReservationGuest.objects.filter(reservation=OuterRef("pk"), name__icontains=word)
        region = Q(region__display_name__icontains=word) | Q(region__full_name__icontains=word)
        named = Q(organization__icontains=word) | Q(number__icontains=word) | Q(contact__name__icontains=word)
        rows = rows.filter(region | named | Exists(guests))
    counts = ReservationEvent.objects.filter(code__in=("reservation.checked_in", "reservation.recounted"))
    found = rows.select_related("room", "region", "contact", "expert", "unit").prefetch_related(
        "guests", Prefetch("topics", Topic.objects.all()), Prefetch("events", counts, to_attr="counts")
    )
    return sorted(found.order_by("starts_at", "pk")[:MOST], key=lambda row: (ORDER.get(row.status, 9), row.starts_at))


def _counts(rows: QuerySet[Reservation]) -> dict[str, int]:
    states = list(rows.values_list("status", flat=True))
    return {"coming": states.count(_S.CONFIRMED), "here": states.count(_S.CHECKED_IN), "done": states.count(_S.HELD)}


def _line(row: Reservation, now: datetime) -> dict[str, Any]:
    guests = list(row.guests.all())
    came = int(row.counts[-1].data["guest_count"]) if row.counts else 0
    return {
        "row": row, "visitor": wording.visitor(row), "when": wording.span(row.starts_at, row.ends_at),
        "topics": ", ".join(topic.label for topic in row.topics.all()), "guests": guests, "came": came,
        "can": row.status in (_S.CONFIRMED, _S.CHECKED_IN), "late": row.status == _S.CONFIRMED and now > row.starts_at,
        "can_hold": row.status == _S.CHECKED_IN and now >= row.starts_at,
        "can_miss": row.status == _S.CONFIRMED and now >= row.starts_at,
    }  # fmt: skip
