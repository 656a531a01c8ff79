"""Pages and dialogs that relate tickets: merge, split off a message, children, links. Each posts to one verb."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from kernel.errors import Refused
from tickets import merging, relations, sorting, splitting
from tickets.access import visible_tickets
from tickets.actions import at_its_address, done, refused, who, working_ticket
from tickets.inbox.relatives import candidates
from tickets.models import Ticket, TicketEntry, Topic
from tickets.properties import PROPERTIES
from tickets.views import ticket_page

LONGEST = 50_000
KINDS = {"tautan": gettext_lazy("Tautan"), "anak": gettext_lazy("Tiket anak"), "induk": gettext_lazy("Tiket induk")}


@require_http_methods(["GET", "HEAD", "POST"])
@ticket_page
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """Choose the ticket that goes on, see both side by side, and say why; afterwards it is the open one."""
    row, now = working_ticket(request, number), timezone.now()
    sent = request.POST if request.method == "POST" else request.GET
    into, error = _named(request, sent.get("ke", "")), ""
    if request.method == "POST":
        try:
            if into is None:
                raise Refused("ticket.unknown", _("Tiket tujuan belum dipilih."))
            merging.merge_tickets(
                ticket=row, into=into, at=now, actor=who(request), reason=sent.get("alasan", "").strip()
            )
            return at_its_address(request, into.number, done(request, into.number, now, moved=row, whole=True))
        except Refused as refusal:
            error = refusal.message
    text = sent.get("q", "")[:200]
    context = {
        "into": into,
        "sides": [_side(ticket) for ticket in (row, into) if ticket] if into else [],
        "q": text,
        "candidates": [] if into else candidates(row, who(request), text, now),
        "reason": sent.get("alasan", ""),
    }
    return dialog(request, row, "merge", _("Gabungkan tiket"), context, error)


@require_http_methods(["GET", "HEAD", "POST"])
@ticket_page
def split(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Make a ticket of one message."""
    row, now = working_ticket(request, number), timezone.now()
    entries = TicketEntry.objects.select_related("message", "ticket")
    entry = get_object_or_404(entries, pk=pk, ticket=row, message__isnull=False)
    sent, error = request.POST, ""
    if request.method == "POST":
        try:
            topic = _topic(sent)
            splitting.split_message(
                entry=entry, subject=sent.get("subjek", ""), topic=topic, at=now, actor=who(request)
            )
            return done(request, number, now, whole=True)
        except Refused as refusal:
            error = refusal.message
    subject = sent.get("subjek", splitting.subject_for(entry.message, row) if entry.message else "")
    context = {"entry": entry, "topics": _topics(), "subject": subject, "topic": sent.get("topik", "")}
    return dialog(request, row, "split", _("Jadikan tiket baru"), context, error)


@require_http_methods(["GET", "HEAD", "POST"])
@ticket_page
def child(request: HttpRequest, number: str) -> HttpResponse:
    """A new ticket for a part of this one; `lanjutan` links it instead, after the time to reopen has passed."""
    row, now = working_ticket(request, number), timezone.now()
    sent, error = request.POST, ""
    follows = "lanjutan" in request.GET
    if request.method == "POST":
        make = relations.create_follow_up if follows else relations.create_child
        try:
            new = make(
                parent=row,
                text=sent.get("teks", "")[:LONGEST],
                subject=sent.get("subjek", "")[:255],
                topic=_topic(sent),
                at=now,
                actor=who(request),
            )
            return _go_to(request, new) if follows else done(request, number, now, whole=True)
        except Refused as refusal:
            error = refusal.message
    subject = sent.get("subjek") or (row.subject if follows else "")
    topic = sent.get("topik") or (row.topic.code if row.topic else "")
    context = {"topics": _topics(), "subject": subject, "topic": topic, "text": sent.get("teks", "")}
    title = _("Buat tiket lanjutan") if follows else _("Buat tiket anak")
    return dialog(request, row, "child", title, context | {"follows": follows}, error)


