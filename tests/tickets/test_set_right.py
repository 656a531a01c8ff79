"""Versions that have not begun, spellings, rooms and channels can be set right again; each change is logged."""

from datetime import date

import pytest

from consultations.catalogue import (
    add_room,
    change_consultation_rule,
    restore_room,
    retire_room,
    withdraw_consultation_rule,
)
from consultations.journal import consultation_rule_on
from consultations.rules import Limits
from kernel.errors import Refused
from messaging.channel_verbs import change_channel
from messaging.models import Channel
from people.models import AccessLog
from tests import factories as make
from tickets.catalogue import add_alias, change_ticket_rule, remove_alias, withdraw_ticket_rule
from tickets.models import TicketRule
from tickets.rules import ticket_rule_on
from tickets.topics import TopicIndex

pytestmark = pytest.mark.django_db
AT = {"at": make.NOW, "actor": None}
SEPTEMBER = date(2024, 9, 1)
LIMITS = Limits(4, 5, letter_required=True, slot_opens=540, slot_closes=900, slot_minutes=90)


def actions():
    return list(AccessLog.objects.order_by("id").values_list("action", flat=True))


def test_limits_of_consultations_that_have_not_begun_are_withdrawn():
    before = consultation_rule_on(SEPTEMBER)
    rule = change_consultation_rule(valid_from=SEPTEMBER, limits=LIMITS, basis="SE-3/PK.1/2024", **AT)
    assert consultation_rule_on(SEPTEMBER) == rule
    with pytest.raises(Refused, match=r"dated\.begun"):
        withdraw_consultation_rule(rule=rule, at=make.wib("2024-09-01 00:00"), actor=None)
    withdraw_consultation_rule(rule=rule, reason="keliru", **AT)
    assert consultation_rule_on(SEPTEMBER) == before
    assert actions() == ["visit_rule.changed", "rule.withdrawn"]


def test_a_version_between_two_gives_its_days_back():
    october = change_ticket_rule(valid_from=date(2024, 10, 1), reopen_working_days=5, rating_days=14, **AT)
    november = change_ticket_rule(valid_from=date(2024, 11, 1), reopen_working_days=6, rating_days=14, **AT)
    withdraw_ticket_rule(rule=october, **AT)
    assert ticket_rule_on(date(2024, 10, 31)).reopen_working_days == 3
    assert ticket_rule_on(date(2024, 11, 1)) == november
    assert TicketRule.objects.filter(valid_to=None).get() == november


def test_a_removed_spelling_is_no_longer_understood():
    row = add_alias(topic=make.topic("DAU"), alias="Dana Umum", **AT)
    remove_alias(row=row, **AT)
    with pytest.raises(Refused, match=r"topic\.unknown"):
        TopicIndex.load().resolve("dana umum")
    assert actions() == ["topic.alias_added", "alias.removed"]


def test_a_room_goes_and_comes_back():
    room = add_room(code="rapat-9", label="Ruang rapat 9", capacity=6, **AT)
    retire_room(room=room, **AT)
    restore_room(room=room, **AT)
    with pytest.raises(Refused, match=r"room\.active"):
        restore_room(room=room, **AT)
    assert actions() == ["room.added", "room.retired", "room.restored"]


def test_a_channel_keeps_what_was_set_and_one_consultation_channel_stays():
    channel = make.channel("WHATSAPP")
    values = {name: getattr(channel, name) for name in ("label", "label_en", "address", "open_outside_hours")}
    change_channel(channel, **values, first_answer_minutes=15, active=True, reason="Nota dinas", **AT)
    change_channel(channel, **values, first_answer_minutes=15, active=True, reason="Nota dinas", **AT)
    line = AccessLog.objects.get()
    assert (line.action, line.reason) == ("channel.changed", "Nota dinas (first_answer_minutes: 10 → 15)")
    Channel.objects.exclude(pk=channel.pk).update(active=False)
    with pytest.raises(Refused, match=r"channel\.last"):
        change_channel(channel, **values, first_answer_minutes=15, active=False, **AT)
