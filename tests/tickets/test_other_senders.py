"""Who wrote is said as it was: a colleague in the thread does not speak in the requester's name."""

import pytest

from messaging.claiming import claim_in_order
from messaging.email.receiving import receive_mail
from people.contacts import merge_contacts
from people.models import Contact
from tests import factories as make
from tests.messaging.mails import mail
from tests.tickets.test_inbox import signed_in
from tickets.inbox.conversation import conversation_of
from tickets.models import Ticket

NOW = make.NOW


def take(raw: bytes) -> Ticket:
    message = receive_mail(raw, wake=False, at=NOW).message
    claim_in_order(message=message, at=NOW)
    return Ticket.objects.get(entries__message=message)


def two() -> Ticket:
    """A ticket of Arung on which Budi has written too."""
    ticket = take(mail("Kapan?"))
    again = mail(
        "Saya orang lain", sender="Budi <budi@lain.example>", Message_ID="<2@x>", In_Reply_To="<1@gowa.example>"
    )
    assert take(again) == ticket
    return ticket


def said(ticket: Ticket) -> list[tuple[str, bool]]:
    return [(item.who, item.other_sender) for item in conversation_of(ticket).items if item.kind == "customer"]


def test_each_message_is_under_the_name_of_who_wrote_it(db):
    ticket = two()
    assert said(ticket) == [("Arung Mappatunru", False), ("Budi", True)]
    page = signed_in("laras").get(f"/tiket/{ticket.number}/").content.decode()
    assert page.count("data-other-sender") == 1
    assert "bukan pemohon" in page
    printed = signed_in("laras").get(f"/tiket/{ticket.number}/cetak/").content.decode()
    assert "<h2>Budi <time" in printed


@pytest.mark.parametrize("gone", ["Budi", "Arung Mappatunru"])
def test_who_turned_out_to_be_the_requester_is(db, gone):
    ticket = two()
    budi = Contact.objects.get(name="Budi")
    pair = (budi, ticket.contact) if gone == "Budi" else (ticket.contact, budi)
    merge_contacts(contact=pair[0], into=pair[1], at=NOW, actor=make.staff("laras"))
    assert said(Ticket.objects.get()) == [("Arung Mappatunru", False), ("Arung Mappatunru", False)]


def test_a_requester_alone_costs_no_query(db, django_assert_num_queries):
    from tickets.senders import others_of

    ticket = take(mail("Kapan?"))
    messages = [entry.message for entry in ticket.entries.select_related("message")]
    with django_assert_num_queries(0):
        assert others_of(ticket, messages) == {}
