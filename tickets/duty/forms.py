"""A row of the roster as it is typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.admin_forms import clock, minutes
from messaging.reference import CHANNELS
from tickets.duty.verbs import Duty
from tickets.duty.words import day_names
from tickets.forms import agents
from tickets.models import DutyShift

ON, OFF = "bertugas", "tidak"


class ClockField(forms.CharField):
    """A time of day as "09.30", cleaned to minutes."""

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        return minutes(text.replace(":", ".")) if text else None


class Day(forms.DateInput):
    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class DutyForm(forms.Form):
    """Who, on which days and hours, for which channels, from when until when; both days included."""

    agen = forms.ModelChoiceField(agents(), to_field_name="username", label=_("Agen"), empty_label="–")
    jenis = forms.ChoiceField(
        choices=[(ON, _("Bertugas")), (OFF, _("Tidak bertugas (cuti, diklat)"))], label=_("Jenis"), initial=ON
    )
    hari = forms.TypedMultipleChoiceField(
        coerce=int, required=False, label=_("Hari"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Kosong: setiap hari, juga hari libur. Hari yang dipilih tidak berlaku pada hari libur."),
    )  # fmt: skip
    mulai = ClockField(max_length=5, label=_("Dari jam (WIB)"), initial="08.00")
    selesai = ClockField(max_length=5, label=_("Sampai jam (WIB)"), initial="16.00")
    kanal = forms.MultipleChoiceField(
        required=False, label=_("Kanal"), widget=forms.CheckboxSelectMultiple, help_text=_("Kosong: semua kanal.")
    )
    dari = forms.DateField(label=_("Berlaku mulai"), widget=Day())
    sampai = forms.DateField(
        required=False, label=_("Sampai dengan"), widget=Day(),
        help_text=_("Kosong: seterusnya. Untuk satu hari saja, isi tanggal yang sama."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="piket-%s", **kwargs)
        self.fields["hari"].choices = list(enumerate(day_names()))
        ways = [row for row in CHANNELS().values() if row.makes_tickets and row.active]
        self.fields["kanal"].choices = [(row.code, str(row)) for row in ways]
        for name, field in self.fields.items():
            chosen = "form-select" if name in ("agen", "jenis") else "form-control"
            field.widget.attrs["class"] = "form-check-input" if name in ("hari", "kanal") else chosen

    @property
    def duty(self) -> Duty:
        given = self.cleaned_data
        return Duty(
            agent=given["agen"], off=given["jenis"] == OFF, weekdays=given["hari"], opens=given["mulai"],
            closes=given["selesai"], channels=given["kanal"], valid_from=given["dari"], valid_until=given["sampai"],
        )  # fmt: skip


def typed(row: DutyShift, until: Any) -> dict[str, Any]:
    """The row as the form would have been filled in."""
    return {
        "agen": row.agent.username, "jenis": OFF if row.off else ON, "hari": row.weekdays,
        "mulai": clock(row.opens), "selesai": clock(row.closes), "kanal": row.channels, "sampai": until,
    }  # fmt: skip
