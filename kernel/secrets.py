"""Credentials at rest: encrypted with a key derived from the installation's secret, never shown again."""

import base64
import hashlib
import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def seal(values: dict[str, Any]) -> str:
    """The values as one encrypted text; empty for none."""
    return _box().encrypt(json.dumps(values).encode()).decode() if values else ""


def unseal(text: str) -> dict[str, Any]:
    """What `seal` was given. ValueError when no key of this installation opens it."""
    if not text:
        return {}
    try:
        found: dict[str, Any] = json.loads(_box().decrypt(text.encode()))
    except InvalidToken:
        raise ValueError("sealed with another secret key") from None
    return found


def _box() -> MultiFernet:
    """The first key seals; all of them open, so that a key can be changed."""
    return _made((str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)))


@lru_cache(maxsize=2)
def _made(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_digest(key))) for key in keys])


def _digest(key: str) -> bytes:
    return hashlib.sha256(f"seal:{key}".encode()).digest()
