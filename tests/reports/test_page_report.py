"""The report page as a manager sees it: every figure, its links, its gaps; and who may not see it."""

import html
import json
import re

import pytest
from django.test import Client

from djpk.catalogue import compile_catalogues
from kernel.months import Month
from reports import views
from tests.djpk.cast import laras, ratna
from tests.reports.golden_report import golden_report, section

pytestmark = pytest.mark.django_db
ADDRESS = "/laporan/2024-08/"


@pytest.fixture(autouse=True, scope="module")
def _catalogues():
    compile_catalogues()


@pytest.fixture
def report(monkeypatch) -> dict:
    """The report that the page will show, to change before it is asked for."""
    built = golden_report()
    monkeypatch.setattr(views, "build", lambda month, language: built | {"month": str(month), "language": language})
    monkeypatch.setattr(views, "months_with_data", lambda: [Month.parse(name) for name in built["months"]])
    return built


@pytest.fixture
def manager(client) -> Client:
    client.force_login(ratna())
    return client


def text_of(client: Client, address: str = ADDRESS) -> str:
    """The page's words without its tags, spaces closed up."""
    answer = client.get(address)
    assert answer.status_code == 200, answer
    words = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", words))


def test_strangers_sign_in_first_and_agents_are_told_no(client, report):
    assert client.get(ADDRESS).headers["Location"] == f"/masuk/?next={ADDRESS}"
    client.force_login(laras())
    answer = client.get(ADDRESS)
    assert answer.status_code == 403
    assert "Halaman ini bukan untuk peran Anda" in answer.content.decode()
    assert "Tiket konsultasi" not in answer.content.decode()


def test_a_manager_starts_at_the_newest_month(manager, report):
    assert manager.get("/").headers["Location"] == "/laporan/"
    assert manager.get("/laporan/").headers["Location"] == ADDRESS


def test_the_running_month_waits_until_it_is_over(manager, report, time_machine):
    report["months"] = ["2024-07", "2024-08"]
    time_machine.move_to("2024-08-31T16:59:00Z")
    assert manager.get("/laporan/").headers["Location"] == "/laporan/2024-07/", "23.59 in Jakarta"
    time_machine.move_to("2024-08-31T17:01:00Z")
    assert manager.get("/laporan/").headers["Location"] == ADDRESS
    report["months"] = ["2024-09"]
    assert manager.get("/laporan/").headers["Location"] == "/laporan/2024-09/"


def test_without_any_month_the_page_says_how_data_comes_in(manager, report):
    report["months"] = []
    assert "Belum ada bulan yang berisi data" in text_of(manager, "/laporan/")


def test_an_address_that_is_no_month_is_not_found(manager, report):
    for address in ("/laporan/2024-13/", "/laporan/2024-8/", "/laporan/agustus/", "/laporan/0001-01/"):
        assert manager.get(address).status_code == 404, address


def test_every_section_stands_on_the_page_with_its_sentences_and_figures(manager, report):
    page = manager.get(ADDRESS).content.decode()
    text = text_of(manager)
    for part in report["sections"]:
        assert f'id="{part["id"]}"' in page
        assert part["title"] in text
        for sentence in part.get("sentences", []):
            assert sentence in text
        for figure in part.get("figures", []):
            assert figure["label"] in text
            shown = figure.get("printed") or f"{figure['value']:,}".replace(",", ".")
            assert f"/laporan/2024-08/angka/{figure['key']}/" in page
            assert shown in text, figure["key"]


def test_every_row_of_a_table_stands_on_the_page(manager, report):
    text = text_of(manager)
    for part in report["sections"]:
        for row in part.get("table", {}).get("rows", []):
            name = row.get("title") or row.get("printed_visitor") or row.get("menu") or row.get("region") or row["name"]
            assert name in text, (part["id"], name)
    assert "2 Agt" in text


