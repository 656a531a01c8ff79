"""Calls of other machines: their bodies as JSON, whatever was sent."""

import json
from typing import Any

from django.http import HttpRequest

DEEPEST = 60  # brackets within brackets; what the database and everything on the way can walk through


class TooLarge(Exception):
    """More than this address takes."""


def body_of(request: HttpRequest, most: int) -> bytes:
    """The raw body of up to `most` bytes, which may be more than forms may have. Raises TooLarge."""
    length = request.headers.get("Content-Length") or "0"
    if length.isascii() and length.isdigit() and len(length) < 20 and int(length) > most:
        raise TooLarge
    raw: bytes = request.read(most + 1)
    if len(raw) > most:
        raise TooLarge
    return raw


def read_json(raw: bytes) -> Any:
    """What the body says. Raises ValueError for what is no JSON (RFC 8259), and for what nobody could keep."""
    try:
        body = json.loads(raw, parse_constant=_refuse, parse_float=_number)
    except RecursionError:
        raise ValueError("too deep") from None
    if _depth(body) > DEEPEST:
        raise ValueError("too deep")
    return body


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("number too large")
    return value


def _depth(body: Any) -> int:
    """How many brackets stand within each other; stops counting past the limit."""
    level, depth = [body], 0
    while level and depth <= DEEPEST:
        inner = [one for one in level if isinstance(one, dict | list)]
        if not inner:
            break
        depth += 1
        level = [one for outer in inner for one in (outer.values() if isinstance(outer, dict) else outer)]
    return depth
