"""What is asked for: the form of a reservation, and those of its steps."""

from datetime import datetime
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from consultations.booking import Guests
from consultations.models import Mode, Reservation, Room, SlotPattern
from kernel.admin_forms import minutes
from kernel.models import StoredFile
from kernel.months import JAKARTA
from people.models import Region, Unit, UserGroup
from tickets.forms import RegionField
from tickets.models import Topic

_LETTERS = signing.Signer(salt="consultations.letter")
MOST_GUESTS, LETTER_MB = 30, 10


class ClockField(forms.CharField):
    """A time of day as "09.30", cleaned to minutes."""

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        return minutes(text) if text else None


class ReservationForm(forms.Form):
    """`slot` is the key of an offer ("3@2024-08-20T09:00") or "lain", then `tanggal` and `pukul` say when.

    Guests are lists (`tamu`, `jabatan`), read by `guests`. `surat_tersimpan` names a letter that was uploaded before a
    refusal, signed.
    """

    cara = forms.ChoiceField(choices=Mode.choices, label=_("Cara"), initial=Mode.VIDEO, widget=forms.RadioSelect)
    kelompok = forms.ChoiceField(choices=UserGroup.choices, label=_("Kelompok"), initial=UserGroup.PEMDA)
    wilayah = RegionField(required=False, max_length=100, label=_("Daerah"))
    instansi = forms.CharField(required=False, max_length=160, label=_("Instansi"))
    topik = forms.ModelMultipleChoiceField(
        Topic.objects.filter(active=True), to_field_name="code", required=False, label=_("Topik")
    )
    unit = forms.ModelChoiceField(
        Unit.objects.filter(valid_to=None).order_by("code"), to_field_name="code", required=False, label=_("Unit"),
        empty_label=_("Menurut topik"),
    )  # fmt: skip
    slot = forms.CharField(required=False, max_length=40)
    tanggal = forms.DateField(
        required=False, label=_("Tanggal"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    pukul = ClockField(required=False, max_length=5, label=_("Pukul (WIB)"))
    tunggu = forms.BooleanField(required=False, label=_("Masuk daftar tunggu bila penuh"))
    lain_1 = forms.DateTimeField(required=False, label=_("Waktu lain, pilihan kedua"))
    lain_2 = forms.DateTimeField(required=False, label=_("Waktu lain, pilihan ketiga"))
    alasan = forms.CharField(
        required=False, max_length=2000, label=_("Alasan harus tatap muka"), widget=forms.Textarea({"rows": 2})
    )
    nama = forms.CharField(required=False, max_length=160, label=_("Nama pemohon"))
    email = forms.EmailField(required=False, label=_("Email"))
    telepon = forms.CharField(required=False, max_length=40, label=_("Telepon"))
    surat = forms.FileField(required=False, label=_("Surat permohonan"))
    surat_tersimpan = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    sumber = forms.ChoiceField(choices=Reservation.Source.choices, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, auto_id="reservasi-%s", **kwargs)
        for name in ("lain_1", "lain_2"):
            self.fields[name].widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        _dress(self)
        self.fields["wilayah"].widget.attrs["list"] = "daerah"
        self.fields["topik"].widget.attrs["size"] = "6"

    def clean_surat(self) -> Any:
        letter = self.cleaned_data["surat"]
        if letter and letter.size > LETTER_MB * 1024 * 1024:
            raise forms.ValidationError(_("Surat lebih besar dari %(limit)s MB.") % {"limit": LETTER_MB})
        return letter

    def guests(self) -> Guests:
        """As typed, without the empty rows: (name, post)."""
        return guests_in(self.data)

    def when(self) -> tuple[SlotPattern | None, datetime | None]:
        """The chosen slot and its start, or the start that was typed; nothing where nothing was chosen."""
        data = self.cleaned_data
        key, _at, start = data.get("slot", "").partition("@")
        if start and key.isascii() and key.isdigit() and len(key) < 19:
            try:
                moment = datetime.strptime(start, "%Y-%m-%dT%H:%M").replace(tzinfo=JAKARTA)
            except ValueError:
                return None, None
            return SlotPattern.objects.select_related("room", "expert").filter(pk=int(key)).first(), moment
        return None, moment_of(data.get("tanggal"), data.get("pukul"))

    def preferred(self) -> list[datetime]:
        return [moment for name in ("lain_1", "lain_2") if (moment := self.cleaned_data.get(name))]


def moment_of(day: Any, clock: int | None) -> datetime | None:
    """A day and minutes as a moment in Jakarta."""
    if not day or clock is None or clock >= 24 * 60:
        return None
    return datetime(day.year, day.month, day.day, clock // 60, clock % 60, tzinfo=JAKARTA)


def name_letter(row: StoredFile, name: str) -> str:
    """How a form names a letter that is stored already."""
    return _LETTERS.sign(f"{row.pk} {name[:200]}")


def named_letter(text: str) -> tuple[StoredFile | None, str]:
    """What `name_letter` named; nothing for what it did not."""
    try:
        key, _space, name = _LETTERS.unsign(text).partition(" ")
    except signing.BadSignature:
        return None, ""
    return StoredFile.objects.filter(pk=int(key)).first(), name


class MoveForm(forms.Form):
    """To when a reservation is moved; `alasan_<rule>` waives what the new time breaks."""

    tanggal = forms.DateField(label=_("Tanggal"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    pukul = ClockField(max_length=5, label=_("Pukul (WIB)"))
    ruang = forms.CharField(required=False, max_length=20)
    alasan = forms.CharField(required=False, max_length=500, label=_("Alasan perubahan"))


class WalkInForm(forms.Form):
    """Guests who come without a reservation."""

    instansi = forms.CharField(required=False, max_length=160, label=_("Instansi"))
    wilayah = RegionField(required=False, max_length=100, label=_("Daerah"))
    kelompok = forms.ChoiceField(choices=UserGroup.choices, label=_("Kelompok"), initial=UserGroup.PEMDA)
    topik = forms.ModelMultipleChoiceField(
        Topic.objects.filter(active=True), to_field_name="code", required=False, label=_("Topik")
    )
    ruang = forms.ModelChoiceField(
        Room.objects.filter(active=True), to_field_name="code", required=False, label=_("Ruang"),
        empty_label=_("Yang kosong"),
    )  # fmt: skip
    alasan = forms.CharField(required=False, max_length=500, label=_("Alasan diterima tanpa reservasi"))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="tamu-%s", **kwargs)
        _dress(self)
        self.fields["wilayah"].widget.attrs["list"] = "daerah"
        self.fields["topik"].widget.attrs["size"] = "5"

    def guests(self) -> Guests:
        return guests_in(self.data)

    def regions(self) -> Any:
        return Region.objects.order_by("code")


def guests_in(data: Any) -> list[tuple[str, str]]:
    """The rows of guests as typed, without the empty ones: (name, post)."""
    names, posts = data.getlist("tamu")[:MOST_GUESTS], data.getlist("jabatan")[:MOST_GUESTS]
    posts += [""] * (len(names) - len(posts))
    pairs = [(name.strip()[:160], post.strip()[:120]) for name, post in zip(names, posts, strict=False)]
    return [pair for pair in pairs if any(pair)]


def _dress(form: forms.Form) -> None:
    for field in form.fields.values():
        chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
        if not isinstance(field.widget, forms.RadioSelect | forms.CheckboxInput):
            field.widget.attrs["class"] = "form-select" if chosen else "form-control"
            field.widget.attrs.setdefault("autocomplete", "off")
