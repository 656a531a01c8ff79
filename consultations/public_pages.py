"""What opens without signing in, by a signed address: rating what was held, and calendar feeds."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consultations.access import may_book, may_read_consultations, visible_reservations
from consultations.afterwards import subscribe, unsubscribe
from consultations.ical import calendar
from consultations.inviting import entry_of
from consultations.rating import last_day, rate_consultation, why_closed
from consultations.tokens import feed_of, held_of
from kernel.errors import Refused
from people.access import unit_codes_of
from people.guard import page_for

PAST, MOST = timedelta(days=60), 1000


@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Two factors from 1 to 5, once."""
    held = held_of(token)
    if held is None:
        raise Http404
    trouble, done, now = "", False, timezone.now()
    if request.method == "POST":
        scores = [_score(request, name) for name in ("layanan", "substansi")]
        try:
            rate_consultation(
                consultation=held, service_score=scores[0], substance_score=scores[1],
                comment=request.POST.get("komentar", "")[:2000], at=now,
            )  # fmt: skip
            done = True
        except Refused as refusal:
            trouble = refusal.message
    closed = None if done else why_closed(held, now)
    context = {"held": held, "trouble": trouble, "done": done, "posted": request.POST, "scores": range(1, 6)}
    context |= {"closed": closed.message if closed else "", "until": last_day(held)}
    return render(request, "consultations/rating.html", context)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The consultations of a person or unit for other calendars, as far as its owner may see them."""
    found = feed_of(token)
    if found is None or not may_read_consultations(found.user):
        raise Http404
    now = timezone.now()
    rows = visible_reservations(found.user).filter(starts_at__gt=now - PAST)
    rows = rows.filter(unit__code=found.unit_code) if found.unit_code else rows.filter(expert=found.user)
    rows = rows.filter(status__in=("CONFIRMED", "CHECKED_IN", "HELD")).order_by("starts_at")[:MOST]
    rows = rows.select_related("room", "region").prefetch_related("topics")
    name = _("Konsultasi {whose}").format(whose=found.unit_code or str(found.user))
    text = calendar([entry_of(row, at=row.requested_at) for row in rows], name=name)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="konsultasi.ics"'
    response["Cache-Control"] = "private, max-age=300"
    return response


@require_POST
@page_for(may_read_consultations)
def subscription(request: HttpRequest) -> HttpResponse:
    """Make the address of a feed, or take it back."""
    code = request.POST.get("unit", "")[:10]
    if code and not may_book(request.user) and code not in unit_codes_of(request.user):
        raise Http404
    if request.POST.get("cabut"):
        unsubscribe(user=request.user, unit_code=code, at=timezone.now())
    else:
        subscribe(user=request.user, unit_code=code, at=timezone.now())
    return redirect("consultations")


def _score(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text in ("1", "2", "3", "4", "5") else 0
