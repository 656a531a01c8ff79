"""The calls of a ticket beside it: when, with whom, how long, and the recording."""

from datetime import datetime

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from calls.desk import CODE
from calls.models import Call
from calls.wording import talked
from tickets.models import Ticket
from tickets.slots import Panel


def panel(request: HttpRequest, ticket: Ticket, at: datetime, works: bool) -> Panel:
    """Nothing for tickets of other channels."""

    def draw() -> str:
        if ticket.channel.code != CODE:
            return ""
        calls = [(call, talked(call)) for call in Call.objects.filter(ticket=ticket).select_related("agent")]
        return render_to_string("calls/_ticket_panel.html", {"calls": calls, "works": works}, request) if calls else ""

    return Panel(draw, _("Panggilan"), "ti-phone", "", "")
