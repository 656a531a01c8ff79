"""Variables in macros: `{{ pemohon.nama }}`. Which there are, checking a text for others, and filling one in. Pure."""

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused

KNOWN: dict[str, str | Promise] = {
    "salam": _("salam menurut waktu setempat pemohon: “Selamat pagi”"),
    "pemohon.sapaan": _("“Bapak/Ibu” dan nama pemohon"),
    "pemohon.nama": _("nama pemohon"),
    "pemohon.jabatan": _("jabatan pemohon"),
    "pemohon.instansi": _("instansi pemohon"),
    "daerah": _("daerah pada tiket"),
    "tiket.nomor": _("nomor tiket"),
    "tiket.perihal": _("perihal tiket"),
    "tiket.topik": _("topik tiket"),
    "tiket.tanggal": _("tanggal tiket masuk"),
    "tanggal": _("tanggal hari ini"),
    "agen.nama": _("nama Anda"),
}
_BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"\s*([a-z]+(?:\.[a-z]+)?)\s*")
_GAP = "\x00"
_LONE = re.compile(rf"^[ \t]*{_GAP}(?:[ \t]*{_GAP})*[ \t]*(?:\n|\Z)", re.MULTILINE)
_LEADING = re.compile(rf"^[ \t]*{_GAP}(?:[ \t]*{_GAP})*[ \t]*[,;:]?[ \t]*", re.MULTILINE)
_BEFORE_MARK = re.compile(rf"[ \t]*{_GAP}(?:[ \t]*{_GAP})*[ \t]*(?=[.,;:!?)\n]|\Z)")
_INSIDE = re.compile(rf"[ \t]*{_GAP}(?:[ \t]*{_GAP})*[ \t]*")


def check(text: str) -> None:
    """Raises Refused(`macro.unknown_variable`) naming the ones that nobody fills in, and all that exist."""
    unknown = [written.strip()[:40] for written in _BRACES.findall(text) if _name(written) not in KNOWN]
    if not unknown and _BRACES.sub("", text).count("{{"):
        unknown = ["{{"]
    if unknown:
        raise Refused(
            "macro.unknown_variable",
            _("Variabel {names} tidak dikenal. Yang ada: {known}."),
            names=", ".join(f"“{name}”" for name in dict.fromkeys(unknown)),
            known=", ".join(KNOWN),
        )


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its values. An empty value takes the space around it along; a line of empty ones goes."""

    def value(match: re.Match[str]) -> str:
        return values.get(_name(match.group(1)), "").replace(_GAP, "") or _GAP

    filled = _BRACES.sub(value, text.replace(_GAP, "").replace("\r\n", "\n"))
    filled = _LEADING.sub("", _LONE.sub("", filled))
    return _INSIDE.sub(" ", _BEFORE_MARK.sub("", filled)).strip("\n")


def _name(written: str) -> str:
    match = _NAME.fullmatch(written)
    return match.group(1) if match else ""
