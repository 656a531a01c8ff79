"""What an agent does on the ticket page. Each address calls one verb; a refusal comes back with what was typed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from kernel.errors import Refused
from tickets import conversation, slots, sorting, verbs
from tickets.access import may_work_on_tickets
from tickets.forms import PropertiesForm
from tickets.models import Ticket
from tickets.views import inbox_context, shown_ticket, ticket_context, ticket_page

LONGEST = 50_000


@require_POST
@ticket_page
def say(request: HttpRequest, number: str) -> HttpResponse:
    """A reply to the requester, or an internal note."""
    row, now = working_ticket(request, number), timezone.now()
    note = request.POST.get("mode") == "note"
    text = request.POST.get("catatan" if note else "teks", "")[:LONGEST]
    given: dict[str, Any] = {"ticket": row, "text": text, "at": now, "actor": request.user}
    try:
        if note:
            conversation.add_note(**given)
        else:
            conversation.post_reply(**given, waits_for_requester=request.POST.get("lalu") == "tunggu")
    except Refused as refusal:
        return refused(request, row, now, refusal.message, mode="note" if note else "reply", typed=request.POST)
    return done(request, number, now, mode="note" if note else "reply", sent="note" if note else "reply")


@require_POST
@ticket_page
def change(request: HttpRequest, number: str) -> HttpResponse:
    """The properties that were changed, all of them or, when one is refused, none."""
    row, now = working_ticket(request, number), timezone.now()
    form = PropertiesForm(row, request.POST)
    if not form.is_valid():
        return refused(request, row, now, "", properties=form)
    try:
        _apply(row, form.changes, now, request)
    except Refused as refusal:
        return refused(request, row, now, refusal.message, properties=form)
    return done(request, number, now)


@require_POST
@ticket_page
def act(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """One move by its code: of tickets, or of an app that has registered it."""
    row, now = working_ticket(request, number), timezone.now()
    move = _MOVES.get(code) or slots.action(code)
    if move is None:
        raise Http404
    try:
        move(request, row, now)
    except Refused as refusal:
        return refused(request, row, now, refusal.message)
    return done(request, number, now)


def working_ticket(request: HttpRequest, number: str) -> Ticket:
    """The visible ticket for someone who works on tickets; 404 or 403 otherwise."""
    row = shown_ticket(request, number)
    if not may_work_on_tickets(request.user):
        raise PermissionDenied
    return row


def done(request: HttpRequest, number: str, now: datetime, **more: Any) -> HttpResponse:
    """The ticket as it is now; htmx is told that the list has changed too."""
    if not request.headers.get("HX-Request"):
        query = request.GET.urlencode()
        return redirect(reverse("ticket", args=[number]) + (f"?{query}" if query else ""))
    request.POST = request.POST.__class__("", encoding=request.POST.encoding)  # forms start anew
    context = ticket_context(request, shown_ticket(request, number), now) | more
    response = render(request, "tickets/_ticket.html", context)
    response["HX-Trigger-After-Settle"] = "tiket-berubah"
    return response


def refused(request: HttpRequest, row: Ticket, now: datetime, message: str, **more: Any) -> HttpResponse:
    """The page again with the reason and everything that was typed."""
    fresh = shown_ticket(request, row.number)
    context = ticket_context(request, fresh, now) | {"refusal": message} | more
    if request.headers.get("HX-Request"):
        return render(request, "tickets/_ticket.html", context)
    return render(request, "tickets/inbox.html", inbox_context(request, now) | context | {"pane": "thread"})


@transaction.atomic
def _apply(row: Ticket, changes: dict[str, Any], now: datetime, request: HttpRequest) -> None:
    how: dict[str, Any] = {"ticket": row, "at": now, "actor": request.user}
    if changes.get("topik"):
        sorting.set_topic(topic=changes["topik"], **how)
    if "agen" in changes:
        sorting.assign(to=changes["agen"], **how)
    if "prioritas" in changes:
        sorting.set_priority(priority=changes["prioritas"], **how)
    if "kelompok" in changes:
        sorting.set_group(user_group=changes["kelompok"], **how)
    if "wilayah" in changes:
        sorting.set_region(region=changes["wilayah"], **how)
    if "tanda" in changes:
        sorting.set_tags(tags=[tag for tag in changes["tanda"].split(",") if tag.strip()], **how)


def _move(verb: Callable[..., Any]) -> slots.Action:
    def move(request: HttpRequest, row: Ticket, now: datetime) -> None:
        verb(ticket=row, at=now, actor=request.user)

    return move


_MOVES: dict[str, slots.Action] = {
    "ambil": _move(sorting.take),
    "tunggu": _move(verbs.mark_waiting_requester),
    "selesai": _move(verbs.close),
    "buka": _move(verbs.reopen),
    "spam": _move(verbs.mark_spam),
    "bukan-spam": _move(verbs.unmark_spam),
}
