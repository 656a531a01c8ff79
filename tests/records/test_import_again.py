"""Repeating an import changes nothing; differing rows are conflicts, or win when asked; aborts load nothing."""

import pytest

from escalation.models import Escalation
from messaging.models import Message
from people.models import Contact, User
from tests.records.files import TICKET, load, reasons, rejected, ticket_row, write_csv
from tickets.models import SatisfactionRating, Ticket, TicketEvent

pytestmark = pytest.mark.django_db


def _counts():
    models = (Ticket, TicketEvent, Contact, Message, Escalation, SatisfactionRating, User)
    return [model.objects.count() for model in models]


def test_importing_twice_changes_nothing(tmp_path):
    path = write_csv(tmp_path / "t.csv", [ticket_row("A"), ticket_row("B", contact_email="", message="")])
    load("tickets", path)
    before = _counts()
    report = load("tickets", path)
    assert (report.created, report.updated, report.unchanged, report.rejected) == (0, 0, 2, 0)
    assert _counts() == before


CHANGES = [
    {"created_at": "2024-08-01T09:00:00+07:00"},
    {"channel": "EMAIL"},
    {"contact_email": "lain@gowa.example"},
    {"contact_phone": "+62 000 9999 0000"},
    {"contact_email": ""},
    {"user_group": "KL"},
    {"region": ""},
    {"region": "32.73"},
    {"topic": "DBH"},
    {"subject": "Lain"},
    {"message": "Lain"},
    {"message": ""},
    {"agent": "Orang Lain"},
    {"agent": ""},
    {"closed_at": "2024-08-03T10:00:00+07:00"},
    {"status": "OPEN", "closed_at": "", "service_score": "", "substance_score": ""},
    {"escalated_unit": "PK.3"},
    {"escalated_unit": "", "escalated_at": "", "answered_at": ""},
    {"answered_at": ""},
    {"service_score": "3"},
    {"service_score": "", "substance_score": ""},
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_differing_row_is_a_conflict_that_names_the_columns(tmp_path, change):
    load("tickets", write_csv(tmp_path / "t.csv", [ticket_row("A")]))
    path = write_csv(tmp_path / "u.csv", [ticket_row("A") | change])
    before = _counts()
    assert load("tickets", path).rejected == 1
    assert next(iter(change)) in rejected(path)[0]["reason"]
    assert "sudah tersimpan dengan isi berbeda" in rejected(path)[0]["reason"]
    assert _counts() == before


@pytest.mark.parametrize("change", CHANGES)
def test_update_takes_the_new_row_and_then_it_is_equal(tmp_path, change):
    load("tickets", write_csv(tmp_path / "t.csv", [ticket_row("A")]))
    path = write_csv(tmp_path / "u.csv", [ticket_row("A") | change])
    assert load("tickets", path, update=True).updated == 1
    report = load("tickets", path)
    assert (report.unchanged, report.rejected) == (1, 0), list(reasons(path))
    assert Ticket.objects.get().events.last().code == "ticket.import_updated"


def test_update_moves_zone_and_hours_with_the_region(tmp_path):
    load("tickets", write_csv(tmp_path / "t.csv", [ticket_row("A")]))
    load("tickets", write_csv(tmp_path / "u.csv", [ticket_row("A", region="")]), update=True)
    ticket = Ticket.objects.get()
    assert (ticket.region, ticket.zone, ticket.service_hours) == (None, "", "UNKNOWN")


def test_columns_the_file_lacks_keep_what_is_stored(tmp_path):
    load("tickets", write_csv(tmp_path / "t.csv", [TICKET]))
    part = {name: TICKET[name] for name in ("number", "created_at", "channel", "status")}
    assert load("tickets", write_csv(tmp_path / "u.csv", [part])).unchanged == 1
    load("tickets", write_csv(tmp_path / "v.csv", [part | {"topic": "DBH"}]), update=True)
    ticket = Ticket.objects.get()
    assert (ticket.topic.code, ticket.subject, ticket.escalations.count()) == ("DBH", TICKET["subject"], 1)
    assert ticket.rating.substance_score == 4


def test_abort_loads_nothing_but_tells_every_bad_row(tmp_path):
    rows = [ticket_row("A", agent="Baru Sekali"), ticket_row("B", channel="faks"), ticket_row("C", topic="Cuaca")]
    path = write_csv(tmp_path / "t.csv", rows)
    before = _counts()
    report = load("tickets", path, on_error="abort")
    assert (report.loaded, report.rejected) == (False, 2)
    assert _counts() == before
    assert len(rejected(path)) == 2


def test_abort_undoes_earlier_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr("kernel.importing.engine.CHUNK", 2)
    path = write_csv(tmp_path / "t.csv", [*(ticket_row(f"A{n}") for n in range(5)), ticket_row("B", channel="faks")])
    assert not load("tickets", path, on_error="abort").loaded
    assert not Ticket.objects.exists()


def test_a_dry_run_checks_everything_and_stores_nothing(tmp_path):
    load("tickets", write_csv(tmp_path / "t.csv", [ticket_row("A")]))
    path = write_csv(
        tmp_path / "u.csv", [ticket_row("A", topic="DBH"), ticket_row("B"), ticket_row("C", channel="faks")]
    )
    before = _counts()
    report = load("tickets", path, dry_run=True)
    assert (report.created, report.rejected, report.loaded) == (1, 2, False)
    assert report.remarks == []
    assert len(rejected(path)) == 2
    assert _counts() == before
