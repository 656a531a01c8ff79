"""What an agent does on the ticket page. Each address calls one verb; a refusal comes back with what was typed."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from kernel.errors import Refused
from people.models import User
from tickets import merging, relations, slots, sorting, verbs
from tickets.access import may_work_on_tickets
from tickets.inbox import reading
from tickets.inbox.toasts import toast_of
from tickets.models import Ticket, TicketEvent
from tickets.undo import last_undoable, undo
from tickets.views import beside_context, shown_ticket, ticket_context, ticket_page

LIST_CHANGED, TICKET_CHANGED = "tiket-berubah", "satu-tiket-berubah"  # what live-list.js and the list listen for


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
    return done(request, number, now, whole=code in _BRING_BACK)


@require_POST
@ticket_page
def undo_move(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take back one's own last move."""
    row, now = working_ticket(request, number), timezone.now()
    event = get_object_or_404(TicketEvent, ticket=row, pk=pk)
    try:
        undo(ticket=row, event=event, at=now, actor=who(request))
    except Refused as refusal:
        return refused(request, row, now, refusal.message)
    return at_its_address(request, number, done(request, number, now, whole=True))


def working_ticket(request: HttpRequest, number: str) -> Ticket:
    """The visible ticket for someone who works on tickets; 404 or 403 otherwise."""
    row = shown_ticket(request, number)
    if not may_work_on_tickets(request.user):
        raise PermissionDenied
    return row


def who(request: HttpRequest) -> User:
    """The member of staff who asks; pages have checked that there is one."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def done(
    request: HttpRequest,
    number: str,
    now: datetime,
    *,
    moved: Ticket | None = None,
    whole: bool = False,
    **more: Any,
) -> HttpResponse:
    """The ticket as it is now; the page is told to renew its row, or the `whole` list where more may have changed.

    `moved`: what was acted on, if another.
    """
    if not request.headers.get("HX-Request"):
        query = request.GET.urlencode()
        return redirect(reverse("ticket", args=[number]) + (f"?{query}" if query else ""))
    row = shown_ticket(request, number)
    reading.mark_read(ticket=row, at=now, actor=who(request))
    request.POST = request.POST.__class__("", encoding=request.POST.encoding)  # forms start anew
    context = ticket_context(request, row, now, read_at=now) | more
    response = render(request, "tickets/_ticket.html", context)
    return saying(request, moved or context["ticket"], now, response, whole=whole)


def at_its_address(request: HttpRequest, number: str, response: HttpResponse) -> HttpResponse:
    """Has the browser name the ticket that the answer shows, when the page was at another; its list stays."""
    page, current = reverse("ticket", args=[number]), urlsplit(request.headers.get("HX-Current-URL", ""))
    if current.path and current.path != page:
        query = QueryDict(current.query, mutable=True)
        for name in ("mode", "entri"):
            query.pop(name, None)
        response["HX-Push-Url"] = page + (f"?{query.urlencode()}" if query else "")
    return response


def saying(
    request: HttpRequest, row: Ticket, now: datetime, response: HttpResponse, *, whole: bool = False
) -> HttpResponse:
    """Tells the page what has changed of its list, and offers the way back if there is one."""
    response["HX-Trigger-After-Settle"] = LIST_CHANGED if whole else json.dumps({TICKET_CHANGED: {"id": row.pk}})
    if event := last_undoable(row, at=now, actor=who(request)):
        query = request.GET.copy()
        query.pop("mode", None)
        response["HX-Trigger"] = json.dumps({"dering:toast": toast_of(event, row.number, query.urlencode())})
    return response


def refused(request: HttpRequest, row: Ticket, now: datetime, message: str, **more: Any) -> HttpResponse:
    """The page again with the reason and everything that was typed."""
    fresh = shown_ticket(request, row.number)
    context = ticket_context(request, fresh, now) | {"refusal": message} | more
    if request.headers.get("HX-Request"):
        return render(request, "tickets/_ticket.html", context)
    return render(request, "tickets/inbox.html", beside_context(request, now) | context | {"pane": "thread"})


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
    "pisahkan-lagi": _move(merging.unmerge_ticket),
    "ikuti": _move(relations.follow),
    "berhenti-ikuti": _move(relations.unfollow),
}
_BRING_BACK = frozenset({"buka", "bukan-spam", "pisahkan-lagi"})  # into a list that no longer shows the ticket
