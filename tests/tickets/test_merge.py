"""Merging points to the survivor, leaves the counts right, and can be undone."""

import pytest

from kernel.errors import Refused
from tests import factories as make
from tickets.conversation import post_reply
from tickets.merging import merge_tickets, unmerge_ticket
from tickets.models import Ticket
from tickets.verbs import close, mark_spam

LATER = make.NOW + make.HOUR


@pytest.fixture
def at(db):
    return {"at": LATER, "actor": make.staff("laras")}


def test_merged_tickets_count_once_and_come_back(at):
    first, second, third = make.ticket(), make.ticket(), make.ticket(topic=make.topic())
    third = close(ticket=third, **at)
    merge_tickets(ticket=third, into=second, at=LATER + make.HOUR, actor=at["actor"])
    merge_tickets(ticket=second, into=first, **at)
    assert list(Ticket.objects.consultations()) == [first]
    assert set(first.merged_tickets.all()) == {second, third}
    second = unmerge_ticket(ticket=second, **at)
    third.refresh_from_db()
    assert (second.status, second.closed_at, third.merged_into) == ("NEW", None, second)
    third = unmerge_ticket(ticket=third, **at)
    assert (third.status, third.closed_at) == ("CLOSED", LATER)
    assert Ticket.objects.consultations().count() == 3
    assert list(second.events.values_list("code", flat=True)) == ["ticket.opened", "ticket.merged", "ticket.unmerged"]
    assert first.events.count() == 1


def test_a_merged_ticket_takes_no_more_work(at):
    first, second = make.ticket(), make.ticket()
    merge_tickets(ticket=second, into=first, **at)
    with pytest.raises(Refused, match=r"ticket\.merged"):
        post_reply(ticket=second, text="Halo", **at)
    with pytest.raises(Refused, match=r"ticket\.merged"):
        merge_tickets(ticket=first, into=second, **at)


def test_refused_merges(at):
    first, second = make.ticket(), make.ticket()
    with pytest.raises(Refused, match=r"ticket\.same"):
        merge_tickets(ticket=first, into=first, **at)
    with pytest.raises(Refused, match=r"ticket\.not_merged"):
        unmerge_ticket(ticket=first, **at)
    mark_spam(ticket=second, **at)
    with pytest.raises(Refused, match=r"ticket\.is_spam"):
        merge_tickets(ticket=first, into=second, **at)
