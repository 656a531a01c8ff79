"""New versions of the score table: what was scored stays, what comes is judged by the version of its day."""

from datetime import date

import pytest
from django.db import transaction

from escalation.models import Escalation, EscalationEvent, ScoreRule
from escalation.rules import add_score_rule, withdraw_score_rule
from escalation.scores import Judge, score_answered
from kernel.errors import Refused
from people.models import AccessLog
from tests.factories import NOW, staff, ticket, unit, wib

pytestmark = pytest.mark.django_db

STEPS = [(1, 120), (2, 100), (3, 80)]


def add(version="2024-2", valid_from=date(2024, 9, 1), steps=STEPS, later_score=40, target_days=2, **by):
    by = {"at": NOW, "actor": None, **by}
    return add_score_rule(
        version=version, valid_from=valid_from, steps=steps, later_score=later_score, target_days=target_days, **by
    )


def answered(at, escalated="2024-08-12 09:00"):
    return Escalation.objects.create(
        ticket=ticket(),
        unit=unit("PK.2"),
        status="ANSWERED",
        escalated_at=wib(escalated),
        answered_at=wib(at),
        closed_at=wib(at),
    )


def test_a_new_version_ends_the_one_in_force_and_judges_what_comes_after():
    old_one, new_one = answered("2024-08-30 10:00"), answered("2024-09-02 10:00", "2024-08-29 09:00")
    nala = staff("nala")
    rule = add(actor=nala)
    first = ScoreRule.objects.get(version="2022-1")
    assert (first.valid_to, rule.valid_from, rule.valid_to) == (date(2024, 9, 1), date(2024, 9, 1), None)
    assert (rule.calendar, rule.day_minutes) == (first.calendar, 480)
    score_answered(at=NOW)
    old_one.refresh_from_db()
    new_one.refresh_from_db()
    assert (old_one.rule, old_one.score) == (first, 60)
    assert (new_one.rule, new_one.score) == (rule, 80)
    line = AccessLog.objects.get(action="score_rule.added")
    assert (line.record, line.record_id, line.user) == ("escalation.scorerule", rule.pk, nala)


def test_no_version_reaches_back_to_answers_that_have_their_score():
    scored = answered("2024-08-15 09:00")
    score_answered(at=NOW)
    with pytest.raises(Refused, match=r"score_rule\.scored"):
        add(valid_from=date(2024, 8, 15))
    add(valid_from=date(2024, 8, 16))
    score_answered(at=NOW)
    scored.refresh_from_db()
    assert (scored.score, scored.rule.version) == (100, "2022-1")
    assert EscalationEvent.objects.filter(escalation=scored, code="escalation.scored").count() == 1


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"version": "2022-1"}, "score_rule.version"),
        ({"version": " "}, "score_rule.version"),
        ({"steps": []}, "score_rule.steps"),
        ({"steps": [(2, 100), (1, 120)]}, "score_rule.steps"),
        ({"steps": [(1, 100), (2, 110)]}, "score_rule.steps"),
        ({"steps": [(1, 130), (2, 110)]}, "score_rule.steps"),
        ({"later_score": 81}, "score_rule.steps"),
        ({"target_days": 7}, "score_rule.steps"),
        ({"valid_from": date(2021, 12, 1)}, "dated.past"),
    ],
)
def test_versions_that_make_no_sense_are_refused(broken, code):
    with pytest.raises(Refused) as refused, transaction.atomic():
        add(**broken)
    assert refused.value.code == code
    assert ScoreRule.objects.get().valid_to is None


def test_a_version_that_has_not_begun_can_be_withdrawn():
    rule = add()
    with pytest.raises(Refused, match=r"dated\.taken"):
        add(version="2024-3", valid_from=date(2024, 8, 20))
    withdraw_score_rule(rule, reason="keliru", at=NOW, actor=None)
    assert ScoreRule.objects.get().valid_to is None
    add()
    with pytest.raises(Refused, match=r"dated\.begun"):
        withdraw_score_rule(ScoreRule.objects.get(version="2024-2"), reason="", at=wib("2024-09-01 00:00"), actor=None)
    assert Judge.load().rule_on(date(2024, 9, 1)).version == "2024-2"
