"""Whatever is done to tickets in whatever order: legal states, one event a move, counts that add up."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import Refused
from tests import factories as make
from tickets import sorting, verbs
from tickets.conversation import add_note, post_reply
from tickets.merging import merge_tickets, unmerge_ticket
from tickets.models import Ticket

MOVES = {
    "reply": lambda t, o, **at: post_reply(ticket=t, text="Baik.", **at),
    "ask": lambda t, o, **at: post_reply(ticket=t, text="Mohon datanya.", waits_for_requester=True, **at),
    "note": lambda t, o, **at: add_note(ticket=t, text="Catatan", **at),
    "wait": lambda t, o, **at: verbs.mark_waiting_requester(ticket=t, **at),
    "layer2": lambda t, o, **at: verbs.mark_waiting_layer2(ticket=t, **at),
    "back": lambda t, o, **at: verbs.layer2_answered(ticket=t, **at),
    "close": lambda t, o, **at: verbs.close(ticket=t, **at),
    "close with topic": lambda t, o, **at: verbs.close(ticket=t, topic=make.topic(), **at),
    "reopen": lambda t, o, **at: verbs.reopen(ticket=t, **at),
    "spam": lambda t, o, **at: verbs.mark_spam(ticket=t, **at),
    "no spam": lambda t, o, **at: verbs.unmark_spam(ticket=t, **at),
    "merge": lambda t, o, **at: merge_tickets(ticket=t, into=o, **at),
    "unmerge": lambda t, o, **at: unmerge_ticket(ticket=t, **at),
    "take": lambda t, o, **at: sorting.take(ticket=t, **at),
}


def state(ticket):
    return (ticket.status, ticket.is_spam, ticket.merged_into_id, ticket.closed_at, ticket.assignee_id)


def do(name, ticket, other, **at):
    """One move on the stored row; checks that it left one event or nothing at all."""
    before, events = Ticket.objects.get(pk=ticket.pk), ticket.events.count()
    try:
        MOVES[name](before, other, **at)
        moved = True
    except Refused:
        moved = False
    after = Ticket.objects.get(pk=ticket.pk)
    new = ticket.events.count() - events
    assert new == (1 if moved else 0) or (name == "take" and state(before) == state(after) and new == 0)
    assert moved or state(before) == state(after)


@given(st.lists(st.tuples(st.sampled_from(sorted(MOVES)), st.integers(0, 2), st.integers(0, 2)), max_size=14))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_lives(db, plan):
    laras, tickets = make.staff("laras"), [make.ticket() for _ in range(3)]
    for step, (name, one, other) in enumerate(plan):
        do(name, tickets[one], tickets[other], at=make.NOW + step * make.MINUTE, actor=laras)
    rows = Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets])
    for row in rows:
        assert row.merged_into is None or row.merged_into.merged_into is None
        assert (row.status == "CLOSED") == (row.closed_at is not None)
        assert not (row.is_spam or row.merged_into) or row.status == "CLOSED"
        assert row.entries.filter(kind="EVENT").count() <= row.events.count()
