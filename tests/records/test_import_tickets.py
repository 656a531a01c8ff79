"""Tickets come in from files as other help desks export them."""

from datetime import datetime

import pytest

from escalation.models import Escalation
from messaging.models import Message
from people.models import Contact, User
from tests.factories import NOW, contact, staff, wib
from tests.records.files import TICKET, load, ticket_row, write_csv, write_xlsx
from tickets.models import SatisfactionRating, Ticket

pytestmark = pytest.mark.django_db


def test_one_row_becomes_a_ticket_with_all_that_belongs_to_it(tmp_path):
    report = load("tickets", write_csv(tmp_path / "t.csv", [TICKET]))
    ticket = Ticket.objects.get()
    assert (report.read, report.created, report.rejected, report.loaded) == (1, 1, 0, True)
    assert (ticket.number, ticket.status, ticket.source) == ("CC-1", "CLOSED", "IMPORT")
    assert (ticket.zone, ticket.service_hours, ticket.region.code) == ("WITA", "INSIDE", "73.06")
    assert ticket.window_version.startswith("SERVICE@")
    assert ticket.created_at == wib("2024-08-01 09:15")
    assert {h.value for h in ticket.contact.handles.all()} == {"arung@gowa.example", "+6200010000001"}
    assert ticket.assignee.display_name == "Laras Setyani"
    message = Message.objects.get()
    assert (message.body, message.claimed_by, message.direction) == (TICKET["message"], "tickets", "IN")
    assert [entry.kind for entry in ticket.entries.all()] == ["MESSAGE", "EVENT"]
    assert [event.code for event in ticket.events.all()] == ["ticket.imported"]
    rating = SatisfactionRating.objects.get()
    assert (rating.service_score, rating.substance_score, rating.rated_at) == (5, 4, ticket.closed_at)
    assert rating.agent == ticket.assignee


def test_the_escalation_is_answered_and_left_for_scoring(tmp_path):
    load("tickets", write_csv(tmp_path / "t.csv", [TICKET]))
    escalation = Escalation.objects.get()
    assert (escalation.unit.code, escalation.status) == ("PK.2", "ANSWERED")
    assert escalation.escalated_at == wib("2024-08-01 09:45")
    assert escalation.answered_at == escalation.closed_at == wib("2024-08-01 13:00")


def test_a_closed_ticket_may_have_an_unanswered_escalation(tmp_path):
    report = load("tickets", write_csv(tmp_path / "t.csv", [{**TICKET, "answered_at": ""}]))
    assert report.created == 1
    assert Escalation.objects.get().status == "OPEN"


def test_further_escalations_stand_in_rows_below(tmp_path):
    blank = dict.fromkeys(TICKET, "")
    rows = [
        ticket_row("A", answered_at=""),
        {
            **blank,
            "number": "A",
            "escalated_unit": "PK.4",
            "escalated_at": "2024-08-01T11:00",
            "answered_at": "2024-08-02T09:00",
        },
        ticket_row("B"),
    ]
    report = load("tickets", write_csv(tmp_path / "t.csv", rows))
    first, second = Escalation.objects.filter(ticket__number="A")
    assert (report.read, report.created) == (3, 3)
    assert (first.status, first.closed_at) == ("TRANSFERRED", second.escalated_at)
    assert (second.unit.code, second.status, second.transferred_from) == ("PK.4", "ANSWERED", first)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_delimiter_and_byte_order_mark_are_recognised(tmp_path, delimiter, encoding):
    path = write_csv(
        tmp_path / "t.csv", [{**TICKET, "subject": 'Dana; "kurang", bayar'}], delimiter=delimiter, encoding=encoding
    )
    assert load("tickets", path).created == 1
    assert Ticket.objects.get().subject == 'Dana; "kurang", bayar'


def test_names_aliases_and_labels_stand_for_codes(tmp_path):
    row = {
        **TICKET,
        "channel": "live chat",
        "user_group": "Kementerian/Lembaga",
        "region": "kab. gowa",
        "topic": "Dana Alokasi Umum",
        "escalated_unit": "pk.2",
        "status": "Selesai",
    }
    load("tickets", write_csv(tmp_path / "t.csv", [row]))
    ticket = Ticket.objects.get()
    assert (ticket.channel.code, ticket.user_group, ticket.region.code) == ("LIVE_CHAT", "KL", "73.06")
    assert (ticket.topic.code, ticket.status) == ("DAU", "CLOSED")


