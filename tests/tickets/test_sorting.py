"""Assignee, topic, priority, tags, group, region and parent of a ticket."""

import pytest

from kernel.errors import Refused
from tests import factories as make
from tickets import sorting
from tickets.verbs import close
from worktime.models import WorkCalendar


@pytest.fixture
def sekar(db):
    return make.staff("sekar")


@pytest.fixture
def at(sekar):
    return {"at": make.NOW, "actor": sekar}


def last(ticket):
    event = ticket.events.last()
    return event.code, event.from_value, event.to_value


def test_two_agents_and_one_ticket(at):
    laras, bima = make.staff("laras"), make.staff("bima")
    ticket = sorting.take(ticket=make.ticket(), at=make.NOW, actor=laras)
    with pytest.raises(Refused, match=r"ticket\.taken: .*Laras"):
        sorting.take(ticket=ticket, at=make.NOW, actor=bima)
    sorting.assign(ticket=ticket, to=bima, **at)
    assert last(ticket) == ("ticket.assigned", "laras", "bima")
    ticket = sorting.assign(ticket=ticket, to=None, **at)
    assert (ticket.assignee, ticket.status) == (None, "OPEN")


def test_only_layer_1_gets_tickets(at):
    for name in ("damar", "wening"):
        with pytest.raises(Refused, match=r"ticket\.not_an_agent"):
            sorting.assign(ticket=make.ticket(), to=make.staff(name), **at)


def test_the_region_takes_zone_and_hours_with_it(at):
    ticket = make.ticket(at=make.wib("2024-08-15 15:30"))
    assert (ticket.zone, ticket.service_hours) == ("WITA", "OUTSIDE")
    ticket = sorting.set_region(ticket=ticket, region=make.region("32.73"), **{**at, "at": make.NOW + make.DAY})
    assert (ticket.zone, ticket.service_hours) == ("WIB", "INSIDE")
    assert last(ticket) == ("ticket.region_set", "73.06", "32.73")
    ticket = sorting.set_region(ticket=ticket, region=None, **{**at, "at": make.NOW + make.DAY})
    assert (ticket.zone, ticket.service_hours) == ("", "UNKNOWN")


def test_a_changed_calendar_leaves_tickets_alone(at):
    ticket = make.ticket()
    WorkCalendar.objects.filter(code="SERVICE").update(revision=99)
    sorting.set_priority(ticket=ticket, priority=30, **at)
    ticket.refresh_from_db()
    assert ticket.window_version != "SERVICE@99"
    assert sorting.set_region(ticket=ticket, region=make.region("32.73"), **at).window_version == "SERVICE@99"


def test_corrections_of_closed_tickets(at):
    ticket = close(ticket=make.ticket(topic=make.topic("DAU")), **at)
    ticket = sorting.set_topic(ticket=ticket, topic=make.topic("DBH"), **at)
    assert last(ticket) == ("ticket.topic_set", "DAU", "DBH")
    ticket = sorting.set_group(ticket=ticket, user_group="KL", **at)
    assert last(ticket) == ("ticket.group_set", "PEMDA", "KL")
    assert ticket.contact.user_group == "PEMDA"
    with pytest.raises(Refused, match=r"ticket\.closed"):
        sorting.set_priority(ticket=ticket, priority=40, **at)


def test_setting_what_is_set_leaves_no_event(at):
    ticket = make.ticket(topic=make.topic("DAU"), tags=["Mendesak", "mendesak "])
    sorting.set_topic(ticket=ticket, topic=make.topic("DAU"), **at)
    sorting.set_tags(ticket=ticket, tags=["mendesak"], **at)
    sorting.set_priority(ticket=ticket, priority=20, **at)
    sorting.set_region(ticket=ticket, region=ticket.region, **at)
    sorting.assign(ticket=ticket, to=None, **at)
    assert ticket.events.count() == 1


def test_no_ticket_is_its_own_ancestor(at):
    top, middle, bottom = make.ticket(), make.ticket(), make.ticket()
    sorting.set_parent(ticket=middle, parent=top, **at)
    bottom = sorting.set_parent(ticket=bottom, parent=sorting.set_parent(ticket=middle, parent=top, **at), **at)
    with pytest.raises(Refused, match=r"ticket\.own_ancestor"):
        sorting.set_parent(ticket=top, parent=bottom, **at)
    assert sorting.set_parent(ticket=bottom, parent=None, **at).parent is None
