"""What `load_demo` leaves: records with scores and figures, so that the first page is right."""

import pytest
from django.core.management import call_command

from escalation.models import Escalation
from kernel.months import Month
from reports.figures import Figures
from reports.models import DirtyMonth, MonthlyFigure

AUGUST = Month(2024, 8)


@pytest.mark.parametrize("options", [{}, {"records_only": True}], ids=["all", "records only"])
def test_scores_and_figures_wait_for_no_worker(demo, options):
    call_command("load_demo", **options)
    unscored = Escalation.objects.filter(status=Escalation.Status.ANSWERED, score=None)
    if options:
        assert unscored.exists()
        assert not MonthlyFigure.objects.exists()
        return
    assert not unscored.exists()
    assert not DirtyMonth.objects.exists()
    assert Figures.for_report(AUGUST).value("consultations.total", AUGUST) == 1018