def test_moments_without_offset_are_jakartas(tmp_path):
    rows = [
        ticket_row("A", created_at="2024-08-01 09:15"),
        ticket_row("B", created_at="2024-08-01T02:15:00Z"),
        ticket_row("C", created_at="01/08/2024 09.15"),
    ]
    load("tickets", write_csv(tmp_path / "t.csv", rows))
    assert set(Ticket.objects.values_list("created_at", flat=True)) == {wib("2024-08-01 09:15")}


def test_typed_cells_of_a_workbook(tmp_path):
    row = {
        **TICKET,
        "number": 4711,
        "created_at": datetime(2024, 8, 1, 9, 15),  # noqa: DTZ001 - as a spreadsheet has it
        "closed_at": datetime(2024, 8, 2, 0, 0),  # noqa: DTZ001
        "contact_phone": 81212345678,
        "service_score": 5.0,
        "region": 73.06,
    }
    assert load("tickets", write_xlsx(tmp_path / "t.xlsx", [row])).created == 1
    ticket = Ticket.objects.get()
    assert (ticket.number, ticket.created_at) == ("4711", wib("2024-08-01 09:15"))
    assert ticket.closed_at == wib("2024-08-02 00:00")
    assert ticket.contact.handles.filter(value="+6281212345678").exists()


def test_codes_of_regions_that_a_spreadsheet_took_for_numbers(tmp_path):
    rows = [ticket_row(f"A{i}", region=code) for i, code in enumerate([73.1, 73.06, 73])]
    assert load("tickets", write_xlsx(tmp_path / "t.xlsx", rows)).created == 3
    assert [ticket.region.code for ticket in Ticket.objects.order_by("number")] == ["73.10", "73.06", "73"]


def test_the_same_handle_is_the_same_contact_and_without_one_each_row_has_its_own(tmp_path):
    known = contact("arung")
    rows = [
        ticket_row("A", contact_email="Arung@Gowa.example", contact_name="Pak Arung"),
        ticket_row("B", contact_email="", contact_phone="000 1000 0001".replace("000 ", "+62000 ", 1)),
        ticket_row("C", contact_email="", contact_phone=""),
        ticket_row("D", contact_email="", contact_phone=""),
        ticket_row("E", contact_email="baru@gowa.example", contact_phone="+62 000 2000 0001"),
        ticket_row("F", contact_email="", contact_phone="+62 000 2000 0001"),
    ]
    load("tickets", write_csv(tmp_path / "t.csv", rows))
    owner = dict(Ticket.objects.values_list("number", "contact"))
    assert owner["A"] == owner["B"] == known.pk
    assert len({owner["C"], owner["D"], owner["E"], known.pk}) == 4
    assert owner["E"] == owner["F"]
    known.refresh_from_db()
    assert known.name == "Arung Mappatunru"


def test_a_merged_contact_stands_for_its_survivor(tmp_path):
    survivor = Contact.objects.create(name="Arung", created_at=NOW)
    Contact.objects.filter(pk=contact("arung").pk).update(merged_into=survivor)
    path = write_csv(tmp_path / "t.csv", [TICKET])
    load("tickets", path)
    assert Ticket.objects.get().contact == survivor
    assert load("tickets", path).unchanged == 1


def test_agents_by_user_name_or_name_and_unknown_ones_are_made_inactive(tmp_path):
    laras = staff("laras")
    rows = [
        ticket_row("A", agent="laras"),
        ticket_row("B", agent="laras  SETYANI"),
        ticket_row("C", agent="Dewi Lama"),
        ticket_row("D", agent="dewi lama"),
        ticket_row("E", agent=""),
    ]
    path = write_csv(tmp_path / "t.csv", rows)
    assert "1 agen belum dikenal" in load("tickets", path, dry_run=True).remarks[0]
    report = load("tickets", path)
    made = User.objects.get(display_name="Dewi Lama")
    assert dict(Ticket.objects.values_list("number", "assignee")) == {
        "A": laras.pk,
        "B": laras.pk,
        "C": made.pk,
        "D": made.pk,
        "E": None,
    }
    assert (made.is_active, made.has_usable_password()) == (False, False)
    assert "Dewi Lama" in report.remarks[0]
    assert "Laras" not in report.remarks[0]
