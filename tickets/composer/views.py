"""What the composer posts: replies and notes, drafts and their files, taking back; and what it asks for."""

import json
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel.errors import Refused
from messaging.models import Attachment, Message
from messaging.scanning.verbs import why_held
from people.log import log_access
from tickets import slots
from tickets.access import may_work_on_tickets
from tickets.actions import at_its_address, done, refused, working_ticket
from tickets.composer import drafts, macros, mentions, sending, uploads
from tickets.composer.context import drafts_with_files, quoting_of, saved_label
from tickets.composer.crossing import LARGEST_ID, Crossed, crossing_entries
from tickets.composer.macro_actions import in_words
from tickets.composer.serving import serve, serve_attachment
from tickets.composer.texts import show_text
from tickets.inbox.conversation import conversation_of
from tickets.models import Draft, DraftFile, Macro, NoteFile, Ticket, Topic
from tickets.views import shown_ticket, thread_context, ticket_page

_THEN = {"tunggu": sending.WAIT, "selesai": sending.CLOSE}
_KINDS = {"reply": Draft.Kind.REPLY, "note": Draft.Kind.NOTE}


@require_POST
@ticket_page
def say(request: HttpRequest, number: str) -> HttpResponse:
    """A reply to the requester, or an internal note."""
    row, now = working_ticket(request, number), timezone.now()
    mode = "note" if request.POST.get("mode") == "note" else "reply"
    typed = request.POST
    try:
        _keep_files(request, row, mode, now)
        said, message = _said(request, row, mode, now)
    except Crossed as crossed:
        fresh = _crossing(request, row, crossed)
        return refused(request, row, now, "", mode=mode, typed=typed, crossed=fresh, then=typed.get("lalu", ""))
    except Refused as refusal:
        asks = refusal.code == "ticket.needs_topic"
        topics = Topic.objects.filter(active=True) if asks else None
        message = "" if asks else refusal.message
        return refused(request, row, now, message, mode=mode, typed=typed, ask_topic=topics)
    if not request.headers.get("HX-Request"):
        return done(request, number, now, mode=mode)
    if typed.get("utuh") or typed.get("lalu") or typed.get("makro"):  # more has changed than what was said
        response = done(request, number, now, mode=mode, sent=mode)
    else:
        response = _what_was_said(request, said, now, mode)
    if message:
        undo = reverse("ticket-take-back", args=[number, message.pk])
        _toast(response, text=_("Jawaban lisan dicatat") if row.channel.is_spoken else _("Balasan dikirim"), undo=undo)
    return response


