"""The checks before publication, and the command that prints and judges a report."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from consultations.models import Visit
from kernel.months import Month
from messaging.models import Channel
from outreach.models import SocialMetric
from people.models import Contact
from reports.checks import check
from reports.explain import explain
from reports.models import MonthlyFigure
from reports.report import build
from reports.tasks import fill_dirty_months
from tests.reports.reading import figures, sections
from tickets.models import Ticket

AUGUST = Month(2024, 8)
ALL = ["channels_add_up", "groups_add_up", "zones_add_up", "menus_add_up", "ytd_adds_up", "tables_match",
       "visits_complete", "regions_resolve", "bases_right", "titles_dated", "entered_complete", "scores_complete"]  # fmt: skip


def failed(report: dict) -> dict[str, list[str]]:
    results = check(report, AUGUST)
    assert [result.code for result in results] == ALL
    return {result.code: result.details for result in results if not result.passed}


def test_the_golden_month_lacks_only_what_the_source_lacks(filled_demo):
    assert failed(build(AUGUST)) == {
        "visits_complete": [
            "Baris 7, Prov. Maluku Utara: topik kosong",
            "Baris 17, Kab. Nagan Raya: masih bertanda “tbc”",
            "Baris 31, Kab. Deli Serdang: topik kosong",
        ]
    }


SPOILED = [
    ("channels_add_up", "consultations.by_channel", "PHONE", ""),
    ("groups_add_up", "users.by_group", "KL", ""),
    ("zones_add_up", "ticket_breakdown.by_zone_hours", "WIT", "OUTSIDE"),
    ("menus_add_up", "chatbot.by_menu", "SIKD", ""),
    ("tables_match", "blasts.total", "", ""),
]


@pytest.mark.parametrize(("code", "key", "dim1", "dim2"), SPOILED)
def test_a_figure_that_does_not_add_up_is_found(filled_demo, code, key, dim1, dim2):
    rows = MonthlyFigure.objects.filter(month=AUGUST.first_day, indicator=key, dim1=dim1, dim2=dim2)
    assert rows.update(value=1) == 1
    assert code in failed(build(AUGUST))


def test_a_percentage_over_another_base_and_a_stale_title_are_found(filled_demo):
    report = build(AUGUST)
    figures(report)["ticket_breakdown.out_of_hours_escalated"]["share"]["of"] = 49
    sections(report)["S24"]["series"][0]["title"] = "Jumlah Video Conference Maret 2024"
    found = failed(report)
    assert "49" in found["bases_right"][0]
    assert found["titles_dated"] == ["S24: judul “Jumlah Video Conference Maret 2024”"]


def test_missing_entries_and_lost_regions_are_warned_about(filled_demo):
    SocialMetric.objects.filter(month=AUGUST.first_day, platform="X").delete()
    Visit.objects.filter(held_on="2024-08-01", region__isnull=False).update(region=None)
    fill_dirty_months()
    found = failed(build(AUGUST))
    assert len(found["regions_resolve"]) == 2
    assert "X (Twitter): Jumlah konten" in found["entered_complete"][0]


def run(*args: str) -> str:
    out = StringIO()
    call_command("report", *args, stdout=out)
    return out.getvalue()


def test_the_command_fills_the_dirty_month_and_prints_json(demo, run_tasks):
    printed = json.loads(run("2024-08", "--format", "json"))
    assert figures(printed)["consultations.total"]["value"] == 1018
    assert MonthlyFigure.objects.exists()


def test_check_warns_and_passes_while_strict_fails(filled_demo):
    printed = run("2024-08", "--check")
    assert "peringatan  7. Setiap kunjungan" in printed
    assert printed.strip().endswith("11 dari 12 pemeriksaan lulus.")
    with pytest.raises(CommandError) as refused:
        run("2024-08", "--strict")
    assert refused.value.returncode == 1


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["2024-13", "agustus", "2024-8"])
def test_a_bad_month_is_said_so(text):
    with pytest.raises(CommandError, match="misalnya 2024-08"):
        run(text)


def test_one_changed_ticket_breaks_the_golden_figures(filled_demo):
    """Moving one ticket to another channel moves exactly the figures that count it."""
    before = {key: figure["value"] for key, figure in figures(build(AUGUST)).items()}
    ticket = Ticket.objects.filter(number__startswith="CC-202408", channel__code="WHATSAPP").first()
    Ticket.objects.filter(pk=ticket.pk).update(channel=Channel.objects.get(code="EMAIL"))
    fill_dirty_months()
    after = {key: figure["value"] for key, figure in figures(build(AUGUST)).items()}
    changed = {key: after[key] - before[key] for key in before if before[key] != after[key]}
    assert changed == {"whatsapp.total": -1, "email.total": 1}


def test_notes_count_what_is_missing_and_link_to_it(filled_demo, client, django_user_model):
    notes = {note["code"]: note for note in build(AUGUST)["quality_notes"]}
    assert notes["tickets.no_zone"]["text"] == "34 tiket tanpa zona waktu (3,34%)"
    assert notes["visits.no_topic"]["count"] == 2
    assert notes["visits.tbc"]["count"] == 1
    assert notes["series.snapshot"]["text"].startswith("Konsultasi Jan, Feb, Mar, Apr, Mei, Jun berasal")
    assert "ratings.few" not in notes
    client.force_login(django_user_model.objects.create(username="pembaca", is_superuser=True))
    for note in notes.values():
        assert not note["url"] or client.get(note["url"]).status_code == 200


def test_answers_without_a_score_are_noted_until_the_command_scores_them(demo, run_tasks):
    fill_dirty_months()
    notes = {note["code"]: note for note in build(AUGUST)["quality_notes"]}
    assert notes["layer2.unscored"]["count"] == 148
    assert len(explain(AUGUST, "layer2.unscored")["rows"]) == 148
    printed = json.loads(run("2024-08"))
    assert figures(printed)["layer2.mean_of_units"]["printed"] == "115,33"
    assert "layer2.unscored" not in {note["code"] for note in printed["quality_notes"]}


def test_open_and_excluded_escalations_and_few_ratings_are_noted(filled_demo):
    scored = MonthlyFigure.objects.filter(month=AUGUST.first_day)
    scored.filter(indicator="layer2.excluded", dim1="").update(value=2)
    scored.filter(indicator="satisfaction.by_agent").update(denominator=4)
    Contact.objects.update(name="Tanpa nama")
    notes = {note["code"]: note["count"] for note in build(AUGUST)["quality_notes"]}
    assert (notes["layer2.excluded"], notes["ratings.few"]) == (2, 5)


@pytest.mark.django_db
def test_a_month_without_any_data_does_not_pass():
    month = Month(1999, 12)
    lacking = {result.code: result.details for result in check(build(month), month) if not result.passed}
    assert lacking == {"entered_complete": ["Bulan Desember 1999 belum memiliki data."]}
