"""API tokens: shown once when issued, kept as sha256 only."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from people.log import log_access
from people.models import ApiToken, User

MARK = "drg_"
SHOWN = 12


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue_token(
    *,
    name: str,
    user: User,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
    at: datetime,
    actor: User | None,
) -> tuple[ApiToken, str]:
    """A new token and its secret (`drg_…`), which nobody can read again."""
    if not name.strip():
        raise Refused("token.needs_name", _("Beri nama token sesuai sistem yang memakainya."))
    if expires_at and expires_at <= at:
        raise Refused("token.expires_too_early", _("Masa berlaku token harus di masa depan."))
    secret = MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name.strip(),
        user=user,
        prefix=secret[:SHOWN],
        digest=digest_of(secret),
        scopes=sorted(set(scopes)),
        created_at=at,
        expires_at=expires_at,
    )
    log_access(user=actor, action="token.issued", record=token, at=at)
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, at: datetime, actor: User | None, reason: str = "") -> ApiToken:
    token = lock(token)
    if token.revoked_at:
        raise Refused("token.revoked", _("Token ini sudah dicabut."))
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    log_access(user=actor, action="token.revoked", record=token, reason=reason, at=at)
    return token


def find_token(secret: str, *, at: datetime) -> ApiToken | None:
    """The token with this secret if it is in force and its user active. Writes nothing."""
    token = ApiToken.objects.select_related("user").filter(digest=digest_of(secret)).first()
    if token is None or token.revoked_at or not token.user.is_active:
        return None
    return None if token.expires_at and token.expires_at <= at else token


def note_use(token: ApiToken, *, at: datetime, every_seconds: int = 60) -> None:
    """Remember when the token was last used, at most once a minute."""
    if token.last_used_at and (at - token.last_used_at).total_seconds() < every_seconds:
        return
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
