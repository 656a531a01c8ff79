"""The demonstration's August 2024 holds what the source report binds (C1 to C15), month by month and row by row."""

import csv
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db.models import Avg, Count, F, Q

from djpk.demo import plans
from djpk.demo.loader import build_world
from djpk.demo.people import STAFF
from escalation.models import Escalation
from escalation.scores import score_answered
from escalation.scoring import Rubric, score
from kernel.months import Month
from people.models import Contact, ContactHandle, StaffRole
from tests.factories import wib
from tickets.models import SatisfactionRating, Ticket, TicketEvent
from worktime.clock import working_between
from worktime.loading import OFFICE, SERVICE, load_calendar
from worktime.service_hours import classify

PRINTED_AGENTS = {"Linna", "Hanna", "Dian", "Horas", "Ronald"}
DOMAIN = Path(__file__).parents[3] / "shared" / "domain"


def of_month(month: Month = plans.AUGUST_2024):
    start, end = month.bounds()
    return Ticket.objects.consultations().filter(created_at__gte=start, created_at__lt=end)


def counted(rows, *names: str) -> dict:
    found = rows.order_by().values_list(*names).annotate(n=Count("id"))
    return {row[:-1] if len(names) > 1 else row[0]: row[-1] for row in found}


def ranking(rows) -> list[str]:
    """Topic codes, most tickets first; fails when ranks 1 to 4 are tied."""
    found = Counter(counted(rows, "topic__code")).most_common(4)
    assert len({n for _, n in found}) == len(found)
    return [code for code, _ in found[:3]]


def test_channels_of_all_three_months(demo):
    assert counted(of_month(), "channel__code") == {
        "WHATSAPP": 746, "EMAIL": 173, "PHONE": 50, "HAI": 26, "LIVE_CHAT": 23
    }  # fmt: skip
    assert counted(of_month(plans.JULY_2024), "channel__code") == {
        "WHATSAPP": 989, "EMAIL": 174, "PHONE": 39, "HAI": 39, "LIVE_CHAT": 4
    }  # fmt: skip
    assert counted(of_month(plans.AUGUST_2023), "channel__code") == {
        "WHATSAPP": 1448, "EMAIL": 110, "PHONE": 70, "HAI": 51, "LIVE_CHAT": 7
    }  # fmt: skip


def test_leading_topics(demo):
    whatsapp = of_month().filter(channel__code="WHATSAPP")
    assert ranking(whatsapp) == ["DAU", "JF_AKPD", "DBH"]
    assert [counted(whatsapp, "topic__code")[code] for code in ("DAU", "JF_AKPD", "DBH")] == [196, 114, 69]
    assert ranking(of_month().filter(channel__code="PHONE")) == ["DBH", "RESERVASI", "DAK_FISIK"]
    assert ranking(of_month().filter(channel__code="LIVE_CHAT")) == ["DAU", "SURAT_MASUK", "PDRD"]
    assert of_month().filter(channel__code="EMAIL", topic__code="SURAT_MASUK").count() * 2 > 173
    assert ranking(of_month().filter(topic__category="TECHNICAL")) == ["DAU", "JF_AKPD", "DBH"]
    assert ranking(of_month().filter(topic__category="OTHER")) == ["SURAT_MASUK", "RESERVASI", "NON_DJPK"]


def test_users(demo):
    people = of_month().values("contact", "user_group", "region", "zone").order_by().distinct()
    assert Counter(row["user_group"] for row in people) == {"PEMDA": 776, "AKADEMISI": 93, "KL": 62, "LAINNYA": 16}
    assert len({row["contact"] for row in people}) == 947


def test_leading_regions_by_tickets_and_by_users(demo):
    pemda = of_month().filter(user_group="PEMDA")
    tickets = Counter(counted(pemda, "region__code"))
    assert tickets.most_common(3) == [("31", 21), ("13", 13), ("61", 11)]
    assert tickets.most_common(4)[3][1] <= 10
    users = Counter(region for region, _ in pemda.order_by().values_list("region__code", "contact").distinct())
    assert users.most_common(3) == [("31", 21), ("13", 13), ("61", 11)]
    assert ranking(pemda.filter(region__code="31")) == ["SURAT_MASUK", "RESERVASI", "DAK_FISIK"]
    assert ranking(pemda.filter(region__code="13")) == ["SURAT_MASUK", "DBH", "PDRD"]
    assert ranking(pemda.filter(region__code="61")) == ["SURAT_MASUK", "APLIKASI", "DBH"]


