"""What pages of Layer 2 ask for besides an answer: a draft of the score table, who is away."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kernel.months import Month
from people.models import User

_STEP = re.compile(r"\s*(\d{1,3})\s*[=:]\s*(\d{1,3})\s*")


class StepsField(forms.CharField):
    """One step per line, "1 = 120": working days and the score of an answer within them."""

    def to_python(self, value: Any) -> Any:
        steps = []
        for line in filter(str.strip, (super().to_python(value) or "").splitlines()):
            match = _STEP.fullmatch(line)
            if not match:
                raise ValidationError(_("Tulis satu langkah per baris: hari kerja = skor, misalnya 1 = 120."))
            steps.append((int(match[1]), int(match[2])))
        return steps

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{days} = {score}" for days, score in value) if isinstance(value, list) else value


class PageForm(forms.Form):
    """A form of a page: its controls look like the page's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select" if isinstance(field, forms.ChoiceField) else "form-control"
            field.widget.attrs["autocomplete"] = "off"


class DraftForm(PageForm):
    """A draft of the score table and the month to try it on."""

    bulan = forms.CharField(label=_("Bulan"), max_length=7, help_text=_("Misalnya 2024-08."))
    steps = StepsField(
        label=_("Langkah"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Satu langkah per baris: hari kerja = skor."),
    )
    later = forms.IntegerField(label=_("Skor sesudahnya"), min_value=0, max_value=120)

    def clean_bulan(self) -> Month:
        try:
            return Month.parse(self.cleaned_data["bulan"])
        except ValueError:
            raise ValidationError(_("Tulis bulan seperti 2024-08.")) from None


class AbsenceForm(PageForm):
    """Who is away from when until when, both days included, and who does their work."""

    siapa = forms.ChoiceField(label=_("Siapa"))
    mulai = forms.DateField(label=_("Mulai"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    sampai = forms.DateField(
        label=_("Sampai dengan"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    pengganti = forms.ChoiceField(label=_("Pengganti"), required=False)
    alasan = forms.CharField(label=_("Keterangan"), max_length=120, required=False)

    def __init__(self, *args: Any, people: Iterable[User], members: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["siapa"].choices = [(one.username, str(one)) for one in people]  # type: ignore[attr-defined]
        deputies = [(one.username, str(one)) for one in members]
        self.fields["pengganti"].choices = [("", "–"), *deputies]  # type: ignore[attr-defined]
