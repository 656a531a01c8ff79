"""/jawab/: the page behind a letter's link. It answers one escalation, shows its clock, and leads nowhere else."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from escalation import verbs
from escalation.ask_page import LONGEST
from escalation.drawer import exchanges_of
from escalation.files import uploaded_files
from escalation.ladder import countdown, ladder_of
from escalation.links import mark_used, opened
from escalation.models import AnswerLink
from escalation.scores import Judge
from escalation.ticket_side import UNFINISHED
from kernel.errors import Refused
from people.log import log_access


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
        try:
            files = uploaded_files(request.FILES.getlist("berkas"), now)
            basis = request.POST.get("dasar", "").split(";")
            text = request.POST.get("jawaban", "")[:LONGEST]
            verbs.answer(row, answer=text, legal_basis=basis, files=files, at=now, actor=link.user)
        except Refused as refused:
            refusal = refused.message
        row.refresh_from_db()
    log_access(user=link.user, action="escalation.read", record=row, reason="link", at=now)
    return _shown(request, "escalation/answer.html", _context(link, now) | {"refusal": refusal, "sent": request.POST})


def _context(link: AnswerLink, now: datetime) -> dict[str, Any]:
    row, judge = link.escalation, Judge.now()
    waits = row.status in UNFINISHED
    return {
        "row": row,
        "who": link.user,
        "waits": waits,
        "drawer": {"ladder": ladder_of(judge, row, now)} if waits else None,
        "countdown": countdown(judge, now),
        "exchanges": exchanges_of(row, now),
    }


def _shown(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Nothing about the page goes elsewhere: the address is a key."""
    response = render(request, template, context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
