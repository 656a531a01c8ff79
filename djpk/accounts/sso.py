"""Sign-in through the ministry's OpenID Connect provider, by configuration.

Authorization code flow with PKCE, state and nonce; the ID token's signature is always checked. Whoever comes
back signed in there must have an account here: it is found by verified e-mail, or by a claim that holds the user
name, and remembered by the provider's own key (`sub`) from then on.
"""

from typing import Any

import requests
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.deferred import jwt
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from people.log import log_access
from people.models import User
from people.staff import create_staff, find_account

PROVIDER = "sso"
SIGNED_WITH = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"})


def nonce_of(state: str) -> str:
    """The nonce that belongs to a state; the state itself is good for one answer in one session."""
    return salted_hmac("djpk.accounts.sso.nonce", state, algorithm="sha256").hexdigest()


class NonceClient(OAuth2Client):
    def get_redirect_url(self, authorization_url: str, scope: list[str], extra_params: dict[str, str]) -> str:
        return super().get_redirect_url(authorization_url, scope, {**extra_params, "nonce": nonce_of(self.state)})


class StaffOidcAdapter(OpenIDConnectOAuth2Adapter):
    """Stricter than allauth's: nonce, signature, issuer and the subject of the user data are all compared."""

    client_class = NonceClient

    @property
    def openid_config(self) -> dict[str, Any]:
        found = super().openid_config
        if str(found.get("issuer", "")).rstrip("/") != settings.OIDC_ISSUER.rstrip("/"):
            raise OAuth2Error("the discovery document names another issuer")
        return found

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return build_absolute_uri(request, reverse("sso-return"))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        id_token = kwargs["response"].get("id_token")
        if not id_token:
            raise OAuth2Error("no ID token")
        claims = self._decode_id_token(app, id_token)
        if not constant_time_compare(claims.get("nonce", ""), nonce_of(request.GET["state"])):
            raise OAuth2Error("the ID token answers another request")
        data = {"id_token": claims}
        if "userinfo_endpoint" in self.openid_config:
            data["userinfo"] = {**claims, **self._fetch_user_info(token.token)}
            if data["userinfo"].get("sub") != claims["sub"]:
                raise OAuth2Error("the user data belong to someone else")
        return self.get_provider().sociallogin_from_response(request, data)

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        try:
            if jwt.get_unverified_header(id_token).get("alg") not in SIGNED_WITH:
                raise OAuth2Error("the ID token is not signed with a key pair")
            return jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise OAuth2Error("the ID token cannot be read") from error


class StaffProvider(OpenIDConnectProvider):
    oauth2_adapter_class = StaffOidcAdapter

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return reverse("sso")

    def get_callback_url(self) -> str:
        return reverse("sso-return")

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Nothing but the page to go on to is taken from the address."""
        return {
            "process": "login",
            "next_url": get_next_redirect_url(request),
            "scope": self.get_scope(),
            "auth_params": self.get_auth_params(),
        }


class StaffAccounts(DefaultSocialAccountAdapter):
    """Which account of ours someone has who is signed in at the provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.is_existing:
            return
        claims = sociallogin.account.get_provider_account().get_user_data()
        user = account_for(claims) or (_made(claims) if settings.OIDC_CREATE else None)
        if user is None:
            raise ImmediateHttpResponse(_without_account(request, claims))
        sociallogin.connect(request, user)
        log_access(user=user, action="staff.sso_linked", record=user, reason=sociallogin.account.uid, at=timezone.now())

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nobody is told of the first sign-in; the access log has it."""

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        if error == "cancelled":
            messages.info(request, _("Masuk lewat SSO dibatalkan."))
            raise ImmediateHttpResponse(redirect("sign-in"))
        raise ImmediateHttpResponse(_trouble(request))


def account_for(claims: dict[str, Any]) -> User | None:
    """The active account with the user name of the configured claim, else with the verified e-mail; one, or none."""
    if settings.OIDC_USERNAME_CLAIM:
        user = find_account(str(claims.get(settings.OIDC_USERNAME_CLAIM) or ""))
        return user if user and user.is_active else None
    if claims.get("email_verified") is not True or not claims.get("email"):
        return None
    users = User.objects.filter(email__iexact=claims["email"], is_active=True)[:2]
    return users[0] if len(users) == 1 else None


def _made(claims: dict[str, Any]) -> User | None:
    """A new account without roles, where that is configured; an administrator gives it roles."""
    name = str(claims.get(settings.OIDC_USERNAME_CLAIM or "preferred_username") or "")
    if not name or User.objects.filter(username__iexact=name).exists():
        return None
    email = claims["email"] if claims.get("email_verified") is True else ""
    shown = str(claims.get("name") or name)[:120]
    return create_staff(username=name, display_name=shown, grants=[], email=email, at=timezone.now(), actor=None)


@never_cache
@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """On to the provider."""
    return _run(request, OAuth2LoginView)


@never_cache
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """Back from the provider with a code, or with what went wrong."""
    return _run(request, OAuth2CallbackView)


def _run(request: HttpRequest, view: Any) -> HttpResponse:
    if not settings.OIDC_ISSUER:
        raise Http404
    try:
        answer: HttpResponse = view.adapter_view(StaffOidcAdapter(request, PROVIDER))(request)
    except (OAuth2Error, requests.RequestException, KeyError, ValueError):
        return _trouble(request)
    return answer


def _trouble(request: HttpRequest) -> HttpResponse:
    return render(request, "account/sso_trouble.html", {"label": settings.OIDC_LABEL}, status=502)


def _without_account(request: HttpRequest, claims: dict[str, Any]) -> HttpResponse:
    context = {"label": settings.OIDC_LABEL, "who": claims.get("email") or claims.get("name") or claims.get("sub")}
    return render(request, "account/sso_no_account.html", context, status=403)
