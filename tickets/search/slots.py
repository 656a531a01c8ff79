"""What apps further down find for a search, without being imported here: articles, for instance."""

from collections.abc import Callable
from dataclasses import dataclass

from people.models import User
from tickets.search.query import Term


@dataclass(frozen=True, slots=True)
class Thing:
    """Something found: where it is, what it is called, a few words beside it."""

    url: str
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Things:
    label: str
    things: list[Thing]


Source = Callable[[User, tuple[Term, ...], int], Things | None]
"""source(user, wanted terms, most) -> what this user may see of it, or None. At most two queries."""

_sources: dict[str, Source] = {}


def register_source(name: str, source: Source) -> None:
    """Have `source` asked for every search for words. A name again replaces it."""
    _sources[name] = source


def others(user: User, terms: tuple[Term, ...], most: int) -> list[Things]:
    """What the other apps found, in the order of their names; empty ones are left out."""
    found = [source(user, terms, most) for _name, source in sorted(_sources.items())] if terms else []
    return [group for group in found if group and group.things]
