"""Articles that may answer a ticket: published ones, by topic and by the words that were asked."""

import re

import pytest

from knowledge import verbs
from knowledge.suggesting import suggest
from tests import factories as make
from tests.tickets.test_inbox import signed_in

pytestmark = pytest.mark.django_db


def article(title, body, topic="DAU", publish=True):
    unit = make.unit("PK.2")
    row = verbs.create_article(title=title, body=body, unit=unit, topic=make.topic(topic), at=make.NOW, actor=None)
    if publish:
        verbs.publish(article=row, at=make.NOW, actor=None)
    return row


@pytest.fixture
def articles():
    article("Jadwal penyaluran DAU", "DAU disalurkan tiap bulan pada hari kerja pertama.")
    article("Syarat salur DBH", "Laporan realisasi disampaikan lebih dahulu.", topic="DBH")
    article("Perubahan DAU", "Penyaluran dapat ditunda.", publish=False)


def titles(**fields):
    return [one.title for one in suggest(make.ticket(**fields))]


def test_published_articles_that_fit_by_topic_or_words(articles):
    question = {"subject": "Penyaluran", "text": "Kapan DAU bulan ini disalurkan?"}
    assert titles(topic=make.topic("DAU"), **question)[0] == "Jadwal penyaluran DAU"
    assert titles(topic=None, **question)[0] == "Jadwal penyaluran DAU", "without a topic the words decide"
    assert "Perubahan DAU" not in titles(topic=make.topic("DAU"), **question)
    assert titles(topic=make.topic("DBH"), subject="", text="Bagaimana menyampaikan laporan?") == ["Syarat salur DBH"]


def test_stemmed_words_match_and_quoted_ones_do_not_count(articles):
    assert titles(subject="", text="Persyaratan laporan realisasinya?") == ["Syarat salur DBH"]
    quoted = (
        "Terima kasih.\n\nPada 1 Agt 2024, Layanan <a@djpk.example> menulis:\n> Syarat salur DBH: laporan realisasi"
    )
    assert titles(subject="Ucapan", text=quoted) == []


def test_nothing_fits_and_odd_words_break_nothing(articles):
    assert titles(subject="Halo", text="'); & | ! <-> :* \\ selamat") == []
    assert titles(subject="", text="??") == []


def test_at_most_three_and_two_queries(articles, django_assert_num_queries):
    for number in range(6):
        article(f"DAU bagian {number}", "Penyaluran DAU.")
    ticket = make.ticket(topic=make.topic("DAU"), text="Penyaluran DAU")
    with django_assert_num_queries(2):
        assert len(suggest(ticket)) == 3


def test_a_suggestion_leads_to_its_page_in_another_tab_and_never_puts_that_address_into_a_reply(articles):
    client, ticket = signed_in("laras"), make.ticket(topic=make.topic("DBH"), text="Bagaimana menyampaikan laporan?")
    panel = client.get(f"/tiket/{ticket.number}/saran/").content.decode()
    address, *_others = re.findall(r'<a [^>]*href="(/pengetahuan/[^"]+)" target="_blank" rel="noopener"', panel)
    assert "Syarat salur DBH" in client.get(address).content.decode()
    assert all("/pengetahuan/" not in text for text in re.findall(r'data-insert="([^"]*)"', panel))
