"""Who keeps open deadlines that depend on a channel's target of the first answer.

An app that stores them registers a keeper in `AppConfig.ready()`; it is called in the transaction of the change.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from messaging.models import Channel

Keeper = Callable[[Channel, datetime, Any], int]
"""keeper(changed channel, at, actor) -> number of deadlines moved."""

_keepers: dict[str, Keeper] = {}


def register(name: str, keeper: Keeper) -> None:
    """Have `keeper` called after every change of a target. Registering a name again replaces it."""
    _keepers[name] = keeper


def changed(channel: Channel, at: datetime, actor: Any) -> dict[str, int]:
    """Call every keeper; the number of deadlines each one moved, by its name."""
    return {name: keeper(channel, at, actor) for name, keeper in sorted(_keepers.items())}
