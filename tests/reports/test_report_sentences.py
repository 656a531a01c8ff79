"""What the report says when figures rise, fall, stay, are none or are unknown; who ranks when tied."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kernel.months import Month
from reports import ranking
from reports.models import MonthlyFigure
from reports.report import build
from tests.reports.reading import figures, sections
from tickets.models import Topic

pytestmark = pytest.mark.django_db
AT = datetime(2025, 6, 2, tzinfo=UTC)
MAY = Month(2025, 5)


def store(month: Month, indicator: str, value: int | None, dim1: str = "", dim2: str = "", **more) -> None:
    MonthlyFigure.objects.create(
        month=month.first_day, indicator=indicator, dim1=dim1, dim2=dim2, value=value, filled_at=AT, **more
    )


def webinars(*values: int | None) -> list[str]:
    """Sentences on the webinars of May, given May, April and May a year earlier."""
    for month, value in zip((MAY, MAY.previous, MAY.same_month_last_year), values, strict=True):
        if value is not None:
            store(month, "webinars.total", value)
    return sections(build(MAY))["S05"]["sentences"]


def test_rising_falling_and_staying():
    said = webinars(7, 12, 7)
    assert "Mei 2025, terdapat 7 webinar" in said[0]
    assert said[1] == "Dibandingkan bulan sebelumnya, April 2025 (12), jumlah ini turun 41,7%."
    assert said[2] == "Dibandingkan Mei 2024 (7), jumlah ini tetap."


def test_a_base_of_zero_has_a_direction_but_no_percentage():
    said = webinars(7, 0, None)
    assert said[1] == "Dibandingkan bulan sebelumnya, April 2025 (0), jumlah ini naik."
    assert said[2] == "Pembanding Mei 2024 belum tersedia."


def test_none_is_said_only_of_a_known_zero():
    assert webinars(0, 3, None)[0].startswith("Pada Mei 2025, tidak terdapat webinar")


def test_the_unknown_is_called_unavailable():
    assert webinars(None, 3, None) == [
        "Data webinar/sosialisasi/bimbingan teknis/FGD yang dilaksanakan DJPK bulan Mei 2025 belum tersedia."
    ]
    assert figures(build(MAY))["webinars.total"]["printed"] == "data belum tersedia"


def test_grievances_are_none_or_counted():
    store(MAY, "complaints.by_kind", 1)
    store(MAY, "complaints.by_kind", 1, "COMPLAINT")
    assert "tidak terdapat keluhan" in sections(build(MAY))["S11"]["sentences"][0]
    store(MAY, "complaints.by_kind", 4, "GRIEVANCE")
    assert "terdapat 4 keluhan" in sections(build(MAY))["S11"]["sentences"][0]


def test_the_chatbot_has_no_comparison_with_the_time_before_it():
    month = Month(2024, 8)
    store(month, "chatbot.by_menu", 5)
    store(month.previous, "chatbot.by_menu", 4)
    said = sections(build(month))["S17"]["sentences"]
    assert said[1].endswith("naik 25%.")
    assert not any("2023" in sentence for sentence in said)


def test_a_year_to_date_names_the_months_it_lacks():
    store(MAY, "ppid.requests", 3)
    store(Month(2025, 2), "ppid.requests", 2)
    said = " ".join(sections(build(MAY))["S31"]["sentences"])
    assert "Selama Januari s.d. Mei 2025, terdapat 5 permohonan" in said
    assert "Data bulan Jan, Mar, Apr belum tersedia." in said
    january = Month(2025, 1)
    store(january, "face_to_face.total", 2)
    assert "Selama Januari 2025, terdapat 2" in " ".join(sections(build(january))["S26"]["sentences"])


def test_more_than_three_tied_topics_rank_by_position_and_say_so():
    topics = list(Topic.objects.filter(category="TECHNICAL")[:5])
    for topic in reversed(topics):
        store(MAY, "consultations.by_topic", 4, topic.code)
    store(MAY, "consultations.by_topic", 9, "NONE")
    store(MAY, "consultations.by_topic", 8, "HAPUS")
    rows = sections(build(MAY))["S09"]["topics"]
    assert [row["code"] for row in rows] == [topic.code for topic in topics[:3]]
    assert [row["tied"] for row in rows] == [True] * 3


def test_tied_regions_rank_by_users_then_code():
    for code, tickets, users in (("31", 5, 2), ("13", 5, 4), ("61", 5, 2), ("12", 5, 2), ("52", 1, 1)):
        store(MAY, "top_regions.tickets", tickets, code)
        store(MAY, "top_regions.users", users, code)
    rows = sections(build(MAY))["S13"]["table"]["rows"]
    assert [row["code"] for row in rows] == ["13", "12", "31"]
    assert [row["tied"] for row in rows] == [True] * 3


def test_tied_units_rank_by_escalations_then_code():
    averages = {"PK.1": Decimal(110), "PK.2": Decimal(110), "PK.3": Decimal(110), "PK.4": None, "PK.5": Decimal(120)}
    asked = {"PK.1": Decimal(2), "PK.2": Decimal(5), "PK.3": Decimal(2)}
    assert ranking.rank_units(averages, asked) == ["PK.5", "PK.2", "PK.1", "PK.3"]


def test_an_unknown_unit_is_shown_by_its_code():
    store(MAY, "layer2.escalations_by_unit", 3)
    store(MAY, "layer2.escalations_by_unit", 3, "PK.9")
    store(MAY, "layer2.response_scores", Decimal("116.666667"), "PK.9", numerator=350, denominator=3)
    section = sections(build(MAY))["S34"]
    assert (
        section["ranking"][0] | {"unit": "PK.9", "name": "PK.9", "printed": "116,67", "n": 3} == section["ranking"][0]
    )
    assert section["sentences"][-1].endswith("capaian tertinggi diraih PK.9 (116,67).")


def test_zero_tickets_give_no_share_and_no_percentage():
    store(MAY, "consultations.by_channel", 0)
    report = build(MAY)
    phone = figures(report)["phone.total"]
    assert (phone["value"], phone["share"]["printed"]) == (0, None)
    assert figures(report)["ticket_breakdown.escalated_share"]["value"] is None
    assert sections(report)["S18"]["sentences"][0] == "Pada Mei 2025, tidak terdapat konsultasi melalui Telepon."
