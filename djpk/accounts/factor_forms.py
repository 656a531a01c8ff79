"""Forms of second factors. Codes that do not fit count towards lockout, as passwords do; a code works once."""

from typing import Any

from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from djpk.accounts.adapter import Guarded
from djpk.accounts.forms import Dressed
from djpk.accounts.second_factor import SecondFactorAdapter
from kernel.address import client_address
from people.lockout import Attempt

_DIGITS = {"inputmode": "numeric", "autofocus": True, "autocapitalize": "none", "spellcheck": "false"}


class Counted:
    """A code from the app or a recovery code."""

    def clean_code(self) -> str:
        user = self.user  # type: ignore[attr-defined]
        attempt = Attempt(user, user.username, client_address(context.request))
        with Guarded(attempt, at=timezone.now()) as guard:
            code: str = super().clean_code()  # type: ignore[misc]
            if not _first_use(user.pk, code):
                raise SecondFactorAdapter().validation_error("incorrect_code")
            guard.succeeded = True
        return code


def _first_use(user_id: int, code: str) -> bool:
    """Whether the code was not used before, for as long as the app's clock may be off."""
    lasts = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    return bool(cache.add(f"second-factor:{user_id}:{code.replace(' ', '')}", 1, timeout=lasts))


class CodeForm(Dressed, Counted, base.AuthenticateForm):
    labels = {"code": _("Kode dari aplikasi, atau kode pemulihan")}
    required = {"code": _("Isi kodenya.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= _DIGITS


class ConfirmCodeForm(Dressed, Counted, base.ReauthenticateForm):
    labels = CodeForm.labels
    required = CodeForm.required

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= _DIGITS


class ActivateForm(Dressed, totp.ActivateTOTPForm):
    labels = {"code": _("Kode enam angka dari aplikasi")}
    required = CodeForm.required

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "spellcheck": "false"}

    @property
    def spaced_secret(self) -> str:
        """The secret in groups of four, to be typed."""
        return " ".join(self.secret[start : start + 4] for start in range(0, len(self.secret), 4))


class AddKeyForm(Dressed, webauthn.AddWebAuthnForm):
    name = forms.CharField(required=False, max_length=60)
    labels = {"name": _("Nama kunci"), "passwordless": _("Masuk dengan kunci ini saja, tanpa kata sandi")}
    hints = {
        "name": _("Misalnya “Laptop kantor” atau “YubiKey gantungan”."),
        "passwordless": _("Kunci harus bersandi atau bersidik jari."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].widget.attrs["class"] = "form-check-input"


class NameKeyForm(Dressed, webauthn.EditWebAuthnForm):
    name = forms.CharField(max_length=60)
    labels = {"name": _("Nama kunci")}