def test_zones_and_hours(demo):
    assert of_month().exclude(zone="").count() == 984
    assert not of_month().filter(zone="", user_group="PEMDA").exists()
    assert counted(of_month(), "service_hours") == {"INSIDE": 939, "OUTSIDE": 45, "UNKNOWN": 34}
    outside = of_month().filter(service_hours="OUTSIDE")
    assert counted(outside, "zone") == {"WIB": 32, "WITA": 9, "WIT": 4}
    assert not outside.filter(channel__code__in=["PHONE", "LIVE_CHAT"]).exists()
    assert not Ticket.objects.exclude(zone="").exclude(zone=F("region__zone")).exists()


def test_escalations(demo):
    escalated = of_month().filter(escalations__isnull=False)
    assert escalated.count() == escalated.distinct().count() == 148
    assert escalated.exclude(zone="").count() == 143
    late = escalated.filter(service_hours="OUTSIDE").values_list("topic__code", flat=True)
    assert sorted(late) == ["DAK_NONFISIK", "DBH", "SHSR"]
    units = counted(Escalation.objects.filter(ticket__in=of_month(), via_app=True), "unit__code")
    assert units == {"PK.1": 8, "PK.2": 63, "PK.3": 20, "PK.4": 14, "PK.5": 20, "PK.6": 8, "PK.7": 15}
    assert escalated.filter(topic__code__in=["RESERVASI", "NON_DJPK"]).count() == 0


@pytest.mark.parametrize("plan", plans.PLANS, ids=lambda plan: str(plan.month))
def test_every_answer_of_layer_two_falls_into_its_month_and_waits_for_its_score(demo, plan):
    start, end = plan.month.bounds()
    answers = Escalation.objects.filter(ticket__in=of_month(plan.month))
    assert answers.count() == sum(plan.escalated.values())
    assert set(answers.values_list("status", "score")) == {("ANSWERED", None)}
    assert not answers.exclude(answered_at__gte=start, answered_at__lt=end).exists()
    assert not answers.filter(Q(answer="") | Q(question="") | Q(answered_by=None)).exists()
    experts = StaffRole.objects.filter(role="AGENT_L2").values_list("user", "unit")
    assert set(answers.values_list("answered_by", "unit")) <= set(experts)


def test_hours_do_not_hang_on_whose_clock_is_read(demo):
    calendar = load_calendar(SERVICE).calendar
    for plan in plans.PLANS:
        for at, zone, stored in of_month(plan.month).values_list("created_at", "zone", "service_hours"):
            assert classify(calendar, at, zone) == classify(calendar, at, zone, "WIB") == stored


def test_ratings(demo):
    start, end = plans.AUGUST_2024.bounds()
    ratings = SatisfactionRating.objects.filter(rated_at__gte=start, rated_at__lt=end)
    assert ratings.count() == 170
    totals: dict[int, list[float]] = {}
    for row in ratings:
        assert row.ticket.created_at >= start
        totals.setdefault(row.agent_id, []).append((row.service_score + row.substance_score) / 2)
    assert len(totals) == 5
    for agent, scores in totals.items():
        assert round(sum(scores) / len(scores), 1) == 5.0
        assert ratings.filter(agent=agent).order_by().values("contact").distinct().count() >= 5
    assert any(min(scores) < 5 for scores in totals.values())


