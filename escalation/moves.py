"""What is done to an escalation from pages: each address calls one verb. A refusal comes back with what was typed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from escalation import asking, verbs
from escalation.access import answerable_escalations, leads, may_judge, may_see_queue, members_of
from escalation.ask_page import LONGEST, chosen_units
from escalation.drawer import drawer_of
from escalation.files import uploaded_files
from escalation.links import revoke_links
from escalation.models import Escalation, PlannedEscalation
from escalation.views import reader, shown_escalation, whole_page
from kernel.errors import Refused
from kernel.months import JAKARTA
from knowledge.access import visible_articles
from people.guard import page_for
from tickets.access import may_work_on_tickets

Move = Callable[[HttpRequest, Escalation, dict[str, Any]], str]
"""move(request, escalation, at and actor) calls one verb and returns what to say; raises Refused."""


@require_POST
@page_for(may_see_queue)
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One move by its code; back to the queue, or to the ticket where `kembali` says so."""
    row, now = shown_escalation(request, pk), timezone.now()
    if code not in _MOVES:
        raise Http404
    allowed, move = _MOVES[code]
    if not allowed(request, row):
        raise PermissionDenied
    try:
        said = move(request, row, {"at": now, "actor": request.user})
    except Refused as refusal:
        return refused(request, row.pk, now, refusal.message, code)
    messages.success(request, said)
    return redirect(_back(request, row, code))


@require_POST
@page_for(may_work_on_tickets)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Not to ask a planned unit after all."""
    plan = get_object_or_404(PlannedEscalation.objects.select_related("ticket", "unit", "after__ticket"), pk=pk)
    try:
        asking.cancel_plan(plan, at=timezone.now(), actor=reader(request))
        messages.success(request, _("{unit} tidak akan ditanya.").format(unit=plan.unit))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("ticket", plan.ticket.number)


def refused(request: HttpRequest, pk: int, now: datetime, message: str, code: str) -> HttpResponse:
    """The drawer again with the reason and all that was typed."""
    row = shown_escalation(request, pk)
    context = {"drawer": drawer_of(row, reader(request), now), "refusal": message, "sent": request.POST, "tried": code}
    return whole_page(request, row, now, context)


def _back(request: HttpRequest, row: Escalation, code: str) -> str:
    if request.POST.get("kembali") == "skor":
        return reverse("layer2-score", args=[row.pk])
    if request.POST.get("kembali") == "tiket":
        return reverse("ticket", args=[row.ticket.number])
    query = request.GET.urlencode()
    place = reverse("layer2") if code in _LEAVES else reverse("layer2-one", args=[row.pk])
    return f"{place}?{query}" if query else place


def _answers(request: HttpRequest, row: Escalation) -> bool:
    return answerable_escalations(request.user).filter(pk=row.pk).exists()


def _judges(request: HttpRequest, row: Escalation) -> bool:
    return may_judge(request.user)


def _take(request: HttpRequest, row: Escalation, how: dict[str, Any]) -> str:
    verbs.take(row, **how)
    return _("Eskalasi ini sekarang Anda tangani.")


def _assign(request: HttpRequest, row: Escalation, how: dict[str, Any]) -> str:
    """Heads give to anyone of the unit; others hand over what is theirs, or nobody's."""
    members = {member.user.username: member.user for member in members_of(row.unit.code)}
    chosen = members.get(request.POST.get("kepada", ""))
    if chosen is None:
        raise Refused("escalation.not_of_unit", gettext_lazy("Pilih agen Layer 2 unit ini."))
    day = how["at"].astimezone(JAKARTA).date()
    if row.taken_by_id not in (None, request.user.pk) and not leads(request.user, row.unit.code, day):
        raise Refused("escalation.not_yours", gettext_lazy("Hanya kepala unit yang memindahkan pekerjaan orang lain."))
    verbs.assign(row, assignee=chosen, **how)
    return _("Ditugaskan kepada {who}.").format(who=chosen)


def _answer(request: HttpRequest, row: Escalation, how: dict[str, Any]) -> str:
    sent = request.POST
    article = visible_articles(request.user).filter(code=sent.get("artikel", "")).first()
    verbs.answer(
        row,
        answer=sent.get("jawaban", "")[:LONGEST],
        to_requester=sent.get("tujuan") == "pemohon",
        legal_basis=sent.get("dasar", "").split(";"),
        article=article,
        propose_article=bool(sent.get("usulkan")),
        files=uploaded_files(request.FILES.getlist("berkas"), how["at"]),
        **how,
    )
    return _("Jawaban terkirim kepada pemohon.") if sent.get("tujuan") == "pemohon" else _("Jawaban terkirim.")


def _return(request: HttpRequest, row: Escalation, how: dict[str, Any]) -> str:
    verbs.return_to_layer1(row, reason=request.POST.get("alasan", "")[:LONGEST], **how)
    return _("Data diminta kepada Layer 1; jam berhenti.")


def _transfer(request: HttpRequest, row: Escalation, how: dict[str, Any]) -> str:
    unit = chosen_units(request.POST.getlist("unit")[:1], how["at"])[0]
    verbs.transfer(row, unit=unit, reason=request.POST.get("alasan", "")[:LONGEST], **how)
    return _("Dialihkan ke {unit} dengan jam baru.").format(unit=unit)


def _exclude(request: HttpRequest, row: Escalation, how: dict[str, Any]) -> str:
    verbs.exclude_from_score(row, reason=request.POST.get("alasan", ""), **how)
    return _("Dikeluarkan dari rata-rata; alasannya tercatat di laporan.")


def _include(request: HttpRequest, row: Escalation, how: dict[str, Any]) -> str:
    verbs.include_in_score(row, reason=request.POST.get("alasan", ""), **how)
    return _("Dihitung lagi dalam rata-rata.")


def _revoke(request: HttpRequest, row: Escalation, how: dict[str, Any]) -> str:
    day = how["at"].astimezone(JAKARTA).date()
    if not leads(request.user, row.unit.code, day):
        raise Refused("escalation.not_yours", gettext_lazy("Hanya kepala unit yang mencabut tautan."))
    revoke_links(escalation=row, **how)
    return _("Tautan jawaban lewat email dicabut.")


_MOVES: dict[str, tuple[Callable[[HttpRequest, Escalation], bool], Move]] = {
    "ambil": (_answers, _take),
    "tugaskan": (_answers, _assign),
    "jawab": (_answers, _answer),
    "minta": (_answers, _return),
    "alihkan": (_answers, _transfer),
    "cabut-tautan": (_answers, _revoke),
    "kecualikan": (_judges, _exclude),
    "sertakan": (_judges, _include),
}
_LEAVES = frozenset({"jawab", "alihkan"})  # the escalation is done with
