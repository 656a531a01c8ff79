"""What agents write down of a requester."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from people.models import Contact, UserGroup
from tickets.forms import RegionField

_COLUMNS = {
    "name": "name",
    "user_group": "user_group",
    "wilayah_kontak": "region",
    "organization": "organization",
    "position": "position",
    "note": "note",
}


class ContactForm(forms.Form):
    """The fields come back with the values they were opened with, so that only what was changed is written."""

    name = forms.CharField(max_length=160, label=_("Nama"))
    user_group = forms.ChoiceField(choices=UserGroup.choices, label=_("Kelompok"))
    wilayah_kontak = RegionField(required=False, max_length=100, label=_("Daerah"))
    organization = forms.CharField(required=False, max_length=160, label=_("Instansi"))
    position = forms.CharField(required=False, max_length=120, label=_("Jabatan"))
    note = forms.CharField(required=False, max_length=2000, label=_("Catatan"), widget=forms.Textarea({"rows": 2}))
    email = forms.CharField(required=False, max_length=254, label=_("Tambah email"))
    phone = forms.CharField(required=False, max_length=30, label=_("Tambah telepon"))

    def __init__(self, contact: Contact, data: Any = None) -> None:
        self.contact = contact
        super().__init__(data, initial=_values(contact), auto_id="kontak-%s")
        for name, field in self.fields.items():
            field.show_hidden_initial = name in _COLUMNS
            field.widget.attrs["class"] = "form-select" if name == "user_group" else "form-control"
            field.widget.attrs["autocomplete"] = "off"

    @property
    def changes(self) -> dict[str, Any]:
        """Columns of the contact that differ from what the form was opened with."""
        return {_COLUMNS[name]: self.cleaned_data[name] for name in _COLUMNS if self._sent(name) != self._opened(name)}

    def check_nobody_else(self, now: Contact) -> None:
        """Raises Refused where a colleague has changed meanwhile what this form changes."""
        current = _values(now)
        for name, column in _COLUMNS.items():
            if column in self.changes and current[name] not in (self._opened(name), self._sent(name)):
                raise Refused(
                    "contact.changed_meanwhile",
                    _("{label} baru saja diubah orang lain menjadi “{value}”. Muat ulang sebelum menggantinya."),
                    label=self.fields[name].label,
                    value=current[name] or "–",
                )

    def _sent(self, name: str) -> str:
        return (self[name].data or "").strip()

    def _opened(self, name: str) -> str:
        return self.data.get(f"initial-{name}", "").strip()


def _values(contact: Contact) -> dict[str, str]:
    return {name: str(getattr(contact, column) or "").strip() for name, column in _COLUMNS.items()}
