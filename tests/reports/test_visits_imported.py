"""The 35 visits of the source report, imported as a file, give its table S26 again."""

import pytest

from consultations.models import Visit
from kernel.months import Month
from reports.report import build
from reports.tasks import fill_dirty_months
from tests.records.files import load, reasons, write_csv
from tests.reports.golden import by, golden, sections
from tests.reports.test_golden_tables import TYPED_OTHERWISE, VISIT_FIELDS

pytestmark = pytest.mark.django_db
TO_BE_CONFIRMED = " tbc"


def row_of(row):
    """A row of the table as a register's file holds it."""
    return {
        "held_on": row["date"], "visitor": row["printed_visitor"].removesuffix(TO_BE_CONFIRMED),
        "user_group": row["user_group"], "topics": "; ".join(row["topics"]), "guest_count": str(row["guests"]),
    }  # fmt: skip


def test_the_imported_register_is_the_printed_table(tmp_path, run_tasks):
    section = sections(golden())["S26"]
    expected = section["table"]["rows"]
    path = write_csv(tmp_path / "kunjungan.csv", [row_of(row) for row in expected])
    report = load("visits", path)
    assert (report.created, report.rejected) == (35, 0), list(reasons(path))
    assert Visit.objects.filter(over_limit=True).count() == len(section["derived"]["visits_over_5_guests"]) == 6
    fill_dirty_months.delay()
    run_tasks()
    found = sections(build(Month(2024, 8)))["S26"]
    rows = found["table"]["rows"]
    assert [[row[name] for name in VISIT_FIELDS] for row in rows] == [
        [row[name] for name in VISIT_FIELDS] for row in expected
    ]
    printed = [TYPED_OTHERWISE.get(row["no"], row["printed_topic"]) for row in expected]
    assert [row["printed_topic"] for row in rows] == printed
    assert [row["no"] for row in rows if row["over_limit"]] == section["derived"]["visits_over_5_guests"]
    figures = by("key", found["figures"])
    assert figures["face_to_face.guests"]["value"] == section["derived"]["guests_total"]
    assert load("visits", path).unchanged == 35
