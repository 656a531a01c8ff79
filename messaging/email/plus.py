"""A signed address per conversation, `callcenter+drg-24-00012.<signature>@…`: answers find home without headers."""

import hashlib
import hmac
import re
from collections.abc import Iterable

from django.conf import settings

_PLUS = re.compile(r"\+([a-z0-9-]{3,40})\.([0-9a-f]{16})@", re.IGNORECASE)


def plus_address(address: str, thread: str) -> str:
    """The mailbox with the thread's name behind a plus, signed."""
    name, _at, domain = address.partition("@")
    return f"{name}+{thread.lower()}.{_signature(thread)}@{domain}"


def base_of(address: str) -> str:
    """The address without what stands behind a plus."""
    name, _at, domain = address.lower().partition("@")
    return f"{name.partition('+')[0]}@{domain}"


def threads_in(addresses: Iterable[str]) -> list[str]:
    """The threads that these addresses name with a signature of ours, in capitals."""
    found = (match for address in addresses if (match := _PLUS.search(address)))
    named = ((match.group(1).upper(), match.group(2).lower()) for match in found)
    return [thread for thread, signature in named if hmac.compare_digest(signature, _signature(thread))]


def _signature(thread: str) -> str:
    key = f"plus:{settings.SECRET_KEY}".encode()
    return hmac.new(key, thread.upper().encode(), hashlib.sha256).hexdigest()[:16]
