"""Addresses shown without giving them away (rules 8.8)."""

from people.models import ContactHandle


def mask(kind: str, value: str) -> str:
    """Keep what tells two addresses of one contact apart, no more.

    >>> mask("EMAIL", "sekar@pemda.example"), mask("PHONE", "+6200012345678")
    ('s•••@pemda.example', '+62••••678')
    """
    if kind == ContactHandle.Kind.EMAIL:
        name, _at, domain = value.rpartition("@")
        return f"{name[:1]}•••@{domain}"
    return f"{value[:3]}••••{value[-3:]}"
