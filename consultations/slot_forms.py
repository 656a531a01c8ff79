"""What the page of slots asks for: a weekly pattern, an exception, the day on which a pattern ends."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.experts import experts
from consultations.forms import ClockField
from consultations.models import Mode, Room, SlotPattern
from consultations.wording import weekday_names
from kernel.admin_forms import day, whole
from people.models import Unit

DAY_END = 24 * 60
_CLOSED, _EXTRA = "tutup", "tambahan"


def _units() -> Any:
    return Unit.objects.filter(valid_to=None).order_by("code")


class PatternForm(forms.Form):
    """A weekly pattern; its hours are minutes from midnight once cleaned."""

    cara = forms.ChoiceField(label=_("Cara"), choices=Mode.choices, initial=Mode.FACE_TO_FACE)
    unit = forms.ModelChoiceField(
        _units(), to_field_name="code", label=_("Unit"), required=False, empty_label=_("Semua unit")
    )
    ruang = forms.ModelChoiceField(
        Room.objects.filter(active=True), to_field_name="code", label=_("Ruang"), required=False,
        empty_label=_("Tanpa ruang tertentu"),
    )  # fmt: skip
    narasumber = forms.ModelChoiceField(
        experts(), to_field_name="username", label=_("Narasumber"), required=False,
        empty_label=_("Tanpa narasumber tertentu"),
    )  # fmt: skip
    hari = forms.TypedMultipleChoiceField(
        label=_("Hari"), coerce=int, choices=weekday_names, widget=forms.CheckboxSelectMultiple,
        initial=[0, 1, 2, 3, 4],
    )  # fmt: skip
    mulai = ClockField(label=_("Mulai pukul"), max_length=5, initial="09.00")
    selesai = ClockField(label=_("Sampai pukul"), max_length=5, initial="12.00")
    lama = whole(_("Lama (menit)"), least=1, most=DAY_END, initial=60)
    jeda = whole(_("Jeda (menit)"), most=DAY_END, initial=0)
    kapasitas = whole(_("Daya tampung"), least=1, most=50, initial=1)
    jarak = whole(_("Hari kerja sebelumnya"), most=60, required=False)
    batas = ClockField(label=_("Batas jam permohonan"), max_length=5, initial="24.00")
    berlaku = day(_("Berlaku mulai"))

    HINTS = {
        "kapasitas": _("Konsultasi sekaligus; 1 untuk ruang atau narasumber."),
        "jarak": _("Kosong: menurut aturan konsultasi."),
        "batas": _("Sesudahnya dihitung sebagai hari berikutnya."),
    }

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="pola-%s", **kwargs)
        dress(self, self.HINTS)

    def given(self) -> dict[str, Any]:
        """As `slot_verbs.add_pattern` takes it."""
        data = self.cleaned_data
        return {
            "mode": data["cara"], "unit_code": data["unit"].code if data["unit"] else "", "room": data["ruang"],
            "expert": data["narasumber"], "weekdays": data["hari"], "hours": (data["mulai"], data["selesai"]),
            "slot_minutes": data["lama"], "buffer_minutes": data["jeda"], "capacity": data["kapasitas"],
            "lead_working_days": data["jarak"], "cutoff": data["batas"], "valid_from": data["berlaku"],
        }  # fmt: skip


class ExceptionForm(forms.Form):
    """Days on which something offers nothing, or a pattern offers other hours."""

    jenis = forms.ChoiceField(
        label=_("Jenis"), initial=_CLOSED,
        choices=[(_CLOSED, _("Tutup: tidak ditawarkan")), (_EXTRA, _("Jam khusus: pola ditawarkan pada jam ini"))],
    )  # fmt: skip
    dari = day(_("Mulai tanggal"))
    sampai = day(_("Sampai tanggal"), required=False)
    pola = forms.ModelChoiceField(SlotPattern.objects.none(), required=False)
    unit = forms.ModelChoiceField(
        _units(), to_field_name="code", label=_("Unit"), required=False, empty_label=_("Semua unit")
    )
    ruang = forms.ModelChoiceField(
        Room.objects.all(), to_field_name="code", label=_("Ruang"), required=False, empty_label=_("Semua ruang")
    )
    narasumber = forms.ModelChoiceField(
        experts(), to_field_name="username", label=_("Narasumber"), required=False, empty_label=_("Semua narasumber")
    )
    mulai = ClockField(label=_("Mulai pukul"), max_length=5, required=False)
    selesai = ClockField(label=_("Sampai pukul"), max_length=5, required=False)
    alasan = forms.CharField(label=_("Alasan"), max_length=150)

    HINTS = {
        "sampai": _("Kosong: satu hari."),
        "pola": _("Wajib untuk jam khusus, juga pada hari libur."),
        "mulai": _("Kosong: sehari penuh."),
    }

    def __init__(self, data: Any = None, *, patterns: Any, **kwargs: Any) -> None:
        super().__init__(data, auto_id="beda-%s", **kwargs)
        self.fields["pola"] = forms.ModelChoiceField(
            patterns, label=_("Pola"), required=False, empty_label=_("Semua pola")
        )
        dress(self, self.HINTS)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        half = (data.get("mulai") is None) != (data.get("selesai") is None)
        if half and not {"mulai", "selesai"} & set(self.errors):
            self.add_error("selesai", _("Isi jam mulai dan jam selesai, atau kosongkan keduanya."))
        if data.get("jenis") == _EXTRA:
            if not data.get("pola") and "pola" not in self.errors:
                self.add_error("pola", _("Pilih pola yang ditawarkan pada jam khusus."))
            if data.get("mulai") is None and data.get("selesai") is None and "mulai" not in self.errors:
                self.add_error("mulai", _("Isi jam khusus, misalnya 09.00 sampai 11.00."))
        elif data.get("pola") and data.get("mulai") is not None:
            self.add_error("pola", _("Untuk menutup sebagian hari, pilih ruang, narasumber atau unit, bukan pola."))
        return data

    def given(self) -> dict[str, Any]:
        """As `slot_verbs.add_exception` takes it."""
        data = self.cleaned_data
        return {
            "starts_on": data["dari"], "ends_on": data["sampai"] or data["dari"], "pattern": data["pola"],
            "unit_code": data["unit"].code if data["unit"] else "", "room": data["ruang"],
            "expert": data["narasumber"], "reason": data["alasan"],
            "hours": None if data["mulai"] is None else (data["mulai"], data["selesai"]),
        }  # fmt: skip


def dress(form: forms.Form, hints: dict[str, Any]) -> None:
    """Classes of the controls, and hints and errors that belong to them."""
    for name, field in form.fields.items():
        if isinstance(field.widget, forms.CheckboxSelectMultiple):
            continue
        chosen = isinstance(field, forms.ChoiceField)
        field.widget.attrs["class"] = "form-select" if chosen else "form-control"
        field.widget.attrs["autocomplete"] = "off"
        if isinstance(field, ClockField):
            field.widget.attrs |= {"inputmode": "decimal", "placeholder": "09.00"}
        field.help_text = hints.get(name, "")
