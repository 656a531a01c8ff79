"""Administrators change topics and limits; old tickets and past days keep theirs."""

from datetime import date

import pytest

from kernel.errors import Refused
from people.models import AccessLog
from tests import factories as make
from tickets import catalogue
from tickets.rules import last_day_to_reopen
from tickets.topics import TopicIndex
from tickets.verbs import close

AT = {"at": make.NOW, "actor": None}


def test_a_new_topic_is_found_by_all_its_names(db):
    topic = catalogue.add_topic(code="hkpd", label="HKPD", category="TECHNICAL", owner_unit=make.unit("PK.2"), **AT)
    catalogue.add_alias(topic=topic, alias="UU 1/2022", **AT)
    assert TopicIndex.load().resolve("uu 1 2022") == topic
    assert list(AccessLog.objects.order_by("id").values_list("action", flat=True)) == [
        "topic.added",
        "topic.alias_added",
    ]


@pytest.mark.parametrize("name", ["DAU", "dak non fisik", "JFAKPD"])
def test_one_name_means_one_topic(db, name):
    with pytest.raises(Refused, match=r"topic\.name_taken"):
        catalogue.add_alias(topic=make.topic("SIKD"), alias=name, **AT)
    with pytest.raises(Refused, match=r"topic\.name_taken"):
        catalogue.change_topic(topic=make.topic("SIKD"), changes={"label": name}, **AT)


def test_a_topic_out_of_use_stays_on_old_tickets(db):
    ticket = make.ticket(topic=make.topic("DIKLAT"))
    topic = catalogue.change_topic(topic=ticket.topic, changes={"active": False}, reason="dihapus", **AT)
    assert close(ticket=ticket, **AT).topic == topic
    with pytest.raises(Refused, match=r"topic\.inactive"):
        make.ticket(topic=topic)


def test_a_new_rule_holds_for_tickets_closed_from_its_day_on(db):
    old = close(ticket=make.ticket(topic=make.topic()), **AT)
    catalogue.change_ticket_rule(valid_from=date(2024, 8, 16), reopen_working_days=1, rating_days=7, **AT)
    new = close(ticket=make.ticket(topic=make.topic()), at=make.wib("2024-08-16 09:00"), actor=None)
    assert (last_day_to_reopen(old), last_day_to_reopen(new)) == (date(2024, 8, 20), date(2024, 8, 19))
    assert last_day_to_reopen(make.ticket()) is None
