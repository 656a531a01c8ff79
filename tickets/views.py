"""The agents' workspace: the inbox, and a ticket beside it. Both read through `access.py`."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kernel.compiled import Compiled
from people.guard import page_for
from people.log import log_access
from tickets import slots
from tickets.access import may_be_told, may_read_tickets, may_work_on_tickets, visible_tickets
from tickets.clocks import Clocks
from tickets.composer.context import composer_context
from tickets.composer.templated import standing_of
from tickets.inbox import reading
from tickets.inbox.contact_card import card_of
from tickets.inbox.conversation import conversation_of
from tickets.inbox.facts import facts_of
from tickets.inbox.opening import open_page
from tickets.inbox.page import list_context
from tickets.inbox.relatives import relatives_of
from tickets.inbox.side import list_later
from tickets.inbox.views_column import CHANNEL_ICONS, OTHER_ICON
from tickets.models import Ticket
from tickets.reference import attach
from tickets.rules import reopening
from tickets.search.page import search_context
from tickets.splitting import taken_back

_NUMBERED = Compiled(lambda rows, number: rows.filter(number=number).select_related("contact"), "number")


ticket_page = page_for(may_read_tickets)
told_page = page_for(may_be_told)
"""For those who are told of things: as `ticket_page`, and the front desk."""


@require_safe
@ticket_page
def inbox(request: HttpRequest) -> HttpResponse:
    """The list alone; the pane beside it says that no ticket is open. For htmx the columns of views and list."""
    context = inbox_context(request, timezone.now())
    if request.headers.get("HX-Request") and "list_template" not in context:
        return render(request, "tickets/_beside.html", context)
    return render(request, "tickets/inbox.html", context | {"pane": "list"})


@require_safe
@ticket_page
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """A ticket beside the list it was opened from, which its page asks for itself; for htmx the ticket alone."""
    now = timezone.now()
    row = shown_ticket(request, number)
    read_at = open_page(ticket=row, at=now, actor=request.user)
    context = ticket_context(request, row, now, read_at=read_at or now)
    if request.headers.get("HX-Request"):
        return render(request, "tickets/_ticket.html", context)
    return render(request, "tickets/inbox.html", beside_context(request, now) | context | {"pane": "thread"})


@require_safe
@ticket_page
def merged_conversation(request: HttpRequest, number: str) -> HttpResponse:
    """What was said on a ticket that was merged into another one, for the page of the latter."""
    row, now = shown_ticket(request, number), timezone.now()
    log_access(user=request.user, action="ticket.read", record=row, reason="merged", at=now)
    return render(request, "tickets/_entries.html", {"ticket": row, "conversation": conversation_of(row)})


def shown_ticket(request: HttpRequest, number: str) -> Ticket:
    """The visible ticket with what its page shows, or 404."""
    found = _NUMBERED(visible_tickets(request.user), number=number)
    if not found:
        raise Http404
    attach(found)
    return found[0]


def inbox_context(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """The list of the address, or its search."""
    return search_context(request, now) if "q" in request.GET else list_context(request, now)


def beside_context(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """What a ticket was opened from: the search, or the list that the page asks for once the ticket is there."""
    return search_context(request, now) if "q" in request.GET else list_later(request, now)


def ticket_context(
    request: HttpRequest, row: Ticket, now: datetime, *, read_at: datetime | None = None
) -> dict[str, Any]:
    """All that the pages of one ticket show: as `thread_context`, with the requester, properties and relatives."""
    context = thread_context(request, row, now, read_at=read_at)
    calendar = context["clock"].targets.calendar
    return context | {
        "card": card_of(row, visible_tickets(request.user), now, calendar=calendar),
        "facts": facts_of(row, context["works"]),
        "relatives": relatives_of(row, request.user),
        "taken_back": taken_back(row),
    }


def thread_context(
    request: HttpRequest, row: Ticket, now: datetime, *, read_at: datetime | None = None
) -> dict[str, Any]:
    """The head, the conversation, what may be done and written.

    What came after `read_at` is marked as new; where it is not given, after the reader's last visit.
    """
    read_at = read_at or reading.read_until(ticket=row, user=request.user)
    works, clock = may_work_on_tickets(request.user), Clocks.load()
    return {
        "ticket": row,
        "ticket_icon": CHANNEL_ICONS.get(row.channel.code, OTHER_ICON),
        "clock": clock,
        "chips": clock.chips(row, now),
        "countdown": clock.countdown(now),
        "standing": standing_of(row, now),
        "conversation": conversation_of(row, reader=request.user, read_at=read_at, since=_number(request, "entri")),
        "works": works,
        "closed": row.status == Ticket.Status.CLOSED,
        "mine": row.assignee_id == request.user.pk,
        "reopen": reopening(row, now),
        "panels": slots.panels(request, row, now, works),
        "mode": "note" if request.GET.get("mode") == "note" else "reply",
        **(composer_context(request.user, row, _number(request, "kutip")) if works else {}),
    }


def _number(request: HttpRequest, name: str) -> int | None:
    """An entry that the form or the address names: how far back a link reaches (`entri`), what is quoted (`kutip`)."""
    wanted = request.POST.get(name) or request.GET.get(name, "")
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else None
