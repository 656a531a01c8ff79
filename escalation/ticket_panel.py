"""Layer 2 on the ticket page: the units that were asked, and asking, recalling and going on, by our verbs.

Whoever answers for a unit finds taking, answering, asking back and handing on there too; those post to /layer2/.
"""

from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import pgettext

from escalation import verbs
from escalation.access import visible_escalations
from escalation.ask_page import chosen_units, written_question
from escalation.files import chosen_files, offered_files
from escalation.models import Escalation, PlannedEscalation
from escalation.proposing import units_on
from escalation.ticket_side import UNFINISHED
from kernel.compiled import Compiled
from people.access import unit_codes_of
from tickets.models import Ticket
from tickets.slots import Panel

_FIELD = "eskalasi-unit"
_WAITING = PlannedEscalation.objects.filter(after=OuterRef("pk"), opened__isnull=True, dropped_at__isnull=True)
_ASKED = Compiled(
    lambda rows, ticket: (
        rows.filter(ticket_id=ticket).select_related("unit", "taken_by").annotate(is_followed=Exists(_WAITING))
    ),
    "ticket",
)
_PLANNED = Compiled(
    lambda rows, ticket: rows.filter(ticket_id=ticket, opened__isnull=True, dropped_at__isnull=True).select_related(
        "unit", "after__unit"
    ),
    "ticket",
)


def panel(request: HttpRequest, ticket: Ticket, at: datetime, works: bool) -> Panel:
    """The section "Layer 2": what the reader may see of it, and for agents a form while the ticket is open."""
    may_ask = works and ticket.status != Ticket.Status.CLOSED
    draw = partial(_drawn, request, ticket, at, works, may_ask)
    return Panel(draw, pgettext("tindakan", "Eskalasi"), "ti-stairs-up", "e", _FIELD if may_ask else "")


def _drawn(request: HttpRequest, ticket: Ticket, at: datetime, works: bool, may_ask: bool) -> str:
    rows = _ASKED(visible_escalations(request.user), ticket=ticket.pk)
    owner = ticket.topic.owner_unit_id if ticket.topic else None
    own, sent = unit_codes_of(request.user), request.POST
    returned = works and any(row.status == Escalation.Status.RETURNED for row in rows)
    followed = works and any(row.is_followed for row in rows)
    planned = _PLANNED(PlannedEscalation.objects.all(), ticket=ticket.pk) if followed else []
    context: dict[str, Any] = {
        "ticket": ticket,
        "rows": [(row, row.status in UNFINISHED, row.status in UNFINISHED and row.unit.code in own) for row in rows],
        "planned": planned,
        "works": works,
        "may_ask": may_ask,
        "units": units_on(at) if may_ask or own else [],
        "files": offered_files(ticket) if returned else [],
        "owner": owner,
        "sent": sent,
        "field": _FIELD,
    }
    return render_to_string("escalation/_ticket_panel.html", context, request, using="jinja2")


def _ask(request: HttpRequest, ticket: Ticket, at: datetime) -> None:
    unit = chosen_units(request.POST.getlist("unit")[:1], at)[0]
    question, urgent = written_question(request), bool(request.POST.get("mendesak"))
    verbs.escalate(ticket, unit=unit, question=question, urgent=urgent, at=at, actor=request.user)  # type: ignore[arg-type]


def _recall(request: HttpRequest, ticket: Ticket, at: datetime) -> None:
    verbs.recall(_named(request, ticket), reason=request.POST.get("alasan", ""), at=at, actor=request.user)  # type: ignore[arg-type]


def _resume(request: HttpRequest, ticket: Ticket, at: datetime) -> None:
    files = chosen_files(ticket, request.POST.getlist("berkas"))
    note = request.POST.get("alasan", "")
    verbs.resume(_named(request, ticket), note=note, files=files, at=at, actor=request.user)  # type: ignore[arg-type]


def _named(request: HttpRequest, ticket: Ticket) -> Escalation:
    text = request.POST.get("eskalasi", "")
    pk = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    return get_object_or_404(visible_escalations(request.user), ticket=ticket, pk=pk)


ACTIONS = {"eskalasi": _ask, "tarik": _recall, "lanjutkan": _resume}
