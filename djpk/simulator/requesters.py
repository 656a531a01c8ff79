"""The requesters one may play: invented people with numbers and addresses that nobody has."""

import secrets
from dataclasses import dataclass

NEW = "baru"


@dataclass(frozen=True, slots=True)
class Requester:
    """`key` names one in addresses of the page; `hai` is their number at the central desk."""

    key: str
    name: str
    agency: str
    phone: str
    email: str
    hai: str

    def at(self, channel: str) -> str:
        """By what a channel knows them."""
        return {"EMAIL": self.email, "HAI": self.hai}.get(channel, self.phone)


def _requester(key: str, name: str, agency: str, turn: int, domain: str) -> Requester:
    return Requester(key, name, agency, f"+620009000000{turn}", f"{key}@{domain}.example", f"HAI-900{turn}")


CAST = (
    _requester("tirta", "Tirta Mandalawangi", "BPKAD Kab. Gowa", 1, "bpkad-gowa"),
    _requester("anggun", "Anggun Sedayu", "Bappeda Kota Kupang", 2, "bappeda-kupang"),
    _requester("yosef", "Yosef Lazuardi", "BPKAD Kab. Merauke", 3, "bpkad-merauke"),
    _requester("melur", "Melur Padmasana", "Universitas Nusa", 4, "nusa"),
)


def find(key: str) -> Requester:
    """The one of this key, the first of the cast where there is none; `baru-0427` is a stranger by that number."""
    word, _dash, digits = key.partition("-")
    if word == NEW and len(digits) == 4 and digits.isascii() and digits.isdigit():
        mail = f"pemohon-{digits}@pemda.example"
        return Requester(key, f"Pemohon {digits}", "", f"+620009001{digits}", mail, f"HAI-{digits}")
    return next((one for one in CAST if one.key == key), CAST[0])


def stranger() -> Requester:
    """Somebody who never wrote before."""
    return find(f"{NEW}-{secrets.randbelow(9000) + 1000}")
