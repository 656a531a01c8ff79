"""Waiting for news of an open mailbox: told by the server (IDLE, RFC 2177), else asking again after a while."""

import select
import time
from collections.abc import Callable
from typing import Any

from imap_tools import BaseMailBox

LONGEST = 9 * 60.0  # seconds; servers end what is silent for half an hour, some routers for ten minutes
SLICE = 1.0  # seconds until it is looked whether to stop


def can_idle(box: BaseMailBox) -> bool:
    """Asked after signing in: some servers say it only then."""
    _state, said = box.client.capability()
    return any(b"IDLE" in line.upper().split() for line in said if isinstance(line, bytes))


def wait_for_news(box: BaseMailBox, *, stopped: Callable[[], bool], longest: float = LONGEST) -> bool:
    """Until the server tells of a change in the folder: True; False after `longest` seconds or when `stopped`.

    Raises OSError and imaplib's errors when the line is gone.
    """
    client: Any = box.client
    client.untagged_responses.pop("EXISTS", None)
    tag = client._command("IDLE")
    while client._get_response():  # until the server says "+"; what changed meanwhile comes before it
        if client.tagged_commands[tag]:
            raise client.abort(f"IDLE: {client.tagged_commands[tag]}")
    news = bool(client.untagged_responses.get("EXISTS"))
    end = time.monotonic() + longest
    while not news and not stopped() and (left := end - time.monotonic()) > 0:
        if _speaks(client.sock, min(SLICE, left)):
            client._get_response()
            news = bool(client.untagged_responses.get("EXISTS"))
    client.send(b"DONE\r\n")
    client._command_complete("IDLE", tag)
    return news


def _speaks(sock: Any, seconds: float) -> bool:
    """Whether something can be read; what TLS has decrypted already does not show on the socket."""
    if hasattr(sock, "pending") and sock.pending():
        return True
    return bool(select.select([sock], [], [], seconds)[0])
