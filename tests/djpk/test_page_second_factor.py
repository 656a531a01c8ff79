"""Second factors without a browser: codes, who must have one, what is kept, and how an administrator helps."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings

from djpk.accounts.environment import required_roles
from djpk.accounts.second_factor import SecondFactorAdapter
from people.models import AccessLog, Role, SignInLock
from tests import factories as make
from tests.djpk.cast import PASSWORD, laras, staff
from tickets.live.standing import NOT_ALLOWED, Standing, entering

pytestmark = pytest.mark.django_db
SECRET = totp.generate_totp_secret()
WRONG = "000000x"


def code(step: int = 0) -> str:
    counters = list(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(SECRET, counters[1 + step]))


@pytest.fixture
def user():
    """Laras with an authenticator app."""
    user = laras()
    totp.TOTP.activate(user, SECRET)
    return user


def halfway(name: str = "laras") -> Client:
    client = Client()
    answer = client.post("/masuk/?next=/akun/", {"username": name, "password": PASSWORD, "next": "/akun/"})
    assert answer.headers["Location"] == "/masuk/kode/"
    return client


def confirmed(client: Client) -> Client:
    """The password asked once more, as before every change of factors."""
    client.post("/akun/konfirmasi/?next=/akun/keamanan/", {"password": PASSWORD})
    return client


def test_the_password_alone_opens_nothing(user):
    client = halfway()
    assert client.get("/akun/").headers["Location"] == "/masuk/?next=/akun/"
    assert client.get("/masuk/").headers["Location"].startswith("/masuk/kode/")
    assert client.post("/masuk/kode/", {"code": code()}).headers["Location"] == "/akun/"
    assert client.get("/akun/").status_code == 200


def test_a_code_works_once_and_a_clock_may_be_half_a_minute_off(user):
    spent = code()
    assert halfway().post("/masuk/kode/", {"code": spent}).status_code == 302
    assert "Kode salah atau sudah dipakai." in halfway().post("/masuk/kode/", {"code": spent}).content.decode()
    assert halfway().post("/masuk/kode/", {"code": code(-1)}).status_code == 302


def test_wrong_codes_lock_the_account_and_the_password_does_not_start_the_count_again(user, settings):
    settings.LOCKOUT_TRIES = 3
    for _try in range(3):
        assert "Kode salah" in halfway().post("/masuk/kode/", {"code": WRONG}).content.decode()
    answer = Client().post("/masuk/", {"username": "laras", "password": PASSWORD})
    assert "Terlalu banyak percobaan gagal." in answer.content.decode()
    assert SignInLock.objects.get(kind="ACCOUNT").user == user


def test_signing_in_with_another_account_is_possible_halfway(user):
    client = halfway()
    assert "Masuk dengan akun lain" in client.get("/masuk/kode/").content.decode()
    client.post("/keluar/")
    assert client.get("/masuk/").status_code == 200
    client = halfway()
    staff("bima", "Bima Pradipta", Role.AGENT_L1)
    assert client.post("/masuk/", {"username": "bima", "password": PASSWORD}).headers["Location"] == "/"


def test_secrets_are_not_kept_in_the_clear_and_outlive_a_new_secret_key(user):
    kept = Authenticator.objects.get().data["secret"]
    assert SECRET not in kept
    with override_settings(SECRET_KEY="lain" * 20, SECRET_KEY_FALLBACKS=[]):
        assert SecondFactorAdapter().decrypt(kept) not in ("", SECRET)
    from django.conf import settings

    with override_settings(SECRET_KEY="lain" * 20, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert SecondFactorAdapter().decrypt(kept) == SECRET


def test_setting_up_an_app_asks_for_the_password_and_gives_recovery_codes(django_capture_on_commit_callbacks):
    user = laras()
    client = Client()
    client.post("/masuk/", {"username": "laras", "password": PASSWORD})
    wanted = client.get("/akun/keamanan/aplikasi/")
    assert wanted.headers["Location"] == "/akun/konfirmasi/?next=%2Fakun%2Fkeamanan%2Faplikasi%2F"
    page = confirmed(client).get("/akun/keamanan/aplikasi/").content.decode()
    assert "<svg" in page
    secret = re.search(r'id="rahasia"[^>]*>([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    value = totp.format_hotp_value(totp.hotp_value(secret, list(totp.yield_hotp_counters_from_time())[1]))
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/akun/keamanan/aplikasi/", {"code": value})
    answer = client.get("/akun/keamanan/pemulihan/")
    codes = re.findall(r"<li><code>(\d{8})</code>", answer.content.decode())
    assert len(codes) == 10
    assert client.get("/akun/keamanan/pemulihan/unduh/").content.decode().split() == codes
    assert AccessLog.objects.get(action="staff.mfa_added").record_id == user.pk

    again = halfway()
    assert again.post("/masuk/kode/", {"code": codes[0]}).status_code == 302
    assert "Kode salah" in halfway().post("/masuk/kode/", {"code": codes[0]}).content.decode()


def test_new_recovery_codes_replace_the_old_and_taking_the_app_off_ends_both(user, django_capture_on_commit_callbacks):
    client = halfway()
    client.post("/masuk/kode/", {"code": code()})
    confirmed(client)
    client.post("/akun/keamanan/pemulihan/buat/")
    first = set(re.findall(r"<code>(\d{8})</code>", client.get("/akun/keamanan/pemulihan/").content.decode()))
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/akun/keamanan/pemulihan/buat/")
    second = set(re.findall(r"<code>(\d{8})</code>", client.get("/akun/keamanan/pemulihan/").content.decode()))
    assert len(first) == len(second) == 10
    assert not first & second
    client.post("/akun/keamanan/aplikasi/lepas/")
    assert not Authenticator.objects.exists()
    assert set(AccessLog.objects.values_list("action", flat=True)) >= {"staff.mfa_codes", "staff.mfa_removed"}


@pytest.fixture
def required(settings):
    settings.REQUIRE_MFA_ROLES = required_roles("1")


def test_who_must_have_a_second_factor_is_led_to_set_one_up(required):
    make.staff("sekar")
    client = Client()
    client.force_login(make.staff("sekar"))
    answer = client.get("/tiket/", follow=True)
    assert answer.redirect_chain == [("/akun/keamanan/", 302)]
    assert "Peran Anda wajib memakai faktor kedua." in answer.content.decode()
    assert client.get("/tiket/", headers={"hx-request": "true"}).headers["HX-Redirect"] == "/akun/keamanan/"
    api = client.get("/api/v1/tickets/")
    assert (api.status_code, api.json()["code"]) == (403, "second_factor_missing")


def test_live_updates_are_not_heard_before_it_is_set_up(required):
    supervisor = make.staff("sekar")
    assert entering(supervisor, {}) == NOT_ALLOWED
    assert isinstance(entering(make.staff("laras"), {}), Standing)
    totp.TOTP.activate(supervisor, SECRET)
    assert isinstance(entering(supervisor, {}), Standing)


def test_nobody_touches_the_key_of_another(user):
    other = staff("bima", "Bima Pradipta", Role.AGENT_L1)
    key = Authenticator.objects.create(user=other, type="webauthn", data={"name": "Kunci", "credential": {}})
    client = halfway()
    client.post("/masuk/kode/", {"code": code()})
    confirmed(client)
    assert client.post(f"/akun/keamanan/kunci/{key.pk}/hapus/").status_code == 404
    assert client.get(f"/akun/keamanan/kunci/{key.pk}/nama/").status_code == 404


def test_others_and_those_who_have_one_go_on(required, django_assert_num_queries):
    client = Client()
    client.force_login(make.staff("laras"))
    assert client.get("/tiket/").status_code == 200
    supervisor = make.staff("sekar")
    totp.TOTP.activate(supervisor, SECRET)
    client.force_login(supervisor)
    assert client.get("/tiket/").status_code == 200
    assert client.get("/api/v1/tickets/").status_code == 200
    with django_assert_num_queries(2):  # the bell, versions of what is kept: that there is one is kept in the session
        client.get("/akun/")


def test_the_last_factor_stays_with_those_who_must_have_one(required):
    supervisor = staff("sekar", "Sekar Anjani", Role.SUPERVISOR)
    totp.TOTP.activate(supervisor, SECRET)
    client = Client()
    client.force_login(supervisor)
    confirmed(client)
    page = client.post("/akun/keamanan/aplikasi/lepas/").content.decode()
    assert "Peran Anda wajib memakai faktor kedua." in page
    assert Authenticator.objects.exists()


def test_roles_that_must_have_one_are_named_by_their_codes():
    assert required_roles("") == required_roles("0") == frozenset()
    assert required_roles("manager, administrator") == {"MANAGER", "ADMINISTRATOR"}
    with pytest.raises(ImproperlyConfigured, match="KEPALA"):
        required_roles("KEPALA")


def test_an_administrator_takes_lost_factors_away_and_ends_the_sessions(user):
    client = halfway()
    client.post("/masuk/kode/", {"code": code()})
    nala = Client()
    nala.force_login(make.staff("nala"))
    row = f"/admin/people/user/{user.pk}"
    assert "Lepas faktor kedua" in nala.get(f"{row}/change/").content.decode()
    nala.post(f"{row}/langkah/faktor-kedua/", {"reason": "Ponsel hilang"})
    assert client.get("/akun/").status_code == 302
    answer = Client().post("/masuk/", {"username": "laras", "password": PASSWORD})
    assert answer.headers["Location"] == "/"
    assert AccessLog.objects.get(action="staff.mfa_reset").reason == "Ponsel hilang"
    nala.post(f"{row}/langkah/keluarkan/", {"reason": "Laptop hilang"})
    assert AccessLog.objects.filter(action="staff.signed_out").exists()
