"""Second factors of staff: who has one, who must, and what an administrator can take away."""

from collections.abc import MutableMapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from people.access import has_role
from people.log import log_access
from people.models import Role, User

MARK = "second_factor_set"
REAL = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(user: User | AnonymousUser) -> bool:
    """Whether the user has an authenticator app or a key; recovery codes alone are none."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=REAL).exists()


def must_have_second_factor(user: User | AnonymousUser) -> bool:
    """Whether one of the user's roles needs a second factor (`DERING_REQUIRE_MFA`)."""
    roles = settings.REQUIRE_MFA_ROLES
    return bool(roles) and user.is_authenticated and has_role(user, [Role(role) for role in roles])


def owes_second_factor(user: User | AnonymousUser, session: MutableMapping[str, Any]) -> bool:
    """Whether the user must set one up before going on. The answer "no" is kept in the session."""
    if not settings.REQUIRE_MFA_ROLES or session.get(MARK) or not must_have_second_factor(user):
        return False
    if not has_second_factor(user):
        return True
    session[MARK] = True
    return False


@transaction.atomic
def reset_second_factor(*, user: User, at: datetime, actor: User | None, reason: str = "") -> User:
    """Take away all factors of someone who lost them, and end their sessions; the next sign-in is by password."""
    user = lock(user)
    if not Authenticator.objects.filter(user=user).exists():
        raise Refused("staff.no_second_factor", _("Pengguna ini tidak mempunyai faktor kedua."))
    Authenticator.objects.filter(user=user).delete()
    _end(user)
    log_access(user=actor, action="staff.mfa_reset", record=user, reason=reason, at=at)
    return user


@transaction.atomic
def end_sessions(*, user: User, at: datetime, actor: User | None, reason: str = "") -> User:
    """Sign the user out everywhere."""
    user = lock(user)
    _end(user)
    log_access(user=actor, action="staff.signed_out", record=user, reason=reason, at=at)
    return user


def _end(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()
