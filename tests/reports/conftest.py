"""The report of August 2024 from the demonstration records, computed by the project's own Celery tasks."""

import pytest

from escalation.tasks import score_answers
from kernel.months import Month
from reports.models import DirtyMonth
from reports.report import build
from reports.tasks import fill_dirty_months

AUGUST = Month(2024, 8)
_built: dict[Month, dict] = {}


@pytest.fixture
def filled_demo(demo, run_tasks) -> None:
    """The demonstration data with scores and figures, as workers leave it."""
    score_answers.delay()
    run_tasks()
    fill_dirty_months.delay()
    done = run_tasks()
    assert "reports.tasks.fill_dirty_months" in done
    assert not DirtyMonth.objects.exists()


@pytest.fixture
def august(request) -> dict:
    """The report of August 2024, built once a worker; to read only."""
    if AUGUST not in _built:
        request.getfixturevalue("filled_demo")
        _built[AUGUST] = build(AUGUST)
    return _built[AUGUST]
