"""/layer2/: pages that look back: why a score is what it is, the report, and what a draft table would do."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from escalation.access import leads, may_judge, may_see_queue, may_try_rules, queue_units
from escalation.explained import explain_score
from escalation.forms import DraftForm
from escalation.models import ScoreRule
from escalation.reporting import Period, report_of
from escalation.views import reader, shown_escalation
from escalation.whatif import draft_rubric, try_rubric
from kernel.errors import Refused
from kernel.formats import decimal
from kernel.months import JAKARTA, Month
from people.guard import page_for
from people.log import log_access
from tickets.access import may_read_tickets


@require_safe
@page_for(may_read_tickets)
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows behind a score; supervisors may leave it out of the averages here."""
    row = shown_escalation(request, pk)
    log_access(user=reader(request), action="escalation.read", record=row, reason="score", at=timezone.now())
    disputes = row.events.filter(code__in=("escalation.excluded", "escalation.included")).select_related("actor")
    context = {"row": row, "explained": explain_score(row), "judges": may_judge(request.user), "disputes": disputes}
    return render(request, "escalation/score.html", context)


@require_safe
@page_for(may_see_queue)
def report(request: HttpRequest) -> HttpResponse:
    """A month or a year of the units the reader may look at."""
    now = timezone.now()
    period, misread = _period(request.GET.get("masa", "")[:40], Month.of(now))
    units = queue_units(request.user, period.start if period.start < now else now) or queue_units(request.user, now)
    wanted = request.GET.get("unit", "")
    chosen = [unit for unit in units if unit.code == wanted or not wanted]
    if not chosen:
        raise Http404
    day = now.astimezone(JAKARTA).date()
    whole = all(leads(request.user, unit.code, day) for unit in chosen) or may_judge(request.user)
    overseer = whole or len(units) > 1
    found = report_of(period, chosen, people=None if overseer else [request.user.pk or 0])
    context = {"report": found, "units": units, "wanted": wanted, "misread": misread}
    return render(request, "escalation/report.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(may_try_rules)
def try_rules(request: HttpRequest) -> HttpResponse:
    """Try a draft on a past month; nothing is changed."""
    form = DraftForm(request.POST) if request.method == "POST" else DraftForm(initial=_latest())
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            rubric = draft_rubric(steps=given["steps"], later=given["later"], target_days=given["steps"][0][0])
            trial = try_rubric(rubric, given["bulan"])
            context |= {"trial": trial, "month": given["bulan"].label(get_language() or "id"), "lines": _lines(trial)}
        except Refused as refusal:
            form.add_error("steps", refusal.message)
    return render(request, "escalation/whatif.html", context)


def _lines(trial: Any) -> list[tuple[Any, str, str, str]]:
    language = get_language() or "id"
    found = [*trial.units, *([trial.whole] if trial.whole else [])]
    return [
        (
            one,
            decimal(one.now, 2, language=language),
            decimal(one.draft, 2, language=language),
            ("+" if one.difference > 0 else "") + decimal(one.difference, 2, language=language),
        )
        for one in found
    ]


def _latest() -> dict[str, Any]:
    rule = ScoreRule.objects.order_by("-valid_from").prefetch_related("steps").first()
    last = Month.of(timezone.now()) - 1
    if rule is None:
        return {"bulan": str(last)}
    steps = [(step.within_days, step.score) for step in rule.steps.all()]
    return {"bulan": str(last), "steps": steps, "later": rule.later_score}


def _period(text: str, now: Month) -> tuple[Period, str]:
    """The period of the address, and what could not be read as one: then it is the nearest."""
    text = text.strip() or str(now)
    try:
        return Period.parse(text), ""
    except ValueError:
        return Period.nearest(text, now), text
