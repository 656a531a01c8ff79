"""/lapor/: the documents that came by Email Lapor, which are missing, and who gets them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.errors import Refused
from messaging.models import Attachment, Channel
from messaging.scanning.verbs import why_held
from outreach import lapor
from outreach.access import may_read_lapor, may_work_on_lapor, visible_lapor_mails
from outreach.completeness import complete, matrix
from outreach.forms import MailForm
from outreach.models import LaporMail, LaporRule, PersonInCharge
from people.contacts import find_or_create_contact
from people.guard import page_for
from people.log import log_access
from people.models import Region, Unit
from people.reference import REGIONS, UNITS
from people.units import unit_on
from tickets.composer.serving import serve_attachment

PAGE = 50
EMAIL = "EMAIL"


@require_safe
@page_for(may_read_lapor)
def mails(request: HttpRequest) -> HttpResponse:
    """The mails, newest first, narrowed by what the address says."""
    rows = _narrowed(visible_lapor_mails(request.user), request)
    pages = Paginator(rows.select_related("region", "unit", "ticket").order_by("-received_at", "-id"), PAGE)
    page = pages.get_page(request.GET.get("halaman"))
    log_access(user=request.user, action="lapor.read", record=LaporMail, at=timezone.now())
    context = {
        "page_obj": page, "page_numbers": pages.get_elided_page_range(page.number),
        "types": LaporMail.DocumentType.choices, "units": _units(), "chosen": request.GET,
        "works": may_work_on_lapor(request.user),
    }  # fmt: skip
    return render(request, "outreach/lapor_mails.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(may_read_lapor)
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail with what was recognised; setting it right is learnt."""
    row = _mail(request, pk)
    works = may_work_on_lapor(request.user)
    given = {
        "dokumen": row.document_type, "periode": row.period,
        "wilayah": row.region.display_name if row.region else "", "unit": row.unit.code if row.unit else "",
    }  # fmt: skip
    form = MailForm(request.POST or None, initial=given)
    if request.method == "POST":
        if not works:
            raise PermissionDenied
        if form.is_valid():
            _correct(request, row, form.cleaned_data)
            return redirect("lapor-mail", pk)
    log_access(user=request.user, action="lapor.opened", record=row, at=timezone.now())
    person = PersonInCharge.objects.filter(unit_code=row.unit.code).first() if row.unit else None
    kept = row.message.attachments.select_related("file") if row.message else []
    files = [(one, why_held(one)) for one in kept]
    return render(
        request,
        "outreach/lapor_mail.html",
        {"mail": row, "form": form, "works": works, "person": person, "files": files},
    )


