"""A first guess of topic and urgency by the words of a question; an agent sets it right. Pure but for the topics."""

import re

from kernel.kept import Kept
from tickets.models import Ticket, Topic, TopicAlias

_URGENT = re.compile(r"\b(mendesak|urgent|segera|hari ini juga|batas waktu|tenggat)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> str:
    """Lower-case words between single spaces, with one at either end: what `guess` looks for names in."""
    return f" {' '.join(_WORD.findall(text.lower()))} "


def guess(text: str, names: dict[str, Topic]) -> Topic | None:
    """The topic whose name stands most often in the text; of equals the one with the longest name.

    `names`: what may stand for a topic, as `words_of` writes it.
    """
    said = words_of(text)
    found: dict[int, tuple[int, int, Topic]] = {}
    for name, topic in names.items():
        times = said.count(name) if len(name) > 3 else 0
        if times:
            before = found.get(topic.pk, (0, 0, topic))
            found[topic.pk] = (before[0] + times, max(before[1], len(name)), topic)
    return max(found.values(), key=lambda one: one[:2])[2] if found else None


def guess_topic(text: str) -> Topic | None:
    """Among the active topics of the technical kind, by label, code and aliases; None when none is named."""
    return guess(text[:20_000], _NAMES())


def _names() -> dict[str, Topic]:
    names: dict[str, Topic] = {}
    for alias in TopicAlias.objects.filter(topic__active=True, topic__category="TECHNICAL").select_related("topic"):
        names[words_of(alias.alias)] = alias.topic
    for topic in Topic.objects.filter(active=True, category="TECHNICAL"):
        names[words_of(topic.label)] = names[words_of(topic.code)] = topic
    return names


_NAMES = Kept(_names, "tickets.Topic", "tickets.TopicAlias")


def guess_priority(text: str) -> int:
    """High when the requester says that it is urgent; never urgent by itself."""
    return Ticket.Priority.HIGH if _URGENT.search(text[:20_000]) else Ticket.Priority.NORMAL
