"""Indicators, monthly figures and the report as other systems read them: what the page shows, to the digit."""

import pytest
from django.utils import timezone

from kernel.months import Month
from reports.catalogue import CATALOGUE
from reports.models import MetricSnapshot, MonthlyFigure
from reports.report import build
from tests import factories as make
from tests.api.conftest import check_problem
from tests.reports.conftest import filled_demo  # noqa: F401

AUGUST = Month(2024, 8)


def stored(key, value, dim1="", dim2="", month=AUGUST):
    MonthlyFigure.objects.create(
        month=month.first_day, indicator=key, dim1=dim1, dim2=dim2, value=value, filled_at=make.NOW
    )


@pytest.fixture
def some_figures(db):
    stored("consultations.by_channel", 1018)
    stored("consultations.by_channel", 600, "WHATSAPP")
    stored("consultations.by_channel", 418, "EMAIL")
    MetricSnapshot.objects.create(
        month=AUGUST.same_month_last_year.first_day,
        indicator="consultations.total",
        value=900,
        entered_at=timezone.now(),
    )


def rows(response):
    assert response.status_code == 200, response.json()
    return response.json()["results"]


def test_a_derived_figure_is_that_of_the_report(call, some_figures):
    (row,) = rows(call("ratna").get("figures/", month="2024-08", indicator="consultations.total"))
    assert (row["value"], row["exact"], row["printed"], row["snapshot"]) == (1018, 1018, "1.018", False)
    assert row["filled_at"]


def test_parts_and_totals(call, some_figures):
    caller = call("ratna")
    found = rows(caller.get("figures/", month="2024-08", indicator="consultations.by_channel"))
    assert [(row["dim1"], row["value"]) for row in found] == [("", 1018), ("EMAIL", 418), ("WHATSAPP", 600)]
    found = rows(caller.get("figures/", month="2024-08", indicator="consultations.by_channel", dim1="EMAIL"))
    assert [row["value"] for row in found] == [418]
    found = rows(caller.get("figures/", month="2024-08", indicator="consultations.by_channel", dim1=""))
    assert [row["value"] for row in found] == [1018]


def test_a_range_of_months_knows_what_is_unknown(call, some_figures):
    found = rows(
        call("ratna").get("figures/", month_from="2023-08", month_to="2024-08", indicator="consultations.total")
    )
    assert [(row["month"], row["value"]) for row in found] == [("2023-08", 900), ("2024-08", 1018)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "month"),
        ({"month_from": "2024-01"}, "month"),
        ({"month": "2024-08", "month_to": "2024-09"}, "month"),
        ({"month_from": "2024-09", "month_to": "2024-08"}, "month_to"),
        ({"month_from": "2020-01", "month_to": "2024-08"}, "month_to"),
        ({"month": "2024-13"}, "month"),
        ({"month": "Agustus"}, "month"),
        ({"month": "2024-08", "indicator": "nothing"}, "indicator"),
    ],
)
def test_questions_that_have_no_answer(call, query, field):
    body = check_problem(call("ratna").get("figures/", **query), 400, "invalid")
    assert body["errors"][0]["field"] == field


def test_the_cost_does_not_grow_with_the_months(call, some_figures, django_assert_num_queries):
    caller = call("ratna")
    caller.get("indicators/")
    with django_assert_num_queries(5):  # token, roles, snapshots, figures, settings
        caller.get("figures/", month="2024-08", indicator="consultations.total")
    with django_assert_num_queries(5):
        caller.get("figures/", month_from="2022-01", month_to="2024-08", indicator="consultations.total")


def test_the_catalogue_is_paged_whole(call):
    caller = call("ratna")
    page = caller.get("indicators/", page_size=50).json()
    keys = [row["key"] for row in page["results"]]
    while page["next"]:
        page = caller.client.get(page["next"]).json()
        keys += [row["key"] for row in page["results"]]
    assert keys == sorted(CATALOGUE)
    previous = caller.client.get(page["previous"]).json()
    assert previous["results"][-1]["key"] < page["results"][0]["key"]
    assert caller.get("indicators/consultations.total/").json()["unit"] == "ticket"
    check_problem(caller.get("indicators/nothing/"), 404, "not_found")


def test_agents_read_no_figures(call):
    for path in ("figures/?month=2024-08", "indicators/", "reports/", "reports/2024-08/"):
        check_problem(call("bima").get(path), 403, "role_missing")


@pytest.mark.usefixtures("filled_demo")
def test_the_report_and_its_figures_agree_on_the_demonstration_data(call):
    caller = call("ratna")
    assert "2024-08" in [row["month"] for row in caller.get("reports/").json()["results"]]
    report = caller.get("reports/2024-08/").json()
    assert report["sections"][1]["figures"] == build(AUGUST)["sections"][1]["figures"]
    english = caller.get("reports/2024-08/", headers={"Accept-Language": "en"}).json()
    assert english["language"] == "en"
    printed = {
        figure["key"]: figure["printed"] for section in report["sections"] for figure in section.get("figures", [])
    }
    found = rows(caller.get("figures/", month="2024-08", indicator="consultations.total,whatsapp.total"))
    assert len(found) == 2
    assert {row["indicator"]: row["printed"] for row in found}.items() <= printed.items()
    why = caller.get("figures/2024-08/consultations.total/").json()
    assert (why["printed"], why["row_count"]) == (printed["consultations.total"], 1018)
    check_problem(caller.get("reports/2024-13/"), 404, "not_found")
    check_problem(caller.get("figures/2024-00/consultations.total/"), 404, "not_found")
