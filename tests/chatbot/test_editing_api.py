"""The draft, its publication and the sessions by API."""

import copy

import pytest
from django.test import Client

from chatbot import versions
from tests import factories as make
from tests.chatbot.talk import CONTENT, publish_seeded
from tests.chatbot.test_running import introduce, tell

pytestmark = pytest.mark.django_db
API = "/api/v1/chatbot"


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(make.staff("sekar"))
    return client


def draft(**changes) -> dict:
    content = copy.deepcopy(CONTENT)
    menus = [{**node, "article": ""} for node in content.pop("nodes")]
    for node in menus:
        if node["code"] == "DBH":
            node["text"] = "DBH disalurkan tiap triwulan."
    return {**content, "menus": menus, **changes}


def put(editor: Client, body: dict):
    return editor.put(f"{API}/draft/", body, "application/json")


def test_a_draft_is_saved_whole_and_published_as_the_next_version(editor):
    publish_seeded()
    saved = put(editor, draft())
    assert (saved.status_code, saved.json()["problems"], saved.json()["saved_by"]) == (200, [], "sekar")
    assert [menu["code"] for menu in saved.json()["menus"]] == ["TKD", "DAU", "DBH", "PDRD", "OLD"]
    assert editor.get(f"{API}/draft/").json() == saved.json()
    given = editor.post(f"{API}/publication/", {"note": "Susunan ringkas"}, "application/json")
    assert (given.status_code, given.json()["version"]) == (201, 2)
    assert editor.get(f"{API}/tree/").json() == given.json()
    assert versions.published().note == "Susunan ringkas"
    again = editor.post(f"{API}/publication/", {}, "application/json")
    assert (again.status_code, again.json()["code"]) == (409, "chatbot.unchanged")


def test_a_draft_sent_again_with_its_key_is_saved_once(editor):
    key = {"HTTP_IDEMPOTENCY_KEY": "simpan-1"}
    first = editor.put(f"{API}/draft/", draft(), "application/json", **key)
    assert editor.put(f"{API}/draft/", draft(), "application/json", **key).json() == first.json()
    other = editor.put(f"{API}/draft/", draft(idle_minutes=45), "application/json", **key)
    assert other.status_code == 422, other.content
    assert editor.get(f"{API}/draft/").json() == first.json()


def test_an_unfinished_draft_is_kept_and_says_what_is_missing(editor):
    menus = [{"code": "TKD", "label": "Transfer ke Daerah"}]
    saved = put(editor, draft(menus=menus))
    problems = saved.json()["problems"]
    assert (saved.status_code, [problem["menu"] for problem in problems]) == (200, ["TKD"])
    refused = editor.post(f"{API}/publication/", {}, "application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "chatbot.not_ready")
    assert problems[0]["message"] in refused.json()["detail"]


@pytest.mark.parametrize(
    "changes",
    [
        {"menus": [{"code": "TKD"}]},
        {"menus": [{"code": "TKD", "label": "T", "colour": "red"}]},
        {"menus": [{"code": "TKD", "label": "T", "active": "yes"}]},
        {"menus": {}},
        {"channels": ["EMAIL"]},
        {"idle_minutes": 0},
        {"texts": {"greeting": "Halo"}},
        {"version": 3},
    ],
    ids=str,
)
def test_what_is_no_draft_is_refused_and_changes_nothing(editor, changes):
    before = versions.draft().content
    assert put(editor, draft(**changes)).status_code == 400
    assert versions.draft().content == before


def test_sessions_are_listed_newest_first_and_filtered(editor):
    publish_seeded()
    introduce()
    tell("Chat Agent", 9, choice="agent")
    rows = editor.get(f"{API}/sessions/").json()["results"]
    assert [(row["outcome"], row["channel"], row["ticket"]) for row in rows] == [
        ("HANDED_OVER", "WHATSAPP", rows[0]["ticket"])
    ]
    assert rows[0]["ticket"].startswith("DRG-")
    assert editor.get(f"{API}/sessions/?outcome=DROPPED").json()["results"] == []
    assert len(editor.get(f"{API}/sessions/?channel=WHATSAPP&outcome=HANDED_OVER").json()["results"]) == 1
    assert editor.get(f"{API}/sessions/?channel=EMAIL").json()["results"] == []
    assert editor.get(f"{API}/sessions/?outcome=SELESAI").status_code == 400
