"""The seven averages of the source report (S34) out of answers given on the units' own pages at frozen times."""

from datetime import timedelta

import pytest
from django.test import Client

from escalation import verbs
from escalation.averages import averages_of
from escalation.models import Escalation
from escalation.scores import score_answered
from kernel.formats import decimal
from kernel.months import Month
from people.models import Role, StaffRole
from reports.figures import Figures
from reports.filling import fill_month
from tests import factories as make
from tests.factories import staff, unit, wib
from worktime.clock import add_working
from worktime.loading import load_calendar

pytestmark = pytest.mark.django_db
AUGUST, ASKED = Month(2024, 8), wib("2024-08-01 09:00")
SCORES = {
    "PK.1": [120], "PK.2": [120] * 14 + [110] * 6 + [100], "PK.3": [120] * 3 + [110], "PK.4": [120] * 5 + [110] * 2,
    "PK.5": [120, 120, 110, 100, 90], "PK.6": [120, 120, 110, 100], "PK.7": [120] * 4 + [100],
}  # fmt: skip
PRINTED = {
    "PK.1": "120,00", "PK.2": "116,19", "PK.3": "117,50", "PK.4": "117,14", "PK.5": "108,00", "PK.6": "112,50",
    "PK.7": "116,00",
}  # fmt: skip
RANKED = ["PK.1", "PK.3", "PK.4", "PK.2", "PK.7", "PK.6", "PK.5"]


def test_the_seven_averages_come_out_of_the_units_own_pages(monkeypatch):
    clock = {"at": ASKED}
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock["at"])
    office, laras, damar = load_calendar().calendar, staff("laras"), staff("damar")
    for code in SCORES:
        StaffRole.objects.get_or_create(user=damar, role=Role.AGENT_L2, unit=unit(code))
    page = Client()
    page.force_login(damar)
    for code, scores in SCORES.items():
        for score in scores:
            row = verbs.escalate(make.ticket(at=ASKED), unit=unit(code), question="?", at=ASKED, actor=laras)
            days = (130 - score) // 10  # answered on the last minute of the step
            clock["at"] = add_working(office, ASKED, timedelta(minutes=480 * days - 1))
            answer = page.post(f"/layer2/{row.pk}/aksi/jawab/", {"jawaban": "Sudah."})
            assert answer.headers["Location"] == "/layer2/"
    score_answered(at=wib("2024-08-31 12:00"))
    assert {row.score for row in Escalation.objects.filter(unit__code="PK.5")} == {120, 110, 100, 90}
    assert {row.code: row.words() for row in averages_of(AUGUST)} == PRINTED
    assert [row.code for row in averages_of(AUGUST)] == RANKED
    fill_month(AUGUST, at=wib("2024-09-01 00:05"))
    figures = Figures([AUGUST])
    stored = {code: figures.value("layer2.response_scores", AUGUST, code) for code in PRINTED}
    assert {code: decimal(value, 2) for code, value in stored.items()} == PRINTED
