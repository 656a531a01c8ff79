"""The agents' workspace: the inbox, and a ticket beside it. Both read through `access.py`."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from messaging.models import Attachment, Channel
from people.log import log_access
from tickets import slots
from tickets.access import may_read_tickets, may_work_on_tickets, visible_tickets
from tickets.clocks import FirstAnswer
from tickets.forms import FilterForm, PropertiesForm
from tickets.inbox.contact_card import card_of
from tickets.inbox.conversation import conversation_of
from tickets.inbox.ordering import DEADLINE, NEWEST, OLDEST, SORTS, page_of
from tickets.inbox.rows import grouped, rows_of
from tickets.inbox.views_column import CHANNEL_ICONS, CLOSED, OPEN, OTHER_ICON, VIEWS, column, conditions
from tickets.models import Ticket

Page = Callable[..., HttpResponse]


def ticket_page(view: Page) -> Page:
    """For those who may read tickets; others get 403, strangers the way to sign in."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):  # the page stays, with what was typed
                return HttpResponse(status=401)
            return redirect_to_login(request.get_full_path())
        if not may_read_tickets(request.user):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    return checked


@require_safe
@ticket_page
def inbox(request: HttpRequest) -> HttpResponse:
    """The list alone; the pane beside it says that no ticket is open."""
    return render(request, "tickets/inbox.html", inbox_context(request, timezone.now()) | {"pane": "list"})


@require_safe
@ticket_page
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """A ticket beside the list it was opened from; for htmx the ticket alone."""
    now = timezone.now()
    row = shown_ticket(request, number)
    log_access(user=request.user, action="ticket.read", record=row, reason="page", at=now)
    context = ticket_context(request, row, now)
    if request.headers.get("HX-Request"):
        return render(request, "tickets/_ticket.html", context)
    return render(request, "tickets/inbox.html", inbox_context(request, now) | context | {"pane": "thread"})


@require_safe
@ticket_page
def attachment(request: HttpRequest, number: str, pk: int) -> FileResponse:
    """A file of a message on this ticket, always as a download: what came in is never run in our pages."""
    row = shown_ticket(request, number)
    found = get_object_or_404(Attachment.objects.select_related("file"), pk=pk, message__ticket_entry__ticket=row)
    log_access(user=request.user, action="ticket.file_read", record=row, reason=found.name, at=timezone.now())
    return FileResponse(
        default_storage.open(found.file.path),
        as_attachment=True,
        filename=found.name,
        content_type=found.file.media_type,
    )


def shown_ticket(request: HttpRequest, number: str) -> Ticket:
    """The visible ticket with what its page shows, or 404."""
    rows = visible_tickets(request.user).select_related(
        "channel", "contact", "topic", "assignee", "region", "merged_into"
    )
    return get_object_or_404(rows, number=number)


def inbox_context(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """Views with counts, filters, and one page of rows, all from the address."""
    visible, clock = visible_tickets(request.user), FirstAnswer.load()
    works = may_work_on_tickets(request.user)
    held = conditions(request.user, clock, now)
    form = FilterForm(request.GET)
    form.is_valid()
    view = request.GET.get("tampilan", "")
    view = view if view in VIEWS else OPEN
    sorts = {code: label for code, label in SORTS.items() if view != CLOSED or code in (NEWEST, OLDEST)}
    sort = request.GET.get("urut", "")
    sort = sort if sort in sorts else NEWEST if view == CLOSED else DEADLINE
    rows = form.apply(visible.filter(held[view]))
    page = page_of(rows, sort=sort, cursor=request.GET.get("dari", ""), clock=clock)
    views, channels = column(visible, held, list(Channel.objects.all()), works=works)
    return {
        "form": form,
        "view": view,
        "view_label": VIEWS[view][0],
        "views": views,
        "channels": channels,
        "channel": request.GET.get("kanal", ""),
        "sort": sort,
        "sorts": sorts,
        "page": page,
        "groups": grouped(rows_of(visible, page.ids, clock, now), sort == DEADLINE),
        "now": now,
    }


def ticket_context(request: HttpRequest, row: Ticket, now: datetime) -> dict[str, Any]:
    """The conversation, the clock, the contact and what may be done with one ticket."""
    works = may_work_on_tickets(request.user)
    return {
        "ticket": row,
        "ticket_icon": CHANNEL_ICONS.get(row.channel.code, OTHER_ICON),
        "chip": FirstAnswer.load().chip(row, now),
        "items": conversation_of(row),
        "card": card_of(row, visible_tickets(request.user), now),
        "works": works,
        "closed": row.status == Ticket.Status.CLOSED,
        "mine": row.assignee_id == request.user.pk,
        "properties": PropertiesForm(row) if works else None,
        "panels": slots.panels(request, row, now, works),
        "mode": "note" if request.GET.get("mode") == "note" else "reply",
    }
