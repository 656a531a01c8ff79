"""Figures come out of records, whole months at a time, and follow every change of a record."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.months import Month, month_range
from people.models import Contact
from reports.catalogue import STORED
from reports.figures import Figures
from reports.filling import ensure_filled, fill_dirty, fill_month
from reports.filling_sql import STATEMENTS
from reports.models import DirtyMonth, IndicatorSetting, MetricSnapshot, MonthlyFigure
from tests.reports.records import Records
from tickets.models import Ticket

NOW = datetime(2025, 6, 1, tzinfo=UTC)
MONTHS = month_range(Month(2024, 12), Month(2025, 6))
JAN = Month(2025, 1)
pytestmark = pytest.mark.django_db


def stored_figures() -> dict:
    return {
        (row.month, row.indicator, row.dim1, row.dim2): (row.value, row.numerator, row.denominator, row.rules_version)
        for row in MonthlyFigure.objects.filter(month__lte=MONTHS[-1].first_day)
    }


def full_fill() -> dict:
    MonthlyFigure.objects.all().delete()
    for month in MONTHS:
        fill_month(month, at=NOW)
    return stored_figures()


def fill_until_clean() -> None:
    fill_dirty(at=NOW)
    assert not DirtyMonth.objects.exists()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), edits=st.integers(1, 4))
def test_incremental_fill_equals_full_fill(seed, edits):
    with transaction.atomic():
        records = Records(seed).build()
        full_fill()
        DirtyMonth.objects.all().delete()
        done = [records.edit() for _ in range(edits)]
        fill_dirty(at=NOW)
        followed = stored_figures()
        again = full_fill()
        assert followed == again, done
        transaction.set_rollback(True)


def test_filling_twice_changes_nothing():
    Records(1).build()
    fill_until_clean()
    first = stored_figures()
    assert first
    assert full_fill() == first


def test_every_stored_indicator_is_filled_by_its_source():
    import re

    for source, sql in STATEMENTS.items():
        keys = set(re.findall(r"'([a-z_0-9]+\.[a-z_]+)'", sql))
        assert keys == {key for key, item in STORED.items() if item.source == source}, source


def test_counts_agree_with_the_records():
    Records(2).build()
    fill_until_clean()
    start, end = JAN.bounds()
    tickets = Ticket.objects.consultations().filter(created_at__gte=start, created_at__lt=end)
    figures = Figures([JAN])
    assert figures.value("consultations.total", JAN) == tickets.count() > 0
    assert figures.value("users.total", JAN) == tickets.values("contact").distinct().count()
    assert (
        figures.value("ticket_breakdown.escalated", JAN) == tickets.filter(escalations__isnull=False).distinct().count()
    )


def test_merged_contacts_count_as_one_user():
    records = Records(3)
    first, second, third = records.contacts[:3]
    for contact in (first, second, third):
        ticket = records.ticket()
        at = JAN.bounds()[0] + timedelta(days=3)
        Ticket.objects.filter(pk=ticket.pk).update(
            contact=contact, created_at=at, is_spam=False, source="LIVE", channel=records.channels[0]
        )
    fill_until_clean()
    assert Figures([JAN]).value("users.total", JAN) == 3
    Contact.objects.filter(pk=first.pk).update(merged_into=second)
    Contact.objects.filter(pk=second.pk).update(merged_into=third)
    fill_until_clean()
    assert Figures([JAN]).value("users.total", JAN) == 1
    assert Figures([JAN]).value("consultations.total", JAN) == 3


def test_the_month_is_cut_in_jakarta():
    records = Records(4)
    ticket = records.ticket()
    for moment, month in (
        (datetime(2025, 1, 31, 16, 59, 59, tzinfo=UTC), JAN),
        (datetime(2025, 1, 31, 17, 0, tzinfo=UTC), JAN.next),
    ):
        Ticket.objects.filter(pk=ticket.pk).update(
            created_at=moment, is_spam=False, source="LIVE", channel=records.channels[0]
        )
        fill_until_clean()
        assert Figures([month]).value("consultations.total", month) == 1
        assert Figures([JAN, JAN.next]).value("consultations.total", JAN.next if month == JAN else JAN) is None


def test_a_month_without_records_falls_back_to_its_snapshot_until_it_has_its_own():
    MetricSnapshot.objects.create(
        month=JAN.first_day, indicator="consultations.by_channel", dim1="WHATSAPP", value=1028, entered_at=NOW
    )
    assert Figures([JAN]).value("whatsapp.total", JAN) == 1028
    assert Figures([JAN]).value("consultations.total", JAN) == 1028
    records = Records(5)
    ticket = records.ticket()
    Ticket.objects.filter(pk=ticket.pk).update(
        created_at=JAN.bounds()[0], is_spam=False, source="LIVE", channel=records.channels[1]
    )
    fill_until_clean()
    assert Figures([JAN]).value("whatsapp.total", JAN) == (1 if records.channels[1].code == "WHATSAPP" else 0)
    assert Figures([JAN]).value("consultations.total", JAN) == 1


def test_zero_is_not_unknown():
    assert Figures([JAN]).value("blasts.total", JAN) is None
    IndicatorSetting.objects.create(indicator="*", aspect="VALUE", live_from=JAN.first_day)
    fill_until_clean()
    figures = Figures([JAN, JAN.previous])
    assert figures.value("blasts.total", JAN) == 0
    assert figures.value("satisfaction.average", JAN) is None
    assert figures.value("blasts.total", JAN.previous) is None


def test_the_chatbot_has_no_figure_before_it_existed():
    IndicatorSetting.objects.create(indicator="*", aspect="VALUE", live_from=date(2023, 1, 1))
    fill_until_clean()
    august = Month(2023, 8)
    assert Figures([august]).value("chatbot.users_without_agent", august) is None
    assert Figures([august.next]).value("chatbot.users_without_agent", august.next) == 0


def test_irrelevant_changes_mark_nothing():
    records = Records(6).build(5)
    fill_until_clean()
    Ticket.objects.update(subject="Perihal baru", priority=30, assignee=records.agents[0])
    Contact.objects.update(name="Nama baru")
    assert not DirtyMonth.objects.exists()


def test_an_excluded_escalation_leaves_the_average_but_not_the_count():
    records = Records(7)
    ticket = records.ticket()
    Ticket.objects.filter(pk=ticket.pk).update(
        created_at=JAN.bounds()[0], is_spam=False, source="LIVE", channel=records.channels[0]
    )
    ticket.escalations.all().delete()
    for unit, score in zip(records.units[:2], (120, 60), strict=True):
        row = records.escalation(ticket)
        at = JAN.bounds()[0] + timedelta(days=2)
        row.unit, row.status, row.score, row.rule, row.working_minutes = unit, "ANSWERED", score, records.rule, 5
        row.escalated_at = row.answered_at = at
        row.via_app = True
        row.save()
    fill_until_clean()
    cell = Figures([JAN]).cell("layer2.response_scores", JAN)
    assert (cell.value, cell.numerator, cell.denominator) == (Decimal(90), 180, 2)
    assert cell.rules_version == records.rule.version
    row.excluded, row.excluded_reason = True, "Sistem padam"
    row.save()
    fill_until_clean()
    figures = Figures([JAN])
    assert figures.value("layer2.response_scores", JAN) == 120
    assert figures.value("layer2.escalations_by_unit", JAN) == 2
    assert figures.value("layer2.excluded", JAN) == 1


def test_a_report_month_is_brought_up_to_date_with_those_it_compares_with():
    Records(8).build()
    ensure_filled(Month(2025, 2), at=NOW)
    left = set(DirtyMonth.objects.values_list("month", flat=True))
    assert JAN.first_day not in left
    assert Month(2025, 2).first_day not in left


def test_one_filler_a_month_at_a_time():
    Records(9).build(3)
    with connection.cursor() as cursor:
        fill_month(JAN, at=NOW)
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone()[0] == 1