def test_rows_are_sound(demo):
    assert not Ticket.objects.filter(status="CLOSED", closed_at__lte=F("created_at")).exists()
    august = of_month()
    assert not august.exclude(status="CLOSED").exists()
    assert not august.filter(closed_at__gte=datetime(2024, 9, 6, 17, tzinfo=UTC)).exists()
    assert not august.exclude(first_answered_at__gt=F("created_at")).exists()
    assert not august.filter(first_answered_at__gt=F("closed_at")).exists()
    numbers = list(august.order_by("created_at", "number").values_list("number", flat=True))
    assert numbers == [f"CC-202408-{serial:04d}" for serial in range(1, 1019)]
    versions = set(Ticket.objects.values_list("window_version", flat=True))
    assert versions == {load_calendar(SERVICE).version}


def test_every_ticket_tells_its_story_in_order(demo):
    for ticket in of_month().filter(number__endswith="7").prefetch_related("entries__message", "entries__event"):
        entries = list(ticket.entries.all())
        assert entries[0].message.direction == "IN"
        assert entries[-1].event.code == "ticket.closed"
        assert entries[-1].at == ticket.closed_at
        messages = [entry.message for entry in entries if entry.kind == "MESSAGE"]
        assert messages[0].direction == "IN"
        assert messages[0].received_at == ticket.created_at
        answers = [message for message in messages if message.direction == "OUT"]
        assert answers[0].received_at == ticket.first_answered_at
        assert all(len(message.body) > 10 for message in messages)


def test_nobody_carries_a_printed_name(demo):
    names = {word for name in Contact.objects.values_list("name", flat=True) for word in name.split()}
    names |= {colleague.name for colleague in STAFF}
    assert not names & PRINTED_AGENTS
    assert not {name.lower() for name in PRINTED_AGENTS} & {colleague.username for colleague in STAFF}
    for kind, value in ContactHandle.objects.values_list("kind", "value"):
        assert value.startswith("+62000") if kind == "PHONE" else ".example." in value.replace("@", ".")


def test_two_generations_are_equal(demo):
    first, second = build_world(), build_world()
    for plan in plans.PLANS:
        assert first.month(plan) == second.month(plan)


def test_the_skeleton_is_the_one_that_was_proved(demo):
    """Cell by cell the assignment whose aggregates were checked against the source report."""
    world = build_world()
    cells = Counter(
        (r.channel, r.group, r.topic, r.zone, r.hours, "Y" if r.escalated else "N", r.unit)
        for r in (draft.row for draft in world.month(plans.AUGUST))
    )
    with (DOMAIN / "august-2024-joint.csv").open(encoding="utf-8") as handle:
        proved = {tuple(row[:-1]): int(row[-1]) for row in list(csv.reader(handle))[1:]}
    assert cells == proved


def test_events_name_their_messages(demo):
    for event in TicketEvent.objects.filter(code="ticket.replied", ticket__number__endswith="11"):
        assert event.data == {"message": event.ticket.entries.get(message=event.data["message"]).message_id}


def test_the_scores_of_layer_two(demo):
    """As the workers compute them: the averages that the source report prints."""
    assert score_answered(at=wib("2026-11-24 10:00")) >= 148 + 181 + 245
    start, end = plans.AUGUST_2024.bounds()
    rows = Escalation.objects.filter(answered_at__gte=start, answered_at__lt=end).order_by()
    averages = dict(rows.values_list("unit__code").annotate(mean=Avg("score")))
    assert {unit: f"{mean:.2f}" for unit, mean in averages.items()} == {
        "PK.1": "120.00", "PK.2": "116.19", "PK.3": "117.50", "PK.4": "117.14", "PK.5": "108.00", "PK.6": "112.50",
        "PK.7": "116.00",
    }  # fmt: skip


def test_planned_scores_follow_from_the_clocks(demo):
    """What Layer 2 earns by the working time of each answer is what the plan gives the unit."""
    office, rubric = load_calendar(OFFICE).calendar, Rubric("test")
    for plan in plans.PLANS:
        earned: dict[str, Counter] = {}
        rows = Escalation.objects.filter(ticket__in=of_month(plan.month))
        for unit, asked, answered in rows.values_list("unit__code", "escalated_at", "answered_at"):
            earned.setdefault(unit, Counter())[score(rubric, working_between(office, asked, answered))] += 1
        assert earned == {unit: Counter(scores) for unit, scores in plan.scores.items()}
