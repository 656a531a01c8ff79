"""What the page posts about replies that did not leave: again, by another channel, or whether they did after all."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kernel.errors import Refused
from messaging.models import Message
from messaging.permission import check_may_write
from messaging.routes import Route, routes_of
from tickets.actions import done, refused, who, working_ticket
from tickets.models import Ticket
from tickets.redelivery import decide_delivery, resend_reply, send_elsewhere
from tickets.relating import dialog
from tickets.views import ticket_page


@require_POST
@ticket_page
def resend(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Send a failed reply once more."""
    row, now = working_ticket(request, number), timezone.now()
    try:
        resend_reply(ticket=row, message=_reply(row, pk), at=now, actor=who(request))
    except Refused as refusal:
        return refused(request, row, now, refusal.message)
    return done(request, number, now)


@require_POST
@ticket_page
def decide(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Say whether an uncertain reply was sent."""
    row, now = working_ticket(request, number), timezone.now()
    sent = request.POST.get("terkirim") == "1"
    try:
        decide_delivery(ticket=row, message=_reply(row, pk), sent=sent, at=now, actor=who(request))
    except Refused as refusal:
        return refused(request, row, now, refusal.message)
    return done(request, number, now)


@require_http_methods(["GET", "HEAD", "POST"])
@ticket_page
def elsewhere(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Choose another address or channel of the contact, and send the reply there."""
    row, now = working_ticket(request, number), timezone.now()
    message, error = _reply(row, pk), ""
    routes = routes_of(row.contact)
    chosen = request.POST.get("jalur", "")
    if request.method == "POST":
        try:
            send_elsewhere(ticket=row, message=message, route=_route(routes, chosen), at=now, actor=who(request))
            return done(request, number, now)
        except Refused as refusal:
            error = refusal.message
    ways = [(route, _barred(route, row, now)) for route in routes]
    open_ = [route for route, reason in ways if not reason]
    context = {"message": message, "ways": ways, "open": open_, "chosen": chosen or _first_other(open_, message)}
    return dialog(request, row, "elsewhere", _("Kirim lewat saluran lain"), context, error)


def _reply(row: Ticket, pk: int) -> Message:
    return get_object_or_404(Message, pk=pk, ticket_entry__ticket=row)


def _route(routes: list[Route], key: str) -> Route:
    found = next((route for route in routes if route.key == key), None)
    if found is None:
        raise Refused("route.unknown", _("Pilih saluran dan alamat dari daftar."))
    return found


def _barred(route: Route, ticket: Ticket, now: datetime) -> str:
    """Why nothing may be written by this way now; empty when it may."""
    try:
        check_may_write(channel=route.channel, contact=ticket.contact, details={}, at=now)
    except Refused as refusal:
        return refusal.message
    return ""


def _first_other(routes: list[Route], message: Message) -> str:
    """The first way that is not the channel on which it failed."""
    others = [route.key for route in routes if route.channel.pk != message.channel_id]
    return next(iter([*others, *(route.key for route in routes)]), "")