@require_http_methods(["GET", "HEAD", "POST"])
@ticket_page
def link(request: HttpRequest, number: str) -> HttpResponse:
    """Relate the ticket with one that is there: as linked, as its child, or as its parent."""
    row, now = working_ticket(request, number), timezone.now()
    sent = request.POST if request.method == "POST" else request.GET
    kind, error = sent.get("jenis", "tautan"), ""
    if kind not in KINDS:
        raise Http404
    if request.method == "POST":
        try:
            _relate(request, row, kind, now)
            return done(request, number, now, whole=True)
        except Refused as refusal:
            error = refusal.message
    text = sent.get("q", "")[:200]
    context = {"kinds": KINDS, "kind": kind, "q": text, "candidates": candidates(row, who(request), text, now)}
    return dialog(request, row, "link", _("Kaitkan tiket"), context, error)


@require_POST
@ticket_page
def unlink(request: HttpRequest, number: str) -> HttpResponse:
    """Take one relation away."""
    row, now = working_ticket(request, number), timezone.now()
    other = _named(request, request.POST.get("nomor", ""))
    if other is None:
        return refused(request, row, now, _("Tiket ini tidak ditemukan. Pilih dari daftar."))
    how: dict[str, Any] = {"at": now, "actor": who(request)}
    try:
        match request.POST.get("jenis"):
            case "induk":
                sorting.set_parent(ticket=row, parent=None, **how)
            case "anak":
                sorting.set_parent(ticket=other, parent=None, **how)
            case "gabungan":
                merging.unmerge_ticket(ticket=other, **how)
            case "tautan":
                relations.unlink_tickets(ticket=row, other=other, **how)
            case _:
                raise Http404
    except Refused as refusal:
        return refused(request, row, now, refusal.message)
    return done(request, number, now, whole=True)


def dialog(
    request: HttpRequest, row: Ticket, name: str, title: str, context: dict[str, Any], error: str
) -> HttpResponse:
    """The form of a move: in the page's dialog for htmx, else a page of its own. A refusal stands above it."""
    context = {"ticket": row, "title": title, "refusal": error, "form": f"tickets/_dialog_{name}.html", **context}
    if not request.headers.get("HX-Request"):
        return render(request, "tickets/dialog.html", context)
    response = render(request, "tickets/_dialog.html", context)
    if error:
        response["HX-Retarget"], response["HX-Reswap"] = "#dialog-tiket", "innerHTML"
    return response


def _relate(request: HttpRequest, row: Ticket, kind: str, now: datetime) -> None:
    other = _named(request, request.POST.get("nomor", ""))
    if other is None:
        raise Refused("ticket.unknown", _("Tiket ini tidak ditemukan. Pilih dari daftar."))
    how: dict[str, Any] = {"at": now, "actor": who(request)}
    match kind:
        case "anak":
            sorting.set_parent(ticket=other, parent=row, **how)
        case "induk":
            sorting.set_parent(ticket=row, parent=other, **how)
        case _:
            relations.link_tickets(ticket=row, other=other, **how)


def _named(request: HttpRequest, number: str) -> Ticket | None:
    rows = visible_tickets(request.user).select_related("channel", "contact", "topic", "assignee", "region")
    return rows.filter(number=number.strip()).first() if number else None


def _side(ticket: Ticket) -> dict[str, Any]:
    said = ticket.entries.filter(kind=TicketEntry.Kind.MESSAGE).select_related("message")
    first = said.first()
    return {"ticket": ticket, "messages": said.count(), "first": first.message.body if first and first.message else ""}


def _topic(sent: QueryDict) -> Topic | None:
    code = sent.get("topik", "")
    return PROPERTIES["topik"].parse(code) if code else None


def _topics() -> list[Topic]:
    return list(Topic.objects.filter(active=True).select_related("owner_unit"))


def _go_to(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    address = reverse("ticket", args=[ticket.number])
    if not request.headers.get("HX-Request"):
        return redirect(address)
    return HttpResponse(headers={"HX-Redirect": address})
