"""What may be chosen to narrow the inbox."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from messaging.models import Channel
from people.access import TICKET_WORKERS
from people.models import Region, Unit, User, UserGroup, Zone
from people.regions import RegionIndex
from tickets.models import Ticket, Topic

_ANY = _("Semua")
_UNKNOWN = {"invalid_choice": _("Pilihan ini tidak dikenal.")}


def agents() -> QuerySet[User]:
    """Active staff who may be given tickets."""
    return (
        User.objects.filter(is_active=True)
        .filter(Q(roles__role__in=TICKET_WORKERS))
        .distinct()
        .order_by("display_name", "username")
    )


def _rows(queryset: QuerySet[Any], by: str, label: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        queryset, to_field_name=by, required=False, label=label, empty_label=_ANY, error_messages=_UNKNOWN
    )


def _choices(choices: Any, label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[("", _ANY), *choices], required=False, label=label, error_messages=_UNKNOWN)


class RegionField(forms.CharField):
    """A region by code, name or alias, as people write it; cleaned to the Region or None."""

    def clean(self, value: Any) -> Region | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return RegionIndex.load().resolve(text)
        except Refused as refusal:
            raise forms.ValidationError(refusal.message, refusal.code) from refusal


class PropertiesForm(forms.Form):
    """What an agent sets right on a ticket. The values it was opened with come back hidden, so that only what
    was really changed is written and nobody's change in between is undone."""

    agen = forms.ModelChoiceField(
        User.objects.none(),
        to_field_name="username",
        required=False,
        label=_("Agen"),
        empty_label=_("Belum ditugaskan"),
    )
    topik = forms.ModelChoiceField(
        Topic.objects.filter(active=True), to_field_name="code", required=False, label=_("Topik"), empty_label="–"
    )
    prioritas = forms.TypedChoiceField(choices=Ticket.Priority.choices, coerce=int, label=_("Prioritas"))
    kelompok = forms.ChoiceField(choices=UserGroup.choices, label=_("Kelompok"))
    wilayah = RegionField(required=False, max_length=100, label=_("Daerah"))
    tanda = forms.CharField(required=False, max_length=400, label=_("Tanda, dipisahkan koma"))

    def __init__(self, ticket: Ticket, data: Any = None) -> None:
        initial = {
            "agen": ticket.assignee.username if ticket.assignee else "",
            "topik": ticket.topic.code if ticket.topic else "",
            "prioritas": ticket.priority,
            "kelompok": ticket.user_group,
            "wilayah": str(ticket.region or ""),
            "tanda": ", ".join(ticket.tags),
        }
        super().__init__(data, initial=initial, auto_id="ubah-%s")
        self.fields["agen"].queryset = agents()
        for field in self.fields.values():
            field.show_hidden_initial = True
            chosen = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if chosen else "form-control"

    @property
    def changes(self) -> dict[str, Any]:
        """The fields that differ from what the form was opened with."""
        sent = {name: (self[name].data or "", self.data.get(f"initial-{name}", "")) for name in self.fields}
        return {name: self.cleaned_data[name] for name, (now, before) in sent.items() if now != before}


class FilterForm(forms.Form):
    """The filters of the list, by the names that stand in its address."""

    kanal = _rows(Channel.objects.filter(active=True), "code", _("Kanal"))
    topik = _rows(Topic.objects.filter(active=True), "code", _("Topik"))
    status = _choices(Ticket.Status.choices, _("Status"))
    agen = _rows(User.objects.none(), "username", _("Agen"))
    wilayah = RegionField(required=False, max_length=100, label=_("Daerah"))
    zona = _choices(Zone.choices, _("Zona waktu"))
    kelompok = _choices(UserGroup.choices, _("Kelompok"))
    unit = _rows(Unit.objects.filter(valid_to=None), "code", _("Unit Layer 2"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="saring-%s", **kwargs)
        self.fields["agen"].queryset = agents()
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if chosen else "form-control"
        self.fields["wilayah"].widget.attrs["placeholder"] = _("Nama atau kode daerah")

    def apply(self, tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
        """The tickets that fit every valid choice; a province holds its regions too."""
        given = self.cleaned_data
        direct = {"kanal": "channel", "topik": "topic", "status": "status", "agen": "assignee"}
        direct |= {"zona": "zone", "kelompok": "user_group"}
        for name, column in direct.items():
            if given.get(name):
                tickets = tickets.filter(**{column: given[name]})
        if region := given.get("wilayah"):
            tickets = tickets.filter(Q(region=region) | Q(region__province=region))
        if unit := given.get("unit"):
            asked = Ticket.objects.filter(escalations__unit__code=unit.code)
            tickets = tickets.filter(pk__in=asked.values("pk"))
        return tickets

    @property
    def chosen(self) -> int:
        """How many filters narrow the list."""
        return sum(bool(value) for value in self.cleaned_data.values())
