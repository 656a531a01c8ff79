"""What else happens when someone has signed in or changed how they sign in."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from djpk.accounts import seen
from people import lockout
from people.log import log_access
from people.models import User
from people.second_factor import MARK


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_more: Any) -> None:
    lockout.forget(user)
    seen.begin(request)


@receiver([password_changed, password_reset])
def password_set(user: User, **_more: Any) -> None:
    log_access(user=user, action="staff.password_set", record=user, at=timezone.now())


@receiver(authenticator_added)
def factor_added(user: User, authenticator: Authenticator, **_more: Any) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        log_access(user=user, action="staff.mfa_added", record=user, reason=authenticator.type, at=timezone.now())


@receiver(authenticator_removed)
def factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    request.session.pop(MARK, None)
    log_access(user=user, action="staff.mfa_removed", record=user, reason=authenticator.type, at=timezone.now())


@receiver(authenticator_reset)
def codes_made(user: User, **_more: Any) -> None:
    log_access(user=user, action="staff.mfa_codes", record=user, at=timezone.now())
