"""Reading settings from the environment."""

import os

from django.core.exceptions import ImproperlyConfigured

_ROLES = ("AGENT_L1", "SUPERVISOR", "AGENT_L2", "FRONT_DESK", "PPID_OFFICER", "MANAGER", "ADMINISTRATOR")


def flag(name: str, default: bool = False) -> bool:
    """1, true, yes or on."""
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    """A whole number; empty means the default."""
    return int(os.environ.get(name) or default)


def words(name: str, default: str = "") -> list[str]:
    """What stands between commas."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def required_roles(text: str) -> frozenset[str]:
    """Role codes between commas; 1 stands for those who can do most, 0 or nothing for none."""
    if text.strip().lower() in {"", "0", "false", "no", "off"}:
        return frozenset()
    if text.strip().lower() in {"1", "true", "yes", "on"}:
        return frozenset({"ADMINISTRATOR", "SUPERVISOR"})
    roles = frozenset(part.strip().upper() for part in text.split(",") if part.strip())
    if unknown := roles.difference(_ROLES):
        raise ImproperlyConfigured(f"DERING_REQUIRE_MFA: no such role: {', '.join(sorted(unknown))}")
    return roles


def oidc_provider(issuer: str, *, client_id: str, secret: str, label: str) -> dict[str, dict[str, object]]:
    """What django-allauth wants to know of the OpenID Connect provider; no application without an issuer."""
    if issuer and not (client_id and secret):
        raise ImproperlyConfigured("DERING_OIDC_ISSUER needs DERING_OIDC_CLIENT_ID and DERING_OIDC_CLIENT_SECRET.")
    application = {
        "provider_id": "sso",
        "name": label,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": issuer},
    }
    shared = {"provider_class": "djpk.accounts.sso.StaffProvider", "OAUTH_PKCE_ENABLED": True}
    return {"openid_connect": {**shared, "APPS": [application] if issuer else []}}
