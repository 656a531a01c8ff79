"""What an agent writes down of a call."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from calls.desk import Outcome
from kernel.errors import Refused
from people.handles import normalise_phone
from people.models import UserGroup
from tickets.forms import RegionField
from tickets.models import Topic

_LARGEST = 2**63 - 1


def _key() -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=1, max_value=_LARGEST, widget=forms.HiddenInput)


class CallForm(forms.Form):
    """`tiket` is the number of the ticket that the call goes on with; `panggilan` and `balik` are keys of calls."""

    nomor = forms.CharField(max_length=40, required=False, label=_("Nomor penelepon"))
    nama = forms.CharField(max_length=160, required=False, label=_("Nama"))
    instansi = forms.CharField(max_length=160, required=False, label=_("Instansi"))
    kelompok = forms.ChoiceField(choices=UserGroup.choices, required=False, label=_("Kelompok"))
    wilayah = RegionField(required=False, max_length=100, label=_("Daerah"))
    tiket = forms.CharField(required=False, max_length=40)
    topik = forms.ModelChoiceField(
        Topic.objects.filter(active=True), to_field_name="code", required=False, label=_("Topik"), empty_label="–"
    )
    catatan = forms.CharField(max_length=50_000, label=_("Inti percakapan"), widget=forms.Textarea({"rows": 3}))
    jawaban = forms.CharField(
        required=False, max_length=50_000, label=_("Jawaban yang diberikan"), widget=forms.Textarea({"rows": 2})
    )
    hasil = forms.ChoiceField(choices=Outcome.choices, initial=Outcome.ANSWERED, label=_("Hasil"))
    unit = forms.CharField(required=False, max_length=10, label=_("Unit Layer 2"))
    panggilan, balik = _key(), _key()
    focused = ""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="telepon-%s", **kwargs)
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if chosen else "form-control"
            field.widget.attrs.setdefault("autocomplete", "off")

    def focus(self, name: str) -> None:
        """Where the agent writes first."""
        self.focused = name
        self.fields[name].widget.attrs["autofocus"] = True

    def clean_nomor(self) -> str:
        text = self.cleaned_data["nomor"].strip()
        try:
            return normalise_phone(text) if text else ""
        except Refused as refusal:
            raise forms.ValidationError(refusal.message, refusal.code) from refusal
