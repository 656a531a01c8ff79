"""One's own account: profile, password, sessions, and a forgotten password by mail."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from people.models import AccessLog, User
from tests.djpk.cast import PASSWORD, laras, ratna

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
NEW = "sandi-baru-sekali"


def signed_in(name: str = "laras", agent: str = FIREFOX, address: str = "198.51.100.7") -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    assert client.post("/masuk/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def test_accounts_are_entered_by_user_name_in_any_case_or_by_an_address_that_one_account_has():
    first, second = laras(), ratna()
    User.objects.filter(pk=first.pk).update(email="Laras@djpk.example")
    for name in ("laras", "Laras", "laras@djpk.example"):
        signed_in(name)
    User.objects.filter(pk=second.pk).update(email="laras@djpk.example")
    answer = Client().post("/masuk/", {"username": "laras@djpk.example", "password": PASSWORD})
    assert "tidak cocok" in answer.content.decode()


def test_a_closed_account_is_told_what_a_stranger_is_told():
    User.objects.filter(pk=laras().pk).update(is_active=False)
    answer = Client().post("/masuk/", {"username": "laras", "password": PASSWORD})
    assert "Nama pengguna dan kata sandi tidak cocok." in answer.content.decode()


def test_signing_in_changes_the_key_of_the_session():
    laras()
    client = Client()
    client.post("/i18n/setlang/", {"language": "id"})
    client.get("/masuk/?next=/")
    before = client.session.session_key
    client.post("/masuk/", {"username": "laras", "password": PASSWORD})
    assert client.session.session_key not in (None, before)


def test_nobody_makes_an_account_for_oneself():
    assert Client().get("/masuk/daftar/").status_code == 404
    assert Client().get("/accounts/signup/").status_code == 404


def test_the_profile_is_changed_and_logged():
    user = laras()
    client = signed_in()
    assert 'href="/akun/"' in client.get("/akun/").content.decode()
    changed = {"display_name": "Laras S.", "email": "laras@djpk.example", "phone": "+62 000 1"}
    assert client.post("/akun/", changed, follow=True).status_code == 200
    user.refresh_from_db()
    assert (user.display_name, user.email, user.phone) == tuple(changed.values())
    assert AccessLog.objects.get(action="staff.changed").user == user
    assert "Tuliskan nama" in client.post("/akun/", {"display_name": " "}).content.decode()


def test_changing_the_password_keeps_this_session_and_ends_the_others():
    user = laras()
    here, there = signed_in(), signed_in(agent=PHONE)
    wrong = {"oldpassword": "keliru", "password1": NEW, "password2": NEW}
    assert "Kata sandi sekarang salah." in here.post("/akun/kata-sandi/", wrong).content.decode()
    differing = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW + "x"}
    assert "Kedua kata sandi tidak sama." in here.post("/akun/kata-sandi/", differing).content.decode()
    weak = {"oldpassword": PASSWORD, "password1": "laras", "password2": "laras"}
    assert 'aria-invalid="true"' in here.post("/akun/kata-sandi/", weak).content.decode()
    good = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert "Kata sandi diganti." in here.post("/akun/kata-sandi/", good, follow=True).content.decode()
    assert there.get("/akun/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert AccessLog.objects.get(action="staff.password_set").user == user


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("UPDATE people_user SET password = 'x' WHERE username = 'laras'", 302),
        ("UPDATE people_user SET is_active = false WHERE username = 'laras'", 302),
        ("UPDATE people_staffrole SET role = 'FRONT_DESK'", 403),
        ("DELETE FROM people_staffrole", 403),
    ],
)
def test_what_another_process_does_to_an_account_holds_from_the_next_request_on(change, status):
    laras()
    client = signed_in()
    assert client.get("/tiket/").status_code == 200
    with connection.get_new_connection(connection.get_connection_params()) as other:
        other.execute(change)
        assert client.get("/tiket/").status_code == 200, "not yet committed"
    assert client.get("/tiket/").status_code == status


def test_sessions_are_listed_and_one_of_them_is_ended():
    laras()
    here, there = signed_in(), signed_in(agent=PHONE, address="203.0.113.4")
    page = here.get("/akun/sesi/").content.decode()
    assert "Firefox 128 di Windows" in page
    assert "Chrome 140 di Android" in page
    assert "203.0.113.4" in page
    (url,) = re.findall(r'action="(/akun/sesi/\d+/akhiri/)"', page)
    assert there.get("/akun/").status_code == 200
    here.post(url)
    assert there.get("/akun/").headers["Location"] == "/masuk/?next=/akun/"
    assert here.get("/akun/").status_code == 200


def test_all_other_sessions_are_ended_at_once():
    laras()
    here, *others = signed_in(), signed_in(agent=PHONE), signed_in(agent=PHONE)
    here.post("/akun/sesi/")
    assert [client.get("/akun/").status_code for client in (here, *others)] == [200, 302, 302]


def test_nobody_ends_the_session_of_another():
    laras(), ratna()
    here, manager = signed_in("laras"), signed_in("ratna")
    page = signed_in("ratna").get("/akun/sesi/").content.decode()
    (url, *_more) = re.findall(r'action="(/akun/sesi/\d+/akhiri/)"', page)
    assert here.post(url).status_code == 404
    assert manager.get("/akun/").status_code == 200


def test_ordinary_pages_pay_nothing_for_the_list_of_sessions(django_assert_num_queries):
    laras()
    client = signed_in()
    client.get("/akun/")
    with django_assert_num_queries(2):  # the bell, versions of what is kept
        client.get("/akun/")


def test_the_list_says_when_a_session_was_last_used(monkeypatch):
    from allauth.usersessions.models import UserSession

    from djpk.accounts import seen

    laras()
    client = signed_in()
    UserSession.objects.update(last_seen_at="2024-08-15 02:00Z")
    client.get("/akun/")
    assert UserSession.objects.get().last_seen_at.year == 2024
    monkeypatch.setattr(seen, "EVERY_SECONDS", 0)
    client.get("/akun/")
    assert UserSession.objects.get().last_seen_at.year > 2024


def test_without_mail_nothing_is_offered_for_a_forgotten_password():
    assert "Lupa kata sandi" not in Client().get("/masuk/").content.decode()
    assert Client().get("/masuk/lupa/").status_code == 404


@pytest.fixture
def mailing(settings):
    settings.MAIL_CONFIGURED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(mailing, run_tasks):
    user = laras()
    User.objects.filter(pk=user.pk).update(email="Laras@djpk.example")
    client = Client()
    assert "Lupa kata sandi?" in client.get("/masuk/").content.decode()
    client.post("/masuk/lupa/", {"email": "laras@djpk.example"})
    run_tasks()
    (letter,) = mail.outbox
    assert letter.subject == "Dering: kata sandi baru"
    url = re.search(r"http://testserver(/masuk/lupa/\S+)", letter.body)[1]
    page = client.get(url, follow=True)
    action = re.search(r'action="(/masuk/lupa/[^"]+)"', page.content.decode())[1]
    client.post(action, {"password1": NEW, "password2": NEW})
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert "Tautan tidak berlaku" in Client().get(url, follow=True).content.decode()


def test_the_page_for_a_forgotten_password_tells_nobody_who_has_an_account(mailing, run_tasks):
    User.objects.filter(pk=laras().pk).update(email="laras@djpk.example")
    answers = [Client().post("/masuk/lupa/", {"email": e}) for e in ("laras@djpk.example", "siapa@djpk.example")]
    assert {answer.headers["Location"] for answer in answers} == {"/masuk/lupa/terkirim/"}
    run_tasks()
    assert [letter.to for letter in mail.outbox] == [["laras@djpk.example"]]
