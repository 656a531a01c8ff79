"""Why this number: formula, population, rule versions and the rows behind a figure."""

import pytest
from django.test import Client

from kernel.months import Month
from reports import views
from tests.djpk.cast import laras, ratna

pytestmark = pytest.mark.django_db
ADDRESS = "/laporan/2024-08/angka/consultations.by_channel/?dim1=WHATSAPP"


@pytest.fixture
def asked(monkeypatch) -> list[tuple]:
    """What the page asked to have explained."""
    calls: list[tuple] = []

    def explain(month: Month, key: str, dim1: str, dim2: str, language: str) -> dict[str, object]:
        calls.append((str(month), key, dim1, dim2, language))
        if key == "tidak.ada":
            raise KeyError(key)
        return {
            "label": "Konsultasi melalui WhatsApp",
            "formula": "Jumlah tiket P1 dengan kanal WhatsApp",
            "population": "P1",
            "basis": "Aturan 1.1",
            "parts": [],
            "snapshots": [],
            "rule_versions": "1",
            "value": 120,
            "printed": "120",
            "columns": [{"key": "number", "label": "Nomor"}],
            "rows": [[f"DRG-24-{place:05}"] for place in range(1200 if key == "consultations.total" else 120)],
        }

    monkeypatch.setattr(views, "explain", explain)
    return calls


@pytest.fixture
def manager(client) -> Client:
    client.force_login(ratna())
    return client


def test_a_figure_shows_how_it_was_made_and_its_first_rows(manager, asked):
    page = manager.get(ADDRESS).content.decode()
    assert asked == [("2024-08", "consultations.by_channel", "WHATSAPP", "", "id")]
    assert "Jumlah tiket P1 dengan kanal WhatsApp" in page
    assert "P1: Tiket yang dibuat pada bulan itu" in page, "the population in words"
    assert "Aturan 1.1" in page
    assert "DRG-24-00000" in page
    assert "1 sampai 50 dari 120" in page
    assert "DRG-24-00050" not in page


def test_rows_are_paged_and_the_pages_keep_the_dimension(manager, asked):
    page = manager.get(ADDRESS + "&halaman=3").content.decode()
    assert "101 sampai 120 dari 120" in page
    assert 'href="?dim1=WHATSAPP&amp;halaman=2"' in page


def test_htmx_gets_the_rows_alone(manager, asked):
    answer = manager.get(ADDRESS + "&halaman=2", headers={"HX-Request": "true"})
    part = answer.content.decode()
    assert "DRG-24-00050" in part
    assert "<html" not in part
    assert "HX-Request" in answer.headers["Vary"], "a browser must not show this part as the page"


def test_an_unknown_figure_is_not_found(manager, asked):
    assert manager.get("/laporan/2024-08/angka/tidak.ada/").status_code == 404


def test_rows_are_for_readers_of_reports_only(client, asked):
    assert client.get(ADDRESS).status_code == 302
    client.force_login(laras())
    assert client.get(ADDRESS).status_code == 403
    assert asked == []


def test_rows_are_counted_in_the_language_of_the_page(manager, asked):
    page = manager.get("/laporan/2024-08/angka/consultations.total/?halaman=24").content.decode()
    assert "1.151 sampai 1.200 dari 1.200" in page
