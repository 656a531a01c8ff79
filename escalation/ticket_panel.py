"""Layer 2 on the ticket page: the units that were asked, and asking, recalling and going on, by our verbs."""

from datetime import datetime

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalation import verbs
from escalation.access import visible_escalations
from escalation.models import Escalation
from escalation.ticket_side import UNFINISHED
from kernel.errors import Refused
from kernel.months import JAKARTA
from people.models import Unit
from tickets.models import Ticket
from tickets.slots import Panel

_FIELD = "eskalasi-unit"


def panel(request: HttpRequest, ticket: Ticket, at: datetime, works: bool) -> Panel:
    """The section "Layer 2": what the reader may see of it, and for agents a form while the ticket is open."""
    rows = visible_escalations(request.user).filter(ticket=ticket).select_related("unit", "taken_by", "answered_by")
    may_ask = works and ticket.status != Ticket.Status.CLOSED
    owner = ticket.topic.owner_unit_id if ticket.topic else None
    context = {
        "ticket": ticket,
        "rows": [(row, row.status in UNFINISHED) for row in rows],
        "works": works,
        "may_ask": may_ask,
        "units": _units_on(at) if may_ask else [],
        "chosen": request.POST.get("unit", ""),
        "owner": owner,
        "question": request.POST.get("pertanyaan", ""),
        "urgent": bool(request.POST.get("mendesak")),
        "reason": request.POST.get("alasan", ""),
        "field": _FIELD,
    }
    html = render_to_string("escalation/_ticket_panel.html", context, request)
    return Panel(html, _("Eskalasi"), "ti-stairs-up", "e", _FIELD if may_ask else "")


def _units_on(at: datetime) -> list[Unit]:
    day = at.astimezone(JAKARTA).date()
    return list(Unit.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day))


def _ask(request: HttpRequest, ticket: Ticket, at: datetime) -> None:
    unit = next((unit for unit in _units_on(at) if unit.code == request.POST.get("unit")), None)
    if unit is None:
        raise Refused("escalation.needs_unit", gettext_lazy("Pilih unit yang dituju."))
    question, urgent = request.POST.get("pertanyaan", ""), bool(request.POST.get("mendesak"))
    verbs.escalate(ticket, unit=unit, question=question, urgent=urgent, at=at, actor=request.user)  # type: ignore[arg-type]


def _recall(request: HttpRequest, ticket: Ticket, at: datetime) -> None:
    verbs.recall(_named(request, ticket), reason=request.POST.get("alasan", ""), at=at, actor=request.user)  # type: ignore[arg-type]


def _resume(request: HttpRequest, ticket: Ticket, at: datetime) -> None:
    verbs.resume(_named(request, ticket), note=request.POST.get("alasan", ""), at=at, actor=request.user)  # type: ignore[arg-type]


def _named(request: HttpRequest, ticket: Ticket) -> Escalation:
    text = request.POST.get("eskalasi", "")
    pk = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    return get_object_or_404(visible_escalations(request.user), ticket=ticket, pk=pk)


ACTIONS = {"eskalasi": _ask, "tarik": _recall, "lanjutkan": _resume}
