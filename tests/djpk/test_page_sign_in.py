"""Signing in and out, the theme, the language and the pages for errors, as a browser without script sees them."""

import pytest
from django.test import Client
from django.urls import reverse

from djpk import pages
from djpk.catalogue import compile_catalogues
from djpk.demo.people import PASSWORD as DEMO_PASSWORD
from djpk.demo.people import STAFF
from people.models import Role, User
from tests.djpk.cast import PASSWORD, laras, ratna, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, scope="module")
def _catalogues():
    compile_catalogues()


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str):
    return client.post("/masuk/", {"username": username, "password": password, **more})


def test_strangers_are_sent_to_sign_in_and_come_back_to_the_page_they_wanted(client):
    laras()
    there = client.get("/")
    assert there.headers["Location"] == "/masuk/?next=/"
    assert sign_in(client, "laras", next="/").headers["Location"] == "/"
    page = client.get("/", follow=True).content.decode()
    assert "Laras Setyani" in page
    assert "Agen Layer 1" in page


def test_both_fields_wear_the_design_s_clothes(client):
    assert client.get("/masuk/").content.decode().count('class="form-control"') == 2


def test_a_front_desk_finds_what_is_there_for_it(client):
    client.force_login(staff("wening", "Wening Lestari", Role.FRONT_DESK))
    answer = client.get("/", follow=True)
    assert answer.redirect_chain == [("/konsultasi/meja-depan/", 302)]
    page = answer.content.decode()
    assert "Meja depan" in page
    assert 'href="/akun/"' in page
    assert 'href="/tiket/"' not in page


def test_a_wrong_password_keeps_the_name_and_says_what_to_do(client):
    ratna()
    page = sign_in(client, "ratna", "salah").content.decode()
    assert "Nama pengguna dan kata sandi tidak cocok." in page
    assert 'value="ratna"' in page
    assert 'role="alert"' in page
    assert "salah" not in page


def test_an_empty_form_names_each_missing_field(client):
    page = sign_in(client, "", "").content.decode()
    assert "Isi nama pengguna." in page
    assert "Isi kata sandi." in page
    assert page.count('aria-invalid="true"') == 2


def test_sign_in_never_leads_to_another_site(client):
    ratna()
    answer = sign_in(client, "ratna", next="https://penipu.example/")
    assert answer.headers["Location"] == "/"


def test_signing_out_needs_a_post_and_ends_the_session(client):
    client.force_login(laras())
    page = client.get("/keluar/")
    assert (page.status_code, b'action="/keluar/"' in page.content, page["Cache-Control"]) == (
        200, True, "max-age=0, no-cache, no-store, must-revalidate, private"
    )  # fmt: skip
    assert client.get("/akun/").status_code == 200
    assert client.post("/keluar/").headers["Location"] == "/masuk/"
    assert client.get("/").status_code == 302


def test_demonstration_accounts_show_only_in_the_demonstration(client, monkeypatch):
    manager = next(colleague for colleague in STAFF if colleague.role == "MANAGER")
    agent = next(colleague for colleague in STAFF if colleague.role == "AGENT_L1")
    User.objects.create_user(manager.username, password=DEMO_PASSWORD)
    assert manager.name not in client.get("/masuk/").content.decode()
    monkeypatch.setenv("DERING_DEMO", "1")
    page = client.get("/masuk/").content.decode()
    assert manager.name in page
    assert f'value="{agent.username}"' not in page, "an account that does not exist is not offered"
    assert sign_in(client, manager.username, DEMO_PASSWORD).status_code == 302


def test_the_theme_is_kept_in_a_cookie_and_painted_by_the_server(client):
    assert 'data-bs-theme="auto"' in client.get("/masuk/").content.decode()
    answer = client.post("/tampilan/", {"theme": "dark", "next": "/masuk/"})
    assert answer.headers["Location"] == "/masuk/"
    assert 'data-bs-theme="dark"' in client.get("/masuk/").content.decode()
    client.cookies["theme"] = '"><script>'
    assert 'data-bs-theme="auto"' in client.get("/masuk/").content.decode()


def test_pages_are_indonesian_whatever_the_browser_prefers_until_english_is_chosen(client):
    page = client.get("/masuk/", headers={"accept-language": "en-US,en"}).content.decode()
    assert '<html lang="id"' in page
    assert "Kata sandi" in page
    client.post(reverse("set_language"), {"language": "en", "next": "/masuk/"})
    page = client.get("/masuk/").content.decode()
    assert '<html lang="en"' in page
    assert "Password" in page
    assert "Kata sandi" not in page


def test_an_unknown_address_says_so(client):
    answer = client.get("/tidak-ada/")
    assert answer.status_code == 404
    assert "Halaman tidak ditemukan" in answer.content.decode()


def test_a_fault_shows_a_calm_page_without_details(client, monkeypatch):
    def broken(*_args):
        raise RuntimeError("rahasia dalam")

    monkeypatch.setattr(pages, "render", broken)
    client.force_login(staff("galih", "Galih Prakoso", Role.PPID_OFFICER))
    answer = client.get("/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Halaman tidak dapat dimuat" in page
    assert "rahasia" not in page
