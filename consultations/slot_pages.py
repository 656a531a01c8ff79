"""/konsultasi/slot/: when consultations are offered, by weekly pattern and dated exception."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db.models import F, Q, QuerySet
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consultations import wording
from consultations.access import may_keep_slots
from consultations.journal import consultation_rule_on
from consultations.models import Mode, SlotException, SlotPattern
from consultations.slot_forms import DAY_END, ExceptionForm, PatternForm
from consultations.slot_verbs import add_exception, add_pattern, clashes, end_pattern, remove_exception
from kernel.errors import Refused
from kernel.months import JAKARTA
from people.guard import page_for

MOST_CLASHES = 20


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(may_keep_slots)
def slots(request: HttpRequest) -> HttpResponse:
    """Patterns in force and to come with the exceptions from today on; posting adds a pattern."""
    form = PatternForm(request.POST) if request.method == "POST" else None
    if form is None or not form.is_valid():
        return _shown(request, pattern_form=form)
    try:
        row = add_pattern(**form.given(), at=timezone.now(), actor=_who(request))
    except Refused as refusal:
        form.add_error(None, ValidationError(refusal.message, refusal.code))
        return _shown(request, pattern_form=form)
    messages.success(request, _("Pola {pattern} ditambahkan.").format(pattern=_title(row)))
    return redirect("consultation-slots")


@require_POST
@page_for(may_keep_slots)
def new_exception(request: HttpRequest) -> HttpResponse:
    """Closed days or other hours; what is booked there already is named, for somebody to move it."""
    form = ExceptionForm(request.POST, patterns=_patterns(_today(timezone.now())))
    if not form.is_valid():
        return _shown(request, exception_form=form)
    try:
        row = add_exception(**form.given(), at=timezone.now(), actor=_who(request))
    except Refused as refusal:
        form.add_error(None, ValidationError(refusal.message, refusal.code))
        return _shown(request, exception_form=form)
    messages.success(request, _("Pengecualian {reason} ditambahkan.").format(reason=row.reason))
    if clashes(row):
        messages.warning(request, _("Ada reservasi pada waktu itu. Pindahkan dari daftar pengecualian."))
    return redirect("consultation-slots")


@require_POST
@page_for(may_keep_slots)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer nothing by this pattern from a day on."""
    row, text = get_object_or_404(SlotPattern, pk=pk), request.POST.get("sampai", "")[:10]
    try:
        day = _day(text)
        end_pattern(pattern=row, valid_to=day, at=timezone.now(), actor=_who(request))
    except Refused as refusal:
        return _shown(request, ending={"pk": row.pk, "day": text, "refused": refusal.message})
    messages.success(request, _("Pola {pattern} diakhiri.").format(pattern=_title(row)))
    return redirect("consultation-slots")


@require_POST
@page_for(may_keep_slots)
def drop_exception(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer as the pattern says again."""
    row = get_object_or_404(SlotException, pk=pk)
    try:
        remove_exception(exception=row, at=timezone.now(), actor=_who(request))
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Pengecualian {reason} dihapus.").format(reason=row.reason))
    return redirect("consultation-slots")


def _shown(
    request: HttpRequest,
    *,
    pattern_form: PatternForm | None = None,
    exception_form: ExceptionForm | None = None,
    ending: dict[str, Any] | None = None,
) -> HttpResponse:
    today = _today(timezone.now())
    patterns = _patterns(today)
    exceptions = SlotException.objects.filter(ends_on__gte=today).select_related("pattern__room", "room", "expert")
    context = {
        "groups": _groups(patterns, today), "exceptions": [_exception_line(row) for row in exceptions[:200]],
        "pattern_form": pattern_form or PatternForm(initial={"berlaku": today}),
        "exception_form": exception_form or ExceptionForm(patterns=patterns), "ending": ending, "today": today,
        "lead": consultation_rule_on(today).lead_working_days,
    }  # fmt: skip
    return render(request, "consultations/slots.html", context)


def _patterns(today: date) -> QuerySet[SlotPattern]:
    """In force today or later."""
    rows = SlotPattern.objects.filter(Q(valid_to=None) | (Q(valid_to__gt=today) & Q(valid_to__gt=F("valid_from"))))
    return rows.select_related("room", "expert").order_by("mode", "room", "expert", "weekdays", "opens", "pk")


def _groups(patterns: QuerySet[SlotPattern], today: date) -> list[tuple[str, list[dict[str, Any]]]]:
    """By what is offered: a room, an expert, or places of a kind of consultation."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in patterns:
        found.setdefault(_place(row), []).append(_pattern_line(row, today))
    return list(found.items())


def _pattern_line(row: SlotPattern, today: date) -> dict[str, Any]:
    return {
        "row": row, "days": wording.weekdays_in_words(row.weekdays),
        "hours": wording.hours_in_words((row.opens, row.closes)), "title": _title(row),
        "cutoff": wording.clock_in_words(row.cutoff) if row.cutoff < DAY_END else "", "begins": row.valid_from > today,
    }  # fmt: skip


def _exception_line(row: SlotException) -> dict[str, Any]:
    standing = clashes(row)
    hours = (row.opens, row.closes) if row.opens is not None and row.closes is not None else None
    return {
        "row": row, "hours": wording.hours_in_words(hours) if hours else "", "what": _subject(row),
        "extra": row.pattern is not None and hours is not None, "standing": standing[:MOST_CLASHES],
        "one_day": row.starts_on == row.ends_on,
    }  # fmt: skip


def _subject(row: SlotException) -> str:
    """What it is about: "Ruang Konsultasi 1", "PK.2", or all slots."""
    parts = [_title(row.pattern) if row.pattern else "", row.unit_code, row.room, row.expert]
    return ", ".join(str(part) for part in parts if part) or _("Semua slot")


def _place(row: SlotPattern) -> str:
    return ", ".join(str(one) for one in (row.room, row.expert) if one) or str(Mode(row.mode).label)


def _title(row: SlotPattern) -> str:
    """ "Ruang Konsultasi 1, Senin s.d. Jumat 09.00 s.d. 12.00"."""
    hours = wording.hours_in_words((row.opens, row.closes))
    return f"{_place(row)}, {wording.weekdays_in_words(row.weekdays)} {hours}"


def _who(request: HttpRequest) -> Any:
    return request.user


def _today(now: datetime) -> date:
    return now.astimezone(JAKARTA).date()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("slot.needs_day", _("Isi tanggal mulai tidak ditawarkan lagi.")) from None
