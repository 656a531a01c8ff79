"""From which address a request comes, behind as many proxies as are ours."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104 - no address, not a socket


def client_address(request: HttpRequest) -> str:
    """The client's address. Of X-Forwarded-For only what our `DERING_TRUSTED_PROXIES` proxies wrote is believed."""
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    hops.append(request.META.get("REMOTE_ADDR") or "")
    believed = hops[-(settings.TRUSTED_PROXIES + 1) :]
    return _address(believed[0]) or _address(hops[-1]) or UNKNOWN


def _address(text: str) -> str:
    """A clean address, without the port some proxies add; empty when it is none."""
    for candidate in (text, text.partition("]")[0].lstrip("["), text.rpartition(":")[0]):
        try:
            return str(ipaddress.ip_address(candidate))
        except ValueError:
            continue
    return ""
