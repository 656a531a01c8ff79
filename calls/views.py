"""/telepon/: log a call, see who calls, call back whom nobody answered."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calls import verbs
from calls.access import may_read_calls, may_set_extensions, may_work_on_calls, visible_calls
from calls.desk import CODE, Caller, log_call
from calls.extensions import EXTENSIONS, set_extensions
from calls.forms import CallForm
from calls.models import Call, CallSignal
from calls.wording import talked
from escalation.proposing import units_on
from kernel.errors import Refused
from messaging.models import Connection
from people.contacts import survivor_of
from people.guard import page_for
from people.handles import normalise_phone
from people.log import log_access
from people.masking import mask
from people.models import Contact, ContactHandle
from tickets.access import visible_tickets
from tickets.forms import agents
from tickets.models import Ticket

PAGE, EARLIER = 50, 5
FRESH = timedelta(minutes=3)
"""How long a call that has ended is still offered to be logged."""
_REFUSED = {
    "call.needs_answer": "jawaban", "call.needs_note": "catatan", "ticket.needs_topic": "topik",
    "escalation.needs_unit": "unit", "escalation.needs_question": "catatan", "ticket.unknown": "nomor",
}  # fmt: skip
"""Where to go on writing after which refusal."""
RINGS = timedelta(minutes=5)
"""How long a telephone rings at most: of a call that rang before, the end was lost."""
TABS = {"": gettext_lazy("Semua"), "balik": gettext_lazy("Perlu ditelepon balik"), "selesai": gettext_lazy("Sudah")}


@require_safe
@page_for(may_read_calls)
def call_log(request: HttpRequest) -> HttpResponse:
    """The calls, newest first, or those that nobody answered."""
    tab = request.GET.get("tampil", "")
    tab = tab if tab in TABS else ""
    works, rows = may_work_on_calls(request.user), _narrowed(visible_calls(request.user), tab, request)
    pages = Paginator(rows.select_related("contact", "agent", "ticket", "called_back_by"), PAGE)
    page = pages.get_page(request.GET.get("halaman"))
    log_access(user=request.user, action="calls.read", record=Call, at=timezone.now())
    context = {
        "page_obj": page, "page_numbers": pages.get_elided_page_range(page.number),
        "lines": [_line(row, works) for row in page],
        "tab": tab, "tabs": TABS, "works": works, "sets_extensions": may_set_extensions(request.user),
        "waiting": visible_calls(request.user).filter(status="MISSED", called_back_at=None).count(),
        "searched": request.GET.get("nomor", "")[:40], "now": timezone.now(),
        "paused": Connection.objects.filter(channel__code=CODE, paused_at__isnull=False).order_by("paused_at").first(),
    }  # fmt: skip
    return render(request, "calls/log.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(may_work_on_calls)
def log(request: HttpRequest) -> HttpResponse:
    """The form, by keyboard from the number to the end; a refusal keeps every word."""
    call, missed = _call(request, "panggilan"), _call(request, "balik")
    if request.method == "POST":
        form = CallForm(request.POST)
        if form.is_valid():
            try:
                return _logged(request, form.cleaned_data, call, missed)
            except Refused as refusal:
                form.add_error(None, ValidationError(refusal.message, refusal.code))
                form.focus(_REFUSED.get(refusal.code, "catatan"))
        else:
            form.focus(next(iter(form.errors)))
    else:
        known = call or missed
        form = CallForm(initial={"nomor": known.number if known else request.GET.get("nomor", "")[:40]})
        form.focus("nama" if form["nomor"].value() else "nomor")
        if known:
            log_access(user=request.user, action="call.opened", record=known, at=timezone.now())
    number = str(form["nomor"].value() or "")
    context = {
        "form": form, "call": call, "missed": missed, "units": units_on(timezone.now()), "now": timezone.now(),
        "searched": bool(number), "focused": form.focused, **_known(request, number),
    }  # fmt: skip
    return render(request, "calls/form.html", context)


@require_safe
@page_for(may_work_on_calls)
def caller(request: HttpRequest) -> HttpResponse:
    """Who has this number, and their latest tickets; else the fields for somebody new, with what was typed."""
    number = request.GET.get("nomor", "")[:40]
    context = {"form": CallForm(request.GET), "searched": bool(number.strip()), **_known(request, number)}
    context["form"].is_bound = False
    context["form"].initial = {name: request.GET.get(name, "") for name in ("nama", "instansi", "kelompok", "wilayah")}
    return render(request, "calls/_caller.html", context)


@require_safe
@page_for(may_work_on_calls)
def now(request: HttpRequest) -> HttpResponse:
    """The calls at one's telephone, for the card on the screen; those just ended while they are not logged.

    None of an exchange that is paused: its calls are in the list only.
    """
    moment = timezone.now()
    rung = CallSignal.objects.filter(call=OuterRef("pk"), at__gt=moment - RINGS)
    going = Q(status__in=("TALKING", "HELD"), started_at__gt=moment - timedelta(hours=4))
    going |= Q(Exists(rung), status="RINGING", started_at__gt=moment - timedelta(hours=4))
    ended = Q(status="ENDED", ended_at__gt=moment - FRESH)
    rows = visible_calls(request.user).filter(going | ended, agent=request.user, ticket=None, source=Call.Source.CTI)
    rows = list(rows.filter(connection__paused_at=None).select_related("contact__region")[:3])
    for row in rows:
        row.earlier = _earlier(request, row.contact, 2) if row.contact else []
    return render(request, "calls/_now.html", {"calls": rows})


@require_POST
@page_for(may_work_on_calls)
def called_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Done, or not done after all."""
    row = get_object_or_404(visible_calls(request.user), pk=pk)
    verb = verbs.undo_call_back if request.POST.get("batal") else verbs.call_back
    try:
        verb(call=row, at=timezone.now(), actor=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{reverse('calls')}?tampil=balik")


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(may_set_extensions)
def extensions(request: HttpRequest) -> HttpResponse:
    """Which telephone each agent has."""
    people = list(agents())
    if request.method == "POST":
        given = {one: request.POST[f"nomor-{one.pk}"][:30] for one in people if f"nomor-{one.pk}" in request.POST}
        try:
            count = set_extensions(numbers=given, at=timezone.now(), actor=request.user)
            messages.success(request, _("Ekstensi disimpan ({count} berubah).").format(count=count))
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect("call-extensions")
    numbers = {user: number for number, user in EXTENSIONS().items()}
    return render(request, "calls/extensions.html", {"rows": [(one, numbers.get(one.pk, "")) for one in people]})


def _logged(request: HttpRequest, given: dict[str, Any], call: Call | None, missed: Call | None) -> HttpResponse:
    number = given["nomor"] or (call.number if call else "")
    ticket = None
    if given["tiket"]:
        ticket = visible_tickets(request.user).filter(number=given["tiket"]).first()
        if ticket is None:
            raise Refused("ticket.unknown", _("Tiket {number} tidak ditemukan."), number=given["tiket"])
    unit = next((one for one in units_on(timezone.now()) if one.code == given["unit"]), None)
    who = Caller(
        contact=_contact_of(number), number=number, name=given["nama"], region=given["wilayah"],
        organization=given["instansi"], user_group=given["kelompok"] or "LAINNYA",
    )  # fmt: skip
    ticket, _call_row = log_call(
        caller=who, topic=given["topik"], question=given["catatan"], answer=given["jawaban"], outcome=given["hasil"],
        unit=unit, ticket=ticket, call=call, missed=missed, direction="OUT" if missed else "IN",
        at=timezone.now(), actor=request.user,
    )  # fmt: skip
    said = _("Panggilan dicatat pada tiket {number}.").format(number="{}")
    link = format_html('<a href="{}">{}</a>', reverse("ticket", args=[ticket.number]), ticket.number)
    messages.success(request, format_html(said, link))
    return redirect("call-log")


def _narrowed(rows: QuerySet[Call], tab: str, request: HttpRequest) -> QuerySet[Call]:
    if tab:
        rows = rows.filter(status="MISSED", called_back_at__isnull=tab == "balik")
    digits = "".join(filter(str.isdigit, request.GET.get("nomor", "")[:40])).removeprefix("0")
    return rows.filter(number__contains=digits) if digits else rows


def _line(row: Call, works: bool) -> dict[str, Any]:
    number = row.number if works else mask("PHONE", row.number) if row.number.startswith("+") else ""
    return {"call": row, "number": number, "talked": talked(row)}


def _call(request: HttpRequest, name: str) -> Call | None:
    """The call that the address or the form names."""
    text = (request.POST if request.method == "POST" else request.GET).get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return get_object_or_404(visible_calls(request.user).select_related("contact"), pk=int(text))


def _known(request: HttpRequest, number: str) -> dict[str, Any]:
    contact = _contact_of(number)
    return {"contact": contact, "earlier": _earlier(request, contact, EARLIER) if contact else []}


def _contact_of(number: str) -> Contact | None:
    try:
        value = normalise_phone(number) if number.strip() else ""
    except Refused:
        return None
    rows = ContactHandle.objects.select_related("contact__merged_into__region", "contact__region")
    row = rows.filter(kind=ContactHandle.Kind.PHONE, value=value).first() if value else None
    return survivor_of(row.contact) if row else None


def _earlier(request: HttpRequest, contact: Contact, most: int) -> list[Ticket]:
    rows = visible_tickets(request.user).filter(contact=contact, merged_into=None, is_spam=False)
    return list(rows.select_related("topic", "channel").order_by("-created_at")[:most])
