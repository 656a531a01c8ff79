"""Repeated failures: what is said, how long, whom it concerns, and who can end it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from kernel.errors import Refused
from people import lockout
from people.lockout import Attempt
from people.models import AccessLog, SignInLock
from people.tokens import issue_token
from tests import factories as make
from tests.djpk.cast import PASSWORD, laras, ratna

pytestmark = pytest.mark.django_db
WRONG = "salah"
SAID = "Terlalu banyak percobaan gagal. Coba lagi pukul"
MISMATCH = "Nama pengguna dan kata sandi tidak cocok."


@pytest.fixture
def few(settings):
    settings.LOCKOUT_TRIES, settings.LOCKOUT_ADDRESS_TRIES, settings.LOCKOUT_MINUTES = 3, 5, 15


def sign_in(name: str, password: str = WRONG, address: str = "198.51.100.7", **headers: str):
    client = Client(REMOTE_ADDR=address, headers=headers)
    return client.post("/masuk/", {"username": name, "password": password})


def attempt(name: str = "laras", user=None, address: str = "198.51.100.7") -> Attempt:
    return Attempt(user, name, address)


def test_an_account_is_locked_after_as_many_failures_as_allowed(few):
    user = laras()
    for _try in range(3):
        assert MISMATCH in sign_in("laras").content.decode()
    page = sign_in("laras", PASSWORD).content.decode()
    until = SignInLock.objects.get(kind="ACCOUNT").locked_until
    assert f"{SAID} {lockout.clock(until)}." in page
    logged = AccessLog.objects.get(action="staff.locked")
    assert (logged.record, logged.record_id) == ("people.user", user.pk)
    assert "198.51.100.7" in logged.reason


def test_another_address_and_another_spelling_of_the_account_make_no_difference(few):
    user = laras()
    user.email = "laras@djpk.example"
    user.save()
    sign_in("laras", address="198.51.100.1")
    sign_in("LARAS", address="198.51.100.2")
    sign_in("laras@djpk.example", address="198.51.100.3")
    assert SAID in sign_in("laras", PASSWORD, address="198.51.100.4").content.decode()


def test_a_name_nobody_has_is_locked_like_an_account_and_not_kept(few):
    for _try in range(3):
        assert MISMATCH in sign_in("kata-sandi-yang-salah-tempat").content.decode()
    assert SAID in sign_in("kata-sandi-yang-salah-tempat").content.decode()
    assert not SignInLock.objects.filter(key__contains="salah").exists()


def test_an_address_is_locked_after_failures_with_many_accounts(few):
    ratna()
    for number in range(5):
        sign_in(f"tebakan{number}")
    assert SAID in sign_in("ratna", PASSWORD).content.decode()
    assert sign_in("ratna", PASSWORD, address="198.51.100.8").status_code == 302
    assert AccessLog.objects.filter(action="address.locked").count() == 1


def test_networks_of_ipv6_count_as_one_address(few):
    ratna()
    for number in range(5):
        sign_in(f"tebakan{number}", address=f"2001:db8:1:2::{number + 1}")
    assert SAID in sign_in("ratna", PASSWORD, address="2001:db8:1:2:ffff::1").content.decode()


def test_signing_in_forgets_earlier_failures(few):
    laras()
    for _round in range(2):
        sign_in("laras")
        sign_in("laras")
        assert sign_in("laras", PASSWORD).status_code == 302
    assert not SignInLock.objects.filter(kind="ACCOUNT").exists()


def test_the_lock_ends_by_itself_and_old_failures_stop_counting(few):
    user, at = laras(), timezone.now()
    for minute in range(3):
        lockout.claim(attempt(user=user), at=at)
        lockout.fail(attempt(user=user), at=at + timedelta(minutes=minute))
    with pytest.raises(Refused):
        lockout.claim(attempt(user=user), at=at + timedelta(minutes=16))
    lockout.claim(attempt(user=user), at=at + timedelta(minutes=18))
    assert SignInLock.objects.get(kind="ACCOUNT").failures == 1
    lockout.fail(attempt(user=user), at=at + timedelta(minutes=18))
    lockout.claim(attempt(user=user), at=at + timedelta(minutes=40))
    assert SignInLock.objects.get(kind="ACCOUNT").failures == 1


def test_of_many_tries_at_once_no_more_are_let_through_than_allowed(few):
    user, at = laras(), timezone.now()
    for _try in range(3):
        lockout.claim(attempt(user=user), at=at)
    with pytest.raises(Refused):
        lockout.claim(attempt(user=user), at=at)
    lockout.release(attempt(user=user))
    lockout.claim(attempt(user=user), at=at)


def test_an_administrator_lifts_the_lock(few, client):
    laras()
    for _try in range(3):
        sign_in("laras")
    row = SignInLock.objects.get(kind="ACCOUNT")
    client.force_login(make.staff("nala"))
    assert "laras" in client.get("/admin/people/signinlock/").content.decode()
    client.post(f"/admin/people/signinlock/{row.pk}/langkah/buka/", {"reason": "Lupa kata sandi"})
    assert sign_in("laras", PASSWORD).status_code == 302
    logged = AccessLog.objects.get(action="staff.unlocked")
    assert (logged.user.username, logged.reason) == ("nala", "Lupa kata sandi")


def test_the_command_lists_and_lifts_locks(few, capsys):
    laras()
    for _try in range(3):
        sign_in("laras")
    call_command("unlock_sign_in")
    assert "account\tlaras\t" in capsys.readouterr().out
    call_command("unlock_sign_in", "laras")
    assert sign_in("laras", PASSWORD).status_code == 302


def test_tokens_are_not_concerned(few):
    user = make.staff("laras")
    _token, secret = issue_token(name="uji", user=user, scopes=["tickets:read"], at=timezone.now(), actor=None)
    for _try in range(3):
        sign_in("laras")
    answer = Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/tickets/")
    assert answer.status_code == 200


def test_a_forwarded_address_is_believed_only_from_our_own_proxies(few, settings):
    ratna()
    for number in range(5):
        sign_in(f"tebakan{number}", **{"x-forwarded-for": f"203.0.113.{number}"})
    assert SAID in sign_in("ratna", PASSWORD, **{"x-forwarded-for": "203.0.113.9"}).content.decode()

    settings.TRUSTED_PROXIES = 1
    forwarded = {"x-forwarded-for": "10.9.9.9, 203.0.113.50"}
    for number in range(5):
        sign_in(f"terkaan{number}", address="172.18.0.2", **forwarded)
    locked = SignInLock.objects.filter(kind="ADDRESS", locked_until__isnull=False).values_list("key", flat=True)
    assert set(locked) == {"198.51.100.7", "203.0.113.50"}
    assert sign_in("ratna", PASSWORD, address="172.18.0.2", **{"x-forwarded-for": "203.0.113.51"}).status_code == 302


def test_counters_that_are_over_are_swept(few):
    sign_in("siapa")
    assert lockout.sweep(at=timezone.now()) == 0
    assert lockout.sweep(at=timezone.now() + timedelta(minutes=16)) == 2
