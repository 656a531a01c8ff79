"""Reminders of deadlines: whom they reach, when, once, and anew when a deadline has moved."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from messaging.verbs import store_message
from people.models import User
from tests import factories as make
from tickets import conversation, sorting, targets, verbs
from tickets.intake import receive_message
from tickets.models import Notification, Ticket
from tickets.notices import verbs as notices
from tickets.notices.reminders import remind

SOON = make.wib("2024-08-15 15:30")  # an e-mail of 9.30 is due on the 16th at 9.30: two hours of work are left
DUE = make.wib("2024-08-16 09:30")


@pytest.fixture
def laras(db):
    return make.staff("laras")


@pytest.fixture
def sekar(db):
    return make.staff("sekar")


def told() -> list[tuple[str, str, str]]:
    rows = Notification.objects.exclude(code="assigned").select_related("user").order_by("pk")
    return sorted((row.user.username, row.code, row.data["clock"]) for row in rows)


def assigned(to: User, **fields) -> Ticket:
    return sorting.take(ticket=make.ticket(**fields), at=make.NOW, actor=to)


def test_assignee_and_supervisor_hear_before_the_deadline_and_when_it_has_passed(laras, sekar):
    make.staff("bima")
    assigned(laras)
    assert remind(at=SOON - make.MINUTE) == 0
    assert remind(at=SOON) == 2
    before = [("laras", "due_soon", "first_answer"), ("sekar", "due_soon", "first_answer")]
    assert told() == before
    assert remind(at=DUE - make.MINUTE) == 0
    assert remind(at=DUE) == 2
    assert told() == sorted([*before, ("laras", "overdue", "first_answer"), ("sekar", "overdue", "first_answer")])
    assert remind(at=DUE + make.HOUR) == 0


def test_what_nobody_has_taken_is_the_supervisors(laras, sekar):
    make.ticket()
    remind(at=DUE)
    assert told() == [("sekar", "overdue", "first_answer")]


def test_nothing_is_said_of_clocks_that_stand_or_have_ended(laras, sekar):
    answered, waiting, closed = (assigned(laras, topic=make.topic()) for _ in range(3))
    conversation.post_reply(ticket=answered, text="Ya.", at=make.NOW, actor=laras)
    verbs.mark_waiting_requester(ticket=waiting, at=make.NOW, actor=laras)
    verbs.close(ticket=closed, at=make.NOW, actor=laras)
    assert remind(at=SOON) == remind(at=DUE) == 0


def test_a_deadline_that_has_moved_is_told_anew(laras, sekar):
    ticket = assigned(laras)
    remind(at=SOON)
    verbs.mark_waiting_requester(ticket=ticket, at=SOON, actor=laras)
    assert remind(at=DUE) == 0
    message, _new = store_message(channel=ticket.channel, external_id="r1", contact=ticket.contact, body="Ini.", at=DUE)
    receive_message(ticket=ticket, message=message, at=DUE)
    ticket.refresh_from_db()
    assert ticket.due_at == make.wib("2024-08-16 11:30")
    remind(at=DUE + make.MINUTE)
    assert Notification.objects.filter(ticket=ticket, user=laras, code="due_soon").count() == 2


def test_the_resolution_clock_reminds_too_also_after_the_answer(laras, sekar):
    targets.set_resolution_target(valid_from=date(2024, 8, 15), minutes=960, at=make.NOW, actor=None)
    ticket = assigned(laras)
    remind(at=DUE)
    conversation.post_reply(ticket=ticket, text="Ya.", at=DUE + make.MINUTE, actor=laras)
    remind(at=make.wib("2024-08-16 13:30"))
    assert ("laras", "due_soon", "resolution") in told()
    assert ("laras", "overdue", "first_answer") in told()
    remind(at=make.wib("2024-08-19 09:30"))
    assert ("sekar", "overdue", "resolution") in told()


def test_who_left_or_switched_it_off_is_left_in_peace(laras, sekar):
    assigned(laras)
    User.objects.filter(pk=laras.pk).update(is_active=False)
    notices.choose(user=sekar, codes=["overdue"])
    assert remind(at=SOON) == 0
    assert remind(at=DUE) == 1
    assert told() == [("sekar", "overdue", "first_answer")]


def test_a_deadline_long_gone_is_left_to_the_inbox(laras, sekar):
    assigned(laras, at=make.wib("2024-08-01 09:30"))
    assert remind(at=DUE) == 0


def test_a_sweep_costs_the_same_however_many_tickets_there_are(laras, sekar, django_assert_max_num_queries):
    for minute in range(60):
        assigned(laras, at=make.NOW - timedelta(seconds=minute))
    with django_assert_max_num_queries(14):
        assert remind(at=DUE + make.MINUTE) == 120
    with django_assert_max_num_queries(12):
        assert remind(at=DUE + make.MINUTE) == 0


def test_two_sweeps_at_once_tell_once(transactional_db):
    laras = make.staff("laras")
    make.staff("sekar")
    for _ in range(10):
        assigned(laras)

    def sweep(_number):
        try:
            return remind(at=DUE)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sweep, range(4)))
    assert len(told()) == 20