def test_what_is_not_known_is_said_and_never_zero(manager, report):
    total = section(report, "S08")["figures"][0]
    total |= {"value": None, "printed": "data belum tersedia"}
    visits = section(report, "S26")["figures"][0]
    visits |= {"value": None, "printed": None}
    page = manager.get(ADDRESS).content.decode()
    tiles = re.findall(r'<p class="dr-kpi-value">(.*?)</p>', page, flags=re.S)
    assert [("data belum tersedia" in tile) for tile in tiles[:2]] == [True, True]
    assert "belum ada" in text_of(manager), "the chatbot had no August 2023"


def test_a_percentage_over_a_small_base_is_marked(manager, report):
    page = manager.get(ADDRESS).content.decode()
    marked = re.findall(r'data-small title="Basis pembanding kecil">.*?</i>(.*?)</span>', page)
    assert "475%" in marked, "live chat, from 4"
    assert "18,2%" not in marked, "all tickets, from 1.245"


def test_months_are_switched_by_neighbours_and_by_the_picker(manager, report):
    page = manager.get(ADDRESS).content.decode()
    assert re.search(r'href="/laporan/2024-07/" data-key="ArrowLeft"', page)
    assert 'data-key="ArrowRight"' not in page, "August is the newest"
    for month in report["months"]:
        assert f'class="dr-menu-item" href="/laporan/{month}/"' in page
    july = manager.get("/laporan/2024-07/").content.decode()
    assert re.search(r'href="/laporan/2023-08/" data-key="ArrowLeft"', july)
    assert re.search(r'href="/laporan/2024-08/" data-key="ArrowRight"', july)


def test_quality_notes_stand_above_the_figures_and_link_to_their_rows(manager, report):
    page = manager.get(ADDRESS).content.decode()
    assert "1 catatan mutu data" in page
    assert "1 seri belum lengkap" in page
    note = '<a href="/laporan/2024-08/angka/ticket_breakdown.zone_unidentified/">34 tiket tanpa zona waktu</a>'
    assert note in page
    assert page.index(note) < page.index("Tiket konsultasi")
    report["quality_notes"] = []
    assert "catatan mutu data" not in manager.get(ADDRESS).content.decode()


def test_each_chart_has_a_spec_and_words_and_a_series_without_values_says_so(manager, report):
    page = manager.get(ADDRESS).content.decode()
    boxes = re.findall(r'data-vega="([^"]+)" role="img" aria-label="([^"]+)"', page)
    specs = dict(re.findall(r'<script id="([^"]+)" type="application/json">(.*?)</script>', page, flags=re.S))
    assert {name for name, _words in boxes} == specs.keys()
    assert all(words for _name, words in boxes)
    for spec in specs.values():
        assert json.loads(spec)["$schema"].endswith("/v6.json")
    for part in report["sections"]:
        for series in part.get("series", []):
            for point in series.get("points", []):
                point["value"] = None
    empty = manager.get(ADDRESS).content.decode()
    assert "data-vega" not in empty
    assert empty.count("belum dimuat") > 20


def test_a_report_without_any_section_content_still_shows(manager, report):
    report["sections"] = [{"id": part["id"], "title": part["title"], "key": part["key"]} for part in report["sections"]]
    assert "data belum tersedia" in text_of(manager)


def test_markup_in_data_is_shown_and_not_run(manager, report):
    section(report, "S04")["table"]["rows"][0]["title"] = "<script>alert(1)</script>"
    page = manager.get(ADDRESS).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_page_speaks_english_when_asked(manager, report):
    manager.cookies["django_language"] = "en"
    text = text_of(manager)
    assert "Information Service Report — August 2024" in text
    assert "vs Jul" in text
    assert "Tickets by channel" in text


def test_the_page_asks_the_database_only_who_is_there(manager, report, django_assert_num_queries):
    manager.get(ADDRESS)  # who may do what is in memory from here on
    with django_assert_num_queries(2):  # the bell, versions of what is kept
        manager.get(ADDRESS)
