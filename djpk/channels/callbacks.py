"""What the central desk (HAI) was told, call by call, and by which words; for administrators."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from djpk.channels.views import administrators_only
from kernel.errors import Refused
from kernel.months import JAKARTA
from messaging import outbox
from messaging.hai.statuses import set_mapping
from messaging.models import Connection, HaiStatus, Message
from people.models import User
from tickets.models import Ticket, TicketEntry

CODE, PAGE = "HAI", 25
_D = Message.Delivery
STATES = {
    "tunggu": (_D.QUEUED, _D.SENDING),
    "gagal": (_D.FAILED, _D.UNKNOWN),
    "sampai": (_D.DELIVERED, _D.SENT),
}


@administrators_only
@require_safe
def calls(request: HttpRequest, pk: int) -> HttpResponse:
    """Every call back, newest first: what it said, what became of it and why, when it is tried again."""
    return _shown(request, _row(pk))


@administrators_only
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Call once more what failed or is uncertain."""
    found = get_object_or_404(Message, pk=pk, channel__code=CODE, direction=Message.Direction.OUT)
    row = found.connection or Connection.objects.filter(channel=found.channel).order_by("pk").first()
    if row is None:
        raise Http404
    try:
        outbox.retry(message=found, at=timezone.now(), actor=_who(request))
        messages.success(request, _("Panggilan balik dikirim lagi."))
    except Refused as refusal:
        return _shown(request, row, refusal=refusal.message)
    return redirect("line-calls", row.pk)


@administrators_only
@require_POST
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """From a day on, another word for a state, or another state for a word."""
    row, given = _row(pk), request.POST
    try:
        begins = date.fromisoformat(given.get("mulai", ""))
    except ValueError:
        return _shown(request, row, refusal=_("Isi tanggal mulai berlaku."))
    try:
        set_mapping(
            direction=given.get("arah", ""), ours=given.get("kita", ""), theirs=given.get("mereka", ""),
            states=frozenset(Ticket.Status.values), valid_from=begins, at=timezone.now(), actor=_who(request),
        )  # fmt: skip
    except Refused as refusal:
        return _shown(request, row, refusal=refusal.message)
    messages.success(request, _("Pemetaan status disimpan."))
    return redirect("line-calls", pk)


def _shown(request: HttpRequest, row: Connection, **more: Any) -> HttpResponse:
    state = request.GET.get("keadaan", "")
    rows = _calls(row)
    if state in STATES:
        rows = rows.filter(delivery__in=STATES[state])
    page = Paginator(rows, PAGE).get_page(request.GET.get("halaman"))
    names = {str(code): label for code, label in Ticket.Status.choices}
    context = {
        "row": row,
        "page": page,
        "state": state,
        "lines": [_line(one) for one in page],
        "mappings": [(one, names.get(one.ours, "")) for one in HaiStatus.objects.all()],
        "statuses": Ticket.Status.choices,
        "directions": HaiStatus.Direction.choices,
        "today": timezone.now().astimezone(JAKARTA).date(),
        **more,
    }
    return render(request, "channels/calls.html", context, status=409 if more.get("refusal") else 200)


def _calls(row: Connection) -> QuerySet[Message]:
    rows = Message.objects.filter(channel=row.channel, direction=Message.Direction.OUT)
    return rows.exclude(delivery=_D.WITHDRAWN).select_related("reply_to").order_by("-received_at", "-pk")


def _line(message: Message) -> dict[str, Any]:
    """A call with its ticket and the central number it was made under."""
    entry = TicketEntry.objects.filter(message=message).select_related("ticket").first()
    before = message.reply_to.details.get("thread", "") if message.reply_to else ""
    central = message.details.get("thread", "") if message.details.get("status") else before
    return {
        "message": message,
        "ticket": entry.ticket if entry else _ticket_of(str(central)),
        "central": central,
        "status": message.details.get("status", ""),
        "failed": message.delivery in STATES["gagal"],
    }


def _ticket_of(central: str) -> Ticket | None:
    rows = Ticket.objects.filter(entries__message__details__thread=central, channel__code=CODE) if central else None
    return rows.order_by("-pk").first() if rows is not None else None


def _row(pk: int) -> Connection:
    return get_object_or_404(Connection.objects.select_related("channel"), pk=pk, channel__code=CODE)


def _who(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
