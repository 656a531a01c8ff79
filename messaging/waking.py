"""Waking workers. The queue only saves waiting: when it is down, the sweeps find the same rows."""

from datetime import datetime

import structlog
from celery import current_app

SHORT = 100  # tasks that are worked off within seconds
log = structlog.get_logger()


def wake_claimers(contact_id: int | None, message_id: int) -> None:
    _queue("messaging.tasks.claim_messages", {"contact_id": contact_id, "message_id": message_id})


def wake_sender(message_id: int, after: datetime | None = None) -> None:
    _queue("messaging.tasks.send_message", {"message_id": message_id}, after)


def wake_scanner() -> None:
    _queue("messaging.tasks.scan_files", {})


def wake_catalogue() -> None:
    _queue("messaging.tasks.synchronise_templates", {})


def workers_are_behind(waiting: int) -> bool:
    """Whether the queue holds more than so many and more than a few tasks: then nobody else need be woken."""
    return queued() >= max(waiting, SHORT)


def queued() -> int:
    """How many tasks wait in the broker; 0 when it cannot be asked."""
    try:
        with current_app.connection_for_read() as broker:
            return int(broker.default_channel.client.llen("celery"))
    except Exception:
        log.warning("queue_unreachable", exc_info=True)
        return 0


def _queue(task: str, kwargs: dict[str, object], after: datetime | None = None) -> None:
    try:
        current_app.send_task(task, kwargs=kwargs, eta=after, retry=False)
    except Exception:  # whatever the broker's library raises: the row is stored, a sweep will find it
        log.warning("queue_unreachable", task=task, exc_info=True)
