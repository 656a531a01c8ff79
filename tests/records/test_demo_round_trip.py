"""The demonstration data, exported and imported into an empty database, gives the same rows and figures."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connections, transaction

from djpk.records.kinds import KINDS
from escalation.scores import score_answered
from kernel.importing.engine import Report
from kernel.months import Month
from people.models import User
from reports.filling import fill_month
from reports.models import MonthlyFigure
from tests.factories import wib
from tests.records.files import exported, load, reasons

AT = wib("2026-11-24 12:00")
MONTHS = [Month(2023, 8), *(Month(2024, number) for number in range(1, 10))]


@dataclass
class Demo:
    """The demonstration data as files, and its figures."""

    files: dict[str, Path]
    figures: dict[tuple, tuple]


@pytest.fixture(scope="module")
def demo_files(demo_database, django_db_blocker, tmp_path_factory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    settings = connections["default"].settings_dict
    usual = settings["NAME"]
    with django_db_blocker.unblock():
        connections.close_all()
        settings["NAME"] = demo_database
        try:
            files = {}
            for kind in KINDS:
                files[kind] = folder / f"{kind}.csv"
                files[kind].write_text(exported(kind), "utf-8", newline="")
            with transaction.atomic():
                figures = _figures()
                transaction.set_rollback(True)
        finally:
            connections.close_all()
            settings["NAME"] = usual
    return Demo(files, figures)


def _figures() -> dict[tuple, tuple]:
    """All stored figures of the months; agents by name, for an imported agent has another account."""
    score_answered(at=AT)
    names = {str(user.pk): str(user) for user in User.objects.all()}
    for month in MONTHS:
        fill_month(month, at=AT)
    rows = MonthlyFigure.objects.filter(month__in=[month.first_day for month in MONTHS])
    return {
        (str(row.month), row.indicator, _agent(row, names), row.dim2): (row.value, row.numerator, row.denominator)
        for row in rows
    }


def _agent(row: MonthlyFigure, names: dict[str, str]) -> str:
    return names[row.dim1] if row.dim1 and row.indicator.endswith("by_agent") else row.dim1


def _import_all(demo: Demo) -> dict[str, Report]:
    reports = {}
    for kind, path in demo.files.items():
        reports[kind] = load(kind, path, at=AT)
        assert reports[kind].rejected == 0, (kind, list(reasons(path))[:3])
    return reports


def test_rows_and_figures_are_the_same_after_import_and_importing_again_changes_nothing(demo_files, db):
    first = _import_all(demo_files)
    assert first["tickets"].created > 3000
    assert all(report.created > 0 for report in first.values()), {k: r.created for k, r in first.items()}
    for kind, path in demo_files.files.items():
        assert exported(kind) == path.read_bytes().decode("utf-8"), kind
    assert _figures() == demo_files.figures
    again = _import_all(demo_files)
    assert {kind: (r.created, r.updated) for kind, r in again.items()} == dict.fromkeys(KINDS, (0, 0))
    assert _figures() == demo_files.figures
