"""The report of any month: with and without data, in January, before the app went live."""

import json
from datetime import UTC, datetime

import pytest

from kernel.months import Month, month_range
from reports.filling import fill_month
from reports.report import build
from tests.reports.records import Records

NOW = datetime(2025, 6, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("month", ["2024-08", "2024-01", "1999-12", "2031-03"])
def test_a_month_without_data_has_all_sections_and_no_invented_zero(month):
    report = build(Month.parse(month))
    assert [section["id"] for section in report["sections"]] == [f"S{number:02d}" for number in range(1, 37)]
    figures = [figure for section in report["sections"] for figure in section.get("figures", [])]
    assert {figure["value"] for figure in figures} == {None}
    assert report["status"] == "EMPTY"
    assert [note["code"] for note in report["quality_notes"]] == ["month.empty"]


@pytest.mark.parametrize("month", [Month(2025, 1), Month(2025, 3), Month(2026, 1)])
@pytest.mark.parametrize("language", ["id", "en"])
def test_months_of_varied_records_build_in_both_languages(month, language):
    Records(7).build()
    for each in month_range(Month(2024, 12), Month(2025, 3)):
        fill_month(each, at=NOW)
    report = build(month, language)
    json.dumps(report)
    assert "None" not in json.dumps([section.get("sentences", []) for section in report["sections"]])


def test_building_takes_a_fixed_number_of_queries(django_assert_num_queries):
    Records(7).build(tickets=40)
    fill_month(Month(2025, 2), at=NOW)
    with django_assert_num_queries(10):
        build(Month(2025, 2))
