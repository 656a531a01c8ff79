"""The order by deadline is the order of the deadlines, however tickets came to have them."""

from datetime import date
from random import Random

import pytest

from tests import factories as make
from tickets import conversation, sorting, targets, verbs
from tickets.clocks import Clocks
from tickets.deadlines import Targets, next_due
from tickets.inbox.facets import Reader
from tickets.inbox.ordering import DEADLINE, page_of
from tickets.inbox.rows import grouped, rows_of
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
CHANNELS = ("WHATSAPP", "EMAIL", "PHONE", "LIVE_CHAT", "HAI")


def _some(pick: Random) -> None:
    """A ticket somewhere in its life."""
    laras = make.staff("laras")
    start = make.wib("2024-08-14 08:00") + pick.randrange(1900) * make.MINUTE
    code = pick.choice(CHANNELS)
    ticket = make.ticket(channel=make.channel(code), topic=make.topic(), at=start, priority=pick.choice((10, 20, 40)))
    at = start + pick.randrange(300) * make.MINUTE
    match pick.randrange(7):
        case 0:
            conversation.post_reply(ticket=ticket, text="Ya.", at=at, actor=laras)
        case 1:
            verbs.mark_waiting_requester(ticket=ticket, at=at, actor=laras)
        case 2:
            verbs.mark_waiting_requester(ticket=ticket, at=at, actor=laras)
            verbs.close(ticket=ticket, at=at + make.HOUR, actor=laras)
            verbs.reopen(ticket=ticket, at=at + 3 * make.HOUR, actor=laras)
        case 3:
            verbs.close(ticket=ticket, at=at, actor=laras)
        case 4:
            sorting.set_priority(ticket=ticket, priority=30, at=at, actor=laras)


def _expected(ticket: Ticket, held: Targets):
    """Its place, computed anew."""
    pauses = list(ticket.pauses.exclude(to_at=None).values_list("from_at", "to_at"))
    first = ticket.first_answer_due_at
    if ticket.first_answered_at is None:
        first = held.first_due(ticket.channel_id, ticket.created_at, pauses)
    resolution = held.resolution_due(ticket.channel_id, ticket.priority, ticket.created_at, pauses)
    due = next_due(ticket.status, ticket.first_answered_at, first, resolution)
    said = ticket.last_message_at or ticket.created_at
    return (0, due, ticket.pk) if due else (1, -said.timestamp(), -ticket.pk)


@pytest.mark.parametrize("seed", range(3))
def test_pages_by_deadline_hold_what_sorting_all_tickets_gives(seed):
    targets.set_resolution_target(
        valid_from=date(2024, 8, 15), minutes=900, at=make.wib("2024-08-14 07:00"), actor=None
    )
    pick = Random(seed)
    for _ in range(40):
        _some(pick)
    held, still_open = Targets.load(), Ticket.objects.exclude(status="CLOSED")
    expected = [ticket.pk for ticket in sorted(still_open, key=lambda ticket: _expected(ticket, held))]
    found, cursor = [], ""
    while cursor is not None:
        page = page_of(still_open, sort=DEADLINE, cursor=cursor, size=7)
        found, cursor = found + page.ids, page.next
    assert found == expected
    now = make.wib("2024-08-15 10:00")
    reader = Reader(make.staff("laras"), Clocks.load(), now)
    labels = [group.label for group in grouped(rows_of(still_open, found, reader), True)]
    order = ["Lewat tenggat", "Dalam 1 jam", "Lebih dari 1 jam", "Tanpa tenggat"]
    assert labels == [label for label in order if label in labels], "each heading once, in this order"
    late = still_open.filter(due_at__lt=now).count()
    assert sum(len(group.rows) for group in grouped(rows_of(still_open, found, reader), True) if group.late) == late
