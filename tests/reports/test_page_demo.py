"""The report page over the demonstration records: what it shows leads to the rows that make it."""

import re

import pytest

from tests.djpk.cast import ratna

ADDRESS = "/laporan/2024-08/"


@pytest.fixture
def manager(filled_demo, client):
    client.force_login(ratna())
    return client


def test_the_page_shows_the_month_and_every_link_on_it_opens(manager):
    page = manager.get(ADDRESS).content.decode()
    tiles = re.findall(r'<p class="dr-kpi-value">.*?>([^<]+)</a>', page, flags=re.S)
    assert tiles[:6] == ["1.018", "35", "2", "14", "397", "5,0"]
    links = sorted(set(re.findall(r'href="(/laporan/[^"#]+)"', page.replace("&amp;", "&"))))
    assert len(links) > 100
    broken = {link: answer.status_code for link in links if (answer := manager.get(link)).status_code != 200}
    assert broken == {}


def test_every_figure_on_the_page_opens_a_page_with_the_same_figure(manager):
    page = manager.get(ADDRESS).content.decode()
    shown = re.findall(r'<a class="dr-why" href="([^"]+)">(\d[^<]*)</a>', page)
    assert len(shown) > 150
    wrong = {}
    for link, printed in sorted(set(shown)):
        answer = manager.get(link.replace("&amp;", "&")).content.decode()
        explained = re.search(r'<p class="dr-kpi-value">([^<]+)</p>', answer)
        if not explained or explained[1] != printed:
            wrong[link] = (printed, explained and explained[1])
    assert wrong == {}


@pytest.mark.parametrize("announced", ["Langkahnya:", "Halaman yang paling banyak diakses antara lain:",
                                       "Data yang diminta mencakup:"])  # fmt: skip
def test_a_list_follows_the_sentence_that_announces_it(manager, announced):
    page = manager.get(ADDRESS).content.decode()
    assert re.search(re.escape(announced) + r"</p>\s*<ol", page)


def test_the_page_asks_the_database_a_fixed_number_of_times(manager, django_assert_max_num_queries):
    manager.get(ADDRESS)
    with django_assert_max_num_queries(15):
        manager.get(ADDRESS)
