"""What the list answers to: rows by their ids, moves on many tickets, saved views, tags, read or unread."""

import json
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.errors import Refused
from tickets.access import may_work_on_tickets, visible_tickets
from tickets.inbox import bulk, reading, saved_views
from tickets.inbox.filters import FilterForm
from tickets.inbox.moves import move_of
from tickets.inbox.page import Inbox, list_context
from tickets.inbox.tags import tags_for
from tickets.models import SavedView
from tickets.views import ticket_page

_SIGNER = signing.TimestampSigner(salt="tickets.saved_view")
_RESTORE_WITHIN = 600  # seconds
_LIST_CHANGED, _TICKET_CHANGED = "tiket-berubah", "satu-tiket-berubah"


@require_safe
@ticket_page
def rows(request: HttpRequest) -> HttpResponse:
    """The rows of `id=…` as they look in the list of this address; those that left it are missing."""
    inbox = Inbox(request.user, request.GET, timezone.now())
    ids = [int(value) for value in request.GET.getlist("id")[: bulk.MOST] if value.isascii() and value.isdigit()]
    found = inbox.rows([pk for pk in ids if pk < 2**63])
    return render(request, "tickets/_rows.html", {"rows": found, "user": request.user})


@require_POST
@ticket_page
def run_bulk(request: HttpRequest) -> HttpResponse:
    """One move on the chosen tickets; says how many were done, and why the others were not."""
    now = timezone.now()
    try:
        move = move_of(request.POST, works=may_work_on_tickets(request.user))
        numbers = request.POST.getlist("tiket")
        outcome = bulk.run(move, visible=visible_tickets(request.user), numbers=numbers, at=now, actor=request.user)
    except Refused as refusal:
        return _outcome(request, {"refusal": refusal.message})
    steps = bulk.steps_of(outcome, request.user)
    back = f"{reverse('bulk-undo')}?langkah={','.join(map(str, steps))}" if steps else ""
    return _outcome(request, {"result": outcome, "summary": bulk.summary(outcome), "back": back})


@require_POST
@ticket_page
def undo_bulk(request: HttpRequest) -> HttpResponse:
    """Take back what one has just done to many tickets."""
    steps = [int(key) for key in request.GET.get("langkah", "").split(",") if key.isascii() and key.isdigit()]
    visible = visible_tickets(request.user)
    outcome = bulk.undo(
        visible=visible, steps=[key for key in steps if key < 2**63], at=timezone.now(), actor=request.user
    )
    return _outcome(request, {"result": outcome, "summary": bulk.summary(outcome), "back": ""})


@require_POST
@ticket_page
def set_read(request: HttpRequest, number: str) -> HttpResponse:
    """Mark one ticket unread, or read with `dibaca=ya`."""
    ticket = get_object_or_404(visible_tickets(request.user), number=number)
    read = request.POST.get("dibaca") == "ya"
    verb = reading.mark_read if read else reading.mark_unread
    verb(ticket=ticket, at=timezone.now(), actor=request.user)
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(_list_address(request))
    text = _("Ditandai sudah dibaca.") if read else _("Ditandai belum dibaca.")
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"dering:toast": {"text": text}, _TICKET_CHANGED: {"id": ticket.pk}})
    return response


@require_safe
@ticket_page
def tags(request: HttpRequest) -> HttpResponse:
    """Options for a field that takes tags: those in use that begin with what was typed last."""
    typed = (request.GET.get("tanda") or "").rpartition(",")
    found = tags_for(request.user, prefix=typed[2].strip(), at=timezone.now())[:20]
    before = f"{typed[0]}{typed[1]} " if typed[1] else ""
    return render(request, "tickets/_tags.html", {"options": [f"{before}{tag}" for tag, _count in found]})


