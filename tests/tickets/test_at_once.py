"""Two people at one ticket at the same time: one move, one event."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from kernel.errors import Refused
from tests import factories as make
from tickets.merging import merge_tickets
from tickets.models import Ticket
from tickets.sorting import take
from tickets.verbs import close


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
