"""/konsultasi/baru/: ask for a consultation by phone, from a ticket or at the desk; rules are checked while typing."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consultations.access import may_book, may_keep_slots
from consultations.booking import Wish, request_reservation, rule_check
from consultations.forms import ReservationForm, name_letter, named_letter
from consultations.models import Mode, Reservation
from consultations.offering import Offer, offers
from consultations.rule_lines import lines_of
from kernel.errors import Refused
from kernel.models import StoredFile
from kernel.months import JAKARTA
from messaging.files import store_file
from people.contacts import find_or_create_contact
from people.guard import page_for
from people.models import Contact, Region, UserGroup
from tickets.access import visible_tickets
from tickets.models import Ticket

AHEAD = timedelta(days=21)
SHOWN_OFFERS, GUEST_ROWS = 40, 5
_SOURCES = {"telepon": "PHONE", "meja": "FRONT_DESK"}


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(may_book)
def new(request: HttpRequest) -> HttpResponse:
    """The form; what a verb refuses stands on it, with every word kept."""
    ticket = _ticket(request)
    if request.method != "POST":
        return _shown(request, ReservationForm(initial=_initial(request, ticket)), ticket)
    form = ReservationForm(request.POST, request.FILES)
    letter, letter_name = _letter(form)
    if form.is_valid():
        try:
            return _booked(request, form, ticket)
        except Refused as refusal:
            form.add_error(None, ValidationError(refusal.message, refusal.code))
    return _shown(request, form, ticket, letter_name=letter_name, letter_key=_key_of(letter, letter_name))


@require_POST
@page_for(may_book)
def check(request: HttpRequest) -> HttpResponse:
    """What the form holds so far: how it stands with each rule, and which slots are free. Stores nothing."""
    form = ReservationForm(request.POST)
    form.is_valid()
    if chosen := request.POST.get("surat_dipilih", "")[:255]:
        form._letter = StoredFile(), chosen
    return render(request, "consultations/_check.html", {"form": form, **_checked(request, form, _ticket(request))})


def _shown(request: HttpRequest, form: ReservationForm, ticket: Ticket | None, **more: Any) -> HttpResponse:
    guests = form.guests() if form.is_bound else []
    context = {
        "form": form, "ticket": ticket, "guests": [*guests] + [("", "")] * max(GUEST_ROWS - len(guests), 1),
        "regions": Region.objects.order_by("code"), "keeps_slots": may_keep_slots(request.user),
        **_checked(request, form, ticket), **more,
    }  # fmt: skip
    return render(request, "consultations/new.html", context)


def _checked(request: HttpRequest, form: ReservationForm, ticket: Ticket | None) -> dict[str, Any]:
    now = timezone.now()
    offered = _offers(form, now)
    if not form.is_bound or not hasattr(form, "cleaned_data"):
        return {"offers": offered, "lines": []}
    wish = _wish(form, ticket, contact=None)
    if wish is None:
        return {"offers": offered, "lines": []}
    try:
        rule, results = rule_check(wish, now)
    except Refused as refusal:
        return {"offers": offered, "lines": [], "trouble": refusal.message}
    lines = lines_of(wish, rule, results, wish.letter_name)
    return {"offers": offered, "lines": lines, "broken": any(line.state == "fail" for line in lines)}


def _offers(form: ReservationForm, now: datetime) -> list[Offer]:
    """Slots of the chosen kind and unit, from the wanted day on, full ones too: one may wait for them."""
    data = getattr(form, "cleaned_data", {})
    unit = data.get("unit") or next((topic.owner_unit for topic in data.get("topik") or () if topic.owner_unit), None)
    today = now.astimezone(JAKARTA).date()
    first = max(data.get("tanggal") or today, today)
    mode = data.get("cara") or form.initial.get("cara") or Mode.VIDEO
    return offers(first, first + AHEAD, mode=mode, unit_code=unit.code if unit else "", at=now)[:SHOWN_OFFERS]


def _booked(request: HttpRequest, form: ReservationForm, ticket: Ticket | None) -> HttpResponse:
    now, data = timezone.now(), form.cleaned_data
    contact = ticket.contact if ticket else None
    if contact is None and (data["nama"] or data["email"] or data["telepon"]):
        contact, _created = find_or_create_contact(
            name=data["nama"] or data["email"] or data["telepon"], email=data["email"], phone=data["telepon"],
            user_group=data["kelompok"], region=data["wilayah"], organization=data["instansi"],
            at=now, actor=request.user,
        )  # fmt: skip
    wish = _wish(form, ticket, contact)
    if wish is None:
        raise Refused("reservation.needs_time", _("Pilih slot, atau isi tanggal dan jam."))
    reservation = request_reservation(wish=wish, at=now, actor=request.user)
    said = _("Reservasi {number} dicatat.")
    if reservation.waiting_since:
        said = _("Reservasi {number} masuk daftar tunggu.")
    messages.success(request, said.format(number=reservation.number))
    return redirect("reservation", reservation.number)


def _wish(form: ReservationForm, ticket: Ticket | None, contact: Contact | None) -> Wish | None:
    """What the form holds; None while it does not say when."""
    data = form.cleaned_data
    slot, starts_at = form.when()
    if starts_at is None:
        return None
    letter, letter_name = _letter(form)
    region = data.get("wilayah")
    return Wish(
        mode=data.get("cara") or Mode.VIDEO,
        organization=data.get("instansi") or (region.display_name if region else ""),
        user_group=data.get("kelompok") or UserGroup.LAINNYA,
        region=region,
        contact=contact,
        ticket=ticket,
        unit=data.get("unit"),
        topics=list(data.get("topik") or ()),
        guests=form.guests(),
        starts_at=starts_at,
        slot=slot,
        may_wait=bool(data.get("tunggu")),
        preferred=form.preferred(),
        reason_face_to_face=data.get("alasan") or "",
        letter=letter,
        letter_name=letter_name,
        source=Reservation.Source.TICKET if ticket else data.get("sumber") or Reservation.Source.PHONE,
    )


def _letter(form: ReservationForm) -> tuple[Any, str]:
    """The letter: uploaded just now and stored, or stored before."""
    if hasattr(form, "_letter"):
        return form._letter
    upload = form.files.get("surat") if form.files else None
    found = named_letter(form.data.get("surat_tersimpan", "")[:300])
    if upload is not None and "surat" not in form.errors and upload.size:
        found = store_file(upload.read(), at=timezone.now()), upload.name[:255]
    form._letter = found
    return found


def _key_of(letter: Any, name: str) -> str:
    return name_letter(letter, name) if letter else ""


def _ticket(request: HttpRequest) -> Ticket | None:
    """The ticket that the booking comes from; 404 for one that is not there or not to be seen."""
    number = (request.POST.get("tiket") or request.GET.get("tiket") or "")[:40]
    return get_object_or_404(visible_tickets(request.user), number=number) if number else None


def _initial(request: HttpRequest, ticket: Ticket | None) -> dict[str, Any]:
    source = _SOURCES.get(request.GET.get("lewat", ""), "TICKET" if ticket else "PHONE")
    given: dict[str, Any] = {"cara": Mode.VIDEO, "sumber": source}
    if ticket is not None:
        given |= {
            "kelompok": ticket.user_group, "instansi": ticket.contact.organization,
            "wilayah": ticket.region.display_name if ticket.region else "",
            "topik": [ticket.topic.code] if ticket.topic else [],
        }  # fmt: skip
    return given
