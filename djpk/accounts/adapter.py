"""How allauth's account pages behave here: no self sign-up, lockout before passwords, our own words."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from djpk.accounts.mail import queue_mail
from kernel.address import client_address
from kernel.errors import Refused
from people import lockout
from people.lockout import Attempt
from people.models import User
from people.staff import find_account

MESSAGES = {
    "account/messages/password_changed.txt": _("Kata sandi diganti. Sesi lain sudah diakhiri."),
    "mfa/messages/totp_activated.txt": _("Aplikasi autentikator aktif."),
    "mfa/messages/totp_deactivated.txt": _("Aplikasi autentikator dilepas."),
    "mfa/messages/recovery_codes_generated.txt": _("Kode pemulihan baru dibuat. Simpan di tempat aman."),
    "mfa/messages/webauthn_added.txt": _("Kunci keamanan ditambahkan."),
    "mfa/messages/webauthn_removed.txt": _("Kunci keamanan dihapus."),
    "usersessions/messages/sessions_logged_out.txt": _("Sesi lain sudah diakhiri."),
}
MAILS = {
    "account/email/password_reset_key": (_("Dering: kata sandi baru"), "account/mail/password_reset.html"),
}
METHODS = {
    "reauthenticate": _("Kata sandi"),
    "mfa_reauthenticate": _("Kode autentikator atau pemulihan"),
    "mfa_reauthenticate:webauthn": _("Kunci keamanan"),
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_password": _("Kata sandi salah."),
        "enter_current_password": _("Kata sandi sekarang salah."),
        "username_password_mismatch": _("Nama pengguna dan kata sandi tidak cocok. Periksa huruf besar dan kecil."),
        "rate_limited": _("Terlalu banyak permintaan. Tunggu sebentar, lalu coba lagi."),
        "too_many_login_attempts": _("Terlalu banyak permintaan. Tunggu sebentar, lalu coba lagi."),
        "same_as_current": _("Kata sandi baru harus berbeda dari yang sekarang."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The user with this name and password. A locked account or address raises ValidationError instead."""
        name, at = credentials["username"], timezone.now()
        user = find_account(name)
        with Guarded(Attempt(user, name, client_address(request)), at=at) as attempt:
            found = authenticate(
                request, username=user.username if user else name, password=credentials.get("password", "")
            )
            attempt.succeeded = found is not None
        return found if isinstance(found, User) else None

    def reauthenticate(self, user: User, password: str) -> bool:
        found = self.authenticate(context.request, username=user.username, password=password)
        return found is not None and found.pk == user.pk

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        messages.error(request, _("Akun ini tidak aktif. Hubungi administrator."))
        return redirect("sign-in")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": METHODS[method["id"]]} for method in methods]

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Our words for what happened; what has none here is not said (a page shows it already)."""
        words = message or MESSAGES.get(message_template or "")
        if words:
            messages.add_message(request, level, words, extra_tags=extra_tags)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sent by a worker: how long it takes tells nobody whether the account exists."""
        subject, template = MAILS[template_prefix]
        body = render_to_string(template, {**context, "hours": settings.PASSWORD_RESET_TIMEOUT // 3600})
        queue_mail(to=email, subject=str(subject), body=body.strip() + "\n")


class Guarded:
    """A try that counts towards lockout unless it is marked as succeeded.

    Raises ValidationError when account or address is locked; tries that broke off count as failed.
    """

    def __init__(self, attempt: Attempt, *, at: Any) -> None:
        self.attempt, self.at, self.succeeded = attempt, at, False

    def __enter__(self) -> "Guarded":
        try:
            lockout.claim(self.attempt, at=self.at)
        except Refused as refusal:
            raise ValidationError(refusal.message, code="locked") from None
        return self

    def __exit__(self, *_error: object) -> None:
        if self.succeeded:
            lockout.release(self.attempt)
        else:
            lockout.fail(self.attempt, at=self.at)
