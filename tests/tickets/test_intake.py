"""A question becomes a ticket that remembers who asked, from where, and on which clock."""

import pytest
from django.db import IntegrityError, transaction

from kernel.errors import Refused
from messaging.verbs import store_message
from people.contacts import change_contact, merge_contacts
from tests import factories as make
from tickets.intake import open_ticket, receive_message
from tickets.models import Ticket
from tickets.verbs import close


def incoming(text="Ada kabar?", external_id="<2@gowa.example>", at=make.NOW):
    return store_message(channel=make.channel(), external_id=external_id, contact=make.contact(), body=text, at=at)[0]


def test_a_ticket_starts_with_its_number_its_message_and_one_event(db):
    ticket = make.ticket()
    again = make.ticket()
    assert (ticket.number, again.number) == ("DRG-24-00001", "DRG-24-00002")
    assert ticket.status == Ticket.Status.NEW
    assert [(entry.kind, entry.message.body) for entry in ticket.entries.all()] == [
        ("MESSAGE", "Kapan DAU bulan Agustus disalurkan?")
    ]
    assert list(ticket.events.values_list("code", "to_value")) == [("ticket.opened", "NEW")]
    assert ticket.entries.get().message.claimed_by == "tickets"


def test_numbers_that_came_by_import_are_passed_over(db):
    first = make.ticket()
    Ticket.objects.filter(pk=first.pk).update(number="DRG-24-00007")
    Ticket.objects.filter(pk=make.ticket().pk).update(number="DRG-24-00003")
    assert make.ticket().number == "DRG-24-00008"


@pytest.mark.parametrize(
    ("who", "moment", "zone", "hours"),
    [
        ("arung", "2024-08-15 07:30", "WITA", "INSIDE"),
        ("arung", "2024-08-15 15:00", "WITA", "OUTSIDE"),
        ("melati", "2024-08-15 15:00", "WIB", "INSIDE"),
        ("melati", "2024-08-17 10:00", "WIB", "OUTSIDE"),
        ("yosef", "2024-08-15 06:00", "WIT", "INSIDE"),
        ("rangga", "2024-08-15 10:00", "", "UNKNOWN"),
    ],
)
def test_service_hours_by_the_clock_of_the_region(db, who, moment, zone, hours):
    ticket = make.ticket(contact=make.contact(who), at=make.wib(moment))
    assert (ticket.zone, ticket.service_hours) == (zone, hours)
    assert ticket.window_version.startswith("SERVICE@")


def test_the_snapshot_stays_when_the_contact_moves(db):
    ticket = make.ticket()
    change_contact(
        contact=ticket.contact,
        changes={"region": make.region("32.73"), "user_group": "KL"},
        at=make.NOW,
        actor=None,
    )
    ticket.refresh_from_db()
    assert (ticket.region.code, ticket.zone, ticket.user_group) == ("73.06", "WITA", "PEMDA")


def test_a_merged_contact_asks_as_its_survivor(db):
    arung, melati = make.contact("arung"), make.contact("melati")
    merge_contacts(contact=arung, into=melati, at=make.NOW, actor=None)
    arung.refresh_from_db()
    assert make.ticket(contact=arung).contact == melati


def test_refused_questions(db):
    with pytest.raises(Refused, match=r"channel\.makes_no_tickets"):
        make.ticket(channel=make.channel("LAPOR"))
    with pytest.raises(Refused, match=r"ticket\.needs_text"):
        make.ticket(text="  ")
    assert not Ticket.objects.exists()


def test_writing_again_wakes_an_answered_ticket_once(db):
    ticket = make.ticket()
    Ticket.objects.filter(pk=ticket.pk).update(status="ANSWERED")
    message = incoming()
    for _ in range(2):
        message = type(message).objects.get(pk=message.pk)
        ticket = receive_message(ticket=ticket, message=message, at=make.NOW + make.HOUR)
    assert ticket.status == Ticket.Status.OPEN
    assert ticket.last_message_at == make.NOW + make.HOUR
    assert list(ticket.events.values_list("code", flat=True)) == ["ticket.opened", "ticket.message_received"]


@pytest.mark.parametrize(("status", "after"), [("NEW", "NEW"), ("WAITING_LAYER2", "WAITING_LAYER2"),
                                                ("WAITING_REQUESTER", "OPEN")])  # fmt: skip
def test_what_writing_again_does_to_each_status(db, status, after):
    ticket = make.ticket()
    Ticket.objects.filter(pk=ticket.pk).update(status=status, due_at=None)
    assert receive_message(ticket=ticket, message=incoming(), at=make.NOW).status == after


def test_a_closed_ticket_reopens_within_three_working_days(db):
    # Closed on Thursday 15 August; Saturday the 17th is a holiday too: the third working day is Tuesday.
    ticket = close(ticket=make.ticket(topic=make.topic()), at=make.NOW, actor=None)
    late, in_time = make.wib("2024-08-21 00:00"), make.wib("2024-08-20 23:59")
    with pytest.raises(Refused, match=r"ticket\.too_late"):
        receive_message(ticket=ticket, message=incoming(), at=late)
    ticket = receive_message(ticket=ticket, message=incoming(), at=in_time)
    assert (ticket.status, ticket.closed_at) == (Ticket.Status.OPEN, None)
    assert ticket.events.last().code == "ticket.reopened"
    assert ticket.events.last().data["message"]


def test_the_database_holds_what_a_ticket_must_be(db):
    ticket = make.ticket(contact=make.contact("rangga"))
    broken = [
        ({"status": "CLOSED"}, "ticket_closed_has_time"),
        ({"closed_at": make.NOW}, "ticket_closed_has_time"),
        ({"status": "CLOSED", "closed_at": make.NOW}, "ticket_closed_has_topic"),
        ({"service_hours": "INSIDE"}, "ticket_hours_need_zone"),
        ({"merged_into": ticket}, "ticket_not_own_survivor"),
        ({"status": "CLOSED", "topic": make.topic(), "closed_at": make.NOW - make.DAY}, "ticket_closed_after"),
    ]
    for values, constraint in broken:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Ticket.objects.filter(pk=ticket.pk).update(**values)


def test_opening_from_a_stored_message_takes_its_subject(db):
    message, _ = store_message(
        channel=make.channel(),
        external_id="<9@gowa.example>",
        contact=make.contact(),
        subject="Dana Desa",
        body="…",
        at=make.NOW,
    )
    ticket = open_ticket(channel=make.channel(), contact=make.contact(), message=message, at=make.NOW, actor=None)
    assert ticket.subject == "Dana Desa"
    assert ticket.entries.get().message == message
