"""Whatever goes wrong, the caller gets a problem with a stable code, never a page and never a 500."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from djpk.catalogue import english, texts
from people.models import Region
from people.staff import close_account
from people.tokens import issue_token, revoke_token
from tests import factories as make
from tests.api.conftest import check_problem


def bearer(secret):
    return Client(headers={"Authorization": f"Bearer {secret}"})


def test_without_a_token_nothing_opens(db):
    response = Client().get("/api/v1/regions/")
    check_problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_tokens_that_are_unknown_expired_revoked_or_of_a_closed_account(db):
    laras, now = make.staff("laras"), timezone.now()
    check_problem(bearer("drg_none").get("/api/v1/regions/"), 401, "token.unknown")
    scopes = ["reference:read"]
    token, secret = issue_token(
        name="a", user=laras, scopes=scopes, at=make.NOW, expires_at=make.NOW + make.DAY, actor=None
    )
    check_problem(bearer(secret).get("/api/v1/regions/"), 401, "token.expired")
    token, secret = issue_token(name="b", user=laras, scopes=scopes, at=now, actor=None)
    assert bearer(secret).get("/api/v1/regions/").status_code == 200
    revoke_token(token=token, at=now, actor=None)
    check_problem(bearer(secret).get("/api/v1/regions/"), 401, "token.revoked")
    _token, secret = issue_token(name="c", user=laras, scopes=scopes, at=now, actor=None)
    close_account(user=laras, at=now, actor=None)
    check_problem(bearer(secret).get("/api/v1/regions/"), 401, "token.user_inactive")


def test_the_token_notes_its_use(call):
    caller = call("laras")
    caller.get("regions/")
    caller.token.refresh_from_db()
    assert caller.token.last_used_at is not None


def test_a_scope_the_token_lacks_is_named(call):
    body = check_problem(call("laras", ["tickets:read"]).get("regions/"), 403, "scope_missing")
    assert "reference:read" in body["detail"]


def test_a_session_counts_by_role_and_writes_only_with_csrf(db):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make.staff("wening"))
    assert browser.get("/api/v1/regions/").status_code == 200
    check_problem(browser.get("/api/v1/contacts/"), 403, "role_missing")
    check_problem(browser.post("/api/v1/regions/", {}, content_type="application/json"), 403, "csrf_failed")


@pytest.mark.parametrize(
    "path", ["nowhere/", "tickets", "/api/v2/tickets/", "/api/", "regions/99.99/", "contacts/9999999999999999999999/"]
)
def test_what_is_not_there(call, path):
    check_problem(call("laras").get(path), 404, "not_found")


def test_nul_and_broken_text_in_an_address(call):
    check_problem(call("laras").get("tickets/%00/"), 404, "not_found")
    check_problem(call("laras").get("tickets/%FF%FE/"), 404, "not_found")
    check_problem(call("laras").get("contacts/1%0A/"), 404, "not_found")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_methods_that_an_address_does_not_have(call, method):
    response = getattr(call("laras").client, method)("/api/v1/regions/")
    check_problem(response, 405, "method_not_allowed")
    assert "GET" in response["Allow"]


def test_head_answers_like_get_without_the_body(call):
    response = call("laras").client.head("/api/v1/regions/?zone=WIB")
    assert (response.status_code, response.content) == (200, b"")
    assert call("laras").client.head("/api/v1/regions/?zone=X").status_code == 400


def test_thousands_of_parameters_are_refused(call):
    query = "&".join(f"p{number}=1" for number in range(1500))
    check_problem(call("laras").client.get(f"/api/v1/regions/?{query}"), 400, "bad_request")


def test_only_json_is_answered(call):
    check_problem(call("laras").get("regions/", headers={"Accept": "text/csv"}), 406, "not_acceptable")


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"chanel": "EMAIL"}, "chanel", "unknown"),
        ({"zone": "XYZ"}, "zone", "unknown"),
        ({"zone": "WIB\x00"}, "zone", "invalid"),
        ({"zone": ["WIB", "WIT"]}, "zone", "repeated"),
        ({"province": "31,99"}, "province", "unknown"),
        ({"province": ",".join(map(str, range(101)))}, "province", "too_many"),
        ({"page_size": "0"}, "page_size", "invalid"),
        ({"page_size": "201"}, "page_size", "invalid"),
        ({"page_size": "9" * 5000}, "page_size", "invalid"),
        ({"page_size": "٣"}, "page_size", "invalid"),
        ({"ordering": "name"}, "ordering", "invalid"),
        ({"cursor": "bm9uZQ"}, "cursor", "bad_cursor"),
        ({"cursor": ""}, "cursor", "empty"),
        ({"zone": ""}, "zone", "empty"),
    ],
)
def test_parameters_that_make_no_sense_are_named(call, query, field, code):
    body = check_problem(call("laras").get("regions/", **query), 400, "invalid")
    assert [(error["field"], error["code"]) for error in body["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    "text", ["2024-13-01", "2024-02-30", "kemarin", "2024-08-01 08:00", "0001-01-01", "2024-08-01T25:00Z"]
)
def test_dates_that_are_none(call, text):
    body = check_problem(call("laras").get("contacts/", created_from=text), 400, "invalid")
    assert body["errors"][0]["code"] == "bad_moment"


def test_a_cursor_of_another_order_or_with_a_changed_letter_is_refused(call):
    caller = call("laras")
    following = caller.get("regions/", page_size=2).json()["next"]
    cursor = following.split("cursor=")[1].split("&")[0]
    check_problem(caller.get("regions/", ordering="-code", cursor=cursor), 400, "invalid")
    check_problem(caller.get("regions/", cursor=cursor[:-1] + ("A" if cursor[-1] != "A" else "B")), 400, "invalid")


def test_the_language_is_indonesian_unless_the_caller_asks_for_english(call):
    caller = call("laras")
    assert caller.get("regions/", zone="X").json()["title"] == "Permintaan tidak sah"
    english = caller.get("regions/", headers={"Accept-Language": "en-GB,en;q=0.9"}, zone="X")
    assert english["Content-Language"] == "en"
    assert english.json()["title"] == "Bad request"
    assert caller.get("regions/", headers={"Accept-Language": "\x00;;,,q"}).status_code == 200


def test_what_the_api_says_is_translated():
    catalogue = english()
    ours = [text for (_context, text, _plural), place in texts() if place.startswith(("kernel/api/", "people/auth"))]
    assert [text for text in ours if not (found := catalogue.get(text)) or not found.string] == []


def test_a_fault_of_ours_is_a_problem_too(call, monkeypatch):
    def broken(self):
        raise RuntimeError("boom")

    monkeypatch.setattr("people.api.RegionList.get_queryset", broken)
    caller = call("laras")
    caller.client.raise_request_exception = False
    body = check_problem(caller.get("regions/"), 500, "error")
    assert "boom" not in json.dumps(body)


def test_too_many_calls_have_to_wait(call, settings):
    settings.API_CALLS_PER_MINUTE = 2
    caller = call("laras")
    answers = [caller.get("regions/", page_size=1) for _ in range(5)]
    late = [answer for answer in answers if answer.status_code == 429]
    assert late
    check_problem(late[0], 429, "throttled")
    assert 1 <= int(late[0]["Retry-After"]) <= 61


def test_without_a_cache_nobody_is_held_back(call, monkeypatch, settings):
    settings.API_CALLS_PER_MINUTE = 0

    def gone(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr("kernel.api.throttling.cache.add", gone)
    assert call("laras").get("regions/", page_size=1).status_code == 200


def test_answers_are_kept_by_no_cache(call):
    assert call("laras").get("regions/")["Cache-Control"] == "no-store"


def test_paging_forth_and_back_meets_every_row_once(call):
    caller = call("laras")
    everything = list(Region.objects.order_by("-code").values_list("code", flat=True))
    url, seen, pages = "regions/?page_size=200&ordering=-code", [], []
    while url:
        page = caller.client.get(url if "://" in url else f"/api/v1/{url}").json()
        pages.append(page)
        seen += [row["code"] for row in page["results"]]
        url = page["next"]
    assert seen == everything
    assert pages[0]["previous"] is None
    back = caller.client.get(pages[-1]["previous"]).json()
    assert back["results"] == pages[-2]["results"]
    first = caller.client.get(back["previous"]).json()
    assert first["results"] == pages[0]["results"]
    assert first["previous"] is None
    assert first["next"] is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "field"),
    [(["EMAIL"], ""), ({"channel": "EMAIL", "contact": "Melati", "text": "Kapan?"}, "contact")],
)
def test_what_is_no_object_is_named_in_the_reader_s_language(call, body, field):
    answer = call("laras").post("tickets/", body)
    check_problem(answer, 400, "invalid")
    assert answer.json()["errors"] == [{"field": field, "code": "invalid", "message": "Tulis sebagai objek JSON."}]
