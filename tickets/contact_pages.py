"""The requester on the ticket page: addresses shown in full for a reason, and data corrected in place."""

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kernel.errors import Refused
from kernel.locks import lock
from people import contacts
from people.log import log_access
from people.models import Contact
from tickets.actions import LIST_CHANGED, done, who, working_ticket
from tickets.contact_forms import ContactForm
from tickets.inbox.contact_card import card_of
from tickets.models import Ticket
from tickets.views import beside_context, shown_ticket, ticket_context, ticket_page, visible_tickets


@require_POST
@ticket_page
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """The addresses in full, once; why they are needed goes into the access log (rules 8.2, 8.8)."""
    row, now = working_ticket(request, number), timezone.now()
    reason = " ".join(request.POST.get("alasan", "").split())
    if not reason:
        return _card(request, row, now, reveal_error=_("Tuliskan untuk apa alamat ini dibuka."))
    log_access(user=who(request), action="contact.revealed", record=row.contact, reason=reason, at=now)
    return _card(request, row, now, revealed=True)


@require_http_methods(["GET", "HEAD", "POST"])
@ticket_page
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """Correct the requester's data; only what was changed is written, and never over somebody else's change."""
    row, now = working_ticket(request, number), timezone.now()
    if request.method != "POST":
        return _card(request, row, now, contact_form=ContactForm(row.contact))
    form = ContactForm(row.contact, request.POST)
    if form.is_valid():
        try:
            _write(row.contact, form, now, request)
        except Refused as refusal:
            form.add_error(None, forms.ValidationError(refusal.message, refusal.code))
    if not form.is_valid():
        return _card(request, row, now, contact_form=form)
    return done(request, number, now) if not request.headers.get("HX-Request") else _saved(request, number, now)


@transaction.atomic
def _write(row: Contact, form: ContactForm, now: datetime, request: HttpRequest) -> None:
    how: dict[str, Any] = {"at": now, "actor": who(request)}
    form.check_nobody_else(lock(row))
    contacts.change_contact(contact=row, changes=form.changes, **how)
    if form.cleaned_data["email"] or form.cleaned_data["phone"]:
        contacts.add_handle(contact=row, email=form.cleaned_data["email"], phone=form.cleaned_data["phone"], **how)


def _card(request: HttpRequest, row: Ticket, now: datetime, **more: Any) -> HttpResponse:
    if request.headers.get("HX-Request"):
        card = card_of(row, visible_tickets(request.user), now, revealed=more.get("revealed", False))
        context = {"ticket": row, "card": card, "works": True, **more}
        return render(request, "tickets/_card.html", context)
    context = beside_context(request, now) | ticket_context(request, row, now) | more
    context["card"] = card_of(row, visible_tickets(request.user), now, revealed=more.get("revealed", False))
    return render(request, "tickets/inbox.html", context | {"pane": "props"})


def _saved(request: HttpRequest, number: str, now: datetime) -> HttpResponse:
    response = _card(request, shown_ticket(request, number), now)
    response["HX-Trigger-After-Settle"] = LIST_CHANGED
    return response
