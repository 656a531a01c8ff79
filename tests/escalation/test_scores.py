"""Workers score answers that came by import or by hand: once, in batches, each by the rule of its day."""

from datetime import timedelta
from decimal import Decimal

import pytest

from escalation import scores
from escalation.models import Escalation, EscalationEvent, EscalationPause, ScoreRule
from escalation.tasks import score_answers
from tests.factories import NOW, channel, contact, unit, wib
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def ticket():
    who = contact()
    return Ticket.objects.create(
        number="DRG-24-00001",
        channel=channel(),
        contact=who,
        user_group=who.user_group,
        created_at=wib("2024-03-01 08:00"),
        service_hours="UNKNOWN",
        window_version="SERVICE@1",
    )


def answered(ticket, start, end, code="PK.2"):
    return Escalation.objects.create(
        ticket=ticket, unit=unit(code), status="ANSWERED", escalated_at=start, answered_at=end, closed_at=end
    )


def test_each_answer_by_its_working_time(ticket):
    rows = [
        answered(ticket, wib("2024-08-15 09:00"), wib("2024-08-16 09:00")),
        answered(ticket, wib("2024-08-15 09:00"), wib("2024-08-16 09:00") + timedelta(milliseconds=1)),
        answered(ticket, wib("2024-08-01 08:00"), wib("2024-08-30 16:00")),
        answered(ticket, wib("2024-04-05 14:00"), wib("2024-04-16 14:00")),  # over Idul Fitri
    ]
    assert scores.score_answered(at=NOW) == 4
    found = [Escalation.objects.get(pk=row.pk) for row in rows]
    assert [row.score for row in found] == [120, 110, 60, 120]
    assert [row.working_minutes for row in found][:2] == [Decimal(480), Decimal("480.0001")]
    assert {(row.rule.version, row.calendar_version) for row in found} == {("2022-1", "OFFICE@1")}
    assert EscalationEvent.objects.filter(code="escalation.scored", at=NOW).count() == 4


def test_pauses_do_not_count(ticket):
    row = answered(ticket, wib("2024-08-15 09:00"), wib("2024-08-20 10:00"))
    EscalationPause.objects.create(
        escalation=row, paused_at=wib("2024-08-15 10:00"), resumed_at=wib("2024-08-20 09:00")
    )
    scores.score_answered(at=NOW)
    row.refresh_from_db()
    assert (row.score, row.working_minutes) == (120, Decimal(120))
    kept = row.events.get().data["rows"]
    assert [(part["paused"], len(part["intervals"])) for part in kept] == [(False, 1), (True, 4), (False, 1)]


def test_open_transferred_and_recalled_have_no_score(ticket):
    for status, code in [("OPEN", "PK.1"), ("TAKEN", "PK.2"), ("TRANSFERRED", "PK.3"), ("RECALLED", "PK.4")]:
        Escalation.objects.create(ticket=ticket, unit=unit(code), status=status, escalated_at=NOW)
    assert scores.score_answered(at=NOW) == 0


def test_more_than_one_batch_and_only_once(ticket, monkeypatch):
    monkeypatch.setattr(scores, "BATCH", 3)
    for hours in range(8):
        answered(ticket, NOW, NOW + hours * HOUR)
    assert scores.score_answered(at=NOW) == 8
    assert scores.score_answered(at=NOW) == 0
    assert EscalationEvent.objects.count() == 8


def test_only_those_named(ticket):
    first, _second = answered(ticket, NOW, NOW + HOUR), answered(ticket, NOW, NOW + HOUR)
    assert scores.score_answered(at=NOW, escalation_ids=[first.pk]) == 1
    assert Escalation.objects.filter(score=None).count() == 1


def test_rule_of_the_day_of_the_answer_in_jakarta(ticket):
    first = ScoreRule.objects.get()
    first.valid_to = wib("2024-08-15 00:00").date()
    first.save()
    strict = ScoreRule.objects.create(
        version="2024-2", valid_from=first.valid_to, calendar=first.calendar, later_score=0, target_days=1
    )
    strict.steps.create(within_days=1, score=50)
    before = answered(ticket, wib("2024-08-14 09:00"), wib("2024-08-14 23:59"))
    after = answered(ticket, wib("2024-08-14 09:00"), wib("2024-08-15 00:00"))
    scores.score_answered(at=NOW)
    before.refresh_from_db()
    after.refresh_from_db()
    assert (before.score, before.rule) == (120, first)
    assert (after.score, after.rule) == (50, strict)


def test_day_without_a_rule_stays_unscored(ticket):
    answered(ticket, wib("2021-08-02 09:00"), wib("2021-08-02 10:00"))
    assert scores.score_answered(at=NOW) == 0
    assert Escalation.objects.get().score is None


def test_the_task_scores(ticket, run_tasks):
    answered(ticket, NOW, NOW + HOUR)
    score_answers.delay()
    assert run_tasks() == ["escalation.tasks.score_answers"]
    assert Escalation.objects.get().score == 120
