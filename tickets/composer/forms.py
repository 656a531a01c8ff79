"""The form of a macro: texts, and one field for each kind of action."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from people.models import User
from tickets.composer.macro_actions import CLOSE, ME, QUEUE, WAIT
from tickets.composer.macros import LONGEST_TEXT
from tickets.forms import agents
from tickets.models import Macro, Ticket, Topic

_NO = ("", _("Tidak diubah"))
_UNKNOWN = {"invalid_choice": _("Pilihan ini tidak dikenal.")}


class MacroForm(forms.Form):
    """What was stored stands in it; `given` is what `macros.save_macro` takes."""

    judul = forms.CharField(max_length=80, label=_("Judul"), required=False)
    bersama = forms.BooleanField(required=False, label=_("Dipakai bersama oleh semua agen"))
    aktif = forms.BooleanField(required=False, label=_("Tampil di pilihan makro"), initial=True)
    teks = forms.CharField(required=False, max_length=LONGEST_TEXT, label=_("Teks balasan"), widget=forms.Textarea)
    catatan = forms.CharField(
        required=False, max_length=LONGEST_TEXT, label=_("Catatan internal"), widget=forms.Textarea
    )
    topik = forms.ChoiceField(required=False, label=_("Topik"), error_messages=_UNKNOWN)
    prioritas = forms.ChoiceField(required=False, label=_("Prioritas"), error_messages=_UNKNOWN)
    agen = forms.ChoiceField(required=False, label=_("Agen"), error_messages=_UNKNOWN)
    tambah = forms.CharField(required=False, max_length=200, label=_("Tambah tanda, dipisahkan koma"))
    hapus = forms.CharField(required=False, max_length=200, label=_("Hapus tanda, dipisahkan koma"))
    status = forms.ChoiceField(
        required=False,
        label=_("Status sesudahnya"),
        choices=[_NO, (WAIT, _("Tunggu pemohon")), (CLOSE, _("Selesai"))],
        error_messages=_UNKNOWN,
    )

    def __init__(self, macro: Macro | None, user: User, may_share: bool, data: Any = None) -> None:
        super().__init__(data, initial=_initial(macro), auto_id="makro-%s")
        topics = [(topic.code, str(topic)) for topic in Topic.objects.filter(active=True)]
        people = [(agent.username, str(agent)) for agent in agents() if agent.pk != user.pk]
        self.fields["topik"].choices = [_NO, *topics]
        self.fields["prioritas"].choices = [_NO, *((one.name, one.label) for one in Ticket.Priority)]
        self.fields["agen"].choices = [
            _NO,
            (ME, _("Agen yang memakai makro")),
            (QUEUE, _("Kembali ke antrean")),
            *people,
        ]
        if not may_share:
            del self.fields["bersama"]
        for name, field in self.fields.items():
            kind = "form-check-input" if name in ("bersama", "aktif") else "form-control"
            field.widget.attrs["class"] = "form-select" if isinstance(field, forms.ChoiceField) else kind
        for name, rows in (("teks", 8), ("catatan", 3)):
            self.fields[name].widget.attrs["rows"] = rows

    @property
    def given(self) -> dict[str, Any]:
        value = self.cleaned_data
        return {
            "title": value["judul"],
            "text": value["teks"],
            "note": value["catatan"],
            "active": value["aktif"],
            "shared": bool(value.get("bersama")),
            "actions": _actions(value),
        }


def _actions(value: dict[str, Any]) -> list[dict[str, str]]:
    single = (("set_topic", "topik"), ("set_priority", "prioritas"), ("assign", "agen"))
    found = [{"do": do, "value": value[name]} for do, name in single if value[name]]
    for do, name in (("add_tag", "tambah"), ("remove_tag", "hapus")):
        found += [{"do": do, "value": tag.strip()} for tag in value[name].split(",") if tag.strip()]
    return [*found, {"do": "status", "value": value["status"]}] if value["status"] else found


def _initial(macro: Macro | None) -> dict[str, Any]:
    if macro is None:
        return {"aktif": True}
    by = {do: [one["value"] for one in macro.actions if one["do"] == do] for do in _DOES}
    return {
        "judul": macro.title,
        "bersama": macro.owner_id is None,
        "aktif": macro.active,
        "teks": macro.text,
        "catatan": macro.note,
        "topik": "".join(by["set_topic"]),
        "prioritas": "".join(by["set_priority"]),
        "agen": "".join(by["assign"]),
        "tambah": ", ".join(by["add_tag"]),
        "hapus": ", ".join(by["remove_tag"]),
        "status": "".join(by["status"]),
    }


_DOES = ("set_topic", "set_priority", "assign", "add_tag", "remove_tag", "status")
