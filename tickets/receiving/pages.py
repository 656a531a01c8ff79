"""/tiket/karantina/: held mails, released as tickets or thrown away."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel.errors import Refused
from messaging.models import Message
from people.guard import Page
from people.log import log_access
from tickets.access import may_work_on_tickets
from tickets.actions import who
from tickets.inbox.mail_signs import warning_of
from tickets.receiving.quarantine import discard_message, held_messages, release_message
from tickets.views import ticket_page

PAGE = 25
SHOWN, UNFOLDED = 300, 5000  # characters of a mail


def _for_workers(view: Page) -> Page:
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_work_on_tickets(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return ticket_page(checked)


@require_safe
@_for_workers
def held(request: HttpRequest) -> HttpResponse:
    """What is held, newest first."""
    page = Paginator(held_messages(), PAGE).get_page(request.GET.get("halaman"))
    log_access(user=request.user, action="message.listed", record=Message, reason="quarantine", at=timezone.now())
    rows = [(row, warning_of(row), row.body[:UNFOLDED] if len(row.body) > SHOWN else "") for row in page]
    return render(request, "tickets/quarantine.html", {"rows": rows, "page": page, "shown": SHOWN})


@require_POST
@_for_workers
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """No spam: to its ticket."""
    row = get_object_or_404(Message, pk=pk, direction=Message.Direction.IN)
    try:
        ticket = release_message(message=row, at=timezone.now(), actor=who(request))
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("quarantine")
    if ticket is None:
        messages.success(request, _("Surat dilepas. Surat otomatis dan pantulan tidak menjadi tiket."))
        return redirect("quarantine")
    return redirect("ticket", ticket.number)


@require_POST
@_for_workers
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Spam: out of sight."""
    row = get_object_or_404(Message, pk=pk, direction=Message.Direction.IN)
    try:
        discard_message(message=row, at=timezone.now(), actor=who(request))
        messages.success(request, _("Surat dibuang dari karantina."))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("quarantine")
