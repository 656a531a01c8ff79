"""/tiket/cari/: results beside the open ticket, as they are typed; and what the palette offers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tickets.inbox.page import side_context
from tickets.search.page import quick_context, search_context, who
from tickets.views import ticket_page


@require_safe
@ticket_page
def search(request: HttpRequest) -> HttpResponse:
    """The search in the list column; for htmx the results alone."""
    partly = bool(request.headers.get("HX-Request"))
    context = search_context(request, timezone.now(), partly=partly)
    if partly:
        return render(request, "tickets/search/_results.html", context | {"out_of_band": True})
    return render(request, "tickets/inbox.html", context | {"pane": "list"})


@require_safe
@ticket_page
def counted(request: HttpRequest) -> HttpResponse:
    """The column of views beside the search, with its counts."""
    return render(request, "tickets/_views.html", side_context(who(request), timezone.now()))


@require_safe
@ticket_page
def quick(request: HttpRequest) -> HttpResponse:
    """Options of the palette for what is typed there."""
    return render(request, "tickets/search/_quick.html", quick_context(request, timezone.now()))
