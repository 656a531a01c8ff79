"""The demonstration's registers, inflows and snapshots add up to what the source report prints."""

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.db.models import F, Sum

from chatbot.models import ChatbotSession
from chatbot.statistics import statistics
from consultations.models import VideoConference, Visit
from djpk.demo.plans import AUGUST_2023, AUGUST_2024, JULY_2024
from djpk.demo.registers import table
from information.models import Complaint, PpidRequest
from kernel.months import Month
from knowledge.models import ReviewRequest
from outreach.models import Blast, Event, LaporMail, Publication, SocialMetric, WebTraffic
from people.models import StaffRole
from people.regions import RegionIndex
from reports.catalogue import CATALOGUE
from reports.models import MetricSnapshot, ReportText
from tickets.models import Ticket
from worktime.clock import add_working_days, received_on
from worktime.loading import OFFICE, load_calendar

GOLDEN = json.loads(
    (Path(__file__).parents[3] / "shared" / "domain" / "golden-august-2024.json").read_text(encoding="utf-8")
)
SECTIONS = {section["key"]: section for section in GOLDEN["sections"]}


def within(model, field: str, month: Month):
    start, end = month.bounds()
    return model.objects.filter(**{f"{field}__gte": start, f"{field}__lt": end})


def on_days(model, field: str, month: Month):
    return model.objects.filter(**{f"{field}__gte": month.first_day, f"{field}__lte": month.last_day})


@pytest.mark.parametrize(
    ("model", "field", "counts"),
    [
        (Publication, "published_on", (8, 20, 17)),
        (Event, "held_on", (5, 12, 7)),
        (Visit, "held_on", (0, 26, 35)),
        (VideoConference, "held_on", (11, 5, 2)),
    ],
)
def test_registers_by_day(demo, model, field, counts):
    months = (AUGUST_2023, JULY_2024, AUGUST_2024)
    assert tuple(on_days(model, field, month).count() for month in months) == counts


@pytest.mark.parametrize(
    ("model", "field", "counts"),
    [
        (Blast, "sent_at", (1, 8, 9)),
        (PpidRequest, "received_at", (13, 16, 14)),
        (LaporMail, "received_at", (1220, 217, 256)),
        (Complaint, "received_at", (2, 4, 7)),
    ],
)
def test_registers_by_moment(demo, model, field, counts):
    months = (AUGUST_2023, JULY_2024, AUGUST_2024)
    assert tuple(within(model, field, month).count() for month in months) == counts


def test_printed_tables_of_august(demo):
    assert [(row.title, row.published_on.isoformat()) for row in on_days(Publication, "published_on", AUGUST_2024)] == [
        (row["title"], row["date"]) for row in SECTIONS["website_publications"]["table"]["rows"]
    ]
    assert [(row.title, row.held_on.isoformat()) for row in on_days(Event, "held_on", AUGUST_2024)] == [
        (row["title"], row["date"]) for row in SECTIONS["webinars"]["table"]["rows"]
    ]
    visits = list(on_days(Visit, "held_on", AUGUST_2024).order_by("position"))
    printed = SECTIONS["face_to_face"]["table"]["rows"]
    for visit, row in zip(visits, printed, strict=True):
        assert f"{visit.visitor} {visit.note}".strip() == row["printed_visitor"]
        assert visit.held_on.isoformat() == row["date"]
        assert [topic.topic.code for topic in visit.topic_rows.all()] == row["topics"]
        assert (visit.guest_count, visit.user_group, visit.status) == (row["guests"], row["user_group"], "HELD")
        assert (visit.region is not None) == (visit.user_group == "PEMDA")
    assert [visit.position for visit in visits if visit.over_limit] == [8, 10, 12, 26, 27, 29]
    conferences = on_days(VideoConference, "held_on", AUGUST_2024)
    assert [row.region.code for row in conferences] == ["18.01", "12.74"]


def test_complaints_of_august(demo):
    rows = list(within(Complaint, "received_at", AUGUST_2024))
    assert Counter(row.kind for row in rows) == {"COMPLAINT": 7}
    items = SECTIONS["complaints"]["list"]["items"]
    assert list(dict.fromkeys(row.subject for row in rows)) == [item["text"] for item in items]
    named = RegionIndex.load()
    regions = [named.resolve(name) for item in items for name in item["regions"]]
    assert [row.region for row in rows if row.region] == regions
    assert [(row.source, row.forwarded_by) for row in rows if not row.region] == [("SP4N_LAPOR", "DJA Kemenkeu")]
    assert not any(row.ticket_id for row in rows)


