"""Where a conversation stands, as a value that is kept with its session. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from chatbot.identity import Known
from chatbot.places import Place
from chatbot.replies import Reply
from chatbot.tree import Tree

NEW, FORM, MENU, ASK, SEARCH, DONE = "new", "form", "menu", "ask", "search", "done"
STEPS = (NEW, FORM, MENU, ASK, SEARCH, DONE)

OPENED, SEARCHED, MISSED, IDENTIFIED, HAND_OVER, ENDED = (
    "OPENED", "SEARCHED", "MISSED", "IDENTIFIED", "HAND_OVER", "ENDED",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heard:
    """What came in. `choice`: key of what was tapped; `ref`: by which the message is known; `quiet`: a mere mark."""

    text: str = ""
    choice: str = ""
    ref: int = 0
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """`todo`: fields left, the first is asked now; `asked`: those before. `offered`: (key, label) to choose."""

    step: str = NEW
    todo: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    form: Mapping[str, str] = field(default_factory=dict)
    node: str = ""
    offered: tuple[tuple[str, str], ...] = ()
    misses: int = 0
    turns: int = 0
    question_ref: int = 0

    def having(self, **changes: Any) -> "State":
        return replace(self, **changes)

    def filled(self, name: str, value: str) -> "State":
        return replace(self, form={**self.form, name: value})

    def stored(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {**asdict(self), "form": dict(self.form), "offered": [list(pair) for pair in self.offered]}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "State":
        """What `stored` gave; a new one of whatever else."""
        given = {one.name: stored[one.name] for one in fields(cls) if one.name in stored}
        given["offered"] = tuple((str(key), str(label)) for key, label in given.get("offered", ()))
        given |= {name: tuple(given.get(name, ())) for name in ("todo", "asked")}
        return cls(**given)


@dataclass(frozen=True, slots=True)
class Effect:
    """What the conversation means for the session: a menu opened, words searched, done with the form, …"""

    kind: str
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class World:
    """All that a step looks at beside the state and what was said."""

    tree: Tree
    known: Known
    recognise: Callable[[str], list[Place]]


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows. No reply means silence, by rule."""

    state: State
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()

    def after(self, *replies: Reply) -> "Turn":
        """The same with replies in front."""
        return replace(self, replies=replies + self.replies)

    def with_effects(self, *effects: Effect) -> "Turn":
        return replace(self, effects=effects + self.effects)
