"""/simulator/: play a requester on each channel, and see what really reached them beside the tickets it made."""

import base64
import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from calls.extensions import EXTENSIONS
from djpk.simulator import showing
from djpk.simulator.access import may_simulate
from djpk.simulator.client import ask
from djpk.simulator.handset import FAULTS
from djpk.simulator.mailing import LAPOR_MAILBOX, MAILBOX
from djpk.simulator.requesters import CAST, Requester, find, stranger
from kernel.errors import Refused
from livechat.tokens import simulation_pass
from people.models import User

Page = Callable[..., HttpResponse]
CHANNELS = {
    "WHATSAPP": gettext_lazy("WhatsApp"), "EMAIL": gettext_lazy("Email"), "LIVE_CHAT": gettext_lazy("Live Chat"),
    "PHONE": gettext_lazy("Telepon"), "HAI": gettext_lazy("HAI Kemenkeu"),
}  # fmt: skip
MOST_FILES, LARGEST = 5, 10 * 1024 * 1024
SHOWN_SAFELY = ("image/png", "image/jpeg", "image/gif", "image/webp")


def players_only(view: Page) -> Page:
    """404 where the simulator is off, strangers to the sign-in page, others 403."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.SIMULATOR_URL:
            raise Http404
        if not may_simulate(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@players_only
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The chosen requester on the chosen channel."""
    return _page(request, request.GET)


@players_only
@require_safe
def sides(request: HttpRequest) -> HttpResponse:
    """The part that renews itself; 204 while it is as the page has it."""
    channel, who = _chosen(request.GET)
    found = _sides(request, channel, who)
    if found["digest"] == request.GET.get("versi"):
        return HttpResponse(status=204)
    return render(request, "simulator/_sides.html", found)


@players_only
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """One thing the requester does, by `aksi`; htmx gets the part, and a fresh composer after a message."""
    channel, who = _chosen(request.POST)
    try:
        _do(request, channel, who)
    except Refused as refusal:
        messages.error(request, refusal.message)
        if request.htmx:  # type: ignore[attr-defined]
            return _reloaded(channel, who)
    if request.htmx:  # type: ignore[attr-defined]
        answer = request.POST.get("aksi") == "kirim"
        return render(request, "simulator/_after.html", {**_context(request, channel, who), "wrote": answer})
    return redirect(_address(channel, who))


@players_only
@require_safe
def file(request: HttpRequest, key: str) -> HttpResponse:
    """A file that reached the requester, or that they sent."""
    try:
        found = ask("file", key=key)
    except Refused:
        found = {}
    if not found:
        raise Http404
    shown = found["type"] in SHOWN_SAFELY
    content = base64.b64decode(found["content"])
    response = HttpResponse(content, content_type=found["type"] if shown else "application/octet-stream")
    response.headers["Content-Disposition"] = "inline" if shown else "attachment"
    return response


def _chosen(given: QueryDict) -> tuple[str, Requester]:
    channel = given.get("kanal", "")
    return (channel if channel in CHANNELS else "WHATSAPP"), find(given.get("orang", ""))


def _address(channel: str, who: Requester, **more: str) -> str:
    return f"{reverse('simulator')}?{urlencode({'kanal': channel, 'orang': who.key, **more})}"


def _reloaded(channel: str, who: Requester) -> HttpResponse:
    """The message that waits is shown by the page."""
    return HttpResponse(headers={"HX-Redirect": _address(channel, who)})


def _page(request: HttpRequest, given: QueryDict) -> HttpResponse:
    channel, who = _chosen(given)
    return render(request, "simulator/page.html", _context(request, channel, who, given.get("balas", "")))


def _context(request: HttpRequest, channel: str, who: Requester, answer: str = "") -> dict[str, Any]:
    found = _sides(request, channel, who)
    reply = showing.line_of(found["lines"], answer) if channel == "EMAIL" else None
    return {
        **found,
        "channels": [(code, label, _address(code, who)) for code, label in CHANNELS.items()],
        "cast": CAST if who in CAST else (*CAST, who),
        "stranger": stranger(),
        "reply": reply,
        "simulation": simulation_pass() if channel == "LIVE_CHAT" else "",
        "mailboxes": [MAILBOX, LAPOR_MAILBOX],
        "extensions": _extensions() if channel == "PHONE" else [],
    }


def _sides(request: HttpRequest, channel: str, who: Requester) -> dict[str, Any]:
    """Both sides, and the digest of how they look."""
    context: dict[str, Any] = {"channel": channel, "label": CHANNELS[channel], "who": who, "away": ""}
    try:
        context |= showing.of_requester(ask("look", channel=channel, person=who.at(channel)))
    except Refused as refusal:
        context |= {"lines": [], "wires": [], "switches": {}, "possible": [], "away": refusal.message}
    context |= {"tickets": showing.tickets_of(request.user, channel, who), "faults": showing.FAULTS}
    html = render_to_string("simulator/_both.html", context, request)
    return {**context, "html": html, "digest": hashlib.sha256(html.encode()).hexdigest()[:16]}


def _extensions() -> list[tuple[str, User]]:
    """(extension, its agent), for whom the call may ring."""
    seats = sorted(EXTENSIONS().items())
    users = User.objects.in_bulk([pk for _number, pk in seats])
    return [(number, users[pk]) for number, pk in seats if pk in users]


def _do(request: HttpRequest, channel: str, who: Requester) -> None:
    given, me = request.POST, {"person": who.at(channel), "name": who.name}
    action, _colon, rest = given.get("aksi", "").partition(":")
    match action:
        case "kirim":
            ask("write", channel=channel, **me, **_message(request, channel, who))
        case "pilih":
            number, _colon, key = rest.partition(":")
            ask("choose", **me, number=int(number) if number.isdigit() else 0, key=key)
        case "lokasi":
            ask("place", **me)
        case "dinas":
            ask("away", **me, answer=int(rest) if rest.isdigit() else 0)
        case "pantul":
            ask("bounce", person=me["person"], answer=int(rest) if rest.isdigit() else 0)
        case "telepon":
            ask("call", person=me["person"], event=rest, extension=given.get("ekstensi", ""))
        case "sakelar":
            names = ("thrice", "backwards", "slow", "reads")
            fault = given.get("gangguan", "")
            ask("switch", fault=fault if fault in FAULTS else "", **{name: name in given for name in names})


def _message(request: HttpRequest, channel: str, who: Requester) -> dict[str, Any]:
    """What was written, as the channel wants it. Raises Refused."""
    given = request.POST
    text, answer = given.get("teks", "").strip()[:20_000], given.get("balas", "")
    files = [_taken(one) for one in request.FILES.getlist("berkas")[:MOST_FILES]]
    if not text and not (files and channel == "WHATSAPP"):
        raise Refused("simulator.empty", _("Tuliskan pesannya dahulu."))
    more: dict[str, Any] = {"text": text, "files": files}
    if channel == "EMAIL":
        to = given.get("ke", "")
        more |= {"subject": given.get("perihal", "")[:255], "answer": int(answer) if answer.isdigit() else 0}
        return {**more, "to": to if to in (MAILBOX, LAPOR_MAILBOX) else MAILBOX}
    if channel == "HAI":
        return {**more, "email": who.email, "subject": given.get("perihal", "")[:255]}
    return more


def _taken(file: Any) -> dict[str, str]:
    if file.size > LARGEST:
        raise Refused("simulator.file", _("Berkas {name} lebih besar dari 10 MB."), name=file.name)
    kind = file.content_type or "application/octet-stream"
    return {"name": file.name, "type": kind, "content": base64.b64encode(file.read()).decode()}
