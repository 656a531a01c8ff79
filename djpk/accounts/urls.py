"""/masuk/, /keluar/ and /akun/. The names are those that django-allauth looks for, and our own beside them."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.views.decorators.cache import never_cache

from djpk.accounts import sso, views
from djpk.accounts.views import needs_mail


class Base36(StringConverter):
    """A user's key in the link to a new password."""

    regex = "[0-9A-Za-z]+"


register_converter(Base36, "base36")

urlpatterns = [
    path("masuk/", views.sign_in, name="sign-in"),
    path("masuk/", views.sign_in, name="account_login"),
    path("keluar/", views.sign_out, name="sign-out"),
    path("keluar/", views.sign_out, name="account_logout"),
    path("masuk/lupa/", needs_mail(account.password_reset), name="account_reset_password"),
    path("masuk/lupa/terkirim/", needs_mail(account.password_reset_done), name="account_reset_password_done"),
    path(
        "masuk/lupa/<base36:uidb36>-<str:key>/",
        needs_mail(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "masuk/lupa/selesai/",
        needs_mail(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("akun/", views.profile, name="account"),
    path("akun/kata-sandi/", views.change_password, name="account_change_password"),
    path("akun/konfirmasi/", account.reauthenticate, name="account_reauthenticate"),
    path("masuk/sso/", sso.sign_in, name="sso"),
    path("masuk/sso/kembali/", sso.come_back, name="sso-return"),
    path("masuk/kode/", never_cache(mfa.authenticate), name="mfa_authenticate"),
    path("masuk/kunci/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("akun/konfirmasi/kode/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("akun/konfirmasi/kunci/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("akun/keamanan/", never_cache(mfa.index), name="mfa_index"),
    path("akun/keamanan/kunci/", views.keys, name="mfa_list_webauthn"),
    path("akun/keamanan/aplikasi/", never_cache(totp.activate_totp), name="mfa_activate_totp"),
    path("akun/keamanan/aplikasi/lepas/", never_cache(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("akun/keamanan/kunci/tambah/", never_cache(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("akun/keamanan/kunci/<int:pk>/nama/", never_cache(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("akun/keamanan/kunci/<int:pk>/hapus/", views.remove_key, name="mfa_remove_webauthn"),
    path("akun/keamanan/pemulihan/", never_cache(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "akun/keamanan/pemulihan/buat/", never_cache(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"
    ),
    path("akun/keamanan/pemulihan/unduh/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("akun/sesi/", views.sessions, name="usersessions_list"),
    path("akun/sesi/<int:pk>/akhiri/", views.end_session, name="end-session"),
]
