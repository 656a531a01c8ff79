"""Whether a task was told to end: waiting for a thread (asgiref) or for Valkey (redis) may take the word and go on."""

import asyncio


def ending() -> bool:
    """True in a task that was cancelled, also where what it awaited at that moment has swallowed it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
