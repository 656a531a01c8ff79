"""The way to Valkey for live updates: one channel that every web process hears, and the keys of presence.

Channels of Valkey know no database numbers, so their name carries the first of ours.
"""

import json
import logging
import threading
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from redis import Redis, RedisError
from redis import asyncio as aioredis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE = 0.5  # seconds that a verb waits at most for Valkey
PAUSE = 1.0  # seconds without another try after a failure

logger = logging.getLogger(__name__)


def channel() -> str:
    return f"{settings.LIVE_PREFIX}:tickets"


def presence_key() -> str:
    return f"{settings.LIVE_PREFIX}:presence"


def listener() -> "aioredis.Redis":
    """A client for the running event loop; reads wait without end, so it is for the hub alone."""
    return aioredis.Redis.from_url(
        settings.LIVE_URL,
        socket_connect_timeout=2,
        health_check_interval=15,
        retry=AsyncRetry(NoBackoff(), 0),
        decode_responses=True,
    )


@lru_cache(maxsize=1)
def client() -> Redis:
    return Redis.from_url(
        settings.LIVE_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
    )


_silent_until = 0.0
_missed: threading.Timer | None = None  # will say that something was dropped, should nothing be said before


def publish(message: Mapping[str, Any]) -> bool:
    """Tell every web process; False when Valkey is away, which is logged and never raised.

    After a failure the next second's messages are dropped at once. The first message after that says that some were
    missed, so that pages catch up: a Valkey that was only slow has broken no hub's line.
    """
    global _silent_until, _missed
    if time.monotonic() < _silent_until:
        return False
    said = {**message, "missed": True} if _missed else message
    try:
        client().publish(channel(), json.dumps(said, separators=(",", ":")))
    except RedisError as error:
        _silent_until = time.monotonic() + PAUSE
        logger.warning("Valkey is away, a live hint was dropped: %s", error)
        _say_missed_later()
        return False
    if _missed:
        _missed.cancel()
        _missed = None
    return True


def _say_missed_later() -> None:
    global _missed
    if _missed:
        _missed.cancel()
    _missed = threading.Timer(PAUSE * 1.1, publish, [{}])
    _missed.daemon = True
    _missed.start()
