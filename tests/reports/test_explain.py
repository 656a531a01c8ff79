"""The rows shown behind a figure make that figure, for every stored indicator and every dimension."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.paginator import Paginator

from kernel.months import Month, month_range
from reports.behind import BEHIND
from reports.catalogue import CATALOGUE, STORED
from reports.explain import explain, querysets
from reports.figures import Figures
from reports.filling import fill_month
from reports.indicators import Sum
from reports.models import MonthlyFigure
from tests.reports.records import Records

AUGUST = Month(2024, 8)
NOW = datetime(2025, 6, 1, tzinfo=UTC)


def rows_make(row: MonthlyFigure) -> Decimal | None:
    codes = [(dim,) if dim else None for dim in (row.dim1, row.dim2)]
    behind = BEHIND[row.indicator]
    return behind.measure(behind.chosen(Month.of(row.month), *codes))


def assert_rows_make_figures(rows) -> set[str]:
    for row in rows:
        found = rows_make(row)
        assert found == pytest.approx(row.value, abs=Decimal("0.000001")), f"{row}: {found}, filled {row.value}"
    return {row.indicator for row in rows}


def test_every_stored_indicator_has_its_rows():
    assert BEHIND.keys() == STORED.keys()


def test_rows_make_every_figure_of_the_demonstration_month(filled_demo):
    seen = assert_rows_make_figures(MonthlyFigure.objects.filter(month=AUGUST.first_day))
    assert seen == STORED.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_rows_make_figures_of_merged_moved_and_excluded_records(seed):
    records = Records(seed).build()
    for _ in range(12):
        records.edit()
    for month in month_range(Month(2024, 12), Month(2025, 5)):
        fill_month(month, at=NOW)
    assert assert_rows_make_figures(MonthlyFigure.objects.filter(month__year__gte=2024))


def test_derived_figures_show_the_rows_of_what_they_are_made_of(filled_demo):
    figures = Figures.for_report(AUGUST)
    for key, item in CATALOGUE.items():
        explained = explain(AUGUST, key)
        assert explained["value"] is None or explained["formula"]
        if isinstance(item.rule, Sum) and CATALOGUE[item.rule.of].origin == "computed":
            measured = sum(BEHIND[item.rule.of].measure(rows) for rows in querysets(AUGUST, key))
            assert measured == (figures.value(key, AUGUST) or 0), key


def test_rows_are_printed_and_paged(filled_demo):
    explained = explain(AUGUST, "consultations.by_topic", "DBH")
    assert (explained["label"], explained["printed"]) == ("Tiket per topik: DBH", "97")
    page = Paginator(explained["rows"], 50).get_page(2)
    assert len(page.object_list) == 47
    assert {len(row) for row in page} == {len(explained["columns"])} == {8}
    assert {row[3] for row in page} == {"DBH"}


def test_scores_name_their_rule_versions_and_shares_their_parts(filled_demo):
    assert explain(AUGUST, "layer2.response_scores", "PK.2")["rule_versions"]
    parts = explain(AUGUST, "ticket_breakdown.escalated_share")["parts"]
    assert [part["printed"] for part in parts] == ["148", "1.018"]
    means = explain(AUGUST, "layer2.mean_of_units")
    assert [part["label"] for part in means["parts"][:2]] == [
        "Capaian rata-rata: Sekretariat", "Capaian rata-rata: DTU",
    ]  # fmt: skip
    assert len(means["rows"]) == 148


def test_a_year_to_date_has_the_rows_of_its_own_months_and_names_the_snapshots(filled_demo):
    explained = explain(AUGUST, "consultations.ytd")
    assert len(explained["rows"]) == 1245 + 1018
    assert explained["parts"][-1]["printed"] == "1.018"
    assert explain(AUGUST.previous, "summary.tickets")["printed"] == "1.245"


def test_an_unknown_figure_is_a_key_error():
    with pytest.raises(KeyError):
        explain(AUGUST, "no.such_figure")


@pytest.mark.parametrize(
    ("key", "dim1", "dim2", "label"),
    [
        ("users.by_group", "PEMDA", "", "Pengguna per kelompok: Pemda"),
        (
            "ticket_breakdown.by_zone_hours",
            "WIB",
            "OUTSIDE",
            "Tiket per zona dan jam layanan: WIB, Di luar jam layanan",
        ),
        ("complaints.by_kind", "COMPLAINT", "", "Pengaduan dan keluhan per jenis: Pengaduan"),
        ("social.posts", "X", "", "Konten per media sosial: X (Twitter)"),
        ("layer2.scores_by_unit", "PK.2", "110", "Sebaran nilai per unit: DTU, 110"),
    ],
)
def test_dimensions_are_named_in_words(filled_demo, key, dim1, dim2, label):
    assert explain(AUGUST, key, dim1, dim2)["label"] == label


def test_the_rest_of_a_ranking_is_explained_as_one_figure(filled_demo):
    rest = explain(AUGUST, "email_lapor.by_type", "DAK_FISIK,DAU,APBD,OTHER")
    assert (rest["printed"], len(rest["rows"])) == ("18", 18)
    assert rest["label"].endswith("Laporan DAK Fisik, Laporan Syarat Salur DAU, Laporan APBD, Lainnya")


def test_a_mean_is_not_explained_for_several_codes_at_once(filled_demo):
    with pytest.raises(KeyError):
        explain(AUGUST, "layer2.response_scores", "PK.1,PK.2")


def test_what_is_left_of_a_share_has_the_rows_that_are_left(filled_demo):
    assert len(explain(AUGUST, "ticket_breakdown.escalated_share")["rows"]) == 148
    assert len(explain(AUGUST, "ticket_breakdown.not_escalated_share")["rows"]) == 1018 - 148


def test_an_entered_value_names_its_channel_and_is_printed_like_any_figure(filled_demo):
    snapshots = explain(Month(2024, 1), "consultations.total")["snapshots"]
    assert ("Januari 2024, WhatsApp", "1.028") in [(row["label"], row["printed"]) for row in snapshots]


def test_text_that_the_database_cannot_hold_is_no_figure():
    with pytest.raises(KeyError):
        explain(AUGUST, "consultations.by_topic", "\0")
