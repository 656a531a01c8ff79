"""Dialogs for WhatsApp on the ticket page: an answer by template, and taking up messages again."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kernel.errors import Refused
from messaging.permission import opt_in
from tickets.actions import done, who, working_ticket
from tickets.composer.drafts import draft_of
from tickets.composer.templated import Offer, offers, send_template
from tickets.models import Draft
from tickets.relating import dialog
from tickets.views import ticket_page

PREVIEW = "pratinjau-templat"


@require_http_methods(["GET", "HEAD", "POST"])
@ticket_page
def send_by_template(request: HttpRequest, number: str) -> HttpResponse:
    """Choose an approved template, see what it will say with its values, and send it."""
    row, now = working_ticket(request, number), timezone.now()
    sent, error = (request.POST if request.method == "POST" else request.GET), ""
    draft = draft_of(row, Draft.Kind.REPLY, who(request))
    found = offers(row, typed=draft.text if draft else "", at=now, actor=who(request))
    chosen = _chosen(found, sent)
    if request.method == "POST":
        try:
            if chosen is None:
                raise Refused("template.unknown", _("Pilih templat dari daftar."))
            send_template(ticket=row, template=chosen.template, values=chosen.values, at=now, actor=who(request))
            return done(request, number, now)
        except Refused as refusal:
            error = refusal.message
    context = {"offers": found, "chosen": chosen}
    if request.headers.get("HX-Target") == PREVIEW:
        return render(request, "tickets/_template_preview.html", context)
    return dialog(request, row, "template", _("Kirim dengan templat"), context, error)


@require_http_methods(["GET", "HEAD", "POST"])
@ticket_page
def opt_in_again(request: HttpRequest, number: str) -> HttpResponse:
    """The requester wants messages again; write down how they said so."""
    row, now = working_ticket(request, number), timezone.now()
    reason, error = request.POST.get("alasan", "").replace("\x00", ""), ""
    if request.method == "POST":
        try:
            opt_in(channel=row.channel, contact=row.contact, reason=reason, at=now, actor=who(request))
            return done(request, number, now)
        except Refused as refusal:
            error = refusal.message
    return dialog(request, row, "opt_in", _("Pemohon bersedia lagi"), {"reason": reason}, error)


def _chosen(found: list[Offer], sent: QueryDict) -> Offer | None:
    """The offer that was chosen, the first one until then, with the values as they were typed."""
    wanted = sent.get("templat", "")
    offer = next((one for one in found if str(one.template.pk) == wanted), None if wanted else next(iter(found), None))
    if offer is None or sent.get("isi-untuk") != str(offer.template.pk):
        return offer
    typed = {name: sent.get(f"isi-{name}", "").replace("\x00", "") for name in offer.template.variables}
    return Offer(offer.template, typed)
