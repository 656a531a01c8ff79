"""The demonstration's work of today keeps inbox and unit queues alive and touches no bound month."""

from collections import Counter
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command

from chatbot.models import ChatbotSession
from chatbot.versions import published
from consultations.models import Reservation
from djpk.demo import plans
from djpk.demo.coming import write_coming
from djpk.demo.loader import build_reference, build_world
from djpk.demo.open_work import COUNT, write_open_work
from djpk.demo.people import PASSWORD, STAFF
from escalation.models import Escalation
from information.models import PpidRequest
from messaging.models import Message
from people.models import Contact, User
from tests.fixtures_demo import TODAY
from tickets.models import Ticket, TicketEntry
from worktime.clock import working_between
from worktime.loading import OFFICE, load_calendar

NOW = datetime.fromisoformat(TODAY)


def open_tickets():
    return Ticket.objects.filter(number__startswith="DRG-")


def test_the_inbox_is_alive(demo):
    unfinished = open_tickets().exclude(status="CLOSED")
    assert 55 <= unfinished.count() <= 75
    states = Counter(unfinished.order_by().values_list("status", flat=True))
    assert set(states) == {"NEW", "OPEN", "WAITING_REQUESTER", "WAITING_LAYER2", "ANSWERED"}
    assert min(states.values()) >= 4
    assert unfinished.filter(assignee=None).count() >= 5
    assert unfinished.filter(topic=None).exists()
    assert set(unfinished.order_by().values_list("channel__code", flat=True)) == set(plans.AUGUST.cells)
    assert {"WIB", "WITA", "WIT", ""} == set(unfinished.order_by().values_list("zone", flat=True))
    assert {"INSIDE", "OUTSIDE", "UNKNOWN"} == set(unfinished.order_by().values_list("service_hours", flat=True))
    assert TicketEntry.objects.filter(ticket__in=unfinished, kind="NOTE").count() >= 5


def test_unit_queues_are_alive(demo):
    waiting = Escalation.objects.filter(ticket__in=open_tickets())
    states = Counter(waiting.order_by().values_list("status", flat=True))
    assert {"OPEN", "TAKEN", "RETURNED", "ANSWERED"} <= set(states)
    assert len(set(waiting.exclude(status="ANSWERED").values_list("unit__code", flat=True))) >= 5


def test_nothing_of_it_happens_after_today_or_long_before(demo):
    calendar = load_calendar(OFFICE).calendar
    for ticket in open_tickets().prefetch_related("entries"):
        assert all(ticket.created_at <= entry.at <= NOW for entry in ticket.entries.all())
        assert working_between(calendar, ticket.created_at, NOW).total_seconds() / 3600 < 5 * 8
    assert not Message.objects.filter(delivery="QUEUED").exists()


def test_every_whatsapp_ticket_came_out_of_the_chatbot(demo):
    sessions = ChatbotSession.objects.filter(ticket__in=open_tickets(), outcome="HANDED_OVER")
    assert sessions.count() == open_tickets().filter(channel__code="WHATSAPP").count()


def test_the_chatbot_begins_what_comes_by_whatsapp_and_live_chat(demo):
    assert set(published().content["channels"]) == {"WHATSAPP", "LIVE_CHAT"}


def test_consultations_and_requests_are_under_way(demo):
    states = Counter(Reservation.objects.values_list("status", flat=True))
    assert {"REQUESTED", "CHECKED", "CONFIRMED"} <= set(states)
    assert not Reservation.objects.filter(starts_at__lte=NOW).exists()
    assert PpidRequest.objects.filter(status__in=["RECEIVED", "IN_PROGRESS", "EXTENDED"]).count() == 3


def test_the_bound_months_hold_only_their_own_tickets(demo):
    for plan in plans.PLANS:
        start, end = plan.month.bounds()
        assert Ticket.objects.filter(created_at__gte=start, created_at__lt=end).count() == plan.tickets
    assert Ticket.objects.count() == sum(p.tickets for p in plans.PLANS) + open_tickets().count()


def test_loading_again_changes_nothing(demo, capsys):
    before = [model.objects.count() for model in (Ticket, Message, Contact, Reservation)]
    call_command("load_demo", today=TODAY)
    assert "tidak ada yang diubah" in capsys.readouterr().out
    assert [model.objects.count() for model in (Ticket, Message, Contact, Reservation)] == before


@pytest.mark.django_db
def test_today_may_not_fall_among_the_bound_months():
    with pytest.raises(CommandError):
        call_command("load_demo", today="2024-08-20T10:00")
    assert not Ticket.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("today", ["2027-01-03T23:30+07:00", "2026-12-01T06:00+07:00"])
def test_it_is_there_on_a_sunday_night_and_before_the_first_opening_of_a_month(today):
    moment = datetime.fromisoformat(today)
    reference, world = build_reference(), build_world()
    write_open_work(reference, world, moment)
    write_coming(reference, world, moment)
    assert open_tickets().filter(created_at__lte=moment).count() == open_tickets().count() == COUNT
    assert not TicketEntry.objects.filter(at__gt=moment).exists()
    assert Reservation.objects.filter(starts_at__gt=moment).count() >= 6


def test_accounts_are_listed(capsys):
    call_command("demo_accounts")
    listed = capsys.readouterr().out
    assert all(name in listed for name in ("laras", "manajer", "admin", "dering-demo-2024", "PK.7"))


def test_all_accounts_sign_in_with_the_one_password(demo, client, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    assert client.login(username="laras", password=PASSWORD)
    accounts = User.objects.filter(username__in=[colleague.username for colleague in STAFF])
    assert accounts.count() == len(STAFF)
    assert len(set(accounts.values_list("password", flat=True))) == 1
    assert list(accounts.filter(is_superuser=True).values_list("username", flat=True)) == ["admin"]
