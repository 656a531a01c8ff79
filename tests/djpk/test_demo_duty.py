"""The demonstration has a roster, and new tickets go by it."""

from datetime import datetime, time, timedelta

import pytest

from djpk.demo.duty import write_duty
from djpk.demo.loader import build_reference
from djpk.demo.people import AGENTS
from kernel.months import JAKARTA
from messaging.models import Channel
from people.models import User
from tests.fixtures_demo import TODAY
from tickets.duty.roster import available
from tickets.models import DutyShift, Ticket, TicketEvent
from worktime.loading import OFFICE, load_calendar

NOW = datetime.fromisoformat(TODAY)


def on_duty(channel: str, at: datetime) -> list[str]:
    found = available(Channel.objects.get(code=channel), at)
    return sorted(User.objects.filter(pk__in=found).values_list("username", flat=True))


def test_the_week_is_filled_for_every_agent(demo, client):
    client.force_login(User.objects.get(username="sekar"))
    week = client.get("/tiket/piket/").context["weeks"]
    assert sorted(agent.username for agent, _days in week) == sorted(AGENTS)


def test_by_day_there_is_somebody_for_each_channel_and_by_night_nobody(demo):
    for days in range(7):
        day = NOW.date() + timedelta(days=days)
        for channel in ("WHATSAPP", "PHONE", "EMAIL", "HAI", "LIVE_CHAT"):
            at_ten, at_night = (datetime.combine(day, time(hour), JAKARTA) for hour in (10, 20))
            assert bool(on_duty(channel, at_ten)) is (day.weekday() < 5)
            assert on_duty(channel, at_night) == []


def test_who_is_at_a_training_is_passed_by(demo):
    (off,) = DutyShift.objects.filter(off=True)
    assert off.agent.username not in on_duty("EMAIL", NOW)
    assert off.agent.username in on_duty("EMAIL", NOW + timedelta(days=3))
    assert off.valid_from == NOW.date()


def test_the_work_of_today_was_taken_not_given(demo):
    assert not TicketEvent.objects.filter(code="ticket.assigned", data__by="duty").exists()
    assert Ticket.objects.filter(number__startswith="DRG-", assignee=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("today", ["2027-01-03T23:30+07:00", "2026-12-01T06:00+07:00", "2026-12-25T10:00+07:00"])
def test_it_can_be_written_on_any_day(today):
    write_duty(build_reference(), load_calendar(OFFICE).calendar, datetime.fromisoformat(today))
    assert DutyShift.objects.filter(off=True).count() == 1
