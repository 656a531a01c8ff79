"""Both clocks of a ticket: what a deadline is, what each verb does to pauses and deadlines, and who moves them."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from hypothesis import assume, example, given
from hypothesis import strategies as st

from escalation import verbs as escalations
from messaging.channel_verbs import change_channel
from messaging.verbs import store_message
from tests import factories as make
from tests.worktime.cast import NEVER, OFFICE, scenes
from tests.worktime.test_clock_properties import slow
from tickets import conversation, merging, sorting, targets, undo, verbs
from tickets.deadlines import Target, Targets, deadline, moves_of, next_due, pauses_of
from tickets.intake import receive_message
from tickets.models import Ticket
from worktime import verbs as calendars
from worktime.clock import NoOpening, working_between, working_intervals
from worktime.models import Holiday, WorkCalendar

LATER, NEXT = make.NOW + make.HOUR, make.NOW + 2 * make.HOUR


def at(text: str) -> datetime:
    return make.wib(f"2024-08-{text}")


# What a deadline is


def test_a_pause_moves_the_deadline_by_its_working_time():
    assert deadline(OFFICE, at("15 09:30"), 480) == at("16 09:30")
    assert deadline(OFFICE, at("15 09:30"), 480, [(at("15 10:00"), at("15 11:15"))]) == at("16 10:45")
    # From Friday's afternoon over the weekend with its holiday to Monday at nine: an hour and an hour.
    assert deadline(OFFICE, at("16 09:30"), 480, [(at("16 15:00"), at("19 09:00"))]) == at("19 11:30")


@pytest.mark.parametrize(
    "pause",
    [
        ("15 16:00", "16 08:00"),  # the night
        ("17 00:00", "18 23:59"),  # a holiday and a Sunday
        ("15 16:00", "15 16:00"),
        ("19 14:00", "20 10:00"),  # after the deadline
    ],
)
def test_a_pause_outside_service_hours_or_after_the_deadline_moves_nothing(pause):
    assert deadline(OFFICE, at("15 10:00"), 960, [(at(pause[0]), at(pause[1]))]) == at("19 10:00")


def test_an_open_pause_moves_nothing_yet_and_a_calendar_that_never_opens_has_no_deadline():
    assert deadline(OFFICE, at("15 09:30"), 60, [(at("15 10:00"), None)]) == at("15 10:30")
    assert deadline(NEVER, at("15 09:30"), 60) is None


@slow
@given(scenes(span_days=8, moments=9), st.integers(1, 3000))
def test_the_working_time_outside_the_pauses_until_the_deadline_is_the_target(scene, minutes):
    cal, _zone, (start, *moments) = scene
    pauses = list(zip(moments[::2], moments[1::2], strict=True))
    due = deadline(cal, start, minutes, pauses)
    assume(due is not None)
    idle = sum((working_between(cal, min(a, due), min(b, due)) for a, b in pauses), timedelta())
    assert working_between(cal, start, due) - idle == timedelta(minutes=minutes)
    assert all(not paused < due < resumed for paused, resumed in pauses), "it never falls into a pause"
    assert working_intervals(cal, due - timedelta(microseconds=1), due), "and is the first such moment"


@slow
@given(scenes(moments=2), st.integers(1, 600), st.integers(0, 600))
def test_pauses_add_up(scene, minutes, paused):
    """Two pauses one after the other are as good as one."""
    cal, _zone, (start, end) = scene
    middle = start + (end - start) / 2
    try:
        whole = deadline(cal, start, minutes, [(start, end)])
    except NoOpening:
        return
    assert whole == deadline(cal, start, minutes, [(start, middle), (middle, end)])


STATUSES = [status.value for status in Ticket.Status]


@given(st.lists(st.sampled_from(STATUSES), max_size=12))
@example(["CLOSED", "WAITING_REQUESTER", "CLOSED", "OPEN"])
def test_pauses_cover_exactly_the_time_a_ticket_waited_or_was_closed(path):
    moments = [at("15 08:00") + timedelta(minutes=step) for step in range(len(path) + 1)]
    moves = list(zip(moments[1:], path, strict=True))
    pauses = pauses_of(moves)
    assert all(before[1] is not None and before[1] <= after[0] for before, after in pairwise(pauses))
    for moment, status in moves:
        inside = any(a <= moment and (b is None or moment < b) for a, b in pauses)
        closed_for_good = all(later == "CLOSED" for when, later in moves if when >= moment)
        assert inside == (status in ("WAITING_REQUESTER", "CLOSED")) or closed_for_good
    open_ones = [pause for pause in pauses if pause[1] is None]
    assert len(open_ones) == (1 if path and path[-1] == "WAITING_REQUESTER" else 0)


@pytest.mark.parametrize(
    ("status", "answered", "expected"),
    [
        ("NEW", False, "first"), ("OPEN", False, "first"), ("WAITING_LAYER2", False, "first"),
        ("OPEN", True, "resolution"), ("ANSWERED", True, "resolution"), ("ANSWERED", False, "resolution"),
        ("WAITING_REQUESTER", False, None), ("WAITING_REQUESTER", True, None), ("CLOSED", True, None),
    ],
)  # fmt: skip
def test_the_next_deadline_is_of_a_clock_that_runs(status, answered, expected):
    due = {"first": at("15 10:00"), "resolution": at("19 10:00"), None: None}
    said = next_due(status, at("15 09:45") if answered else None, due["first"], due["resolution"])
    assert said == due[expected]


def test_the_target_that_names_more_wins_on_the_day_of_receipt():
    def row(minutes, channel=None, priority=None, begins=date(2024, 1, 1), ends=None):
        return Target(begins, ends, channel, priority, minutes)

    rows = (
        row(100), row(200, priority=30), row(300, channel=1), row(400, channel=1, priority=30),
        row(50, begins=date(2023, 1, 1), ends=date(2024, 1, 1)),
    )  # fmt: skip
    held = Targets(OFFICE, {}, rows)
    assert held.resolution_minutes(2, 20, at("15 09:00")) == 100
    assert held.resolution_minutes(2, 30, at("15 09:00")) == 200
    assert held.resolution_minutes(1, 20, at("15 09:00")) == 300
    assert held.resolution_minutes(1, 30, at("15 09:00")) == 400
    night = datetime(2023, 12, 31, 17, 30, tzinfo=ZoneInfo("UTC"))  # 1 January in Jakarta
    assert held.resolution_minutes(2, 20, night) == 100
    assert held.resolution_minutes(2, 20, night - make.HOUR) == 50
    assert held.resolution_minutes(2, 20, night - 400 * make.DAY) is None


# What verbs do to them


def stored(ticket: Ticket) -> tuple:
    ticket.refresh_from_db()
    return ticket.first_answer_due_at, ticket.resolution_due_at, ticket.due_at


def pauses(ticket: Ticket) -> list[tuple]:
    return list(ticket.pauses.values_list("from_at", "to_at"))


def resolve_within(minutes: int, **key):
    return targets.set_resolution_target(
        valid_from=date(2024, 8, 15), minutes=minutes, at=at("15 00:00"), actor=None, **key
    )


def message(text: str = "Saya tambahkan."):
    number = f"m{make._serial.__next__()}"
    when = {"external_id": number, "contact": make.contact(), "at": make.NOW}
    return store_message(channel=make.channel(), body=text, **when)[0]


@pytest.mark.django_db
def test_a_new_ticket_has_its_deadlines():
    assert stored(make.ticket()) == (at("16 09:30"), None, at("16 09:30"))
    assert stored(make.ticket(channel=make.channel("PHONE"))) == (None, None, None)
    resolve_within(240)
    assert stored(make.ticket()) == (at("16 09:30"), at("15 13:30"), at("15 13:30"))


@pytest.mark.django_db
def test_the_first_reply_ends_the_first_clock_and_closing_the_second():
    resolve_within(960)
    ticket, laras = make.ticket(topic=make.topic()), make.staff("laras")
    conversation.post_reply(ticket=ticket, text="Segera.", at=LATER, actor=laras)
    assert stored(ticket) == (at("16 09:30"), at("19 09:30"), at("19 09:30")), (
        "an answered ticket is still to be closed"
    )
    verbs.close(ticket=ticket, at=NEXT, actor=laras)
    assert stored(ticket) == (at("16 09:30"), at("19 09:30"), None)


@pytest.mark.django_db
def test_what_the_machine_writes_leaves_the_first_clock_running():
    ticket = make.ticket()
    conversation.post_reply(ticket=ticket, text="Kami terima.", at=LATER, actor=None)
    assert stored(ticket)[2] == at("16 09:30")


@pytest.mark.django_db
def test_time_spent_waiting_does_not_count():
    ticket, laras = make.ticket(), make.staff("laras")
    verbs.mark_waiting_requester(ticket=ticket, at=LATER, actor=laras)
    assert (stored(ticket)[2], pauses(ticket)) == (None, [(LATER, None)])
    receive_message(ticket=ticket, message=message(), at=NEXT)
    assert (stored(ticket)[2], pauses(ticket)) == (at("16 10:30"), [(LATER, NEXT)])


@pytest.mark.django_db
def test_time_spent_closed_does_not_count_but_a_late_ticket_stays_late():
    resolve_within(60)
    laras = make.staff("laras")
    late, in_time = make.ticket(topic=make.topic()), make.ticket(topic=make.topic())
    verbs.close(ticket=in_time, at=make.NOW + 30 * make.MINUTE, actor=laras)
    verbs.close(ticket=late, at=NEXT, actor=laras)
    for ticket in (late, in_time):
        verbs.reopen(ticket=ticket, at=make.NOW + 4 * make.HOUR, actor=laras)
    assert stored(late)[1] == LATER
    assert stored(in_time)[1] == make.NOW + 4 * make.HOUR + 30 * make.MINUTE


def _escalated(ticket, laras):
    return escalations.escalate(ticket, unit=make.unit("PK.2"), at=LATER, actor=laras)


def _close_and(move):
    def verb(ticket, laras):
        verbs.close(ticket=ticket, at=LATER, actor=laras)
        move(ticket, laras)

    return verb


# Each verb that moves a status, from the ticket of a test; the second column is whether it then waits.
VERBS = {
    "reply": (lambda t, by: conversation.post_reply(ticket=t, text="Ya.", at=LATER, actor=by), False),
    "reply and wait": (
        lambda t, by: conversation.post_reply(ticket=t, text="?", waits_for_requester=True, at=LATER, actor=by),
        True,
    ),
    "wait": (lambda t, by: verbs.mark_waiting_requester(ticket=t, at=LATER, actor=by), True),
    "the requester writes": (lambda t, by: receive_message(ticket=t, message=message(), at=LATER), False),
    "assign": (lambda t, by: sorting.assign(ticket=t, to=by, at=LATER, actor=by), None),
    "escalate": (_escalated, False),
    "Layer 2 answers": (
        lambda t, by: escalations.answer(_escalated(t, by), answer="Sudah.", at=NEXT, actor=make.staff("damar")),
        False,
    ),
    "recall": (lambda t, by: escalations.recall(_escalated(t, by), reason="Keliru.", at=NEXT, actor=by), False),
    "close": (lambda t, by: verbs.close(ticket=t, at=LATER, actor=by), False),
    "reopen": (_close_and(lambda t, by: verbs.reopen(ticket=t, at=NEXT, actor=by)), False),
    "write after closing": (_close_and(lambda t, by: receive_message(ticket=t, message=message(), at=NEXT)), False),
    "spam": (lambda t, by: verbs.mark_spam(ticket=t, at=LATER, actor=by), False),
    "spam and back": (
        lambda t, by: (
            verbs.mark_spam(ticket=t, at=LATER, actor=by),
            verbs.unmark_spam(ticket=t, at=NEXT, actor=by),
        ),
        None,
    ),
    "merge": (lambda t, by: merging.merge_tickets(ticket=t, into=make.ticket(), at=LATER, actor=by), False),
    "merge and back": (
        lambda t, by: (
            merging.merge_tickets(ticket=t, into=make.ticket(), at=LATER, actor=by),
            merging.unmerge_ticket(ticket=t, at=NEXT, actor=by),
        ),
        None,
    ),
    "priority": (lambda t, by: sorting.set_priority(ticket=t, priority=40, at=LATER, actor=by), None),
}


@pytest.mark.django_db
@pytest.mark.parametrize("waits_before", [False, True], ids=["open", "waiting"])
@pytest.mark.parametrize("name", list(VERBS))
def test_every_verb_keeps_pauses_and_deadlines(name, waits_before):
    move, waits = VERBS[name]
    resolve_within(2400)
    ticket, laras = make.ticket(topic=make.topic()), make.staff("laras")
    if waits_before:
        verbs.mark_waiting_requester(ticket=ticket, at=make.NOW + 10 * make.MINUTE, actor=laras)
    move(ticket, laras)
    ticket.refresh_from_db()
    waits = waits_before if waits is None else waits
    assert ticket.pauses.filter(to_at=None).exists() == waits == (ticket.status == "WAITING_REQUESTER")
    assert pauses(ticket) == pauses_of(moves_of(ticket.events.values_list("at", "code", "to_value")))
    _deadlines_fit(ticket)


def _deadlines_fit(ticket: Ticket) -> None:
    loaded = Targets.load()
    over = [pause for pause in pauses(ticket) if pause[1]]
    due = loaded.resolution_due(ticket.channel_id, ticket.priority, ticket.created_at, over)
    if ticket.status != "CLOSED":
        assert ticket.resolution_due_at == due
        if ticket.first_answered_at is None:
            assert ticket.first_answer_due_at == loaded.first_due(ticket.channel_id, ticket.created_at, over)
    assert ticket.due_at == next_due(
        ticket.status, ticket.first_answered_at, ticket.first_answer_due_at, ticket.resolution_due_at
    )


@pytest.mark.django_db
@pytest.mark.parametrize("waits_before", [False, True], ids=["open", "waiting"])
@pytest.mark.parametrize("name", ["wait", "close", "reopen", "spam", "merge", "escalate", "assign", "priority"])
def test_what_is_taken_back_leaves_no_trace_on_the_clocks(name, waits_before):
    ticket, laras = make.ticket(topic=make.topic()), make.staff("laras")
    if waits_before:
        verbs.mark_waiting_requester(ticket=ticket, at=make.NOW + 10 * make.MINUTE, actor=laras)
    if name == "reopen":
        verbs.close(ticket=ticket, at=make.NOW + 20 * make.MINUTE, actor=laras)
        verbs.reopen(ticket=ticket, at=LATER, actor=laras)
        ticket.refresh_from_db()
        before = [(make.NOW + 10 * make.MINUTE, make.NOW + 20 * make.MINUTE)] if waits_before else []
        due = None
    else:
        before, due = pauses(ticket), stored(ticket)[2]
        VERBS[name][0](ticket, laras)
    undo.undo(ticket=ticket, event=ticket.events.last(), at=LATER, actor=laras)
    assert stored(ticket)[2] == due
    assert pauses(ticket) == before


@pytest.mark.django_db
def test_the_database_holds_one_open_pause_and_no_deadline_of_a_clock_that_stands():
    ticket = verbs.mark_waiting_requester(ticket=make.ticket(), at=LATER, actor=None)
    with pytest.raises(IntegrityError, match="ticket_pause_one_open"), transaction.atomic():
        ticket.pauses.create(from_at=NEXT)
    with pytest.raises(IntegrityError, match="ticket_due_while_clocks_run"), transaction.atomic():
        Ticket.objects.update(due_at=NEXT)


# Who moves them


def channel_target(minutes: int | None):
    channel = make.channel()
    kept = {name: getattr(channel, name) for name in ("label", "label_en", "address", "open_outside_hours", "active")}
    return change_channel(channel, first_answer_minutes=minutes, **kept, at=LATER, actor=None)


@pytest.mark.django_db
def test_a_changed_channel_target_moves_what_waits_for_an_answer():
    waiting, answered, paused, other = (make.ticket(topic=make.topic()) for _ in range(4))
    whatsapp = make.ticket(channel=make.channel("WHATSAPP"))
    laras = make.staff("laras")
    conversation.post_reply(ticket=answered, text="Ya.", at=LATER, actor=laras)
    verbs.mark_waiting_requester(ticket=paused, at=LATER, actor=laras)
    verbs.close(ticket=other, at=LATER, actor=laras)
    channel_target(240)
    assert stored(waiting) == (at("15 13:30"), None, at("15 13:30"))
    assert stored(answered) == (at("16 09:30"), None, None)
    assert stored(paused) == (at("15 13:30"), None, None)
    assert stored(other) == (at("16 09:30"), None, None)
    assert stored(whatsapp)[2] == at("15 09:40")
    channel_target(None)
    assert stored(waiting) == (None, None, None)


@pytest.mark.django_db
def test_a_changed_calendar_moves_open_deadlines_and_leaves_ended_ones():
    waiting, closed = make.ticket(topic=make.topic()), make.ticket(topic=make.topic())
    verbs.close(ticket=closed, at=LATER, actor=None)
    calendars.add_holiday(day=date(2024, 8, 16), name="Libur", kind=Holiday.Kind.NATIONAL, at=LATER, actor=None)
    assert stored(waiting)[2] == at("19 09:30")
    assert stored(closed)[0] == at("16 09:30")
    event = WorkCalendar.objects.get(code="SERVICE").events.model.objects.get(code="calendar.deadlines_moved")
    assert event.data["tickets"] == 1


@pytest.mark.django_db
def test_targets_hold_for_tickets_received_from_their_first_day_on():
    resolve_within(480)
    yesterday = make.ticket(at=at("14 15:00"))
    today, urgent = make.ticket(), make.ticket(priority=40)
    assert [stored(ticket)[1] for ticket in (yesterday, today)] == [None, at("16 09:30")]
    target = resolve_within(240, priority=40)
    assert stored(urgent)[1] == at("15 13:30")
    sorting.set_priority(ticket=today, priority=40, at=LATER, actor=None)
    assert stored(today)[1] == at("15 13:30")
    targets.end_resolution_target(target=target, valid_to=date(2024, 8, 16), at=LATER, actor=None)
    assert stored(make.ticket(at=at("16 09:30"), priority=40))[1] == at("19 09:30")
    assert stored(urgent)[1] == at("15 13:30")
