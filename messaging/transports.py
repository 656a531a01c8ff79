"""How messages leave: one transport per channel, told apart by what a failure means."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from messaging.models import Connection, Message


class SendError(Exception):
    """Not sent. `reason` is for the agent; `code` is the server's or provider's."""

    def __init__(self, reason: str | Promise, code: str = "") -> None:
        super().__init__(str(reason))
        self.reason, self.code = reason, code


class Retryable(SendError):
    """Worth another try, not before `after`."""

    def __init__(self, reason: str | Promise, code: str = "", after: timedelta | None = None) -> None:
        super().__init__(reason, code)
        self.after = after


class Permanent(SendError):
    """Will fail again however often it is tried."""


class Unknown(SendError):
    """The line broke when it may already have been taken: sending again might send twice."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Taken by the other side. `delivered` where taking it is delivering it."""

    provider_id: str = ""
    delivered: bool = False
    details: dict[str, Any] = field(default_factory=dict)


class Transport(Protocol):
    """`repeatable` transports may send twice without harm: the other side drops the second."""

    repeatable: bool

    def prepare(self, message: Message, connection: Connection) -> str:
        """The id under which it will be known, before it is sent; empty when the provider gives one."""
        ...

    def send(self, message: Message, connection: Connection, files: Sequence[tuple[str, str, bytes]]) -> Sent:
        """One network call, outside any transaction. Raises SendError."""
        ...


def transport_of(channel_code: str) -> Transport | None:
    """The transport of a channel; None where nothing is sent (a phone call was spoken)."""
    path = settings.MESSAGE_TRANSPORTS.get(channel_code)
    return import_string(path)() if path else None
