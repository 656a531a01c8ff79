"""OAuth 2 for mail servers (RFC 6749): access tokens asked for, kept until shortly before they end, asked for again.

With a refresh token by that, else by the client's own credentials (Exchange Online for applications). The token is
kept encrypted beside the credentials it was made with: other credentials make it void.
"""

import hashlib
import json
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.locks import lock
from kernel.secrets import seal, unseal
from messaging.email.tls import context
from messaging.models import Connection
from messaging.transports import Permanent, Retryable

TIMEOUT = 20
EARLY = timedelta(minutes=2)  # renewed before it ends, so that it holds while it is used
SHORTEST, LONGEST = 60, 86_400  # seconds; what a server may say of how long a token holds
TOKEN, ENDS, MADE_WITH = "oauth_access_token", "oauth_ends", "oauth_made_with"
KEPT = frozenset({TOKEN, ENDS, MADE_WITH})
CHANGING = KEPT | {"oauth_refresh_token"}
_GIVEN = ("oauth_token_url", "oauth_client_id", "oauth_scope")


def uses_oauth(connection: Connection) -> bool:
    return bool(connection.settings.get("oauth_token_url"))


def access_token(connection: Connection, *, fresh: bool = False) -> str:
    """A token that holds; with `fresh` a new one whatever is kept. Asks over the network: never in a transaction.

    Raises Retryable or Permanent.
    """
    row = Connection.objects.get(pk=connection.pk)
    secrets = unseal(row.secrets)
    if not fresh and (kept := _kept(row, secrets, timezone.now())):
        return kept
    try:
        said = _ask(row, secrets)
    except Permanent:
        again = Connection.objects.get(pk=row.pk)  # someone else may have used the refresh token meanwhile
        if again.secrets != row.secrets and (kept := _kept(again, unseal(again.secrets), timezone.now())):
            return kept
        raise
    return _keep(row, said, timezone.now())


def _kept(row: Connection, secrets: dict[str, Any], now: datetime) -> str:
    if secrets.get(MADE_WITH) != _fingerprint(row, secrets):
        return ""
    ends = datetime.fromisoformat(str(secrets.get(ENDS)))
    return str(secrets[TOKEN]) if now + EARLY < ends else ""


def _ask(row: Connection, secrets: dict[str, Any]) -> dict[str, Any]:
    refresh = secrets.get("oauth_refresh_token")
    form = {
        "grant_type": "refresh_token" if refresh else "client_credentials",
        "client_id": str(row.settings.get("oauth_client_id", "")),
        **({"client_secret": str(secrets["oauth_client_secret"])} if secrets.get("oauth_client_secret") else {}),
        **({"refresh_token": str(refresh)} if refresh else {}),
        **({"scope": str(row.settings["oauth_scope"])} if row.settings.get("oauth_scope") else {}),
    }
    url = str(row.settings["oauth_token_url"])
    request = urllib.request.Request(  # noqa: S310  # an address of the administrator's, http or https by the form
        url, urllib.parse.urlencode(form).encode(), {"Accept": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT, context=context()) as answer:  # noqa: S310
            said = json.loads(answer.read(1_000_000))
    except urllib.error.HTTPError as error:
        raise _refusal(error) from None
    except (OSError, ValueError) as error:
        raise Retryable(_("Server token tidak dapat dihubungi."), type(error).__name__) from error
    if not isinstance(said, dict) or not said.get("access_token"):
        raise Retryable(_("Server token menjawab tanpa token."), "no_token")
    return said


def _refusal(error: urllib.error.HTTPError) -> Retryable | Permanent:
    """400 and 401 mean that the credentials are void (RFC 6749, section 5.2); all else may pass."""
    try:
        said = json.loads(error.read(100_000))
        code = str(said.get("error", error.code))[:60] if isinstance(said, dict) else str(error.code)
    except (ValueError, OSError):
        code = str(error.code)
    if error.code in (400, 401):
        return Permanent(_("Server token menolak izin ({code}).").format(code=code), code)
    return Retryable(_("Server token menolak izin ({code}).").format(code=code), code)


@transaction.atomic
def _keep(connection: Connection, said: dict[str, Any], now: datetime) -> str:
    row = lock(connection)
    secrets = unseal(row.secrets)
    if said.get("refresh_token"):  # each may be used once
        secrets["oauth_refresh_token"] = str(said["refresh_token"])
    try:
        seconds = min(max(int(said.get("expires_in", 3600)), SHORTEST), LONGEST)
    except (TypeError, ValueError):
        seconds = SHORTEST
    token = str(said["access_token"])
    secrets |= {TOKEN: token, ENDS: (now + timedelta(seconds=seconds)).isoformat()}
    secrets[MADE_WITH] = _fingerprint(row, secrets)
    row.secrets = seal(secrets)
    row.save(update_fields=["secrets"])
    return token


def _fingerprint(row: Connection, secrets: dict[str, Any]) -> str:
    parts = [str(row.settings.get(name, "")) for name in _GIVEN]
    parts += [str(secrets.get(name, "")) for name in ("oauth_client_secret", "oauth_refresh_token")]
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def xoauth2(user: str, token: str) -> str:
    """The first answer of the SASL mechanism XOAUTH2."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"
