"""The ticket as a record: its whole history, and a page for paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from messaging.models import Message
from people.access import has_role
from people.log import log_access
from people.models import Role
from tickets.actions import who
from tickets.inbox.history import changes_of, lines_of, reads_of
from tickets.inbox.relatives import relatives_of
from tickets.models import TicketEntry
from tickets.senders import others_of
from tickets.views import shown_ticket, ticket_page

_SEES_READERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)


@require_safe
@ticket_page
def history(request: HttpRequest, number: str) -> HttpResponse:
    """Every event, and the earlier values of the columns; supervisors see who has read the ticket, too."""
    row, now = shown_ticket(request, number), timezone.now()
    log_access(user=who(request), action="ticket.read", record=row, reason="history", at=now)
    context = {
        "ticket": row,
        "lines": lines_of(row),
        "changes": changes_of(row),
        "reads": reads_of(row) if has_role(request.user, _SEES_READERS) else None,
    }
    return render(request, "tickets/history.html", context)


@require_safe
@ticket_page
def printed(request: HttpRequest, number: str) -> HttpResponse:
    """The ticket on A4: the conversation with names and times; internal notes only when they are asked for."""
    row, now = shown_ticket(request, number), timezone.now()
    notes = request.GET.get("catatan") == "1"
    log_access(user=who(request), action="ticket.printed", record=row, reason="notes" if notes else "", at=now)
    kinds = [TicketEntry.Kind.MESSAGE] + [TicketEntry.Kind.NOTE] * notes
    merged = relatives_of(row, who(request)).merged
    entries = TicketEntry.objects.filter(ticket__in=[row, *merged], kind__in=kinds)
    entries = entries.exclude(message__delivery=Message.Delivery.WITHDRAWN).order_by("at", "pk")
    entries = entries.select_related("author", "ticket__contact", "message__author")
    entries = entries.prefetch_related("message__attachments")
    others = others_of(row, (entry.message for entry in entries if entry.message))
    lines = [(entry, others.get(entry.message.contact_id or 0) if entry.message else None) for entry in entries]
    context = {"ticket": row, "lines": lines, "notes": notes, "now": now}
    return render(request, "tickets/print.html", context)
