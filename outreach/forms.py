"""What is corrected on a lapor mail by hand."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from outreach.models import LaporMail
from people.reference import UNITS
from tickets.forms import RegionField

PERIOD = re.compile(r"^20[0-9]{2}(-(0[1-9]|1[0-2]|TW[1-4]|S[12]|T[1-4]))?\Z")


class MailForm(forms.Form):
    dokumen = forms.ChoiceField(choices=LaporMail.DocumentType.choices, label=_("Jenis dokumen"))
    periode = forms.RegexField(
        PERIOD, required=False, max_length=20, strip=True, label=_("Periode"),
        error_messages={"invalid": _("Tulis 2024, 2024-08, 2024-TW3, 2024-S1, atau 2024-T1.")},
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
