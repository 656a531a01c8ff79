"""Words by which somebody stops our messages or takes them again. Pure."""

import re

OUT = frozenset(
    {"stop", "berhenti", "unsubscribe", "henti", "stop pesan", "berhenti berlangganan", "jangan kirim lagi"}
)
IN = frozenset({"start", "mulai", "mulai lagi", "terima pesan"})
_EDGE = re.compile(r"^\W+|\W+$")


def wish_of(text: str) -> str:
    """ "out", "in", or nothing: only a message that says no more than the word counts."""
    said = " ".join(_EDGE.sub("", text).lower().split())
    return "out" if said in OUT else "in" if said in IN else ""
