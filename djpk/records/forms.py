"""Forms of the upload page."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from djpk.records.kinds import KINDS
from djpk.records.running import LARGEST


def _kinds() -> list[tuple[str, Any]]:
    return [(code, kind.label) for code, kind in KINDS.items()]


class UploadForm(forms.Form):
    """Which data, and the file."""

    kind = forms.ChoiceField(label=_("Jenis data"), choices=_kinds, widget=forms.Select(attrs={"class": "form-select"}))
    file = forms.FileField(
        label=_("Berkas CSV atau XLSX"),
        widget=forms.ClearableFileInput(attrs={"class": "form-control", "accept": ".csv,.xlsx,text/csv"}),
        error_messages={"empty": _("Berkas kosong. Isi baris judul dan datanya, lalu coba lagi.")},
    )
    update = forms.BooleanField(
        label=_("Perbarui catatan yang sudah tersimpan dan berbeda"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def clean_file(self) -> UploadedFile:
        """Not larger than what one import takes."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(
                gettext("Berkas lebih besar dari %(most)d MB. Bagi menjadi beberapa berkas.") % {"most": LARGEST >> 20}
            )
        return file


class ConfirmForm(forms.Form):
    """What to do with bad rows."""

    on_error = forms.ChoiceField(
        label=_("Baris yang salah"),
        choices=[
            ("skip", _("Lewati baris yang salah")),
            ("abort", _("Batalkan seluruhnya bila ada yang salah")),
        ],
        initial="skip",
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
