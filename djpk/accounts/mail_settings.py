"""Outgoing mail from one address: `smtp://user:password@mail.example:587` (STARTTLS), `smtps://…:465`."""

from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_PORTS = {"smtp": 587, "smtps": 465}


def mail_settings(url: str, sender: str) -> dict[str, object]:
    """Django's mail settings; without an address nothing is sent and pages that need mail are not offered.

    `?tls=0` sends without STARTTLS, for a relay on the same host.
    """
    if not url:
        return {"MAIL_CONFIGURED": False, "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or not sender:
        raise ImproperlyConfigured("DERING_MAIL_URL is smtp://… or smtps://…, and DERING_MAIL_FROM names the sender.")
    plain = parse_qs(parts.query).get("tls") == ["0"]
    return {
        "MAIL_CONFIGURED": True,
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and not plain,
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": sender,
    }
