"""Who runs the servers of a data folder: a lock that dies with its holder, and a note for those who share.

`lock` is held by the one process that started the servers. `running.json` says how to reach them.
`users` is held shared by every command that uses them, so that a command that started them stops them
only after the last other one has finished.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class Claim:
    """The right to run the servers of `data`; released by `release()` or by the death of the process."""

    def __init__(self, data: Path, handle: IO[str]) -> None:
        self.data, self._handle = data, handle

    @classmethod
    def take(cls, data: Path, role: str) -> "Claim | None":
        """Take the lock without waiting; None when another process has it."""
        data.mkdir(parents=True, exist_ok=True)
        handle = (data / "lock").open("a+")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return None
        claim = cls(data, handle)
        claim.publish(role=role, ready=False)
        return claim

    def publish(self, **facts: object) -> None:
        """Say who we are and how to reach the servers; replaces the note in one step."""
        note = self.data / "running.json"
        fresh = note.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as handle:
            json.dump({"pid": os.getpid(), **facts}, handle)
        fresh.replace(note)

    def release(self) -> None:
        (self.data / "running.json").unlink(missing_ok=True)
        self._handle.close()

    def wait_for_users(self) -> None:
        """Return when no other command uses the servers."""
        with (self.data / "users").open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)


def holder(data: Path) -> dict:
    """What the process that has the lock says about itself; empty when it has not said anything yet."""
    try:
        return json.loads((data / "running.json").read_text())
    except (OSError, ValueError):
        return {}


def wait_for_servers(data: Path, seconds: float = 60) -> dict | None:
    """The holder's note once its servers answer; None when the holder gave up or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        note = holder(data)
        if note.get("ready"):
            return note
        if _free(data):
            return None
        time.sleep(0.1)
    return None


@contextmanager
def using(data: Path) -> Iterator[dict | None]:
    """Count as a user of the servers while the block runs: gives their note, None when they have begun to stop."""
    with (data / "users").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        note = holder(data)
        yield note if note.get("ready") else None


def _free(data: Path) -> bool:
    with (data / "lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
