"""/layer2/: a unit's queue, and an escalation beside it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from escalation.access import leads, may_see_queue, may_try_rules, queue_units, visible_escalations
from escalation.drawer import drawer_of
from escalation.ladder import countdown
from escalation.models import Escalation, EscalationFile
from escalation.queue import FILTERS, queue_of
from escalation.scores import Judge
from kernel.months import JAKARTA
from people.guard import page_for
from people.log import log_access
from people.models import Unit, User
from tickets.access import may_read_tickets
from tickets.composer.serving import serve


@require_safe
@page_for(may_see_queue)
def queue(request: HttpRequest) -> HttpResponse:
    """The queue of one unit; for htmx its parts that follow what happens."""
    now = timezone.now()
    unit = chosen_unit(request, now)
    context = queue_context(request, unit, now)
    log_access(user=request.user, action="escalation.listed", record=Escalation, reason=unit.code, at=now)
    if request.headers.get("HX-Request"):
        return render(request, "escalation/_queue.html", context)
    return render(request, "escalation/queue.html", context | {"pane": "list"})


@require_safe
@page_for(may_see_queue)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """An escalation beside its unit's queue; for htmx the drawer alone."""
    now = timezone.now()
    row = shown_escalation(request, pk)
    log_access(user=request.user, action="escalation.read", record=row, at=now)
    context = {"drawer": drawer_of(row, request.user, now)}
    if request.headers.get("HX-Request"):
        return render(request, "escalation/_drawer.html", context)
    return whole_page(request, row, now, context)


@require_safe
@page_for(may_read_tickets)
def file(request: HttpRequest, pk: int, file: int) -> FileResponse:
    """A file of the question or the answer."""
    row = get_object_or_404(EscalationFile, pk=file, escalation__in=visible_escalations(request.user).filter(pk=pk))
    return serve(row.file, row.name, view="lihat" in request.GET)


def reader(request: HttpRequest) -> User:
    """Who asks; pages have checked that somebody is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def shown_escalation(request: HttpRequest, pk: int) -> Escalation:
    """The visible escalation with what its drawer shows, or 404."""
    rows = visible_escalations(request.user).select_related(
        "ticket__contact", "unit", "rule", "article", "proposed_article", "follows"
    )
    return get_object_or_404(rows.prefetch_related("pauses", "files__file", "planned__unit"), pk=pk)


def whole_page(request: HttpRequest, row: Escalation, now: datetime, context: dict[str, Any]) -> HttpResponse:
    """The queue of the escalation's unit with the drawer open."""
    listed = queue_context(request, row.unit, now, opened=row.pk)
    return render(request, "escalation/queue.html", listed | context | {"pane": "drawer"})


def chosen_unit(request: HttpRequest, now: datetime) -> Unit:
    """The unit of the address, else the first of those the user may look at; 404 for another unit's."""
    units = queue_units(request.user, now)
    wanted = request.GET.get("unit", "")
    found = next((unit for unit in units if unit.code == wanted or not wanted), None)
    if found is None:
        raise Http404
    return found


def queue_context(request: HttpRequest, unit: Unit, now: datetime, *, opened: int | None = None) -> dict[str, Any]:
    page = request.GET.get("halaman", "1")
    given = {
        "user": request.user,
        "leads": leads(request.user, unit.code, now.astimezone(JAKARTA).date()),
        "chosen": request.GET.get("s", ""),
        "page": int(page) if page.isascii() and page.isdigit() and 0 < int(page[:6]) < 10_000 else 1,
        "opened": opened,
    }
    units = queue_units(request.user, now)
    return {
        "queue": queue_of(unit, at=now, **given),
        "filters": FILTERS,
        "units": units if len(units) > 1 else [],
        "countdown": countdown(Judge.now(), now),
        "query": _query(request, unit, len(units) > 1),
        "may_try": may_try_rules(request.user),
        "now": now,
    }


def _query(request: HttpRequest, unit: Unit, several: bool) -> str:
    """What the addresses of the page carry on: unit and filter."""
    kept = request.GET.copy()
    for name in list(kept):
        if name not in ("s", "unit", "halaman"):
            del kept[name]
    if several:
        kept["unit"] = unit.code
    return kept.urlencode()
