"""What is corrected on a lapor mail by hand."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from outreach.models import LaporMail
from outreach.recognising import period_of
from people.reference import UNITS
from tickets.forms import RegionField

PERIOD = re.compile(r"^20[0-9]{2}(-(0[1-9]|1[0-2]|TW[1-4]|S[12]|T[1-4]))?\Z")


class PeriodField(forms.RegexField):
    """Also in words, as they stand on the mails: "Triwulan III 2026", "Agustus 2026"."""

    def to_python(self, value: Any) -> str:
        given = super().to_python(value).upper()
        found = period_of(given)
        return found if "-" in found and not PERIOD.match(given) else given


class MailForm(forms.Form):
    dokumen = forms.ChoiceField(choices=LaporMail.DocumentType.choices, label=_("Jenis dokumen"))
    periode = PeriodField(
        PERIOD, required=False, max_length=60, strip=True, label=_("Periode"),
        error_messages={
            "invalid": _("Tulis 2024, Agustus 2024, Triwulan III 2024, Semester I 2024, atau Tahap I 2024."),
        },
    )  # fmt: skip
    wilayah = RegionField(required=False, max_length=100, label=_("Daerah"))
    unit = forms.ChoiceField(required=False, label=_("Unit"))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="lapor-%s", **kwargs)
        codes = sorted({unit.code: str(unit) for unit in UNITS().values() if unit.valid_to is None}.items())
        self.fields["unit"].choices = [("", "–"), *codes]
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField)
            field.widget.attrs = {"class": "form-select" if chosen else "form-control", "autocomplete": "off"}
