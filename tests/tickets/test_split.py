"""A message becomes a ticket of its own, and comes back while nobody has worked on it."""

import re

import pytest

from kernel.errors import Refused
from kernel.numbering import unbroken
from messaging.verbs import store_message
from tests import factories as make
from tests.tickets.test_inbox import signed_in
from tickets import conversation, sorting
from tickets.intake import receive_message
from tickets.merging import merge_tickets, unmerge_ticket
from tickets.models import Ticket
from tickets.splitting import split_message, undo_split

ASKED = make.NOW + make.HOUR
AT = make.NOW + 2 * make.HOUR


@pytest.fixture
def laras(db):
    return make.staff("laras")


@pytest.fixture
def ticket(laras):
    """A ticket on which the requester asked something else an hour later."""
    ticket = make.ticket(topic=make.topic("DAU"))
    message, _new = store_message(
        channel=ticket.channel, external_id="m2", contact=ticket.contact, body="Dan DBH?", subject="DBH", at=ASKED
    )
    return receive_message(ticket=ticket, message=message, at=ASKED)


def test_the_message_moves_to_a_ticket_made_when_it_came(ticket, laras):
    entry = ticket.entries.last()
    new = split_message(entry=entry, subject="Penyaluran DBH", topic=make.topic("DBH"), at=AT, actor=laras)
    assert (new.created_at, new.contact, new.channel) == (ASKED, ticket.contact, ticket.channel)
    assert (new.subject, new.topic.code, new.zone) == ("Penyaluran DBH", "DBH", "WITA")
    assert [row.message.body for row in new.entries.filter(kind="MESSAGE")] == ["Dan DBH?"]
    assert ticket.entries.filter(kind="MESSAGE").count() == 1
    ticket.refresh_from_db()
    assert (ticket.last_message_at, ticket.last_requester_at) == (make.NOW, make.NOW)
    assert ticket.events.last().to_value == new.number
    assert new.events.last().from_value == ticket.number


@pytest.mark.parametrize(
    ("subject", "body", "called"),
    [
        ("", "Dan bagaimana\n dengan DBH?", "Dan bagaimana dengan DBH?"),
        ("DBH", "Dan DBH?", "DBH"),
        ("Penyaluran DAU", "Dan DBH?", "Dan DBH?"),
        ("Re: Penyaluran DAU", "Dan DBH?\n\nPada Sen, 5 Agu 2024 Laras menulis:\n> Ya.", "Dan DBH?"),
        ("", "kata " * 40, ("kata " * 15 + "…").strip()),
        ("", "", ""),
    ],
)
def test_without_a_subject_the_message_says_what_it_is_about(laras, subject, body, called):
    ticket = make.ticket(subject="Penyaluran DAU")
    message, _new = store_message(
        channel=ticket.channel, external_id="m2", contact=ticket.contact, body=body, subject=subject, at=ASKED
    )
    entry = receive_message(ticket=ticket, message=message, at=ASKED).entries.last()
    page = signed_in("laras").get(f"/tiket/{ticket.number}/pisah/{entry.pk}/").content.decode()
    assert f'name="subjek" maxlength="255" value="{called}"' in page
    assert split_message(entry=entry, subject=" ", at=AT, actor=laras).subject == called


def test_only_later_messages_of_the_requester_are_split_off(ticket, laras):
    conversation.post_reply(ticket=ticket, text="Ya.", at=AT, actor=laras)
    conversation.add_note(ticket=ticket, text="Cek.", at=AT, actor=laras)
    entries = list(ticket.entries.all())
    for entry, code in ((entries[0], "first_message"), (entries[2], "not_from_requester"), (entries[3], "not_from")):
        with pytest.raises(Refused, match=rf"split\.{code}"):
            split_message(entry=entry, at=AT, actor=laras)
    split_message(entry=entries[1], at=AT, actor=laras)
    with pytest.raises(Refused, match=r"split\.moved"):
        split_message(entry=entries[1], at=AT, actor=laras)


def test_it_comes_back_while_nobody_has_worked_on_it(ticket, laras):
    before = Ticket.objects.filter(pk=ticket.pk).values().get()
    lines = list(ticket.entries.filter(kind="MESSAGE").values("message", "at"))
    new = split_message(entry=ticket.entries.last(), at=AT, actor=laras)
    undo_split(event=ticket.events.get(code="ticket.split"), at=AT, actor=laras)
    assert Ticket.objects.filter(pk=ticket.pk).values().get() == before
    assert list(ticket.entries.filter(kind="MESSAGE").values("message", "at")) == lines
    new.refresh_from_db()
    assert new.merged_into == ticket
    assert list(Ticket.objects.consultations()) == [ticket]
    with pytest.raises(Refused, match=r"split\.undone"):
        undo_split(event=ticket.events.get(code="ticket.split"), at=AT, actor=laras)


def test_a_ticket_in_use_is_not_taken_back(ticket, laras):
    new = split_message(entry=ticket.entries.last(), at=AT, actor=laras)
    sorting.take(ticket=new, at=AT, actor=laras)
    with pytest.raises(Refused, match=r"split\.in_use"):
        undo_split(event=ticket.events.get(code="ticket.split"), at=AT, actor=laras)


def test_a_ticket_that_was_taken_back_is_in_nobodys_way(ticket, laras):
    other = make.ticket(contact=ticket.contact, topic=make.topic("DAU"), subject="Digabung")
    merge_tickets(ticket=other, into=ticket, at=AT, actor=laras)
    new = split_message(entry=ticket.entries.last(), subject="Terpisah", at=AT, actor=laras)
    undo_split(event=ticket.events.get(code="ticket.split"), at=AT, actor=laras)
    client = signed_in("laras")

    def listed(query):
        page = client.get(f"/tiket/?{query}").content.decode()
        return set(re.findall(r'href="/tiket/(DRG[^/"]+)/', page))

    assert listed("tampilan=gabungan") == {other.number}
    assert listed("tampilan=semua") == {ticket.number, other.number}
    assert new.number not in client.get("/tiket/cari/?q=terpisah").content.decode()
    page = client.get(f"/tiket/{ticket.number}/").content.decode()
    lines = re.sub(r"(?s)<article class=.dr-event.*?</article>|<div class=.dr-event.*?</div>", "", page)
    assert f"Percakapan {unbroken(other.number)}" in page
    assert f"Percakapan {unbroken(new.number)}" not in page
    assert "Riwayat" in page
    assert "1 tiket lain" in page, "the requester asked twice"
    assert f'title="{new.number}"' not in lines


def test_its_page_leads_back_and_it_is_not_separated_again(ticket, laras):
    new = split_message(entry=ticket.entries.last(), at=AT, actor=laras)
    undo_split(event=ticket.events.get(code="ticket.split"), at=AT, actor=laras)
    page = signed_in("laras").get(f"/tiket/{new.number}/").content.decode()
    assert f"Pemisahan tiket ini dibatalkan. Pesannya kembali ke {unbroken(ticket.number)}." in page
    assert "Pisahkan lagi" not in page
    new.refresh_from_db()
    with pytest.raises(Refused, match=r"split\.taken_back"):
        unmerge_ticket(ticket=new, at=AT, actor=laras)
