"""Who calls the API (a token or a signed-in browser) and whether scopes and roles allow the call."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from kernel.compiled import Compiled
from people.access import has_role
from people.models import ApiToken, User
from people.reference import account_of
from people.second_factor import owes_second_factor
from people.tokens import digest_of, note_use

_TOKEN = Compiled(lambda rows, digest: rows.filter(digest=digest), "digest")


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <token>`. 401 when the token is unknown, expired, revoked or its user closed."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = next(iter(_TOKEN(ApiToken.objects.all(), digest=digest_of(secret.strip()))), None)
        at = timezone.now()
        if token is None:
            raise exceptions.AuthenticationFailed(_("Token tidak dikenal."), "token.unknown")
        if account := account_of(token.user_id):
            token.user = account
        if token.revoked_at is not None:
            raise exceptions.AuthenticationFailed(_("Token sudah dicabut."), "token.revoked")
        if token.expires_at is not None and token.expires_at <= at:
            raise exceptions.AuthenticationFailed(_("Token sudah kedaluwarsa."), "token.expired")
        if not token.user.is_active:
            raise exceptions.AuthenticationFailed(_("Akun pemilik token tidak aktif."), "token.user_inactive")
        note_use(token, at=at)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Dering API"'


class BrowserAuthentication(authentication.SessionAuthentication):
    """Staff signed in with the browser; writing needs the CSRF token in X-CSRFToken.

    Who must have a second factor and has none yet is let in nowhere before it is set up.
    """

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        found = super().authenticate(request)
        if found and owes_second_factor(found[0], request.session):
            message = _("Peran Anda wajib memakai faktor kedua. Pasang di halaman akun.")
            raise exceptions.PermissionDenied(message, "second_factor_missing")
        return found

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            raise exceptions.PermissionDenied(
                _("Token CSRF tidak ada atau salah; kirim di X-CSRFToken."), "csrf_failed"
            ) from error


class ScopedAccess(permissions.BasePermission):
    """The view's `scopes[method]` for a token, and its `roles[method]` for the user in either case.

    Which rows are seen is decided by the apps' `access.py`, not here.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else request.method
        if not request.user.is_authenticated:
            return False
        if method not in view.scopes:
            return True  # no such method here: the view answers 405
        if isinstance(request.auth, ApiToken) and view.scopes[method] not in request.auth.scopes:
            message = _("Token ini tidak bercakupan “{scope}”.").format(scope=view.scopes[method])
            raise exceptions.PermissionDenied(message, "scope_missing")
        if not has_role(request.user, view.roles[method]):
            raise exceptions.PermissionDenied(_("Peran Anda tidak mencakup tindakan ini."), "role_missing")
        return True


def holds_scope(request: Request, scope: str) -> bool:
    """Whether the caller has a scope; a browser session has all, its roles alone limit it."""
    return not isinstance(request.auth, ApiToken) or scope in request.auth.scopes
