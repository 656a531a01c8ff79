"""Authenticator apps and security keys: our words, secrets that are not kept in the clear, and the duty to have one."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import User
from people.second_factor import REAL, must_have_second_factor, owes_second_factor

_OPEN = ("/masuk/", "/keluar/", "/akun/", "/tampilan/", "/i18n/", "/healthz", "/static/", "/api/")


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("Kode salah atau sudah dipakai."),
        "cannot_delete_authenticator": gettext_lazy("Peran Anda wajib memakai faktor kedua. Pasang yang lain dahulu."),
        "cannot_generate_recovery_codes": gettext_lazy("Kode pemulihan menyertai faktor kedua. Pasang dahulu."),
    }

    def get_totp_label(self, user: User) -> str:
        return user.username

    def build_totp_svg(self, url: str) -> SafeString:
        """The code as an element of the page, without the file's own heading."""
        drawn = super().build_totp_svg(url)
        return mark_safe(drawn[drawn.index("<svg") :])  # noqa: S308 - made here, from nothing a user wrote

    def encrypt(self, text: str) -> str:
        return _ciphers().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; one that the present keys cannot read fits no code."""
        try:
            return _ciphers().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last real factor stays with those who must have one."""
        user = authenticator.user
        others = Authenticator.objects.filter(user=user, type__in=REAL).exclude(pk=authenticator.pk)
        return not must_have_second_factor(user) or others.exists()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        names = [_("Kunci utama"), _("Kunci cadangan")]
        return names[number] if number < len(names) else _("Kunci nomor {number}").format(number=number + 1)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Dering"}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "name": user.username}


def _ciphers() -> MultiFernet:
    """Keys from the secret key, and from earlier ones for what was written under them."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"second factor:" + force_bytes(key)).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class SecondFactorDutyMiddleware:
    """Leads those who must have a second factor and have none to the page where they set it up.

    The API says so by itself (`people.authentication`). Costs nothing where no role must have one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.REQUIRE_MFA_ROLES and not request.path.startswith(_OPEN):
            user = request.user
            if user.is_authenticated and owes_second_factor(user, request.session):
                return _to_set_up(request)
        return self.get_response(request)


def _to_set_up(request: HttpRequest) -> HttpResponse:
    page = reverse("mfa_index")
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": page})
    messages.warning(request, _("Peran Anda wajib memakai faktor kedua. Pasang salah satu untuk melanjutkan."))
    return redirect(page)
