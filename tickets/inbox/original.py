"""A mail as it was made, in HTML: a document of its own that may run nothing and loads nothing from outside unasked."""

import html
import re
from collections.abc import Mapping
from urllib.parse import unquote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from messaging.models import Message
from messaging.scanning.verbs import why_held
from people.log import log_access
from tickets.actions import who
from tickets.composer.serving import serve
from tickets.views import shown_ticket, ticket_page

_IMAGE = re.compile(r'<img\b(?:"[^"]*"|[^>"])*>', re.IGNORECASE)
_CID = re.compile(r'\bdata-cid="([^"]*)"')
_REMOTE = re.compile(r'\bdata-remote="([^"]*)"')
_ALWAYS = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
_BOX = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"


@require_safe
@ticket_page
@xframe_options_sameorigin
def original(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The cleaned HTML of a message; `?gambar=1` lets pictures from outside load."""
    row = shown_ticket(request, number)
    message = get_object_or_404(Message.objects.prefetch_related("attachments"), pk=pk, ticket_entry__ticket=row)
    if not message.html:
        raise Http404
    log_access(user=who(request), action="ticket.mail_read", record=row, reason=str(pk), at=timezone.now())
    loads = request.GET.get("gambar") == "1"
    inside = {
        one.content_id: f"{reverse('ticket-file', args=[row.number, one.pk])}?lihat"
        for one in message.attachments.all()
        if one.content_id
    }
    context = {
        "message": message,
        "html": mark_safe(with_images(message.html, inside, loads)),  # noqa: S308  # nh3 cleaned it when it came
        "blocked": 0 if loads else len(_REMOTE.findall(message.html)),
    }
    response = render(request, "tickets/original.html", context)
    images = "img-src 'self' https: http:" if loads else "img-src 'self'"
    response["Content-Security-Policy"] = f"{_ALWAYS}; {images}; {_BOX}"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@ticket_page
def whole(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The mail as it came, to be saved and opened in a mail program: what is encrypted or broken can be read there."""
    row = shown_ticket(request, number)
    messages = Message.objects.select_related("raw").filter(ticket_entry__ticket=row, raw__isnull=False)
    message = get_object_or_404(messages, pk=pk)
    log_access(user=who(request), action="ticket.mail_saved", record=row, reason=str(pk), at=timezone.now())
    if any(why_held(one) for one in message.attachments.all()):
        words = _("Surat ini memuat berkas yang ditahan.")
        return HttpResponse(words, status=423, content_type="text/plain; charset=utf-8")
    response = serve(message.raw, f"{row.number}-{pk}.eml")  # type: ignore[arg-type]
    response["Content-Type"] = "message/rfc822"
    return response  # type: ignore[return-value]  # a file is a response of its own kind


def with_images(cleaned: str, inside: Mapping[str, str], loads: bool) -> str:
    """Pictures that came along stand in their place; those from outside only when `loads`."""

    def shown(match: re.Match[str]) -> str:
        tag = match.group(0)
        if cid := _CID.search(tag):
            address = inside.get(unquote(html.unescape(cid.group(1))), "")
            return _CID.sub(lambda _one: f'src="{html.escape(address)}"' if address else "", tag)
        if loads and (remote := _REMOTE.search(tag)):
            address = html.unescape(remote.group(1))
            address = f"https:{address}" if address.startswith("//") else address
            return _REMOTE.sub(lambda _one: f'src="{html.escape(address)}" referrerpolicy="no-referrer"', tag)
        return tag

    return _IMAGE.sub(shown, cleaned)