def test_chatbot(demo):
    august = within(ChatbotSession, "started_at", AUGUST_2024)
    alone = august.exclude(outcome="HANDED_OVER")
    menus = Counter(alone.values_list("menu__label", flat=True))
    printed = {row["menu"]: row["value"] for row in SECTIONS["chatbot"]["table"]["rows"]}
    printed[None] = printed.pop("Tidak Dilanjutkan")
    assert dict(menus) == printed
    assert alone.filter(menu=None).exclude(outcome="DROPPED").count() == 0
    users = alone.exclude(contact=None).values_list("contact", flat=True)
    assert len(users) == len(set(users)) == 307
    assert within(ChatbotSession, "started_at", JULY_2024).exclude(outcome="HANDED_OVER").count() == 530
    assert not within(ChatbotSession, "started_at", AUGUST_2023).exists()


def test_menus_were_opened_by_those_who_ended_there(demo):
    shown = statistics(AUGUST_2024)
    assert (
        sum(line.opened for line in shown.lines) == sum(line.answered for line in shown.lines if not line.depth) == 307
    )
    assert all(line.opened == line.answered for line in shown.lines)
    assert dict(shown.missed)["dana kelurahan"] > dict(shown.missed)["opsen PKB"]


def test_every_whatsapp_ticket_since_the_chatbot_came_out_of_a_session(demo):
    start, _ = JULY_2024.bounds()
    tickets = Ticket.objects.filter(channel__code="WHATSAPP", created_at__gte=start, number__startswith="CC-")
    assert tickets.count() == 746 + 989
    sessions = ChatbotSession.objects.filter(ticket__in=tickets, outcome="HANDED_OVER")
    assert sessions.filter(ended_at=F("ticket__created_at"), contact=F("ticket__contact")).count() == 746 + 989


def test_lapor_mails_of_august(demo):
    kinds = Counter(within(LaporMail, "received_at", AUGUST_2024).values_list("document_type", flat=True))
    assert (kinds["DBH"], kinds["DAK_NONFISIK"], kinds.total()) == (218, 20, 256)


def test_ppid_is_answered_in_time_and_mostly_for_research(demo):
    calendar = load_calendar(OFFICE).calendar
    for request in PpidRequest.objects.filter(status="ANSWERED"):
        day = received_on(calendar, request.received_at)
        assert request.due_on == add_working_days(calendar, day, 10)
        assert request.answered_at.date() <= request.due_on
    august = list(within(PpidRequest, "received_at", AUGUST_2024))
    assert sum(row.purpose_kind == "RESEARCH" for row in august) * 2 > len(august)
    assert list(dict.fromkeys(row.data_category for row in august)) == SECTIONS["ppid"]["list"]["items"]


def test_entered_values(demo):
    visitors = {Month.of(row.month): row.visitors for row in WebTraffic.objects.all()}
    assert visitors == {AUGUST_2023: 69_000, JULY_2024: 72_000, AUGUST_2024: 61_000}
    pages = WebTraffic.objects.get(month="2024-08-01").pages.values_list("title", flat=True)
    assert list(pages) == SECTIONS["website_visits"]["list"]["items"]
    averages = SocialMetric.objects.order_by("month").values("month").annotate(posts=Sum("posts"))
    assert [round(row["posts"] / 3) for row in averages] == [52, 36, 37]
    instagram = SocialMetric.objects.get(month="2024-08-01", platform="INSTAGRAM")
    assert round(instagram.reach_total / instagram.reach_posts) == 4834


def test_year_to_date_with_the_snapshots(demo):
    snapshots = MetricSnapshot.objects.filter(month__gte=date(2024, 1, 1), month__lt=date(2024, 7, 1))

    def total(key: str) -> int:
        return int(snapshots.filter(indicator=key).aggregate(total=Sum("value"))["total"])

    assert total("consultations.by_channel") + 1245 + 1018 == 8454
    assert total("face_to_face.total") + 26 + 35 == 217
    assert total("ppid.requests") + 16 + 14 == 121
    assert {row.indicator for row in MetricSnapshot.objects.all()} <= set(CATALOGUE)


def test_no_review_is_open_at_the_end_of_a_month(demo):
    for number in range(1, 9):
        _, end = Month(2024, number).bounds()
        assert not ReviewRequest.objects.filter(requested_at__lt=end).exclude(reviewed_at__lt=end).exists()


def test_texts_of_the_report(demo):
    texts = ReportText.objects.filter(month="2024-08-01")
    for topic in SECTIONS["topics_technical"]["topics"]:
        lines = texts.filter(section="S09", key=topic["code"]).values_list("text", flat=True)
        assert list(lines) == topic["summary"]
    assert texts.filter(section="S35").count() == sum(len(i["text"]) for i in SECTIONS["evaluation"]["items"])


def test_tables_name_only_known_columns():
    assert {row["source"] for row in table("snapshots")} == {"laporan Agustus 2024", "angka peragaan"}


def test_every_unit_has_two_agents_and_one_head(demo):
    roles = StaffRole.objects.filter(role="AGENT_L2")
    assert Counter(roles.values_list("unit__code", flat=True)) == {f"PK.{n}": 2 for n in range(1, 8)}
    assert Counter(roles.filter(is_head=True).values_list("unit__code", flat=True)) == {
        f"PK.{n}": 1 for n in range(1, 8)
    }