@require_safe
@page_for(may_read_lapor)
def attachment(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """A file that came with the mail."""
    row = _mail(request, pk)
    found = get_object_or_404(Attachment.objects.select_related("file"), pk=file, message__lapor_mail=row)
    log_access(user=request.user, action="lapor.file_read", record=row, reason=found.name, at=timezone.now())
    return serve_attachment(found, view="lihat" in request.GET)


@require_POST
@page_for(may_work_on_lapor)
def forward(request: HttpRequest, pk: int) -> HttpResponse:
    """To the unit's person in charge."""
    row = _mail(request, pk)
    try:
        lapor.forward(mail=row, note=_text(request.POST, "catatan", 2000), at=timezone.now(), actor=request.user)
        messages.success(request, _("Diteruskan kepada PiC {unit}.").format(unit=row.unit.code))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("lapor-mail", pk)


@require_POST
@page_for(may_work_on_lapor)
def ticket(request: HttpRequest, pk: int) -> HttpResponse:
    """It asks something: a ticket of the call centre's mailbox."""
    row = _mail(request, pk)
    try:
        made = ticket_of(row, actor=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("lapor-mail", pk)
    return redirect("ticket", made.number)


@require_safe
@page_for(may_read_lapor)
def completeness(request: HttpRequest) -> HttpResponse:
    """Per Pemda and period whether the document came."""
    kinds = dict(LaporMail.DocumentType.choices)
    kind = request.GET.get("dokumen", "")
    kind = kind if kind in kinds else LaporMail.DocumentType.APBD.value
    year = request.GET.get("tahun", "")
    year = year if year.isascii() and year.isdigit() and len(year) == 4 else str(timezone.localdate().year)
    province = request.GET.get("provinsi", "")
    provinces = [row for row in REGIONS().values() if row.province_id is None]
    province = province if province in {row.code for row in provinces} else ""
    periods, lines = matrix(kind, year, province)
    shown = [line for line in lines if line.missing] if request.GET.get("hanya") == "kurang" else lines
    context = {
        "types": kinds.items(), "kind": kind, "year": year, "provinces": provinces, "province": province,
        "periods": periods, "lines": shown, "only": request.GET.get("hanya") == "kurang",
        "works": may_work_on_lapor(request.user),
        "whole": complete(periods, lines), "all": len(lines),
    }  # fmt: skip
    return render(request, "outreach/lapor_completeness.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(may_work_on_lapor)
def rules(request: HttpRequest) -> HttpResponse:
    """The units' persons in charge, and the rules with what was learnt; rules may be added and taken away."""
    if request.method == "POST":
        given, by = request.POST, {"at": timezone.now(), "actor": request.user}
        try:
            if (pk := given.get("hapus", "")).isascii() and pk.isdigit() and len(pk) < 19:
                lapor.drop_rule(rule=get_object_or_404(LaporRule, pk=int(pk)), **by)
            elif "pic" in given:
                unit = get_object_or_404(Unit, code=_text(given, "pic", 10), valid_to=None)
                name, email = _text(given, "nama", 120), _text(given, "email", 254)
                lapor.set_person_in_charge(unit_code=unit.code, name=name, email=email, **by)
            else:
                kind, unit = given.get("dokumen", ""), _text(given, "unit", 10)
                lapor.add_rule(words=_text(given, "kata", 255), document_type=kind, unit_code=unit, **by)
            messages.success(request, _("Tersimpan."))
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect("lapor-rules")
    people = {row.unit_code: row for row in PersonInCharge.objects.all()}
    context = {
        "people": [(unit, people.get(unit.code)) for unit in _units()], "units": _units(),
        "types": LaporMail.DocumentType.choices, "rules": LaporRule.objects.select_related("region")[:500],
    }  # fmt: skip
    return render(request, "outreach/lapor_rules.html", context)


def ticket_of(row: LaporMail, *, at: Any, actor: Any) -> Any:
    """The ticket of a mail, for whoever sent it."""
    if not row.sender:
        raise Refused("lapor.no_sender", _("Pengirim surat ini tidak diketahui."))
    name = row.sender.partition("@")[0]
    contact, _new = find_or_create_contact(name=name, email=row.sender, region=row.region, at=at, actor=actor)
    text = (row.message.body if row.message else "").strip() or row.subject or row.external_id
    channel = Channel.objects.get(code=EMAIL)
    return lapor.make_ticket(mail=row, contact=contact, channel=channel, text=text, at=at, actor=actor)


def _correct(request: HttpRequest, row: LaporMail, given: dict[str, Any]) -> None:
    now = timezone.now()
    unit = unit_on(given["unit"], timezone.localdate(row.received_at)) if given["unit"] else None
    lapor.classify_lapor_mail(
        mail=row, document_type=given["dokumen"], period=given["periode"], region=given["wilayah"], unit=unit,
        at=now, actor=request.user,
    )  # fmt: skip
    messages.success(request, _("Tersimpan. Surat serupa berikutnya dikenali dengan koreksi ini."))


def _mail(request: HttpRequest, pk: int) -> LaporMail:
    rows = visible_lapor_mails(request.user).select_related("region", "unit", "ticket", "message", "forward")
    return get_object_or_404(rows, pk=pk)


def _units() -> list[Unit]:
    return sorted((unit for unit in UNITS().values() if unit.valid_to is None), key=lambda unit: unit.code)


def _narrowed(rows: QuerySet[LaporMail], request: HttpRequest) -> QuerySet[LaporMail]:
    given = request.GET
    if (kind := given.get("dokumen")) in LaporMail.DocumentType.values:
        rows = rows.filter(document_type=kind)
    if unit := _text(given, "unit", 10):
        rows = rows.filter(unit__code=unit)
    if period := _text(given, "periode", 20):
        rows = rows.filter(period__startswith=period)
    if text := _text(given, "cari", 100):
        regions = Region.objects.filter(display_name__icontains=text)
        rows = rows.filter(Q(subject__icontains=text) | Q(sender__icontains=text) | Q(region__in=regions))
    open_ = Q(region=None) | Q(period="") | Q(document_type=LaporMail.DocumentType.OTHER)
    states = {"belum": open_, "teruskan": Q(forwarded_at=None, ticket=None), "tiket": Q(ticket__isnull=False)}
    state = states.get(given.get("keadaan", ""))
    return rows.filter(state) if state is not None else rows


def _text(given: Any, name: str, longest: int) -> str:
    """What was typed, as PostgreSQL can compare it."""
    return str(given.get(name, "")).replace("\x00", "").strip()[:longest]
