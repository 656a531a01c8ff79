"""The form of a connection: the channel's settings, and credentials that are only ever written."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from messaging.lines.shapes import SHAPES, Setting
from messaging.models import Connection

_SECRET, _SETTING = "secret-", "setting-"


class ConnectionForm(forms.Form):
    """`given()` is what the verb takes. An empty credential leaves the one that is kept."""

    name = forms.CharField(
        label=_("Nama pengirim"), max_length=60, widget=forms.TextInput(attrs={"class": "form-control"})
    )
    address = forms.CharField(max_length=254, widget=forms.TextInput(attrs={"class": "form-control"}))

    def __init__(self, *args: Any, channel_code: str, row: Connection | None, kept: set[str], **kwargs: Any) -> None:
        initial = {"name": row.name, "address": row.address} if row else {}
        super().__init__(*args, initial=initial, **kwargs)
        self.row, self.kept, self.shape = row, kept, SHAPES[channel_code]
        self.fields["address"].label = self.shape.address
        self.fields["address"].disabled = row is not None
        for one in self.shape.settings:
            self.fields[_SETTING + one.name] = _field(one, row.settings.get(one.name, "") if row else "")
        for one in self.shape.secrets:
            attrs = {"class": "form-control", "autocomplete": "new-password"}
            hint = _("Tersimpan. Isi hanya untuk mengganti.") if one.name in kept else ""
            self.fields[_SECRET + one.name] = forms.CharField(
                label=one.label, required=False, max_length=4000, strip=True, help_text=hint,
                widget=forms.PasswordInput(attrs=attrs, render_value=False),
            )  # fmt: skip

    def groups(self) -> list[tuple[str, list[Any]]]:
        """Bound fields under the heading they belong to."""
        made: dict[str, list[Any]] = {}
        for prefix, rows in ((_SETTING, self.shape.settings), (_SECRET, self.shape.secrets)):
            for one in rows:
                made.setdefault(str(one.group), []).append(self[prefix + one.name])
        return list(made.items())

    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        settings = {one.name: _plain(data[_SETTING + one.name]) for one in self.shape.settings}
        secrets = {one.name: data[_SECRET + one.name] for one in self.shape.secrets if data[_SECRET + one.name]}
        return {"name": data["name"], "address": data["address"], "settings": settings, "secrets": secrets}


def _plain(value: Any) -> Any:
    """As the settings keep it; empty goes."""
    return "" if value in (None, False, "") else value


def _field(one: Setting, value: Any) -> forms.Field:
    attrs = {"class": "form-control"}
    given: dict[str, Any] = {"label": one.label, "required": False, "initial": value}
    match one.kind:
        case "port":
            return forms.IntegerField(min_value=1, max_value=65535, widget=forms.NumberInput(attrs=attrs), **given)
        case "number":
            widget = forms.NumberInput(attrs={**attrs, "step": "any"})
            return forms.FloatField(min_value=0.01, max_value=10_000, widget=widget, **given)
        case "flag":
            return forms.BooleanField(widget=forms.CheckboxInput(attrs={"class": "form-check-input"}), **given)
        case "choice":
            return forms.ChoiceField(choices=one.choices, widget=forms.Select(attrs={"class": "form-select"}), **given)
    return forms.CharField(max_length=500, widget=forms.TextInput(attrs=attrs), **given)
