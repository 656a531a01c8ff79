"""The menu tree as a value: what is edited, published and walked through. Pure.

Content as stored:

    {"channels": ["WHATSAPP"], "idle_minutes": 30,
     "texts": {"greeting": …, "menu": …, "closing": …, "timeout": …, "handed_over": …},
     "nodes": [{"code", "label", "label_en", "short", "parent", "topic", "text", "article", "words", "active"}, …]}

Siblings stand in the order of the list. `parent`, `topic` and `article` are codes or empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

Content = dict[str, Any]

TEXTS = ("greeting", "menu", "closing", "timeout", "handed_over")
LONGEST_LABEL, LONGEST_SHORT, LONGEST_TEXT, LONGEST_WORDS = 72, 24, 4000, 300
MOST_TOP, MOST_BELOW, DEEPEST = 8, 7, 5  # a WhatsApp list has ten rows; the others lead on and back
SHORTEST_IDLE, LONGEST_IDLE = 5, 24 * 60


@dataclass(frozen=True, slots=True)
class Article:
    """A published article of the knowledge base."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Node:
    """A menu. It answers by its own text, by its article, or leads to the menus below it, or several of these."""

    code: str
    label: str
    label_en: str = ""
    short: str = ""
    parent: str = ""
    topic: str = ""
    text: str = ""
    article: str = ""
    words: str = ""
    active: bool = True

    @property
    def title(self) -> str:
        """At most 24 letters, for a row of a list."""
        return self.short or cut(self.label, LONGEST_SHORT)


@dataclass(frozen=True, slots=True)
class Tree:
    """The menus a requester can reach, with the articles they answer from by code."""

    nodes: Mapping[str, Node]
    texts: Mapping[str, str]
    channels: tuple[str, ...] = ()
    idle_minutes: int = 30
    articles: Mapping[str, Article] = field(default_factory=dict)

    def node(self, code: str) -> Node | None:
        """A menu by its code, while it and all above it are in use."""
        found = self.nodes.get(code)
        return found if found and all(one.active for one in self.path(code)) else None

    def children(self, code: str = "") -> list[Node]:
        return [node for node in self.nodes.values() if node.parent == code and node.active]

    def path(self, code: str) -> list[Node]:
        """From the top down to the menu."""
        found: list[Node] = []
        while (node := self.nodes.get(code)) and node not in found:
            found.insert(0, node)
            code = node.parent
        return found

    def answer(self, node: Node) -> str:
        """What the menu says by itself; empty when it only leads on."""
        article = self.articles.get(node.article)
        return "\n\n".join(part for part in (node.text.strip(), article.body.strip() if article else "") if part)


def tree_of(content: Content, articles: Mapping[str, Article] | None = None) -> Tree:
    """The tree a stored content describes."""
    nodes = [node_of(row) for row in content.get("nodes", [])]
    return Tree(
        nodes={node.code: node for node in nodes},
        texts={name: str(content.get("texts", {}).get(name, "")) for name in TEXTS},
        channels=tuple(content.get("channels", [])),
        idle_minutes=int(content.get("idle_minutes", 30)),
        articles=dict(articles or {}),
    )


def node_of(row: Mapping[str, Any]) -> Node:
    return Node(**{name: row[name] for name in NODE_FIELDS if name in row})


def articles_named(content: Content) -> set[str]:
    return {row["article"] for row in content.get("nodes", []) if row.get("article")}


def cut(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis, at most `most` letters."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


NODE_FIELDS = tuple(one.name for one in fields(Node))
