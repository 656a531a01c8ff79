"""What is exported comes back the same: into an empty database, through CSV and XLSX, whatever the text."""

import datetime as dt
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from djpk.records.kinds import KINDS
from kernel.importing.writing import XlsxWriter
from kernel.months import Month
from tests.records.files import TICKET, exported, load, reasons, ticket_row, write_csv
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

START = dt.datetime(2023, 1, 1, tzinfo=dt.UTC)
_file = count()
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
formulas = st.sampled_from(
    ["=1+1", "+62", "-5", "@x", "'=1", "''-1", "'", "\t=1", 'a;b,c|d"e"', "satu\r\ndua\n", "_x0041_"]
)
words = st.one_of(texts, formulas)
moments = st.integers(0, 3 * 365 * 86_400).map(lambda seconds: START + dt.timedelta(seconds=seconds))
spans = st.integers(0, 90 * 86_400).map(lambda seconds: dt.timedelta(seconds=seconds))
scores = st.integers(1, 5).map(str)


@st.composite
def tickets(draw):
    """Rows of tickets that hold together."""
    created = draw(moments)
    closed = draw(st.booleans())
    row = dict.fromkeys(TICKET, "") | {
        "number": draw(st.text("ABC-0123456789", min_size=1, max_size=12)),
        "created_at": created.isoformat(),
        "channel": draw(st.sampled_from(["WHATSAPP", "PHONE", "EMAIL", "HAI", "LIVE_CHAT"])),
        "contact_name": draw(words),
        "contact_email": draw(st.sampled_from(["", "a@x.example", "b@x.example", "c@x.example"])),
        "contact_phone": draw(st.sampled_from(["", "+62 000 1000 0001", "+62 000 1000 0002"])),
        "user_group": draw(st.sampled_from(["", "PEMDA", "KL", "AKADEMISI", "LAINNYA"])),
        "region": draw(st.sampled_from(["", "73.06", "32.73", "91.03"])),
        "topic": draw(st.sampled_from(["DAU", "DBH", "SURAT_MASUK"])),
        "subject": draw(words),
        "message": draw(words),
        "agent": draw(st.sampled_from(["", "Dewi Lama", "dewi.lama", "Agus"])),
        "status": "CLOSED" if closed else draw(st.sampled_from(["NEW", "OPEN", "WAITING_REQUESTER", "ANSWERED"])),
    }
    if closed:
        row["closed_at"] = (created + draw(spans)).isoformat()
        if draw(st.booleans()):
            row |= {"service_score": draw(scores), "substance_score": draw(scores)}
    rows = [row]
    seen = set()
    for index in range(draw(st.integers(0, 3))):
        escalated = created + draw(spans)
        unit = draw(st.sampled_from(["PK.1", "PK.2", "PK.3"]))
        if (escalated, unit) in seen:
            continue
        seen.add((escalated, unit))
        carrier = row if index == 0 else dict.fromkeys(TICKET, "") | {"number": row["number"]}
        carrier |= {"escalated_unit": unit, "escalated_at": escalated.isoformat()}
        if draw(st.booleans()):
            carrier["answered_at"] = (escalated + draw(spans)).isoformat()
        if index:
            rows.append(carrier)
    return rows


def _emptied():
    """Undo what follows, as a fresh database."""
    return transaction.atomic()


@given(st.lists(tickets(), min_size=1, max_size=5, unique_by=lambda rows: rows[0]["number"]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_tickets_survive_export_and_import(tmp_path, several):
    path = write_csv(tmp_path / f"{next(_file)}.csv", [row for rows in several for row in rows])
    with _emptied():
        assert load("tickets", path).rejected == 0, list(reasons(path))
        first = exported("tickets")
        workbook = tmp_path / f"{next(_file)}.xlsx"
        writer = XlsxWriter(workbook, KINDS["tickets"].columns)
        for cells in KINDS["tickets"].export((None, None)):
            writer.row(cells)
        writer.close()
        transaction.set_rollback(True)
    again = tmp_path / f"{next(_file)}.csv"
    again.write_text(first, "utf-8", newline="")
    for source in (again, workbook):
        with _emptied():
            assert load("tickets", source).rejected == 0, list(reasons(source))
            assert exported("tickets") == first
            report = load("tickets", source)
            assert (report.created, report.unchanged) == (0, report.read)
            transaction.set_rollback(True)


def test_export_takes_the_tickets_of_a_month_cut_in_jakarta(tmp_path):
    rows = [
        ticket_row("A", created_at="2024-07-31T23:59:59+07:00"),
        ticket_row("B", created_at="2024-08-01T00:00:00+07:00"),
        ticket_row("C", created_at="2024-09-01T00:00:00+07:00", closed_at="2024-09-02T00:00:00+07:00"),
    ]
    for row in rows:
        row |= {"escalated_unit": "", "escalated_at": "", "answered_at": ""}
    load("tickets", write_csv(tmp_path / "t.csv", rows))
    lines = exported("tickets", Month(2024, 8).bounds()).splitlines()
    assert [line.split(",")[0] for line in lines] == ["number", "B"]


def test_spam_merged_and_simulated_tickets_stay_behind(tmp_path):
    load("tickets", write_csv(tmp_path / "t.csv", [ticket_row(name) for name in "ABCD"]))
    Ticket.objects.filter(number="A").update(is_spam=True)
    Ticket.objects.filter(number="B").update(merged_into=Ticket.objects.get(number="D"))
    Ticket.objects.filter(number="C").update(source="SIMULATOR")
    lines = exported("tickets").splitlines()
    assert [line.split(",")[0] for line in lines] == ["number", "D"]


def test_text_that_looks_like_a_formula_is_harmless_in_csv(tmp_path):
    load("tickets", write_csv(tmp_path / "t.csv", [ticket_row("A", subject="=HYPERLINK(1)", contact_name="@cmd")]))
    assert "'=HYPERLINK(1)" in exported("tickets")
    assert "'@cmd" in exported("tickets")
