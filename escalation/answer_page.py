"""/jawab/: the page behind a letter's link. It answers one escalation, shows its clock, and leads nowhere else."""

from datetime import datetime
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from escalation import verbs
from escalation.ask_page import LONGEST
from escalation.drawer import exchanges_of, words_of_requester
from escalation.files import uploaded_files
from escalation.handing import handed
from escalation.ladder import countdown, ladder_of, moment
from escalation.links import mark_used, opened
from escalation.models import AnswerLink, Escalation, EscalationFile
from escalation.scores import Judge
from escalation.ticket_side import UNFINISHED
from kernel.errors import Refused
from people.log import log_access
from tickets.composer.serving import serve
from tickets.inbox.file_lines import FileLine, line_of

_KEPT = "same-origin"  # with no-referrer browsers send the form with "Origin: null", which the check of forms refuses


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def answer(request: HttpRequest, secret: str) -> HttpResponse:
    """The question and a field for the answer, as the person the link was made for."""
    now = timezone.now()
    link = opened(secret, now)
    if link is None:
        return _shown(request, "escalation/answer_gone.html", {}, 404)
    mark_used(link, now)
    row, refusal = link.escalation, ""
    if request.method == "POST":
        text = request.POST.get("jawaban", "")[:LONGEST]
        try:
            files = uploaded_files(request.FILES.getlist("berkas"), now)
            basis = request.POST.get("dasar", "").split(";")
            verbs.answer(row, answer=text, legal_basis=basis, files=files, at=now, actor=link.user)
        except Refused as refused:
            row.refresh_from_db()
            refusal = "" if _is_answer_of(link, text) else refused.message
        row.refresh_from_db()
    log_access(user=link.user, action="escalation.read", record=row, reason="link", at=now)
    context = _context(link, secret, now) | {"refusal": refusal, "sent": request.POST}
    return _shown(request, "escalation/answer.html", context)


@require_safe
@never_cache
def file(request: HttpRequest, secret: str, file: int) -> FileResponse:
    """A file of the question or the answer, for as long as the link opens its page."""
    link = opened(secret, timezone.now())
    if link is None:
        raise Http404
    row = get_object_or_404(EscalationFile.objects.select_related("file"), pk=file, escalation=link.escalation)
    response = serve(row.file, row.name, view="lihat" in request.GET)
    response["Referrer-Policy"] = _KEPT
    return response


def _is_answer_of(link: AnswerLink, text: str) -> bool:
    """Whether this is what stands there already: the form came twice."""
    row, answered = link.escalation, Escalation.Status.ANSWERED
    return (row.status, row.answered_by_id, row.answer) == (answered, link.user_id, text.strip())


def _context(link: AnswerLink, secret: str, now: datetime) -> dict[str, Any]:
    row, judge = link.escalation, Judge.now()
    waits = row.status in UNFINISHED
    quote, quoted = words_of_requester(row)
    files = list(row.files.select_related("file"))
    return {
        "row": row,
        "who": link.user,
        "waits": waits,
        "drawer": {"ladder": ladder_of(judge, row, now)} if waits else None,
        "countdown": countdown(judge, now),
        "exchanges": exchanges_of(row, now),
        "handed": handed(row, now),
        "quote": quote,
        "quoted": quoted,
        "files": _lines(files, EscalationFile.Kind.QUESTION, secret),
        "answer_files": _lines(files, EscalationFile.Kind.ANSWER, secret),
        "answered": moment(row.answered_at, now) if row.answered_at else "",
    }


def _lines(files: list[EscalationFile], kind: str, secret: str) -> list[FileLine]:
    return [
        line_of(row.pk, row.name, row.file, reverse("layer2-answer-file", args=[secret, row.pk]))
        for row in files
        if row.kind == kind
    ]


def _shown(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Nothing about the page goes elsewhere: the address is a key."""
    response = render(request, template, context, status=status)
    response["Referrer-Policy"] = _KEPT
    response["X-Robots-Tag"] = "noindex"
    return response