@require_POST
@ticket_page
def take_back(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Undo sending: the reply is a draft again."""
    row, now = working_ticket(request, number), timezone.now()
    message = get_object_or_404(Message, pk=pk, ticket_entry__ticket=row)
    try:
        sending.take_back(ticket=row, message=message, at=now, actor=request.user)
    except Refused as refusal:
        return refused(request, row, now, refusal.message)
    response = done(request, number, now, whole=True, mode="reply")
    _toast(response, text=_("Balasan dibatalkan, kembali menjadi draf"))
    return at_its_address(request, number, response)


@require_POST
@ticket_page
def save_draft(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what is typed; `clash` with the newer text when another page has changed it."""
    row, now, kind = working_ticket(request, number), timezone.now(), _kind(request)
    version = None if request.POST.get("timpa") else request.POST.get("versi", "")
    text = _text(request.POST.get("teks", ""))
    try:
        draft = drafts.save_draft(ticket=row, kind=kind, text=text, version=version, at=now, actor=request.user)
    except Refused as refusal:
        draft = drafts.draft_of(row, kind, request.user)
        return JsonResponse(_draft_json(draft) | {"clash": refusal.message})
    return JsonResponse(_draft_json(draft))


@require_POST
@ticket_page
def upload(request: HttpRequest, number: str) -> HttpResponse:
    """Put one file or several into the draft; the list of its files comes back, with what was refused."""
    row, now = working_ticket(request, number), timezone.now()
    mode = "note" if request.POST.get("mode") == "note" else "reply"
    refusal = ""
    try:
        _keep_files(request, row, mode, now)
    except Refused as error:
        refusal = error.message
    return _files(request, row, mode, refusal)


@require_POST
@ticket_page
def remove_file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a file out of one's draft."""
    row = working_ticket(request, number)
    file = _own_file(request, row, pk)
    mode = file.draft.kind.lower()
    uploads.remove_file(row=file, actor=request.user)
    if not request.headers.get("HX-Request"):
        return done(request, number, timezone.now(), mode=mode)
    return _files(request, row, mode, "")


@require_safe
@ticket_page
def draft_file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A file of one's own draft."""
    row = working_ticket(request, number)
    file = _own_file(request, row, pk)
    if "isi" in request.GET:
        return show_text(request, row, file.file, file.name)
    return serve(file.file, file.name, view="lihat" in request.GET)


@require_safe
@ticket_page
def attachment(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A file of a message on this ticket."""
    row = shown_ticket(request, number)
    found = get_object_or_404(Attachment.objects.select_related("file"), pk=pk, message__ticket_entry__ticket=row)
    log_access(user=request.user, action="ticket.file_read", record=row, reason=found.name, at=timezone.now())
    if "isi" in request.GET and not why_held(found):
        return show_text(request, row, found.file, found.name)
    return serve_attachment(found, view="lihat" in request.GET)


@require_safe
@ticket_page
def note_file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A file of an internal note on this ticket."""
    row = shown_ticket(request, number)
    found = get_object_or_404(NoteFile.objects.select_related("file"), pk=pk, entry__ticket=row)
    log_access(user=request.user, action="ticket.file_read", record=row, reason=found.name, at=timezone.now())
    if "isi" in request.GET:
        return show_text(request, row, found.file, found.name)
    return serve(found.file, found.name, view="lihat" in request.GET)


@require_safe
@ticket_page
def quote(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A message of the ticket as the composer shows it above the reply that answers it."""
    row = working_ticket(request, number)
    try:
        quoting = quoting_of(row, pk)
    except Refused:
        raise Http404 from None
    return render(request, "tickets/_quoted.html", {"quoting": quoting, "ticket": row})


@require_safe
@ticket_page
def earlier(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The entries before this one."""
    row = shown_ticket(request, number)
    found = conversation_of(row, before=pk)
    shown = {"ticket": row, "conversation": found, "works": may_work_on_tickets(request.user)}
    return render(request, "tickets/_entries.html", shown | {"closed": row.status == Ticket.Status.CLOSED})


@require_safe
@ticket_page
def colleagues(request: HttpRequest, number: str) -> HttpResponse:
    """Whom a note can name, by the letters typed after "@"."""
    row = working_ticket(request, number)
    people = mentions.offered(row, _text(request.GET.get("q", ""))[:60].strip(), but=request.user)
    return render(request, "tickets/_colleagues.html", {"people": people})


@require_safe
@ticket_page
def macro_list(request: HttpRequest, number: str) -> HttpResponse:
    """The macros as they would write on this ticket."""
    row, now = working_ticket(request, number), timezone.now()
    lines = []
    for macro in macros.visible_macros(request.user).filter(active=True):
        text, note = macros.written(macro, row, at=now, actor=request.user)
        lines.append({"macro": macro, "text": text, "note": note, "actions": in_words(macro.actions)})
    return render(request, "tickets/_macro_list.html", {"ticket": row, "lines": lines})


@require_POST
@ticket_page
def run_macro(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A macro that writes no reply: its actions, at once."""
    row, now = working_ticket(request, number), timezone.now()
    macro = get_object_or_404(macros.visible_macros(request.user), pk=pk)
    try:
        macros.apply(macro=macro, ticket=row, at=now, actor=request.user)
    except Refused as refusal:
        return refused(request, row, now, refusal.message)
    response = done(request, number, now)
    _toast(response, text=_("Makro “{title}” dijalankan").format(title=macro.title))
    return response


@require_safe
@ticket_page
def suggestions(request: HttpRequest, number: str) -> HttpResponse:
    """Articles that may answer this ticket, from the app that keeps them."""
    row = working_ticket(request, number)
    return render(request, "tickets/_suggestions.html", {"ticket": row, "suggestions": slots.suggestions(row)})


def _said(request: HttpRequest, row: Ticket, mode: str, now: datetime) -> tuple[Ticket, Message | None]:
    """The ticket after the reply or note, which its writer has read, and the message that may be taken back."""
    if mode == "note":
        said, message = _note(request, row, now), None
    else:
        sent = _reply(request, row, now)
        said, message = sent.ticket, sent.message
    said.contact = row.contact
    return said, message


def _what_was_said(request: HttpRequest, row: Ticket, now: datetime, mode: str) -> HttpResponse:
    """Head, conversation and an empty composer in the place of the old one; the list has changed too."""
    context = thread_context(request, row, now, read_at=now) | {"mode": mode, "sent": mode, "quoting": None}
    response = render(request, "tickets/_said.html", context)
    response["HX-Retarget"] = "#tulis"
    response["HX-Trigger-After-Settle"] = "tiket-berubah"
    return response


def _reply(request: HttpRequest, row: Ticket, now: datetime) -> sending.Sent:
    code = request.POST.get("topik", "")
    return sending.send_reply(
        ticket=row,
        text=_text(request.POST.get("teks", "")),
        then=_THEN.get(request.POST.get("lalu", ""), ""),
        topic=Topic.objects.filter(code=code, active=True).first() if code else None,
        seen=number_in(request.POST.get("terlihat", "")),
        macro=_macro(request),
        quoted=number_in(request.POST.get("kutip", "")) or None,
        reads=True,
        at=now,
        actor=request.user,
    )


def _note(request: HttpRequest, row: Ticket, now: datetime) -> Ticket:
    text = _text(request.POST.get("catatan", ""))
    return sending.send_note(ticket=row, text=text, macro=_macro(request), reads=True, at=now, actor=request.user)


def _macro(request: HttpRequest) -> Macro | None:
    pk = number_in(request.POST.get("makro", ""))
    return macros.visible_macros(request.user).filter(pk=pk).first() if pk else None


def _keep_files(request: HttpRequest, row: Ticket, mode: str, now: datetime) -> None:
    for file in request.FILES.getlist("berkas"):
        content, name = file.read(), _text(file.name or "")
        uploads.add_file(ticket=row, kind=_KINDS[mode], content=content, name=name, at=now, actor=request.user)


def _crossing(request: HttpRequest, row: Ticket, crossed: Crossed) -> list[Any]:
    new = set(crossing_entries(row, seen=crossed.seen, reader=request.user).values_list("pk", flat=True))
    return [item for item in conversation_of(row, after=crossed.seen).items if item.pk in new]


def _files(request: HttpRequest, row: Ticket, mode: str, refusal: str) -> HttpResponse:
    writing = drafts_with_files(request.user, row).get(_KINDS[mode])
    files = writing.files if writing else ()
    context = {"ticket": row, "kind": mode, "files": files, "file_refusal": refusal}
    return render(request, "tickets/_draft_files.html", context)


def _own_file(request: HttpRequest, row: Ticket, pk: int) -> DraftFile:
    rows = DraftFile.objects.select_related("file", "draft")
    return get_object_or_404(rows, pk=pk, draft__user=request.user, draft__ticket=row)


def _draft_json(draft: Draft | None) -> dict[str, str]:
    return {
        "version": drafts.version_of(draft),
        "text": draft.text if draft else "",
        "label": saved_label(draft) if draft else "",
    }


def _kind(request: HttpRequest) -> str:
    return _KINDS["note" if request.POST.get("mode") == "note" else "reply"]


def _text(value: str) -> str:
    """As PostgreSQL can keep it."""
    return value.replace("\x00", "").replace("\r\n", "\n")


def number_in(value: str) -> int | None:
    """A row's id as a form sends it; None for anything else."""
    return int(value) if value.isascii() and value.isdigit() and int(value) <= LARGEST_ID else None


def _toast(response: HttpResponse, **what: str) -> None:
    response["HX-Trigger"] = json.dumps({"dering:toast": what})
