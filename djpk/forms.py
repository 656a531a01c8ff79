"""The sign-in form."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """User name and password; a failed try keeps the name and says what to do."""

    username = UsernameField(
        label=_("Nama pengguna"),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "username", "autofocus": True}),
        error_messages={"required": _("Isi nama pengguna.")},
    )
    password = forms.CharField(
        label=_("Kata sandi"),
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "form-control", "autocomplete": "current-password"}),
        error_messages={"required": _("Isi kata sandi.")},
    )
    error_messages = {
        "invalid_login": _("Nama pengguna dan kata sandi tidak cocok. Periksa huruf besar dan kecil."),
        "inactive": _("Akun ini tidak aktif. Hubungi administrator."),
    }

    def full_clean(self) -> None:
        """Mark each field in error, for the eye and for screen readers."""
        super().full_clean()
        for name in self.errors if self.is_bound else ():
            if name in self.fields:
                field = self[name]
                self.fields[name].widget.attrs.update(
                    {
                        "class": "form-control is-invalid",
                        "aria-invalid": "true",
                        "aria-describedby": f"{field.auto_id}_error",
                    }
                )
