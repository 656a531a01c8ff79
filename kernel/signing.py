"""Calls between machines, signed with a shared secret: HMAC-SHA256 over the moment and the raw body. Pure.

<NAME>-Timestamp: 1723689000
<NAME>-Signature: sha256=<hex of HMAC(secret, "1723689000." + body)>
"""

import hashlib
import hmac
from datetime import datetime, timedelta

STALE = timedelta(minutes=5)


def signature(secret: str, moment: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def signed(secret: str, moment: str, body: bytes, given: str, *, now: datetime) -> bool:
    """Whether the call is of the one who holds the secret, and not an old one played again."""
    if not secret or not (moment.isascii() and moment.isdigit()) or len(moment) > 12:
        return False
    if abs(now.timestamp() - int(moment)) > STALE.total_seconds():
        return False
    return hmac.compare_digest(signature(secret, moment, body).encode(), given.encode("utf-8", "replace"))
