"""The form in front of the menus: what each answer must be, said when it is not (rules 2.2). Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kernel.errors import Refused
from people.handles import normalise_email
from people.models import UserGroup

NAME, REGION, AGENCY, EMAIL, QUESTION = FIELDS = ("name", "region", "organization", "email", "question")
LONGEST_NAME, LONGEST_QUESTION = 160, 2000
SHORTEST_QUESTION, FEWEST_WORDS = 10, 2
_LETTERS = re.compile(r"[^\W\d_]")
_MAIL = re.compile(r"[^\s<>,;()]+@[^\s<>,;()]+")
_NAMED = re.compile(
    r"^(?:nama(?:\s+saya)?|saya|perkenalkan(?:,?\s*(?:nama\s+)?saya)?)\s*(?:adalah|:)?\s+", re.IGNORECASE
)
_GREETING = re.compile(
    r"^(?:(?:halo|hallo|hai|hi|hello|pagi|siang|sore|malam|selamat|assalamu'?alaikum|salam|permisi|min|admin|kak|pak|bu"
    r"|bapak|ibu|tes|test|p|mulai|start|menu)\b[\s.,!]*)+$",
    re.IGNORECASE,
)
_GROUPS = (
    (UserGroup.AKADEMISI, r"universitas|institut teknologi|politeknik|sekolah tinggi|mahasiswa|dosen|siswa|kampus"),
    (UserGroup.KL, r"kementerian|kemen\w+|kppn?|djp|djpb|dja|bps|bpk|bpkp|ojk|bank indonesia|polri|kejaksaan"),
    (UserGroup.LAINNYA, r"pt|cv|swasta|media|wartawan|lbh|yayasan|masyarakat|umum|pribadi|perorangan|konsultan"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a requester, or empty. `region` is a code; `nickname` is what the channel calls them."""

    name: str = ""
    region: str = ""
    organization: str = ""
    email: str = ""
    nickname: str = ""

    def missing(self) -> list[str]:
        """Fields to ask for. The question alone is asked of nobody who is known."""
        lacking = [field for field in FIELDS[:-1] if not getattr(self, field)]
        return [*lacking, QUESTION] if lacking else []


def check(field: str, text: str) -> tuple[str, str]:
    """(value, "") of a good answer, or ("", what is wrong with it). The region is not looked at here."""
    said = " ".join(text.split()) if field != QUESTION else text.strip()
    return _CHECKS[field](said)


def is_greeting(text: str) -> bool:
    """Whether nothing is said but hello."""
    return not _LETTERS.search(text) or bool(_GREETING.match(text.strip()))


def asks_something(text: str) -> bool:
    """Whether a first message is the question already."""
    return len(text.split()) >= 4 and not is_greeting(text) and not check(QUESTION, text)[1]


def prompt(field: str) -> str:
    """How each field is asked for."""
    return {
        NAME: _("Siapa nama lengkap Anda?"),
        REGION: _("Dari daerah mana Anda? Tulis kabupaten, kota, atau provinsi, misalnya Kab. Gowa."),
        AGENCY: _("Apa instansi/SKPD Anda? Misalnya BPKAD, Dinas Kesehatan, universitas, atau masyarakat umum."),
        EMAIL: _("Apa alamat email Anda? Misalnya nama@pemda.go.id."),
        QUESTION: _("Apa pertanyaan Anda? Tulis lengkap dalam satu pesan."),
    }[field]


def label(field: str) -> str:
    return {
        NAME: _("Nama"), REGION: _("Daerah"), AGENCY: _("Instansi/SKPD"), EMAIL: _("Email"), QUESTION: _("Pertanyaan"),
    }[field]  # fmt: skip


def group_of(organization: str) -> str:
    """A first guess of the requester's group by the agency; an agent sets it right."""
    for group, pattern in _GROUPS:
        if re.search(rf"\b(?:{pattern})\b", organization.lower()):
            return str(group)
    return str(UserGroup.PEMDA)


def _name(said: str) -> tuple[str, str]:
    said = _NAMED.sub("", said)
    if len(_LETTERS.findall(said)) < 3 or is_greeting(said):
        return "", _("Nama belum terbaca. Tulis nama lengkap, paling sedikit tiga huruf.")
    if "@" in said or "?" in said or sum(letter.isdigit() for letter in said) > 2:
        return "", _("Itu tampaknya bukan nama. Tulis nama lengkap saja, tanpa angka atau alamat.")
    if len(said) > LONGEST_NAME or len(said.split()) > 12:
        return "", _("Nama terlalu panjang. Tulis nama lengkap saja.")
    return said, ""


def _agency(said: str) -> tuple[str, str]:
    if len(_LETTERS.findall(said)) < 2 or is_greeting(said):
        return "", _("Instansi belum terbaca. Tulis nama instansi/SKPD, atau “masyarakat umum”.")
    if len(said) > LONGEST_NAME:
        return "", _("Nama instansi terlalu panjang. Tulis nama singkatnya.")
    return said, ""


def _email(said: str) -> tuple[str, str]:
    found = _MAIL.search(said)
    try:
        return normalise_email((found.group() if found else said).rstrip(".,;:!?")), ""
    except Refused:
        return "", _("Alamat email tidak lengkap. Harus berbentuk nama@domain, misalnya nama@pemda.go.id.")


def _question(said: str) -> tuple[str, str]:
    if len(said) < SHORTEST_QUESTION or len(said.split()) < FEWEST_WORDS or not _LETTERS.search(said):
        return "", _("Pertanyaan terlalu singkat. Tulis dalam satu kalimat lengkap.")
    if len(said) > LONGEST_QUESTION:
        return "", _("Pertanyaan terlalu panjang. Ringkas sampai {most} huruf.").format(most=LONGEST_QUESTION)
    return said, ""


_CHECKS: Mapping[str, Callable[[str], tuple[str, str]]] = {
    NAME: _name,
    AGENCY: _agency,
    EMAIL: _email,
    QUESTION: _question,
}
