"""Sockets are opened by our own pages only: a page elsewhere would bring the user's session along."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host

Application = Callable[[dict[str, Any], Any, Any], Awaitable[Any]]


class OwnPagesOnly:
    """Refuses (403) unless Origin names the host that was asked, and that is one of ours."""

    def __init__(self, inner: Application) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if is_own(headers.get("origin", ""), headers.get("host", "")):
            return await self.inner(scope, receive, send)
        return await WebsocketDenier()(scope, receive, send)


def is_own(origin: str, host: str) -> bool:
    """Whether a page of `origin` may open a socket at `host`. Origins trusted for forms are trusted here too."""
    domain, _port = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    try:
        there = urlsplit(origin)
    except ValueError:
        return False
    if there.scheme not in {"http", "https"}:
        return False
    return there.netloc.lower() == host.lower() or origin in settings.CSRF_TRUSTED_ORIGINS
