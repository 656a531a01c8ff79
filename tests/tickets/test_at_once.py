"""Two people at one ticket at the same time: one move, one event."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from kernel.errors import Refused
from messaging.verbs import store_message
from tests import factories as make
from tickets.intake import receive_message
from tickets.merging import merge_tickets, unmerge_ticket
from tickets.models import Ticket, TicketEntry
from tickets.relations import link_tickets
from tickets.sorting import assign, set_parent, take
from tickets.splitting import split_message
from tickets.undo import last_undoable, undo
from tickets.verbs import close, mark_spam, mark_waiting_requester, reopen


def at_once(*moves):
    """Run the moves in threads; each result, or the code of its refusal."""

    def run(move):
        try:
            return move()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(moves)) as pool:
        return list(pool.map(run, moves))


def test_closing_twice(transactional_db):
    ticket, laras = make.ticket(topic=make.topic()), make.staff("laras")
    results = at_once(*[lambda: close(ticket=ticket, at=make.NOW, actor=laras)] * 4)
    assert results.count("ticket.closed") == 3
    assert ticket.events.filter(code="ticket.closed").count() == 1


def test_taking_at_once(transactional_db):
    ticket, agents = make.ticket(), [make.staff("laras"), make.staff("bima"), make.staff("sekar")]
    results = at_once(*[lambda who=who: take(ticket=ticket, at=make.NOW, actor=who) for who in agents])
    assert results.count("ticket.taken") == 2
    assert ticket.events.filter(code="ticket.assigned").count() == 1


def test_merging_into_each_other(transactional_db):
    first, second = make.ticket(), make.ticket()
    results = at_once(
        lambda: merge_tickets(ticket=first, into=second, at=make.NOW, actor=None),
        lambda: merge_tickets(ticket=second, into=first, at=make.NOW, actor=None),
    )
    assert results.count("ticket.merged") == 1
    assert Ticket.objects.consultations().count() == 1


STATUS_MOVES = {
    "ticket.closed",
    "ticket.reopened",
    "ticket.waiting_requester",
    "ticket.spam_marked",
    "ticket.spam_unmarked",
    "ticket.replied",
}


def check_history(*tickets: Ticket) -> None:
    """What must hold whatever happened: each status follows from the one before, and survivors are no circle."""
    for ticket in tickets:
        ticket.refresh_from_db()
        status = Ticket.Status.NEW.value
        for event in ticket.events.order_by("pk"):
            if event.code in STATUS_MOVES or (event.code == "ticket.undone" and event.to_value in Ticket.Status.values):
                assert event.from_value == status, (event.code, event.from_value, status)
                status = event.to_value
            elif event.code == "ticket.assigned":
                status = event.data["status"][1]
            elif event.code == "ticket.merged":
                status = Ticket.Status.CLOSED.value
            elif event.code == "ticket.unmerged":
                status = event.to_value
        assert ticket.status == status
        assert (ticket.closed_at is not None) == (status == Ticket.Status.CLOSED)
        if ticket.merged_into:
            assert ticket.merged_into.merged_into is None, "a survivor is nobody's part"
        above, steps = ticket.parent, 0
        while above is not None:
            assert above.pk != ticket.pk
            above, steps = above.parent, steps + 1
            assert steps < 10


def test_closing_waiting_and_spam_at_once(transactional_db):
    ticket, laras, bima = make.ticket(topic=make.topic()), make.staff("laras"), make.staff("bima")
    at_once(
        lambda: close(ticket=ticket, at=make.NOW, actor=laras),
        lambda: mark_waiting_requester(ticket=ticket, at=make.NOW, actor=bima),
        lambda: mark_spam(ticket=ticket, at=make.NOW, actor=laras),
        lambda: assign(ticket=ticket, to=bima, at=make.NOW, actor=laras),
        lambda: reopen(ticket=ticket, at=make.NOW, actor=bima),
    )
    check_history(ticket)


def test_two_agents_assign_and_both_stand_in_the_record(transactional_db):
    ticket, laras, bima = make.ticket(), make.staff("laras"), make.staff("bima")
    at_once(
        lambda: assign(ticket=ticket, to=laras, at=make.NOW, actor=bima),
        lambda: assign(ticket=ticket, to=bima, at=make.NOW, actor=laras),
    )
    first, second = ticket.events.filter(code="ticket.assigned").order_by("pk")
    assert (first.from_value, second.from_value) == ("", first.to_value)
    ticket.refresh_from_db()
    assert ticket.assignee.username == second.to_value
    check_history(ticket)


def test_two_merges_into_a_third_and_a_chain(transactional_db):
    first, second, third, fourth = (make.ticket() for _ in range(4))
    at_once(
        lambda: merge_tickets(ticket=first, into=third, at=make.NOW, actor=None),
        lambda: merge_tickets(ticket=second, into=third, at=make.NOW, actor=None),
        lambda: merge_tickets(ticket=third, into=fourth, at=make.NOW, actor=None),
        lambda: merge_tickets(ticket=fourth, into=first, at=make.NOW, actor=None),
    )
    check_history(first, second, third, fourth)
    assert Ticket.objects.filter(merged_into=None).count() >= 1


def test_merging_on_while_a_part_is_separated(transactional_db):
    first, second, third = (make.ticket() for _ in range(3))
    merge_tickets(ticket=first, into=second, at=make.NOW, actor=None)
    results = at_once(
        lambda: merge_tickets(ticket=second, into=third, at=make.NOW, actor=None),
        lambda: unmerge_ticket(ticket=first, at=make.NOW, actor=None),
        lambda: link_tickets(ticket=first, other=third, at=make.NOW, actor=None),
        lambda: close(ticket=third, topic=make.topic(), at=make.NOW, actor=None),
    )
    assert not [result for result in results if isinstance(result, str) and result.startswith("deadlock")]
    check_history(first, second, third)
    assert (first.merged_into, second.merged_into) == (None, third)


def test_one_message_becomes_one_ticket(transactional_db):
    ticket, laras = make.ticket(topic=make.topic()), make.staff("laras")
    how = {"channel": ticket.channel, "contact": ticket.contact, "at": make.NOW}
    message, _new = store_message(external_id="m2", body="Dan DBH?", **how)
    entry = receive_message(ticket=ticket, message=message, at=make.NOW).entries.last()
    results = at_once(
        *[lambda: split_message(entry=entry, at=make.NOW + make.HOUR, actor=laras)] * 3,
        lambda: close(ticket=ticket, at=make.NOW + make.HOUR, actor=laras),
    )
    assert results.count("split.moved") == 2
    assert TicketEntry.objects.filter(message=message).count() == 1
    assert Ticket.objects.count() == 2
    check_history(*Ticket.objects.all())


def test_a_move_is_taken_back_once(transactional_db):
    ticket, laras, bima = make.ticket(topic=make.topic()), make.staff("laras"), make.staff("bima")
    at = make.NOW + make.HOUR
    close(ticket=ticket, at=at, actor=laras)
    event = last_undoable(ticket, at=at, actor=laras)
    results = at_once(
        *[lambda: undo(ticket=ticket, event=event, at=at + make.SECOND, actor=laras)] * 3,
        lambda: reopen(ticket=ticket, at=at + make.SECOND, actor=bima),
    )
    assert sum(not isinstance(result, str) for result in results) == 1
    check_history(ticket)


def test_families_never_close_a_circle(transactional_db):
    first, second, third, fourth = (make.ticket() for _ in range(4))
    set_parent(ticket=first, parent=second, at=make.NOW, actor=None)
    set_parent(ticket=third, parent=fourth, at=make.NOW, actor=None)
    results = at_once(
        lambda: set_parent(ticket=second, parent=third, at=make.NOW, actor=None),
        lambda: set_parent(ticket=fourth, parent=first, at=make.NOW, actor=None),
    )
    assert results.count("ticket.own_ancestor") == 1
    check_history(first, second, third, fourth)
