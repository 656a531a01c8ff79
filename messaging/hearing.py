"""Who wants to know what became of an outgoing message.

An app further up registers a listener in `AppConfig.ready()`. Listeners run after the commit of what they hear of,
so that they may lock rows of their own; one that fails is logged and stops nothing.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import transaction

from messaging.models import Message

Listener = Callable[[int, str, datetime], None]
"""listener(message id, its delivery now, at)."""

_listeners: dict[str, Listener] = {}
log = structlog.get_logger()


def register(name: str, listener: Listener) -> None:
    """Have `listener` called after every change of a delivery. Registering a name again replaces it."""
    _listeners[name] = listener


def delivery_changed(message: Message, at: datetime) -> None:
    """Tell all listeners once the transaction is through."""
    pk, delivery = message.pk, str(message.delivery)
    transaction.on_commit(lambda: _tell(pk, delivery, at), robust=True)


def _tell(pk: int, delivery: str, at: datetime) -> None:
    for name, listener in sorted(_listeners.items()):
        try:
            listener(pk, delivery, at)
        except Exception:
            log.exception("delivery_listener_failed", listener=name, message=pk)
