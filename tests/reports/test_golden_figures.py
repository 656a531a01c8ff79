"""Every figure of the golden file that may be asserted comes out of individual records (August 2024)."""

import pytest

from tests.reports.golden import golden, golden_figures, sections, sure, with_comma

FIGURES = {figure["key"]: (section, figure) for section, figure in golden_figures()}
DOTTED = {"satisfaction.average"}


@pytest.mark.parametrize("key", FIGURES)
def test_figure(august, key):
    section, expected = FIGURES[key]
    found = {figure["key"]: figure for figure in sections(august)[section]["figures"]}[key]
    assert found["value"] == expected["value"]
    assert (found["unit"], found["period"]) == (expected["unit"], expected["period"])
    if expected.get("printed"):
        assert found["printed"] == (with_comma(expected["printed"]) if key in DOTTED else expected["printed"])
    if "share" in expected:
        _same_share(found["share"], expected["share"])
    for which, comparison in expected.get("comparisons", {}).items():
        _same_comparison(found["comparisons"][which], comparison)


def _same_share(found, expected):
    if sure(expected):
        assert found["of"] == expected["of"]
        assert found["exact_pct"] == pytest.approx(expected["exact_pct"], abs=1e-3)
    if expected["printed"] and expected.get("status", "ok") == "ok":
        assert found["printed"] == expected["printed"]


def _same_comparison(found, expected):
    assert (found["period"], found["value"]) == (expected["period"], expected["value"])
    if expected["value"] is None:
        assert (found["printed"], found["direction"]) == (None, None)
        return
    assert found["direction"] == expected["direction"]
    assert found["exact_pct"] == pytest.approx(expected["exact_pct"], abs=1e-3)
    if expected["printed"] and expected["status"] == "ok":
        assert found["printed"] == expected["printed"]


def test_all_figures_that_may_be_asserted_are(august):
    assert len(FIGURES) >= 38
    left_out = {
        figure["key"] for section in golden()["sections"] for figure in section.get("figures", []) if not sure(figure)
    }
    assert left_out == {
        "ticket_breakdown.escalated_share", "ticket_breakdown.not_escalated_share",
        "instagram.stories", "instagram.feeds", "instagram.reach_avg",
    }  # fmt: skip


def test_the_tiles_repeat_their_sections(august):
    found = {figure["key"]: figure for section in august["sections"] for figure in section.get("figures", [])}
    for expected in sections(golden())["S02"]["figures"]:
        tile = found[expected["key"]]
        assert tile["ref"] == expected["ref"]
        assert tile["value"] == found[expected["ref"]]["value"] == expected["value"]
        assert tile["printed"] == found[expected["ref"]]["printed"]
    assert found["summary.social_posts_avg"]["footnote"] == "*rata-rata publikasi media sosial"


@pytest.mark.parametrize("section", ["S12", "S14", "S23"])
def test_breakdown_with_shares(august, section):
    found = {row["code"]: row for row in sections(august)[section]["breakdown"]}
    expected = sections(golden())[section]["breakdown"]
    assert found.keys() == {row["code"] for row in expected}
    for row in expected:
        assert found[row["code"]]["value"] == row["value"]
        _same_share(found[row["code"]]["share"], row["share"])
        if section == "S23" and row["share"]["printed"]:
            assert found[row["code"]]["share"]["printed"] == row["share"]["printed"]


def _series():
    for section in golden()["sections"]:
        for series in section.get("series", []):
            if any("value" in point for point in series.get("points", [])):
                yield pytest.param(section["id"], series, id=series["key"])


@pytest.mark.parametrize(("section", "expected"), _series())
def test_series_points(august, section, expected):
    """All printed points, the certain ones of uncertain charts too; what is lost is free."""
    found = {series["key"]: series for series in sections(august)[section]["series"]}[expected["key"]]
    points = {point["period"]: point["value"] for point in found["points"]}
    assert list(points) == [point["period"] for point in expected["points"]]
    assert found["unit"] == expected["unit"]
    for point in expected["points"]:
        if point["value"] is not None and point.get("assert", True):
            assert points[point["period"]] == point["value"], point
    assert "2024" in found["title"]


@pytest.mark.parametrize("period", ["2024-07", "2023-08"])
def test_channel_totals_of_the_months_compared_with(august, period):
    which = "previous_month" if period == "2024-07" else "same_month_last_year"
    found = {row["code"]: row["comparisons"][which]["value"] for row in sections(august)["S08"]["breakdown"]}
    bound = sections(golden())["S08"]["derived"]["by_channel"]
    assert found == {code: months[period] for code, months in bound.items()}
    total = next(figure for figure in sections(august)["S08"]["figures"] if figure["key"] == "consultations.total")
    assert total["comparisons"][which]["value"] == sum(found.values())
