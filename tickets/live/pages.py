"""What an open page fetches after a hint: the open ticket, and the counts and order of its list.

Rows by their ids are served by `inbox/views.py`.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tickets.inbox import reading
from tickets.inbox.page import list_context
from tickets.views import shown_ticket, ticket_context, ticket_page


@require_safe
@ticket_page
def ticket_now(request: HttpRequest, number: str) -> HttpResponse:
    """Head, menu, conversation and properties; it goes on being read, and is not logged as opened again."""
    row, now = shown_ticket(request, number), timezone.now()
    reading.keep_read(ticket=row, at=now, actor=request.user)
    return render(request, "tickets/live/ticket.html", ticket_context(request, row, now, read_at=now))


@require_safe
@ticket_page
def inbox_now(request: HttpRequest) -> HttpResponse:
    """The views with their counts, and the ids that this page of the list would hold now."""
    return render(request, "tickets/live/list.html", list_context(request, timezone.now()))
