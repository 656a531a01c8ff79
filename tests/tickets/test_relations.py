"""Children, links and followers, each by its verb and with its event."""

import pytest

from kernel.errors import Refused
from tests import factories as make
from tickets import relations, sorting
from tickets.merging import merge_tickets
from tickets.models import TicketFollower, TicketLink

AT = make.NOW + make.HOUR


@pytest.fixture
def how(db):
    return {"at": AT, "actor": make.staff("laras")}


def test_a_child_keeps_requester_channel_and_place(how):
    parent = sorting.set_region(ticket=make.ticket(), region=make.region("91.03"), **how)
    child = relations.create_child(parent=parent, text="Bagian DBH.", topic=make.topic("DBH"), **how)
    assert (child.parent, child.contact, child.channel) == (parent, parent.contact, parent.channel)
    assert (child.region.code, child.zone, child.created_at) == ("91.03", "WIT", AT)
    assert list(parent.children.all()) == [child]
    assert child.events.filter(code="ticket.parent_set", to_value=parent.number).exists()


def test_nothing_hangs_in_a_circle_or_under_a_merged_ticket(how):
    first, second, third = make.ticket(), make.ticket(), make.ticket()
    sorting.set_parent(ticket=second, parent=first, **how)
    sorting.set_parent(ticket=third, parent=second, **how)
    with pytest.raises(Refused, match=r"ticket\.own_ancestor"):
        sorting.set_parent(ticket=first, parent=third, **how)
    merge_tickets(ticket=second, into=first, **how)
    with pytest.raises(Refused, match=r"ticket\.merged"):
        sorting.set_parent(ticket=make.ticket(), parent=second, **how)


def test_a_link_stands_once_and_is_told_on_both(how):
    first, second = make.ticket(), make.ticket()
    relations.link_tickets(ticket=second, other=first, **how)
    relations.link_tickets(ticket=first, other=second, **how)
    assert TicketLink.objects.get().ticket == first
    assert [t.events.filter(code="ticket.linked").count() for t in (first, second)] == [1, 1]
    relations.unlink_tickets(ticket=first, other=second, **how)
    with pytest.raises(Refused, match=r"link\.unknown"):
        relations.unlink_tickets(ticket=first, other=second, **how)
    with pytest.raises(Refused, match=r"link\.same"):
        relations.link_tickets(ticket=first, other=first, **how)


def test_following_is_explicit_and_ends(how):
    ticket = make.ticket()
    relations.follow(ticket=ticket, **how)
    relations.follow(ticket=ticket, **how)
    assert TicketFollower.objects.get().user == how["actor"]
    assert ticket.events.filter(code="ticket.followed").count() == 1
    relations.unfollow(ticket=ticket, **how)
    relations.unfollow(ticket=ticket, **how)
    assert not TicketFollower.objects.exists()
    assert ticket.events.filter(code="ticket.unfollowed").count() == 1
    with pytest.raises(Refused, match=r"ticket\.not_an_agent"):
        relations.follow(ticket=ticket, at=AT, actor=make.staff("damar"))
