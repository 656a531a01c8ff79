"""The steps of the pipeline by name, and what happens to a process when it comes to one.

A step is the moment before or after a call of some function of the product; nothing in the product knows of it.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pkgutil import resolve_name
from typing import Any
from unittest.mock import patch

import psycopg

STEPS: dict[str, tuple[str, str]] = {
    # a transport brings a message
    "original written": ("messaging.incoming.store_file", "after"),
    "contact resolved": ("messaging.incoming._contact", "after"),
    "stored, not committed": ("messaging.incoming.store_message", "after"),
    "stored": ("messaging.incoming.wake_claimers", "before"),
    "worker woken": ("messaging.incoming.wake_claimers", "after"),
    "stored, from a pipe": ("messaging.management.commands.receive_email.claim_in_order", "before"),
    # a worker has it claimed
    "asked who takes it": ("messaging.claiming.claimers", "before"),
    "ticket made": ("tickets.intake.claim_message", "before"),
    "claimed": ("tickets.intake.claim_message", "after"),
    "claimed by the chatbot": ("chatbot.running.claim_message", "after"),
    "session begun": ("chatbot.verbs.start_session", "after"),
    "acknowledged": ("tickets.receiving.claimer.acknowledge", "after"),
    "answered": ("chatbot.running.say", "after"),
    "claim committed": ("messaging.verbs.wake_sender", "before"),
    "sender woken": ("messaging.verbs.wake_sender", "after"),
    # a worker sends what is in the outbox
    "leased": ("messaging.outbox.transport_of", "before"),
    "named": ("messaging.outbox._name", "after"),
    "line open": ("messaging.email.sending.connect_smtp", "after"),
    "mail sent": ("messaging.email.sending.EmailTransport.send", "after"),
    "text sent": ("messaging.whatsapp.sending.WhatsAppTransport.send", "after"),
    "recorded, not committed": ("messaging.outbox.apply_early", "after"),
    "recorded": ("messaging.outbox._wake_next", "before"),
}


@contextmanager
def stopped_at(step: str, fault: str) -> Iterator[None]:
    """Let `fault` happen once, when this process comes to the step; nothing for an empty name."""
    if not step:
        yield
        return
    path, when = STEPS[step]
    real, happen = resolve_name(path), _once(FAULTS[fault])

    def stops(*given: Any, **named: Any) -> Any:
        if when == "before":
            happen()
        result = real(*given, **named)
        if when == "after":
            happen()
        return result

    with patch(path, stops):
        yield


def _once(fault: Callable[[], None]) -> Callable[[], None]:
    left = [fault]
    return lambda: left.pop()() if left else None


def kill() -> None:
    """As `kill -9`, the kernel's out-of-memory killer or a power cut do it: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def cut() -> None:
    """The database ends our connection, whatever we are in the middle of."""
    from django.db import connection

    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", [backend])


FAULTS = {"kill": kill, "cut": cut}
