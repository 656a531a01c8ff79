"""Fields of the admin's forms. A form gathers what a verb needs and never saves anything itself."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_CLOCK = re.compile(r"(\d{1,2})[.:](\d{2})")
_SPAN = re.compile(r"\s*(\d{1,2}[.:]\d{2})\s*(?:-|–|s\.d\.)\s*(\d{1,2}[.:]\d{2})\s*")


class VerbForm(forms.Form):
    """What a verb is to be called with. `row` is the row it is about, None for a new one."""

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.prepare()

    def prepare(self) -> None:
        """Fit choices and hints to `row`."""


class ReasonForm(VerbForm):
    reason = forms.CharField(label=_("Alasan"), max_length=150, widget=forms.TextInput(attrs={"class": "vTextField"}))


def text(label: Any, length: int, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.TextInput(attrs={"class": "vTextField"}), **options
    )


def long_text(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 6}), **options)


def whole(label: Any, least: int = 0, most: int = 32_000, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, **options)


def day(label: Any, **options: Any) -> forms.DateField:
    """A date by the browser's own picker."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


def reason(required: bool = True) -> forms.CharField:
    return text(_("Alasan"), 150, required=required)


class ClockField(forms.CharField):
    """A time of day, "09.00" to "24.00", as minutes from midnight."""

    def to_python(self, value: Any) -> Any:
        clean = super().to_python(value)
        return minutes(clean) if clean else None

    def prepare_value(self, value: Any) -> Any:
        return clock(value) if isinstance(value, int) else value


class HoursField(forms.CharField):
    """Opening hours of a day, "08.00-12.00, 13.00-16.00", as pairs of minutes from midnight; empty is closed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.TextInput(attrs={"placeholder": "08.00-16.00"}), **options)

    def to_python(self, value: Any) -> Any:
        spans = []
        for part in filter(str.strip, re.split(r"[,;]", super().to_python(value) or "")):
            match = _SPAN.fullmatch(part)
            if not match:
                raise ValidationError(_("Tulis jam sebagai 08.00-16.00; beberapa jam dipisahkan koma."))
            spans.append((minutes(match[1]), minutes(match[2])))
        return spans

    def prepare_value(self, value: Any) -> Any:
        return hours(value) if isinstance(value, list) else value


def minutes(text: str) -> int:
    """ "09.30" -> 570. Raises ValidationError."""
    match = _CLOCK.fullmatch(text.strip())
    total = int(match[1]) * 60 + int(match[2]) if match else -1
    if not match or int(match[2]) > 59 or not 0 <= total <= 1440:
        raise ValidationError(_("Tulis jam sebagai 09.00, antara 00.00 dan 24.00."))
    return total


def clock(total: int) -> str:
    """570 -> "09.30"."""
    return f"{total // 60:02d}.{total % 60:02d}"


def hours(spans: list[tuple[int, int]]) -> str:
    """[(480, 720), (780, 960)] -> "08.00-12.00, 13.00-16.00"."""
    return ", ".join(f"{clock(opens)}-{clock(closes)}" for opens, closes in spans)
