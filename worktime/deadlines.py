"""Who keeps open deadlines that depend on a calendar.

An app that stores a deadline registers a keeper in `AppConfig.ready()`. When a calendar changes, its
keepers recompute the open deadlines in the same transaction; closed ones they leave alone.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

Keeper = Callable[[Collection[str], datetime, Any], int]
"""keeper(calendar codes, at, actor) -> number of deadlines moved."""

_keepers: dict[str, Keeper] = {}


def register(name: str, keeper: Keeper) -> None:
    """Have `keeper` called after every change of a calendar. Registering a name again replaces it."""
    _keepers[name] = keeper


def recompute(codes: Collection[str], at: datetime, actor: Any) -> dict[str, int]:
    """Call every keeper; the number of deadlines each one moved, by its name."""
    return {name: keeper(codes, at, actor) for name, keeper in sorted(_keepers.items())}
