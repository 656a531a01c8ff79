"""Properties edited in place: an editor opens, one value is sent, and only that one is written."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kernel.errors import Refused
from tickets import sorting
from tickets.actions import done, saying, who, working_ticket
from tickets.inbox.facts import SHOWN, TAGS, Editor, editor_of, region_options, tag_options
from tickets.models import Ticket
from tickets.properties import set_property
from tickets.views import beside_context, shown_ticket, ticket_context, ticket_page


@require_http_methods(["GET", "HEAD", "POST"])
@ticket_page
def property_(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """GET: the editor. POST: the change; a refusal stands in the editor, with what was typed."""
    row, now = working_ticket(request, number), timezone.now()
    if name not in SHOWN:
        raise Http404
    if request.method != "POST":
        return _opened(request, row, now, editor_of(row, name, who(request)))
    try:
        _write(request, row, name, now)
    except Refused as refusal:
        fresh = shown_ticket(request, number)
        typed = request.POST.get("tambah" if name == TAGS else "nilai", "")
        editor = editor_of(fresh, name, who(request), typed=typed, error=refusal.message)
        return _opened(request, fresh, now, editor)
    if not request.headers.get("HX-Request"):
        return done(request, number, now)
    return _changed(request, number, name, now)


def _write(request: HttpRequest, row: Ticket, name: str, now: datetime) -> None:
    sent: QueryDict = request.POST
    how: dict[str, Any] = {"ticket": row, "at": now, "actor": who(request)}
    if name == TAGS:
        sorting.change_tags(add=sent.get("tambah", "").split(","), remove=sent.getlist("hapus"), **how)
    else:
        set_property(name=name, text=sent.get("nilai", ""), seen=sent.get("semula"), **how)


def _opened(request: HttpRequest, row: Ticket, now: datetime, editor: Editor) -> HttpResponse:
    if request.headers.get("HX-Request"):
        response = render(request, "tickets/_editor.html", {"ticket": row, "editing": editor})
        if editor.error:
            response["HX-Retarget"], response["HX-Reswap"] = f"#sunting-{editor.name}", "innerHTML"
        return response
    request.POST = QueryDict()
    context = beside_context(request, now) | ticket_context(request, row, now)
    return render(request, "tickets/inbox.html", context | {"pane": "props", "editing": editor})


def _changed(request: HttpRequest, number: str, name: str, now: datetime) -> HttpResponse:
    """The parts that show it; tags stay open for the next one."""
    request.POST = QueryDict()
    row = shown_ticket(request, number)
    context = ticket_context(request, row, now)
    if name == TAGS:
        context["editing"] = editor_of(row, name, who(request))
    return saying(request, row, now, render(request, "tickets/_changed.html", context))


@require_safe
@ticket_page
def choose_region(request: HttpRequest) -> HttpResponse:
    """Regions for what was typed so far."""
    text = request.GET.get("nilai", "")[:100]
    return render(request, "tickets/_options.html", {"options": region_options(text), "searched": text})


@require_safe
@ticket_page
def choose_tag(request: HttpRequest) -> HttpResponse:
    """Tags for what was typed so far."""
    return render(request, "tickets/_options.html", {"options": tag_options(request.GET.get("tambah", "")[:40], [])})
