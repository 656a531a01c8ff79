"""Rows of the list as HTML: never what is no longer so, each reader's own, and safe whatever a number or a name holds."""

import re
from datetime import timedelta

import pytest

from messaging.models import Message
from people.models import Contact, User
from tests import factories as make
from tests.tickets.test_inbox import signed_in
from tickets import sorting
from tickets.models import Ticket, TicketEntry

pytestmark = pytest.mark.django_db


def _row(client, ticket) -> str:
    page = client.get("/tiket/").content.decode()
    return re.search(rf'<li class="dr-ticket" id="tiket-{ticket.pk}".*?</li>', page, re.S)[0]


def test_the_clock_of_a_row_goes_on(time_machine):
    time_machine.move_to(make.NOW + timedelta(minutes=20, seconds=10), tick=False)
    client, ticket = signed_in("laras"), make.ticket()
    first = _row(client, ticket)
    time_machine.move_to(make.NOW + timedelta(minutes=20, seconds=15), tick=False)
    assert _clock(first) - _clock(_row(client, ticket)) == 5


def _clock(html: str) -> int:
    return int(re.search(r'data-left="(-?\d+)"', html)[1])


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (lambda t: Contact.objects.filter(pk=t.contact_id).update(name="Bu Melati"), "Bu Melati"),
        (lambda t: Ticket.objects.filter(pk=t.pk).update(priority=Ticket.Priority.URGENT), "Mendesak"),
        (lambda t: sorting.set_topic(ticket=t, topic=make.topic("DBH"), at=make.NOW, actor=make.staff("laras")), "DBH"),
        (lambda t: sorting.take(ticket=t, at=make.NOW, actor=make.staff("sekar")), "Sekar"),
        (lambda t: User.objects.filter(username="laras").update(display_name="Laras W"), "Laras W"),
    ],
)
def test_whatever_changes_shows_at_once(change, shown):
    client, ticket = signed_in("laras"), make.ticket()
    if shown == "Laras W":
        sorting.take(ticket=ticket, at=make.NOW, actor=make.staff("laras"))
    assert shown not in _row(client, ticket)
    change(ticket)
    assert shown in _row(client, ticket)


def test_each_reader_and_language_has_its_own():
    laras, sekar, ticket = signed_in("laras"), signed_in("sekar"), make.ticket()
    sorting.take(ticket=ticket, at=make.NOW, actor=make.staff("laras"))
    assert "data-me" in _row(laras, ticket)
    assert "data-me" not in _row(sekar, ticket)
    assert "Pilih " in _row(laras, ticket)
    laras.cookies["django_language"] = "en"
    assert "Pilih " not in _row(laras, ticket)


def test_names_and_numbers_are_escaped():
    client, ticket = signed_in("laras"), make.ticket()
    Contact.objects.filter(pk=ticket.contact_id).update(name="<b>Melati</b>")
    Ticket.objects.filter(pk=ticket.pk).update(number='N/1?"#')
    row = _row(client, ticket)
    assert "<b>" not in row
    assert "&lt;b&gt;Melati" in row
    assert 'href="/tiket/N/1%3F%22%23/?tampilan=terbuka"' in row


def test_a_withdrawn_message_is_not_the_last_one():
    client, ticket = signed_in("laras"), make.ticket(subject="Hal surat")
    said = TicketEntry.objects.get(ticket=ticket, kind=TicketEntry.Kind.MESSAGE).message
    assert said.body[:10] in _row(client, ticket)
    Message.objects.filter(pk=said.pk).update(delivery=Message.Delivery.WITHDRAWN)
    assert said.body[:10] not in _row(client, ticket)
