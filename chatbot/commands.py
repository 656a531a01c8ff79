"""Words that always mean the same, at any point of the conversation. Pure."""

import re

TOP, BACK, AGENT, FIND, END = "top", "back", "agent", "find", "end"
CANCEL, THANKS, YES, NO = "cancel", "thanks", "yes", "no"
FIND_FOR = "find:"
_SAID = {
    TOP: "menu|menu utama|ke menu|kembali ke menu|utama|home|0",
    BACK: "kembali|back|sebelumnya",
    AGENT: "agen|agent|chat agent|chat agen|petugas|operator|cs|customer service|hubungi petugas|chat petugas|admin",
    FIND: "cari|pencarian|search",
    END: "selesai|akhiri|keluar|berhenti|stop|sudah",
    CANCEL: "batal|batalkan",
    THANKS: "terima kasih|terimakasih|makasih|terima kasih banyak|thanks|thank you|trims|tks|sudah terima kasih"
    "|baik terima kasih|oke terima kasih|ok terima kasih|ok makasih",
    YES: "ya|y|iya|yes|betul|benar|ok|oke|sudah benar",
    NO: "bukan|tidak|no|salah|n|tdk|bkn",
}
_MEANS = {word: meaning for meaning, words in _SAID.items() for word in words.split("|")}
_FIND_FOR = re.compile(r"^cari(?:kan)?\s+(\S.*)$", re.IGNORECASE | re.DOTALL)


def read(text: str) -> str:
    """The command a text is, `find:…` with what is looked for, or nothing."""
    said = " ".join(re.sub(r"[.,!/*]+", " ", text.lower()[:80]).split())
    if (meaning := _MEANS.get(said)) not in (YES, NO, None):
        return str(meaning)
    found = _FIND_FOR.match(text.strip())
    return f"{FIND_FOR}{found.group(1)}" if found else ""


def consents(text: str) -> bool | None:
    """Whether a text says yes or no; None for anything else."""
    meaning = _MEANS.get(" ".join(text.lower().strip(" .,!").split()))
    return {YES: True, NO: False}.get(meaning or "")
