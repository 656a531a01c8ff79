"""A ticket that an agent writes down: a call, a visitor at the desk, or a question that came another way."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel.errors import Refused
from messaging.models import Channel
from people.access import visible_contacts
from people.contacts import find_or_create_contact, survivor_of
from people.masking import mask
from people.models import Contact, User, UserGroup
from tickets.access import may_work_on_tickets, visible_tickets
from tickets.actions import who
from tickets.forms import RegionField
from tickets.intake import open_ticket
from tickets.models import Ticket, Topic
from tickets.search.people import people
from tickets.search.query import parse
from tickets.sorting import take
from tickets.views import ticket_page

_MOST = 6


class NewTicketForm(forms.Form):
    """What the agent was told. Either `kontak` names a known requester, or the name and addresses of one follow."""

    kanal = forms.ModelChoiceField(
        Channel.objects.filter(active=True, makes_tickets=True), to_field_name="code", label=_("Kanal"), empty_label="–"
    )
    kontak = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
    nama = forms.CharField(required=False, max_length=160, label=_("Nama"))
    telepon = forms.CharField(required=False, max_length=30, label=_("Telepon"))
    email = forms.CharField(required=False, max_length=254, label=_("Email"))
    instansi = forms.CharField(required=False, max_length=160, label=_("Instansi"))
    kelompok = forms.ChoiceField(choices=UserGroup.choices, initial=UserGroup.PEMDA, label=_("Kelompok"))
    wilayah = RegionField(required=False, max_length=100, label=_("Daerah"))
    perihal = forms.CharField(required=False, max_length=255, label=_("Perihal"))
    topik = forms.ModelChoiceField(
        Topic.objects.filter(active=True), to_field_name="code", required=False, label=_("Topik"), empty_label="–"
    )
    prioritas = forms.TypedChoiceField(
        choices=Ticket.Priority.choices, coerce=int, initial=Ticket.Priority.NORMAL, label=_("Prioritas")
    )
    tanda = forms.CharField(required=False, max_length=400, label=_("Tanda, dipisahkan koma"))
    teks = forms.CharField(max_length=50_000, label=_("Pertanyaan"), widget=forms.Textarea({"rows": 6}))
    ambil = forms.BooleanField(required=False, initial=True, label=_("Tugaskan kepada saya"))

    WHO = ("nama", "telepon", "email", "instansi", "kelompok", "wilayah")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="baru-%s")
        for name, field in self.fields.items():
            chosen = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if chosen else "form-control"
            if name == "ambil":
                field.widget.attrs["class"] = "form-check-input"
            field.widget.attrs.setdefault("autocomplete", "off")


@require_http_methods(["GET", "HEAD", "POST"])
@ticket_page
def new_ticket(request: HttpRequest) -> HttpResponse:
    """The form; a refusal keeps every word."""
    if not may_work_on_tickets(request.user):
        raise PermissionDenied
    form = NewTicketForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("ticket", _open(request, form.cleaned_data, timezone.now()).number)
        except Refused as refusal:
            form.add_error(None, forms.ValidationError(refusal.message, refusal.code))
    contact = _chosen(request, form)
    context = {"form": form, "contact": contact, **(_known(request, contact) if contact else {})}
    return render(request, "tickets/new.html", context)


@require_safe
@ticket_page
def choose_contact(request: HttpRequest) -> HttpResponse:
    """Requesters by phone, mail or name for what was typed so far; addresses stay masked."""
    text = request.GET.get("cari", "")[:200]
    found = people(who(request), parse(text), _MOST) if len(text.strip()) > 1 else []
    return render(request, "tickets/_contacts.html", {"found": found, "searched": text.strip()})


@transaction.atomic
def _open(request: HttpRequest, given: dict[str, Any], now: datetime) -> Ticket:
    actor = who(request)
    ticket = open_ticket(
        channel=given["kanal"],
        contact=_contact(actor, given, now),
        subject=given["perihal"],
        text=given["teks"],
        topic=given["topik"],
        priority=given["prioritas"],
        tags=given["tanda"].split(","),
        at=now,
        actor=actor,
        **({} if given["kontak"] else {"user_group": given["kelompok"], "region": given["wilayah"]}),
    )
    return take(ticket=ticket, at=now, actor=actor) if given["ambil"] else ticket


def _contact(actor: User, given: dict[str, Any], now: datetime) -> Contact:
    if given["kontak"]:
        known = visible_contacts(actor).filter(pk=given["kontak"]).first()
        if known is None:
            raise Refused("contact.unknown", _("Pemohon ini tidak ditemukan. Cari lagi."))
        return survivor_of(known)
    return find_or_create_contact(
        name=given["nama"],
        email=given["email"],
        phone=given["telepon"],
        user_group=given["kelompok"],
        region=given["wilayah"],
        organization=given["instansi"],
        at=now,
        actor=actor,
    )[0]


def _chosen(request: HttpRequest, form: NewTicketForm) -> Contact | None:
    text = str(form["kontak"].data or "") if form.is_bound else request.GET.get("kontak", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return visible_contacts(request.user).select_related("region", "merged_into").filter(pk=int(text)).first()


def _known(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """What is known of a chosen requester: masked addresses, and open tickets that may be about the same."""
    rows = visible_tickets(request.user).filter(contact=contact, merged_into=None).exclude(status=Ticket.Status.CLOSED)
    return {
        "handles": [mask(row.kind, row.value) for row in contact.handles.all()],
        "open_tickets": rows.order_by("-created_at")[:_MOST],
    }
