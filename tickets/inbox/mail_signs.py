"""What the headers of a mail give away: a warning above it, and what it is in a line below."""

from django.utils.translation import gettext as _

from messaging.models import Message

_BAD = ("fail", "softfail", "permerror")
_METHODS = ("spf", "dkim", "dmarc")


def failed_checks(message: Message) -> list[str]:
    """ "SPF", "DKIM", "DMARC": those of the sender's proofs that did not hold."""
    auth = message.details.get("auth") or {}
    return [name.upper() for name in _METHODS if str(auth.get(name, "")) in _BAD]


def warning_of(message: Message) -> str:
    """Why the sender may be somebody else, or what the mail is; empty for most."""
    failed = failed_checks(message)
    if failed:
        return _("Pengirim tidak terbukti ({checks} gagal). Jangan percaya tautan dan lampirannya begitu saja.").format(
            checks=", ".join(failed)
        )
    if "spam" in message.flags:
        return _("Ditandai spam oleh server surat.")
    if "encrypted" in message.flags:
        return _("Surat ini terenkripsi; isinya tidak dapat dibaca di sini. Unduh aslinya.")
    return ""


def remarks_of(message: Message) -> list[str]:
    """What else there is to know: the checks of our mail server, signatures, what was unpacked or could not be read."""
    said = {
        "signed": _("bertanda tangan digital, tidak diperiksa"),
        "auto_reply": _("balasan otomatis"),
        "list": _("dari milis"),
        "machine": _("dari alamat mesin"),
        "tnef": _("lampiran winmail.dat sudah dibuka"),
        "broken": _("sebagian surat rusak"),
        "cut": _("teks dipotong, aslinya disimpan"),
    }
    if empty := message.details.get("empty_files"):
        said["empty_file"] = _("lampiran tanpa isi: {names}").format(names=", ".join(str(name) for name in empty))
    auth = message.details.get("auth") or {}
    checks = [f"{name.upper()} {auth[name]}" for name in _METHODS if auth.get(name)]
    return checks + [words for flag, words in said.items() if flag in message.flags]
