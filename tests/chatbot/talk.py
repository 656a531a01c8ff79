"""Trees and conversations for tests of the chatbot."""

from typing import Any

from chatbot.identity import Known
from chatbot.machine import advance
from chatbot.places import Place
from chatbot.replies import Reply
from chatbot.state import Effect, Heard, State, World
from chatbot.tree import Article, tree_of
from chatbot.versions import publish
from messaging.incoming import Incoming, Sender, receive
from messaging.models import Message
from tests import factories as make

GOWA = Place("73.06", "Kabupaten Gowa, Sulawesi Selatan", "Kab. Gowa")
PEOPLE = Known("Arung Mappatunru", "73.06", "BPKAD", "arung@gowa.example")
CONTENT: dict[str, Any] = {
    "channels": ["WHATSAPP"],
    "idle_minutes": 30,
    "texts": {name: f"<{name}>" for name in ("greeting", "menu", "closing", "timeout", "handed_over")},
    "nodes": [
        {"code": "TKD", "label": "Transfer ke Daerah"},
        {"code": "DAU", "label": "Dana Alokasi Umum", "parent": "TKD", "text": "DAU disalurkan bulanan.", "words": "gaji"},
        {"code": "DBH", "label": "Dana Bagi Hasil", "parent": "TKD", "article": "KB-1"},
        {"code": "PDRD", "label": "Pajak dan Retribusi Daerah", "text": "Tarif PBJT paling tinggi 10 persen."},
        {"code": "OLD", "label": "Menu lama", "text": "Tidak dipakai.", "active": False},
    ],
}  # fmt: skip
TREE = tree_of(CONTENT, {"KB-1": Article("Kurang bayar DBH", "Kurang bayar DBH dihitung setiap tahun.")})


def places(text: str) -> list[Place]:
    """Only Gowa is known, and two of a name."""
    said = text.lower()
    if "bandung" in said:
        return [Place("32.04", "Kabupaten Bandung, Jawa Barat", "Kab. Bandung"), Place("32.73", "Kota Bandung", "Kota")]
    return [GOWA] if "gowa" in said else []


class Talk:
    """A conversation with the pure machine."""

    def __init__(self, known: Known = PEOPLE, tree=TREE) -> None:
        self.world, self.state = World(tree, known, places), State()
        self.replies: tuple[Reply, ...] = ()
        self.effects: list[Effect] = []

    def say(self, text: str = "", choice: str = "", ref: int = 0) -> str:
        """What is answered, as text."""
        turn = advance(State.read(self.state.stored()), Heard(text, choice, ref), self.world)
        self.state, self.replies = turn.state, turn.replies
        self.effects += turn.effects
        return "\n".join(reply.numbered() for reply in turn.replies)

    def kinds(self) -> list[str]:
        return [effect.kind for effect in self.effects]


def publish_seeded() -> None:
    """The first draft, as an installation begins with it."""
    publish(at=make.NOW - make.DAY, actor=None)


_serial = iter(range(1, 10**9))


def whatsapp(
    text: str, *, phone: str = "+62 000 1000 0001", at=make.NOW, choice: str = "", id: str = "", **more: Any
) -> Message:
    """A message that has come in, stored and not yet claimed."""
    details = {"type": "text", **more.pop("details", {})}
    if choice:
        row = {"type": "list_reply", "list_reply": {"id": choice, "title": text}}
        details |= {"type": "interactive", "interactive": row}
    incoming = Incoming(
        id or f"wamid.{next(_serial)}", Sender(phone=phone, name="Arung"), text, details=details, **more
    )
    return receive(incoming, channel=make.channel("WHATSAPP"), at=at)[0]
