"""Tasks that go on until they are told to end, whatever happens meanwhile."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from redis import RedisError

RETRY = 1.0  # seconds between two tries
QUIET = 10.0  # seconds of work after which an outage of Valkey is a new one

logger = logging.getLogger(__name__)


def ending() -> bool:
    """True in a task that was cancelled, also where what it awaited at that moment has swallowed it.

    Waiting for a thread (asgiref) or for Valkey (redis) may take the word and go on.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def until_ended(work: Callable[[], Awaitable[None]], name: str) -> None:
    """Do the work, and again after each failure; that Valkey is away is logged once an outage."""
    away = False
    while not ending():
        began = time.monotonic()
        try:
            await work()
        except (RedisError, OSError) as error:
            if not away or time.monotonic() - began > QUIET:
                logger.warning("%s wait for Valkey: %s", name, error)
            away = True
        except Exception:
            logger.exception("%s stumbled", name)
        if not ending():
            await asyncio.sleep(RETRY)
