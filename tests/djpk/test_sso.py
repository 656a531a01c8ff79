"""Single sign-on against a provider on loopback: who comes in, who does not, and what a forged answer gets."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.totp.internal import auth as totp
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from djpk.accounts.environment import oidc_provider
from people.models import AccessLog, User
from tests.djpk.cast import laras, ratna
from tests.djpk.oidc_provider import CLIENT, SECRET, Provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(settings):
    provider = Provider()
    settings.OIDC_ISSUER = provider.issuer
    settings.SOCIALACCOUNT_PROVIDERS = oidc_provider(provider.issuer, client_id=CLIENT, secret=SECRET, label="SSO")
    yield provider
    provider.close()


@pytest.fixture
def user():
    user = laras()
    User.objects.filter(pk=user.pk).update(email="Laras@djpk.example")
    return user


def to_provider(client: Client, path: str = "/masuk/sso/") -> str:
    """The address at the provider to which the browser is sent."""
    answer = client.get(path)
    assert answer.status_code == 302
    return answer.headers["Location"]


def agree(goal: str) -> str:
    """What the browser is sent back with."""
    back = requests.get(goal, allow_redirects=False, timeout=5).headers["Location"]
    assert back.startswith("http://testserver/masuk/sso/kembali/?")
    return back.removeprefix("http://testserver")


def sign_in(client: Client, path: str = "/masuk/sso/"):
    return client.get(agree(to_provider(client, path)))


def signed_in(client: Client) -> bool:
    return client.get("/akun/").status_code == 200


def test_the_button_is_there_only_when_a_provider_is_configured(provider, settings):
    assert "Masuk lewat SSO Kemenkeu" in Client().get("/masuk/").content.decode()
    settings.OIDC_ISSUER = ""
    assert "Masuk lewat" not in Client().get("/masuk/").content.decode()
    assert Client().get("/masuk/sso/").status_code == 404


def test_whoever_has_an_account_with_this_verified_address_comes_in(provider, user, client):
    answer = sign_in(client, "/masuk/sso/?next=/akun/sesi/")
    assert answer.headers["Location"] == "/akun/sesi/"
    assert client.get("/akun/").context["user"] == user
    assert AccessLog.objects.get(action="staff.sso_linked").record_id == user.pk
    assert User.objects.count() == 1


def test_the_request_carries_state_nonce_and_a_hashed_verifier(provider, user, client):
    asked = parse_qs(urlsplit(to_provider(client)).query)
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) >= 32
    assert asked["state"] != asked["nonce"]
    other = parse_qs(urlsplit(to_provider(Client())).query)
    assert other["nonce"] != asked["nonce"]


def test_from_then_on_the_provider_s_own_key_says_who_it_is(provider, user, client):
    sign_in(client)
    provider.person["email"] = "laras.baru@djpk.example"
    again = Client()
    sign_in(again)
    assert again.get("/akun/").context["user"] == user
    assert SocialAccount.objects.count() == 1


@pytest.mark.parametrize(
    "claims",
    [{"email_verified": False}, {"email_verified": "true"}, {"email": "siapa@djpk.example"}, {"email": ""}],
)
def test_others_are_told_to_ask_for_an_account_and_none_is_made(provider, user, client, claims):
    provider.person |= claims
    answer = sign_in(client)
    assert answer.status_code == 403
    assert "Belum punya akun Dering" in answer.content.decode()
    assert not signed_in(client)
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)


def test_an_address_that_two_accounts_have_opens_neither(provider, user, client):
    User.objects.filter(pk=ratna().pk).update(email="laras@djpk.example")
    assert sign_in(client).status_code == 403


def test_a_closed_account_stays_closed(provider, user, client):
    sign_in(client)
    User.objects.update(is_active=False)
    again = Client()
    assert sign_in(again).headers["Location"] == "/masuk/"
    assert not signed_in(again)


def test_a_claim_can_hold_the_user_name(provider, user, client, settings):
    settings.OIDC_USERNAME_CLAIM = "nip"
    provider.person |= {"email": "lain@djpk.example", "nip": "Laras"}
    sign_in(client)
    assert client.get("/akun/").context["user"] == user
    provider.person |= {"sub": "p-2", "nip": ""}
    assert sign_in(Client()).status_code == 403


def test_accounts_are_made_where_that_is_configured_without_roles_or_password(provider, client, settings):
    settings.OIDC_CREATE = True
    provider.person |= {"preferred_username": "tirta", "name": "Tirta Maheswari"}
    sign_in(client)
    made = User.objects.get()
    assert (made.username, made.display_name, made.email) == ("tirta", "Tirta Maheswari", "laras@djpk.example")
    assert not made.has_usable_password()
    assert not made.roles.exists()
    assert client.get("/akun/kata-sandi/").status_code == 404


def test_a_name_that_is_taken_is_not_taken_over(provider, user, client, settings):
    settings.OIDC_CREATE = True
    provider.person |= {"email": "lain@djpk.example", "preferred_username": "laras"}
    assert sign_in(client).status_code == 403


def test_the_second_factor_of_the_account_is_still_asked_for(provider, user, client):
    totp.TOTP.activate(user, totp.generate_totp_secret())
    assert sign_in(client).headers["Location"] == "/masuk/kode/"
    assert not signed_in(client)


def refused(client: Client, answer) -> None:
    assert answer.status_code == 502
    assert "tidak tersedia" in answer.content.decode()
    assert not signed_in(client)


@pytest.mark.parametrize(
    "changed", [{"nonce": "lain"}, {"nonce": ""}, {"aud": "lain"}, {"iss": "http://lain.example"}, {"exp": 1}]
)
def test_an_id_token_for_another_request_audience_issuer_or_time_is_refused(provider, user, client, changed):
    provider.changed = changed
    refused(client, sign_in(client))


def test_an_id_token_signed_by_another_key_or_with_a_shared_secret_is_refused(provider, user, client):
    provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    refused(client, sign_in(client))
    provider.algorithm = "HS256"
    refused(client, sign_in(client))


def test_user_data_of_someone_else_are_refused(provider, user, client):
    provider.userinfo = {"sub": "p-2"}
    refused(client, sign_in(client))


def test_an_answer_nobody_asked_for_or_a_second_time_is_refused(provider, user, client):
    back = agree(to_provider(Client()))
    answer = client.get(back)
    assert answer.status_code == 502
    assert not signed_in(client)
    back = agree(to_provider(client))
    client.get(back)
    client.post("/keluar/")
    client.get(back)
    assert not signed_in(client)


def test_the_verifier_of_another_session_does_not_fit(provider, user, client):
    back = agree(to_provider(client))
    code = parse_qs(urlsplit(back).query)["code"][0]
    provider.codes[code]["code_challenge"] = "lain"
    refused(client, client.get(back))


def test_nothing_but_the_next_page_is_taken_from_the_address(provider, user, client):
    goal = to_provider(client, "/masuk/sso/?process=connect&scope=admin&auth_params=prompt%3Dnone&next=//lain.example")
    asked = parse_qs(urlsplit(goal).query)
    assert "admin" not in asked["scope"][0]
    assert "prompt" not in asked
    assert client.get(agree(goal)).headers["Location"] == "/"


def test_cancelling_leads_back_to_sign_in(provider, user, client):
    state = parse_qs(urlsplit(to_provider(client)).query)["state"][0]
    answer = client.get(f"/masuk/sso/kembali/?error=access_denied&state={state}", follow=True)
    assert "Masuk lewat SSO dibatalkan." in answer.content.decode()


def test_a_provider_that_is_away_or_calls_itself_otherwise_is_said_to_be_unavailable(provider, user, client, settings):
    provider.issuer += "/lain"
    refused(client, client.get("/masuk/sso/"))
    provider.close()
    refused(client, client.get("/masuk/sso/"))


def test_with_single_sign_on_only_administrators_change_addresses(provider, user, client):
    client.force_login(user)
    client.post("/akun/", {"display_name": "Laras", "email": "kepala@djpk.example"})
    user.refresh_from_db()
    assert (user.display_name, user.email) == ("Laras", "Laras@djpk.example")


def test_half_a_configuration_is_refused_at_the_start():
    with pytest.raises(ImproperlyConfigured):
        oidc_provider("https://sso.example", client_id="dering", secret="", label="SSO")
