"""Searching through the API."""

import pytest

from people.models import AccessLog
from tests import factories as make
from tests.api.conftest import check_problem

pytestmark = pytest.mark.django_db


def numbers(answer) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [row["ticket"]["number"] for row in answer.json()["results"]]


def test_tickets_are_found_with_the_words_marked(call):
    ticket = make.ticket(subject="Penyaluran DAU", text="Kapan <b>DAU</b> disalurkan?")
    laras = call("laras")
    answer = laras.get("search/", q="salur kanal:email")
    assert numbers(answer) == [ticket.number]
    (row,) = answer.json()["results"]
    assert (row["type"], row["contact"], row["internal"]) == ("tickets", None, False)
    assert [part["text"] for part in row["snippet"] if part["marked"]] == ["disalurkan"]
    assert "".join(part["text"] for part in row["snippet"]).startswith("Kapan <b>DAU</b> disalurkan")
    assert AccessLog.objects.get(action="ticket.searched").reason == "kanal:email salur "


def test_pages_follow_one_another(call):
    made = [make.ticket(at=make.NOW + n * make.MINUTE).number for n in range(5)]
    laras, read = call("laras"), []
    for ordering in ("relevance", "-time"):
        answer = laras.get("search/", q="salur", page_size=2, ordering=ordering)
        read = numbers(answer)
        while following := answer.json()["next"]:
            answer = laras.get(following)
            read += numbers(answer)
        assert sorted(read) == made, ordering


def test_what_is_not_understood_is_named(call):
    make.ticket()
    answer = call("laras").get("search/", q="salur kanal:fax")
    assert answer.json()["problems"][0]["message"] == "“fax” bukan nilai untuk “kanal”."
    assert "kanal:EMAIL" in answer.json()["problems"][0]["suggestions"]


def test_what_may_have_been_meant_is_said_when_a_name_is_misspelt(call):
    ticket = make.ticket(contact=make.contact("melati"))
    answer = call("laras").get("search/", q="melti")
    assert (numbers(answer), answer.json()["meant"]) == ([], "Melati")
    answer = call("laras").get("search/", q=answer.json()["meant"])
    assert (numbers(answer), answer.json()["meant"]) == ([ticket.number], None)


def test_contacts_are_found_by_those_who_may_see_them(call):
    make.ticket(contact=make.contact("melati"))
    (row,) = call("laras").get("search/", q="melti", type="contacts").json()["results"]
    assert row["contact"]["name"] == "Melati Kusumah"
    assert call("damar").get("search/", q="melti", type="contacts").json()["results"] == []
    check_problem(call("bima", ["tickets:read"]).get("search/", q="x", type="contacts"), 403, "scope_missing")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "q"),
        ({"q": "a", "type": "articles"}, "type"),
        ({"q": "a", "ordering": "time"}, "ordering"),
        ({"q": "a", "page_size": "0"}, "page_size"),
        ({"q": "a", "cursor": "x"}, "cursor"),
        ({"q": "a" * 301}, "q"),
        ({"q": "a", "status": "NEW"}, "status"),
    ],
)
def test_parameters_are_read_strictly(call, query, field):
    body = check_problem(call("laras").get("search/", **query), 400, "invalid")
    assert body["errors"][0]["field"] == field
