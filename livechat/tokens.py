"""The secret by which a browser is its session: 256 random bits, kept here as a digest only."""

import hashlib
import re
import secrets

from django.core import signing
from django.db.models import QuerySet

from livechat.models import ChatSession

_SIMULATION = "livechat.simulation"
_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def sessions_of(token: str) -> QuerySet[ChatSession]:
    """The session of this token, or none."""
    if not _SHAPE.fullmatch(token):
        return ChatSession.objects.none()
    rows = ChatSession.objects.select_related("connection__channel", "contact__merged_into")
    return rows.filter(token_hash=digest(token))


def simulation_pass() -> str:
    """What the simulator's page gives its window: sessions begun with it are marked and count nowhere."""
    return signing.dumps("simulation", salt=_SIMULATION)


def proves_simulation(text: str) -> bool:
    """Whether the text is such a pass of the last day."""
    try:
        return bool(text) and signing.loads(text, salt=_SIMULATION, max_age=24 * 3600) == "simulation"
    except signing.BadSignature:
        return False
