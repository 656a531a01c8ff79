"""/layer2/tanya/: the whole form for asking units, as a dialog of the ticket page or a page of its own."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from escalation import asking
from escalation.access import visible_escalations
from escalation.files import chosen_files, offered_files
from escalation.models import Escalation
from escalation.proposing import propose, units_on
from kernel.errors import Refused
from people.models import Unit
from tickets.actions import done, who, working_ticket
from tickets.models import Ticket
from tickets.views import ticket_page

LONGEST = 50_000


@require_http_methods(["GET", "HEAD", "POST"])
@ticket_page
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask one unit or several, side by side or one after another."""
    row, now = working_ticket(request, number), timezone.now()
    error = ""
    if request.method == "POST":
        try:
            asking.ask_units(row, **asked_for(request, row, now), at=now, actor=who(request))
            return done(request, number, now)
        except Refused as refusal:
            error = refusal.message
    return _page(request, row, now, error)


def asked_for(request: HttpRequest, ticket: Ticket, now: datetime) -> dict[str, Any]:
    """What the form says, for `asking.ask_units`. Raises Refused."""
    sent = request.POST
    return {
        "units": chosen_units(in_turn(sent.getlist("unit"), sent.get("giliran", "")), now),
        "one_after_another": sent.get("urutan") == "berurutan",
        "question": written_question(request),
        "tried": sent.get("upaya", "")[:LONGEST],
        "urgent": bool(sent.get("mendesak")),
        "may_answer_requester": bool(sent.get("langsung")),
        "follows": followed(request, ticket),
        "files": chosen_files(ticket, sent.getlist("berkas")),
    }


def in_turn(codes: list[str], order: str) -> list[str]:
    """The ticked codes in the order of ticking, which the form sends along; the others behind them as they came."""
    places = {code: place for place, code in enumerate(order[:200].split())}
    return sorted(codes, key=lambda code: places.get(code, len(places)))


def written_question(request: HttpRequest) -> str:
    """What Layer 1 wrote for the unit. Raises Refused (`escalation.needs_question`): the chat alone is no question."""
    text = request.POST.get("pertanyaan", "")[:LONGEST]
    if not text.strip():
        raise Refused("escalation.needs_question", gettext_lazy("Tuliskan pertanyaan untuk Layer 2."))
    return text


def chosen_units(codes: list[str], now: datetime) -> list[Unit]:
    """The units in force with these codes, in the order given. Raises Refused (`escalation.needs_unit`)."""
    known = {unit.code: unit for unit in units_on(now)}
    wanted = [code for code in codes if code]
    if not wanted or not known.keys() >= set(wanted):
        raise Refused("escalation.needs_unit", gettext_lazy("Pilih unit yang dituju."))
    return [known[code] for code in wanted]


def followed(request: HttpRequest, ticket: Ticket) -> Escalation | None:
    """The answer that is asked about again (`?lanjutan=`)."""
    text = request.GET.get("lanjutan", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return visible_escalations(request.user).filter(ticket=ticket, pk=int(text)).first()


def _page(request: HttpRequest, row: Ticket, now: datetime, error: str) -> HttpResponse:
    sent, follows = request.POST, followed(request, row)
    proposals = propose(row, now)
    first = follows.unit.code if follows else proposals[0].unit.code if proposals else ""
    context = {
        "ticket": row,
        "title": _("Tanya unit lagi") if follows else _("Eskalasi ke Layer 2"),
        "form": "escalation/_ask.html",
        "refusal": error,
        "units": units_on(now),
        "chosen": in_turn(sent.getlist("unit"), sent.get("giliran", ""))
        if sent
        else [code for code in [first] if code],
        "proposals": proposals,
        "follows": follows,
        "files": offered_files(row),
        "picked": sent.getlist("berkas"),
        "sent": sent,
        "latest": _last_question(row),
    }
    if not request.headers.get("HX-Request"):
        return render(request, "tickets/dialog.html", context)
    response = render(request, "tickets/_dialog.html", context)
    if error:
        response["HX-Retarget"], response["HX-Reswap"] = "#dialog-tiket", "innerHTML"
    return response


def _last_question(ticket: Ticket) -> str:
    """What the requester wrote last, to write the question for the unit from."""
    entry = ticket.entries.filter(message__direction="IN").select_related("message").last()
    return entry.message.body if entry and entry.message else ""