@require_http_methods(["GET", "HEAD", "POST"])
@ticket_page
def new_view(request: HttpRequest) -> HttpResponse:
    """Give the list of this address a name."""
    inbox = Inbox(request.user, request.GET, timezone.now())
    context = _view_form(request, inbox, None)
    if request.method != "POST":
        return _dialog(request, context | {"name": "" if context["from_saved"] else context["suggested"]})
    try:
        view = saved_views.create_view(
            name=request.POST.get("nama", ""),
            query=inbox.stored,
            sort=inbox.asked.sort,
            shared=request.POST.get("bagikan") == "ya",
            at=timezone.now(),
            actor=request.user,
        )
    except Refused as refusal:
        return _dialog(request, context | _typed(request, refusal))
    return _go(request, f"{reverse('inbox')}?simpanan={view.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@ticket_page
def change_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename, share, move or delete a saved view; with a list in the address, keep that list instead."""
    view = get_object_or_404(saved_views.visible_views(request.user), pk=pk)
    inbox = Inbox(request.user, request.GET, timezone.now()) if "tampilan" in request.GET else None
    context = _view_form(request, inbox, view)
    if request.method != "POST":
        return _dialog(request, context | {"name": view.name, "shared": view.shared})
    try:
        return _changed(request, view, inbox)
    except Refused as refusal:
        return _dialog(request, context | _typed(request, refusal))


@require_POST
@ticket_page
def restore_view(request: HttpRequest) -> HttpResponse:
    """Take back the deletion of a saved view."""
    try:
        kept = _SIGNER.unsign_object(request.GET.get("isi", ""), max_age=_RESTORE_WITHIN)
        saved_views.restore_view(kept=kept, at=timezone.now(), actor=request.user)
    except signing.BadSignature as error:
        raise Http404 from error
    except Refused as refusal:
        return _said(HttpResponse(status=204), refusal.message, tone="danger")
    return _said(HttpResponse(status=204), _("Tampilan dikembalikan."))


def _changed(request: HttpRequest, view: SavedView, inbox: Inbox | None) -> HttpResponse:
    how: dict[str, Any] = {"view": view, "at": timezone.now(), "actor": request.user}
    match request.POST.get("aksi"):
        case "hapus":
            kept = saved_views.as_kept(view)
            saved_views.delete_view(**how)
            back = f"{reverse('view-restore')}?isi={_SIGNER.sign_object(kept, compress=True)}"
            return _go(request, reverse("inbox"), _("Tampilan “{name}” dihapus.").format(name=view.name), back)
        case "naik":
            saved_views.move_view(step=-1, **how)
        case "turun":
            saved_views.move_view(step=1, **how)
        case _:
            changes: dict[str, Any] = {
                "name": request.POST.get("nama", ""),
                "shared": request.POST.get("bagikan") == "ya",
            }
            if inbox:
                changes |= {"query": inbox.stored, "sort": inbox.asked.sort}
            saved_views.change_view(**how, **changes)
            return _go(request, f"{reverse('inbox')}?simpanan={view.pk}", _("Tampilan disimpan."))
    return _go(request, f"{reverse('inbox')}?simpanan={view.pk}")


def _view_form(request: HttpRequest, inbox: Inbox | None, view: SavedView | None) -> dict[str, Any]:
    chips = FilterForm(saved_views.split(view)[0]).chips if view and not inbox else inbox.form.chips if inbox else []
    return {
        "saved": view,
        "chips": chips,
        "may_share": saved_views.may_share(request.user),
        "own": view is None or view.owner_id == request.user.pk,
        "from_saved": bool(inbox and inbox.asked.saved),
        "suggested": ", ".join(chip.label for chip in chips)[: saved_views.LONGEST_NAME],
        "longest": saved_views.LONGEST_NAME,
    }


def _typed(request: HttpRequest, refusal: Refused) -> dict[str, Any]:
    return {
        "refusal": refusal.message,
        "name": request.POST.get("nama", ""),
        "shared": request.POST.get("bagikan") == "ya",
    }


def _dialog(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The form alone for the dialog, or as a page of its own."""
    partial = bool(request.headers.get("HX-Request"))
    return render(
        request, "tickets/_view_form.html" if partial else "tickets/view_form.html", context | {"partial": partial}
    )


def _go(request: HttpRequest, address: str, text: str = "", undo: str = "") -> HttpResponse:
    """To the list at `address`; our script goes there and says `text` on arrival."""
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(address)
    response = HttpResponse(status=204)
    toast = {"text": text, "undo": undo} if text else None
    response["HX-Trigger"] = json.dumps({"dering:buka": {"address": address, "toast": toast}})
    return response


def _said(response: HttpResponse, text: str, **more: str) -> HttpResponse:
    """Say it in a toast, and have the list read again."""
    response["HX-Trigger"] = json.dumps({"dering:toast": {"text": text, **more}, _LIST_CHANGED: {}})
    return response


def _outcome(request: HttpRequest, outcome: dict[str, Any]) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        context = list_context(request, timezone.now()) | {"pane": "list", "outcome": outcome}
        return render(request, "tickets/inbox.html", context)
    response = render(
        request, "tickets/_outcome.html", {"outcome": outcome, "list_query": request.GET.urlencode(), "hx": True}
    )
    response["HX-Retarget"], response["HX-Reswap"] = "#hasil-massal", "innerHTML"  # an undo comes from the toast
    if "result" in outcome:
        said = {"text": outcome["summary"], "undo": outcome["back"]}
        response["HX-Trigger-After-Settle"] = json.dumps({"dering:toast": said, _LIST_CHANGED: {}})
    return response


def _list_address(request: HttpRequest) -> str:
    query: QueryDict = request.GET
    return reverse("inbox") + (f"?{query.urlencode()}" if query else "")
