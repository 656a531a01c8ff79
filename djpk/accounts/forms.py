"""Forms of sign-in and of one's own account, in our words and clothes."""

from typing import Any

from allauth.account import forms as account
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from djpk.accounts.adapter import AccountAdapter
from people.models import User

_PASSWORD_RULES = lazy(lambda: " ".join(password_validators_help_texts()), str)()


class Dressed:
    """Fields in the design's clothes; those in error are marked for the eye and for screen readers."""

    labels: dict[str, Any] = {}
    hints: dict[str, Any] = {}
    required: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            field.error_messages["required"] = self.required.get(name, _("Isian ini wajib."))
            field.widget.attrs.pop("placeholder", None)
            if getattr(field.widget, "input_type", "hidden") not in {"hidden", "checkbox"}:
                field.widget.attrs["class"] = "form-control"
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}_hint"

    def full_clean(self) -> None:
        super().full_clean()  # type: ignore[misc]
        for name in self.errors if self.is_bound else ():  # type: ignore[attr-defined]
            if name in self.fields:  # type: ignore[attr-defined]
                attrs = self.fields[name].widget.attrs  # type: ignore[attr-defined]
                attrs |= {"aria-invalid": "true", "aria-describedby": f"id_{name}_error"}
                attrs["class"] = "form-control is-invalid"


class SignInForm(Dressed, forms.Form):
    """User name or e-mail, and password; a failed try keeps the name and says what to do."""

    username = forms.CharField(
        label=_("Nama pengguna atau email"),
        max_length=254,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username webauthn",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
    password = forms.CharField(
        label=_("Kata sandi"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    required = {"username": _("Isi nama pengguna."), "password": _("Isi kata sandi.")}

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            adapter = AccountAdapter(self.request)
            self.user = adapter.authenticate(self.request, username=data["username"], password=data["password"])
            if self.user is None:
                raise adapter.validation_error("username_password_mismatch")
        return data

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Go on signing in: to the second factor if there is one, else to `redirect_url`."""
        login = Login(user=self.user, redirect_url=redirect_url)
        return perform_password_login(request, {"username": self.cleaned_data["username"]}, login)


class ConfirmForm(Dressed, account.ReauthenticateForm):
    labels = {"password": _("Kata sandi")}
    required = {"password": _("Isi kata sandi.")}


class PasswordForm(Dressed, account.ChangePasswordForm):
    labels = {
        "oldpassword": _("Kata sandi sekarang"),
        "password1": _("Kata sandi baru"),
        "password2": _("Ulangi kata sandi baru"),
    }
    hints = {"password1": _PASSWORD_RULES}

    def clean(self) -> dict[str, Any]:
        return _same_twice(self)


class ForgottenForm(Dressed, account.ResetPasswordForm):
    labels = {"email": _("Email")}
    required = {"email": _("Isi alamat email akun Anda.")}

    def clean_email(self) -> str:
        """Only accounts that sign in with a password get a link: the others belong to the ministry's sign-on."""
        email = self.cleaned_data["email"]
        users = User.objects.filter(email__iexact=email, is_active=True)
        self.users = [user for user in users if user.has_usable_password()]
        return email


class NewPasswordForm(Dressed, account.ResetPasswordKeyForm):
    labels = {"password1": _("Kata sandi baru"), "password2": _("Ulangi kata sandi baru")}
    hints = {"password1": _PASSWORD_RULES}

    def clean(self) -> dict[str, Any]:
        return _same_twice(self)


class ProfileForm(Dressed, forms.Form):
    """How someone is called and reached; the user name and the roles are an administrator's matter."""

    display_name = forms.CharField(
        label=_("Nama"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(label=_("Email"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = forms.CharField(
        label=_("Telepon"), max_length=30, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )
    required = {"display_name": _("Tuliskan nama pengguna yang ditampilkan.")}

    def __init__(self, *args: Any, mail_is_identity: bool = False, **kwargs: Any) -> None:
        """With single sign-on the e-mail says whose account it is: then only administrators change it."""
        super().__init__(*args, **kwargs)
        if mail_is_identity:
            self.fields["email"].disabled = True
            self.fields["email"].help_text = _("Dipakai untuk masuk lewat SSO; diubah oleh administrator.")


def _same_twice(form: Any) -> dict[str, Any]:
    """Say in our words that the two new passwords differ."""
    data = form.cleaned_data
    if {"password1", "password2"} <= data.keys() and data["password1"] != data["password2"]:
        form.add_error("password2", _("Kedua kata sandi tidak sama."))
    return data
