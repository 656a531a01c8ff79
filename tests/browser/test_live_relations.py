"""Who has a ticket open sees what others merge, split off and take back."""

import pytest
from django.utils import timezone

from tests import factories as make
from tests.browser.test_live_page import customer_writes, opened, people  # noqa: F401
from tickets.merging import merge_tickets, unmerge_ticket
from tickets.splitting import split_message, undo_split

pytestmark = pytest.mark.browser


def test_who_has_the_survivor_of_a_merge_open_sees_what_joined_it_and_what_left_again(live, people):  # noqa: F811
    page, ticket, bima = people.laras, people.ticket, people.agents["bima"]
    other = make.ticket(contact=make.contact("yosef"), topic=make.topic(), subject="Sama saja", at=timezone.now())
    opened(page, live.url, ticket)
    merge_tickets(ticket=other, into=ticket, at=timezone.now(), actor=bima)
    page.wait_for_selector("#properti :text('Sama saja')", state="attached")
    unmerge_ticket(ticket=other, at=timezone.now(), actor=bima)
    page.wait_for_selector("#properti :text('Sama saja')", state="detached")


def test_a_split_and_a_merge_and_their_undoing_are_seen_by_who_has_the_ticket_open(live, people):  # noqa: F811
    page, ticket, bima = people.laras, people.ticket, people.agents["bima"]
    customer_writes(ticket, "Dan bagaimana dengan DBH?")
    customer_writes(ticket, "Terima kasih.")
    opened(page, live.url, ticket)
    asked = ticket.entries.get(message__body="Dan bagaimana dengan DBH?")
    split_message(entry=asked, at=timezone.now(), actor=bima)
    page.wait_for_selector("#log :text('Dan bagaimana dengan DBH?')", state="detached")
    undo_split(event=ticket.events.get(code="ticket.split"), at=timezone.now(), actor=bima)
    page.wait_for_selector("#log :text('Dan bagaimana dengan DBH?')")
    words = page.inner_text("#log")
    assert words.index("Dan bagaimana") < words.index("Terima kasih.") < words.index("Pesan dipisahkan")
    other = make.ticket(contact=ticket.contact, topic=make.topic(), at=timezone.now())
    merge_tickets(ticket=ticket, into=other, at=timezone.now(), actor=bima)
    page.wait_for_selector("#keadaan :text('Tiket ini digabungkan ke')")
    unmerge_ticket(ticket=ticket, at=timezone.now(), actor=bima)
    page.wait_for_selector("#keadaan :text('Tiket ini digabungkan ke')", state="detached")
    merge_tickets(ticket=other, into=ticket, at=timezone.now(), actor=bima)
    page.wait_for_selector(f"#keadaan summary:has-text('Percakapan {other.number}')")
