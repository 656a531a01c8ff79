"""What Meta's error numbers say, in words for agents. Numbers: Meta's WhatsApp Cloud API, error codes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_BUSY = _("WhatsApp membatasi jumlah kiriman untuk sementara")
_AWAY = _("WhatsApp sedang terganggu")
_KEY = _("Meta menolak kunci akses nomor ini; administrator perlu memeriksanya")
_LOCKED = _("Meta membatasi akun WhatsApp ini; administrator perlu memeriksanya")
_VALUES = _("Isian tidak cocok dengan templatnya")
_TEMPLATE = _("Templat ini tidak dapat dipakai; pilih yang lain")
_FILE = _("WhatsApp tidak menerima berkas ini")
WINDOW_CLOSED = "131047"
_WORDS: dict[str, str | Promise] = {
    "131026": _("Nomor ini tidak terjangkau lewat WhatsApp"),
    "131030": _("Nomor ini tidak terjangkau lewat WhatsApp"),
    "131021": _("Nomor ini nomor pengirim sendiri"),
    "131049": _("WhatsApp menahan pesan ini agar penerima tidak terlalu sering dikirimi"),
    "131056": _("Terlalu banyak pesan ke nomor ini dalam waktu singkat"),
    "131051": _("Jenis pesan ini tidak didukung WhatsApp"),
    **dict.fromkeys(("4", "80007", "130429", "131048"), _BUSY),
    **dict.fromkeys(("1", "2", "131000", "131016", "133004"), _AWAY),
    **dict.fromkeys(("0", "3", "10", "190", "131005"), _KEY),
    **dict.fromkeys(("368", "131031", "131042", "131045"), _LOCKED),
    **dict.fromkeys(("132000", "132012", "132018"), _VALUES),
    **dict.fromkeys(("132001", "132005", "132007", "132015", "132016"), _TEMPLATE),
    **dict.fromkeys(("131052", "131053"), _FILE),
}


def reason_of(code: str, said: str) -> str | Promise:
    """Our words with Meta's number; Meta's own where we have none."""
    if code == WINDOW_CLOSED:
        return _("Jendela 24 jam sudah tertutup. Kirim dengan templat.")
    words = _WORDS.get(code)
    return f"{words} ({code})." if words else f"{code} {said}".strip()[:255]
