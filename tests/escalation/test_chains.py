"""However a question travels, each unit is charged for its own working time alone."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalation import verbs
from escalation.models import Escalation
from escalation.scores import score_answered
from tests import factories as make
from tests.factories import NOW, staff, unit
from worktime.clock import working_between
from worktime.loading import load_calendar

CODES = ("PK.1", "PK.2", "PK.3", "PK.4", "PK.5", "PK.6", "PK.7")
steps = st.integers(1, 6 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
journeys = st.lists(st.tuples(st.sampled_from(CODES), steps, st.booleans()), min_size=1, max_size=7)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(journeys, steps)
def test_a_chain_of_any_length_charges_nobody_for_another(journey, last):
    """Handed on, some asked back on the way; what the last one counts is its own running time alone."""
    office, at, actor = load_calendar().calendar, NOW, staff("laras")
    row = verbs.escalate(make.ticket(at=NOW), unit=unit(CODES[0]), question="?", at=at, actor=actor)
    for code, wait, asks_back in journey:
        at += wait
        if asks_back:
            verbs.return_to_layer1(row, reason="Data?", at=at, actor=actor)
            at += wait
            verbs.resume(row, at=at, actor=actor)
        if code != Escalation.objects.get(pk=row.pk).unit.code:
            row = verbs.transfer(row, unit=unit(code), reason="Bukan kami.", at=at, actor=actor)
    began = Escalation.objects.get(pk=row.pk)
    at += last
    verbs.answer(row, answer="Sudah.", at=at, actor=actor)
    score_answered(at=at)
    row = Escalation.objects.get(pk=row.pk)
    paused = sum((working_between(office, one.paused_at, one.resumed_at) for one in row.pauses.all()), timedelta())
    own = working_between(office, began.escalated_at, at) - paused
    assert abs(timedelta(minutes=float(row.working_minutes)) - own) < timedelta(seconds=1)
    assert list(Escalation.objects.filter(ticket=row.ticket, score__isnull=False)) == [row]
    intervals = row.events.get(code="escalation.scored").data["rows"]
    assert [one["paused"] for one in intervals].count(True) == row.pauses.count()
