"""Settings of sign-in, second factors, sessions and single sign-on, read from the environment."""

import os

from djpk.accounts.environment import flag, number, oidc_provider, required_roles
from djpk.accounts.mail_settings import mail_settings

# The application behind django-allauth: accounts are made by administrators, never by their owners.
AUTHENTICATION_BACKENDS = ["people.signing_in.StaffBackend"]
ACCOUNT_ADAPTER = "djpk.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_FORMS = {
    "login": "djpk.accounts.forms.SignInForm",
    "reauthenticate": "djpk.accounts.forms.ConfirmForm",
    "change_password": "djpk.accounts.forms.PasswordForm",
    "reset_password": "djpk.accounts.forms.ForgottenForm",
    "reset_password_from_key": "djpk.accounts.forms.NewPasswordForm",
}
# Failures are counted by people.lockout; these keep one address from flooding the forms.
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "login_failed": None,
    "reset_password": "20/m/ip,3/h/key",
    "reauthenticate": "30/m/user",
}
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60

MFA_ADAPTER = "djpk.accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Dering"
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
MFA_FORMS = {
    "authenticate": "djpk.accounts.factor_forms.CodeForm",
    "reauthenticate": "djpk.accounts.factor_forms.ConfirmCodeForm",
    "activate_totp": "djpk.accounts.factor_forms.ActivateForm",
    "add_webauthn": "djpk.accounts.factor_forms.AddKeyForm",
    "edit_webauthn": "djpk.accounts.factor_forms.NameKeyForm",
}
REQUIRE_MFA_ROLES = required_roles(os.environ.get("DERING_REQUIRE_MFA", ""))

# Single sign-on: offered when DERING_OIDC_ISSUER is set.
OIDC_ISSUER = os.environ.get("DERING_OIDC_ISSUER", "")
OIDC_LABEL = os.environ.get("DERING_OIDC_LABEL") or "SSO Kemenkeu"
OIDC_USERNAME_CLAIM = os.environ.get("DERING_OIDC_USERNAME_CLAIM", "")
OIDC_CREATE = flag("DERING_OIDC_CREATE")
SOCIALACCOUNT_ADAPTER = "djpk.accounts.sso.StaffAccounts"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form may not lead to another site (content policy); state guards the answer
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_PROVIDERS = oidc_provider(
    OIDC_ISSUER,
    client_id=os.environ.get("DERING_OIDC_CLIENT_ID", ""),
    secret=os.environ.get("DERING_OIDC_CLIENT_SECRET", ""),
    label=OIDC_LABEL,
)

LOCKOUT_TRIES = number("DERING_LOCKOUT_TRIES", 5)
LOCKOUT_ADDRESS_TRIES = number("DERING_LOCKOUT_ADDRESS_TRIES", 50)
LOCKOUT_MINUTES = number("DERING_LOCKOUT_MINUTES", 15)
TRUSTED_PROXIES = number("DERING_TRUSTED_PROXIES", 0)

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = number("DERING_SESSION_HOURS", 12) * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

globals().update(mail_settings(os.environ.get("DERING_MAIL_URL", ""), os.environ.get("DERING_MAIL_FROM", "")))
