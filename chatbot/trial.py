"""Trying a tree as a requester would: the machine itself, nothing is stored, nobody is written to."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from chatbot import places
from chatbot.identity import Known
from chatbot.loading import with_articles
from chatbot.machine import advance
from chatbot.replies import Reply
from chatbot.state import HAND_OVER, Heard, State, World
from chatbot.tree import Content
from people.regions import RegionIndex

SOMEONE = Known("Arung Mappatunru", "73.06", "BPKAD", "arung@gowa.example")
LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Tried:
    """The state after a turn, and what was answered."""

    state: State
    replies: tuple[Reply, ...]


def try_turn(content: Content, state: State, *, text: str, choice: str = "", known: bool = False) -> Tried:
    """One turn of a stranger, or of someone whose data are known."""
    index = RegionIndex.load()
    world = World(with_articles(content), SOMEONE if known else Known(), partial(places.recognise, index=index))
    with override("id"):
        turn = advance(state, Heard(text[:LONGEST], choice), world)
        replies = turn.replies
        if HAND_OVER in {effect.kind for effect in turn.effects}:
            note = _("(Di sini tiket dibuat dan nomor antrean atau jam buka berikutnya disebutkan.)")
            replies += (Reply(f"{world.tree.texts['handed_over']}\n\n{note}"),)
    return Tried(turn.state, replies)


def lines_of(replies: tuple[Reply, ...]) -> list[dict[str, Any]]:
    """As JSON keeps them."""
    return [{"text": one.text, "options": [[option.key, option.label] for option in one.options]} for one in replies]
