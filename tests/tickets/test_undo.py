"""What one has just done is taken back exactly; what is old, foreign or overtaken stays."""

import pytest

from escalation.verbs import escalate
from kernel.errors import Refused
from tests import factories as make
from tickets import conversation, sorting, verbs
from tickets.merging import merge_tickets
from tickets.models import Ticket, TicketPause
from tickets.undo import last_undoable, undo

AT = make.NOW + make.HOUR
SOON = AT + 10 * make.SECOND


@pytest.fixture
def laras(db):
    return make.staff("laras")


@pytest.fixture
def ticket(laras):
    return make.ticket(topic=make.topic("DBH"), tags=["thr"])


def take_back(ticket: Ticket, who, at=SOON) -> Ticket:
    event = last_undoable(ticket, at=AT, actor=who)
    assert event is not None
    return undo(ticket=ticket, event=event, at=at, actor=who)


def state(ticket: Ticket) -> dict:
    row = Ticket.objects.filter(pk=ticket.pk).values().get()
    return row | {"pauses": list(TicketPause.objects.filter(ticket=ticket).values("from_at", "to_at"))}


MOVES = {
    "close": lambda t, how: verbs.close(ticket=t, topic=make.topic("DAU"), **how),
    "wait": lambda t, how: verbs.mark_waiting_requester(ticket=t, **how),
    "spam": lambda t, how: verbs.mark_spam(ticket=t, **how),
    "take": lambda t, how: sorting.take(ticket=t, **how),
    "topic": lambda t, how: sorting.set_topic(ticket=t, topic=make.topic("DAU"), **how),
    "priority": lambda t, how: sorting.set_priority(ticket=t, priority=40, **how),
    "tags": lambda t, how: sorting.change_tags(ticket=t, add=["guru"], remove=["thr"], **how),
    "group": lambda t, how: sorting.set_group(ticket=t, user_group="KL", **how),
    "region": lambda t, how: sorting.set_region(ticket=t, region=make.region("91.03"), **how),
    "no region": lambda t, how: sorting.set_region(ticket=t, region=None, **how),
    "subject": lambda t, how: sorting.set_subject(ticket=t, subject="Penyaluran DBH", **how),
    "merge": lambda t, how: merge_tickets(ticket=t, into=make.ticket(), **how),
    "child": lambda t, how: sorting.set_parent(ticket=t, parent=make.ticket(), **how),
}


@pytest.mark.parametrize("name", MOVES)
def test_everything_is_as_it_was(ticket, laras, name):
    before = state(ticket)
    MOVES[name](ticket, {"at": AT, "actor": laras})
    assert state(ticket) != before
    take_back(ticket, laras)
    assert state(ticket) == before
    codes = list(ticket.events.values_list("code", flat=True))
    assert len(codes) == 3, "opened, done, undone: nothing is struck from the record"


def test_a_close_taken_back_leaves_the_ticket_waiting_as_before(ticket, laras):
    waiting = verbs.mark_waiting_requester(ticket=ticket, at=make.NOW + make.MINUTE, actor=laras)
    before = state(waiting)
    verbs.close(ticket=ticket, at=AT, actor=laras)
    take_back(ticket, laras)
    assert state(ticket) == before


def test_reopening_is_taken_back_with_the_time_of_closing(ticket, laras):
    verbs.close(ticket=ticket, at=make.NOW + make.MINUTE, actor=laras)
    before = state(ticket)
    verbs.reopen(ticket=ticket, at=AT, actor=laras)
    take_back(ticket, laras)
    assert state(ticket) == before


def test_an_escalation_is_recalled(ticket, laras):
    escalation = escalate(ticket, unit=make.unit("PK.2"), at=AT, actor=laras)
    after = take_back(ticket, laras)
    escalation.refresh_from_db()
    assert (escalation.status, after.status) == ("RECALLED", "NEW")


def test_a_redo_of_the_undo_is_refused(ticket, laras):
    verbs.close(ticket=ticket, at=AT, actor=laras)
    event = last_undoable(ticket, at=AT, actor=laras)
    undo(ticket=ticket, event=event, at=SOON, actor=laras)
    with pytest.raises(Refused, match=r"undo\.overtaken"):
        undo(ticket=ticket, event=event, at=SOON, actor=laras)


def test_who_when_and_what_may_be_taken_back(ticket, laras):
    verbs.mark_waiting_requester(ticket=ticket, at=AT, actor=laras)
    event = last_undoable(ticket, at=AT, actor=laras)
    with pytest.raises(Refused, match=r"undo\.not_yours"):
        undo(ticket=ticket, event=event, at=SOON, actor=make.staff("bima"))
    with pytest.raises(Refused, match=r"undo\.too_late"):
        undo(ticket=ticket, event=event, at=AT + make.HOUR, actor=laras)
    with pytest.raises(Refused, match=r"undo\.impossible"):
        undo(ticket=make.ticket(), event=event, at=SOON, actor=laras)
    conversation.post_reply(ticket=ticket, text="Nomor surat?", at=SOON, actor=laras)
    with pytest.raises(Refused, match=r"undo\.overtaken"):
        undo(ticket=ticket, event=event, at=SOON, actor=laras)
    assert last_undoable(ticket, at=SOON, actor=laras) is None, "a reply has its own way back"


def test_a_colleagues_change_of_something_else_does_not_matter(ticket, laras):
    sorting.set_topic(ticket=ticket, topic=make.topic("DAU"), at=AT, actor=laras)
    sorting.set_priority(ticket=ticket, priority=40, at=AT + make.SECOND, actor=make.staff("bima"))
    after = take_back(ticket, laras)
    assert (after.topic.code, after.priority) == ("DBH", 40)


def test_an_undone_assignment_keeps_a_status_that_moved_on(ticket, laras):
    sorting.take(ticket=ticket, at=AT, actor=laras)
    verbs.mark_waiting_requester(ticket=ticket, at=AT + make.SECOND, actor=laras)
    after = take_back(ticket, laras)
    assert (after.assignee, after.status) == (None, "WAITING_REQUESTER")
