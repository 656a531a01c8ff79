"""Articles among search results, and the page they lead to."""

import pytest
from django.test import Client

from knowledge import verbs
from knowledge.searching import source
from tests import factories as make
from tickets.search.query import parse


@pytest.fixture
def article(db):
    at = {"at": make.NOW, "actor": make.staff("laras")}
    found = verbs.create_article(
        title="Jadwal penyaluran DAU",
        body="DAU disalurkan tiap bulan.",
        unit=make.unit("PK.2"),
        topic=make.topic(),
        **at,
    )
    return verbs.publish(article=found, **at)


def labels(text: str, who: str = "laras") -> list[str]:
    found = source(make.staff(who), parse(text).terms, 5)
    return [thing.label for thing in found.things] if found else []


def test_stems_phrases_and_all_the_words_count(article):
    assert labels("salur") == ["Jadwal penyaluran DAU"]
    assert labels('"tiap bulan" DAU') == ["Jadwal penyaluran DAU"]
    assert labels("salur triwulan") == []
    assert labels("-salur") == []


def test_drafts_are_not_found_and_only_those_with_an_inbox_find(article):
    assert labels("salur", "wening") == []
    verbs.retire(article=article, at=make.NOW, actor=make.staff("laras"))
    assert labels("salur") == []


def test_the_result_leads_to_the_article(article):
    client = Client()
    client.force_login(make.staff("laras"))
    url = source(make.staff("laras"), parse("salur").terms, 5).things[0].url
    page = client.get(url).content.decode()
    assert "DAU disalurkan tiap bulan." in page
    assert client.get("/pengetahuan/KB-99-00001/").status_code == 404
