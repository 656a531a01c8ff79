"""/tiket/piket/: the week of the roster for all who read tickets, its rows for those who keep it."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kernel.admin_events import in_words
from kernel.errors import Refused
from kernel.months import JAKARTA
from people.guard import page_for
from tickets import slots
from tickets.actions import who
from tickets.duty.access import may_edit_roster, may_see_roster
from tickets.duty.forms import DutyForm, typed
from tickets.duty.verbs import add_shift, change_shift, end_shift
from tickets.duty.words import day_names, line_of, week_of
from tickets.models import DutyEvent, DutyShift

HISTORY = 20


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(may_see_roster)
def roster(request: HttpRequest) -> HttpResponse:
    """The week, the rows in force and to come, what was changed; a form for one more."""
    now, keeps = timezone.now(), may_edit_roster(request.user)
    if request.method == "POST" and not keeps:
        raise PermissionDenied
    form = DutyForm(request.POST or None, initial={"dari": _today(now)}) if keeps else None
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            add_shift(duty=form.duty, at=now, actor=who(request))
            messages.success(request, _("Piket ditambahkan."))
            return redirect(request.get_full_path())
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return render(request, "tickets/duty/roster.html", {"form": form, "keeps": keeps, **_shown(request, now)})


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(may_edit_roster)
def shift(request: HttpRequest, pk: int) -> HttpResponse:
    """Another row instead of this one."""
    now, row = timezone.now(), _row(pk)
    until = row.valid_to - timedelta(days=1) if row.valid_to else None
    begins = max(row.valid_from, _today(now))
    form = DutyForm(request.POST or None, initial={**typed(row, until), "dari": begins})
    if request.method == "POST" and form.is_valid():
        try:
            change_shift(shift=row, duty=form.duty, at=now, actor=who(request))
            messages.success(request, _("Piket diubah."))
            return redirect("duty")
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return render(request, "tickets/duty/shift.html", {"form": form, "line": line_of(row)})


@require_POST
@page_for(may_edit_roster)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """No such row from today on."""
    try:
        end_shift(shift=_row(pk), at=timezone.now(), actor=who(request))
        messages.success(request, _("Piket diakhiri."))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("duty")


def _row(pk: int) -> DutyShift:
    return get_object_or_404(DutyShift.objects.select_related("agent"), pk=pk)


def _shown(request: HttpRequest, now: datetime) -> dict[str, Any]:
    today = _today(now)
    monday = _monday(request.GET.get("minggu", ""), today)
    days = [monday + timedelta(days=number) for number in range(7)]
    alive = DutyShift.objects.filter(Q(valid_to=None) | Q(valid_to__gt=F("valid_from")))
    shown = alive.filter(valid_from__lte=days[-1]).filter(Q(valid_to=None) | Q(valid_to__gt=monday))
    coming = alive.filter(Q(valid_to=None) | Q(valid_to__gt=today)).select_related("agent")
    events = DutyEvent.objects.select_related("actor", "shift__agent")[:HISTORY]
    away = [slots.away_on(day) for day in days]
    weeks = [
        (one.agent, [(cells, one.agent.pk in away[place]) for place, cells in enumerate(one.days)])
        for one in week_of(shown, monday)
    ]
    return {
        "weeks": weeks,
        "days": [(day, name, day == today) for day, name in zip(days, day_names(), strict=True)],
        "monday": monday, "sunday": days[-1],
        "earlier": monday - timedelta(days=7), "later": monday + timedelta(days=7),
        "this_week": monday <= today <= days[-1],
        "lines": sorted((line_of(row) for row in coming), key=lambda line: (line.agent, line.row.valid_from)),
        "changes": [(event, line_of(event.shift), in_words(event.code).rpartition(": ")[2]) for event in events],
    }  # fmt: skip


def _monday(text: str, today: date) -> date:
    """The Monday of the week of the day that was asked for; of today when it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    day = day if 2000 <= day.year < 2100 else today
    return day - timedelta(days=day.weekday())


def _today(now: datetime) -> date:
    return now.astimezone(JAKARTA).date()
