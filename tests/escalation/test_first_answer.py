"""Many people answer one escalation at the same moment: one answer is the first, the others are told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from escalation import verbs
from escalation.models import Escalation
from kernel.errors import Refused
from tests import factories
from tests.factories import HOUR, NOW, unit

PEOPLE = 50


@pytest.mark.django_db(transaction=True)
def test_one_first_answer():
    escalation = verbs.escalate(factories.ticket(), unit=unit("PK.2"), at=NOW, actor=None)
    start = Barrier(PEOPLE)

    def answer(number: int) -> str:
        try:
            start.wait()
            row = Escalation.objects.get(pk=escalation.pk)
            verbs.answer(row, answer=f"Jawaban {number}", at=NOW + HOUR, actor=None)
            return f"Jawaban {number}"
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(PEOPLE) as people:
        outcomes = list(people.map(answer, range(PEOPLE)))
    given = [outcome for outcome in outcomes if outcome.startswith("Jawaban")]
    assert len(given) == 1
    assert set(outcomes) - set(given) == {"escalation.wrong_status"}
    assert Escalation.objects.get().answer == given[0]
    assert escalation.events.filter(code="escalation.answered").count() == 1
