"""Tickets as they are stored, in the shape of the columns: for comparing with a file, and for export."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from djpk.records.tickets.checks import Stretch
from kernel.importing.cells import clean_text

_SELECT = """
WITH t AS MATERIALIZED (SELECT * FROM tickets_ticket t {where})
SELECT t.id, t.number, t.created_at, t.channel_id, c.id, c.name, email.value, phone.value, t.user_group,
       t.region_id, t.topic_id, t.subject, first.id, first.body, t.assignee_id, t.status, t.closed_at,
       r.service_score, r.substance_score
FROM t
JOIN people_contact given ON given.id = t.contact_id
JOIN people_contact c ON c.id = coalesce(given.merged_into_id, given.id)
LEFT JOIN tickets_satisfactionrating r ON r.ticket_id = t.id
LEFT JOIN LATERAL (
    SELECT value FROM people_contacthandle h WHERE h.contact_id = c.id AND h.kind = 'EMAIL' ORDER BY h.id LIMIT 1
) email ON true
LEFT JOIN LATERAL (
    SELECT value FROM people_contacthandle h WHERE h.contact_id = c.id AND h.kind = 'PHONE' ORDER BY h.id LIMIT 1
) phone ON true
LEFT JOIN LATERAL (
    SELECT m.id, m.body FROM tickets_ticketentry e JOIN messaging_message m ON m.id = e.message_id
    WHERE e.ticket_id = t.id AND e.kind = 'MESSAGE' AND m.direction = 'IN' ORDER BY e.at, e.id LIMIT 1
) first ON true
ORDER BY t.created_at, t.number
"""
_ESCALATIONS = """
SELECT e.ticket_id, e.escalated_at, u.code, e.answered_at
FROM escalation_escalation e JOIN people_unit u ON u.id = e.unit_id WHERE e.ticket_id = ANY(%s)
"""


@dataclass(slots=True)
class StoredTicket:
    """One ticket; ids for what is looked up, the survivor for a merged contact."""

    id: int
    number: str
    created_at: datetime
    channel_id: int
    contact_id: int
    contact_name: str
    email: str
    phone: str
    user_group: str
    region_id: int | None
    topic_id: int | None
    subject: str
    message_id: int | None
    message: str
    agent_id: int | None
    status: str
    closed_at: datetime | None
    service_score: int | None
    substance_score: int | None
    escalations: list[Stretch] = field(default_factory=list)


def by_numbers(numbers: Sequence[str], lock: bool = False) -> dict[str, StoredTicket]:
    """The tickets that have these numbers; locked until the transaction ends when they are to be changed."""
    if lock:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM tickets_ticket WHERE number = ANY(%s) ORDER BY id FOR UPDATE", [list(numbers)]
            )
    return {one.number: one for one in _read("WHERE t.number = ANY(%s)", [list(numbers)])}


def in_order(start: datetime | None, end: datetime | None, size: int = 2_000) -> Iterator[StoredTicket]:
    """Tickets created in [start, end) by time and number, a page at a time.

    Without merged-away tickets, spam and the simulator's: none of them is a consultation (decisions 22).
    """
    after: tuple[Any, ...] | None = None
    while True:
        clauses = ["t.merged_into_id IS NULL AND NOT t.is_spam AND t.source <> 'SIMULATOR'"]
        params: list[Any] = []
        for clause, values in (
            ("t.created_at >= %s", (start,)),
            ("t.created_at < %s", (end,)),
            ("t.created_at >= %s", after[:1] if after else None),  # lets the index find the page's begin
            ("(t.created_at, t.number) > (%s, %s)", after),
        ):
            if values and values[0] is not None:
                clauses.append(clause)
                params.extend(values)
        where = f"WHERE {' AND '.join(clauses)} ORDER BY t.created_at, t.number LIMIT {size:d}"
        page = _read(where, params)
        yield from page
        if len(page) < size:
            return
        after = (page[-1].created_at, page[-1].number)


def _read(where: str, params: Iterable[Any]) -> list[StoredTicket]:
    with connection.cursor() as cursor:
        cursor.execute(_SELECT.format(where=where), list(params))
        found = [_ticket(row) for row in cursor.fetchall()]
        by_id = {one.id: one for one in found}
        cursor.execute(_ESCALATIONS, [list(by_id)])
        for ticket_id, escalated_at, unit, answered_at in cursor.fetchall():
            by_id[ticket_id].escalations.append(Stretch(escalated_at, unit, answered_at))
    for one in found:
        one.escalations = ordered(one.escalations)
    return found


def _ticket(row: tuple[Any, ...]) -> StoredTicket:
    one = StoredTicket(*row)
    one.email, one.phone = one.email or "", one.phone or ""
    one.subject, one.message = clean_text(one.subject), clean_text(one.message or "")
    one.contact_name = clean_text(one.contact_name)
    return one


def ordered(stretches: Iterable[Stretch]) -> list[Stretch]:
    """By time of hand-over, then unit, then answer (unanswered last): the same order everywhere."""
    return sorted(
        stretches, key=lambda s: (s.escalated_at, s.unit, s.answered_at is None, s.answered_at or s.escalated_at)
    )
