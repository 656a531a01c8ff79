"""The tickets of a list as its rows need them: one statement, written out, since it is run on every look at a list.

A ticket whose split was undone (`splitting.taken_back`) has no row.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet

from kernel.compiled import run
from kernel.languages import gettext as _
from messaging.models import Channel, Message
from messaging.reference import CHANNELS
from people.models import Region, User, UserGroup
from people.reference import REGIONS, STAFF
from tickets.models import Ticket, TicketEntry, Topic
from tickets.reference import TOPICS

_SHOWN = 160  # characters of the last message
_STATEMENT = f"""
SELECT t.id, t.number, t.status, t.priority, t.channel_id, t.topic_id, t.region_id, t.assignee_id, t.user_group, t.zone,
  t.subject, t.created_at, t.last_message_at, t.last_requester_at, t.first_answered_at, t.first_answer_due_at, t.due_at,
  c.name, t.source,
  (SELECT left(m.body, {_SHOWN}) FROM tickets_ticketentry e JOIN messaging_message m ON m.id = e.message_id
   WHERE e.ticket_id = t.id AND e.kind = '{TicketEntry.Kind.MESSAGE}'
   AND m.delivery <> '{Message.Delivery.WITHDRAWN}' ORDER BY e.at DESC, e.id DESC LIMIT 1),
  (SELECT r.read_at FROM tickets_ticketread r WHERE r.ticket_id = t.id AND r.user_id = %s),
  EXISTS (SELECT FROM tickets_draft d WHERE d.ticket_id = t.id AND d.user_id = %s)
FROM tickets_ticket t JOIN people_contact c ON c.id = t.contact_id
WHERE (t.merged_into_id IS NULL OR EXISTS (SELECT FROM tickets_ticketentry e
   WHERE e.ticket_id = t.id AND e.kind = '{TicketEntry.Kind.MESSAGE}'))
AND t.id """  # noqa: S608


class Listed(NamedTuple):
    """What a row knows of its ticket; `said` is the beginning of the last message, `name` the contact's.

    `read_at` and `drafted`, whether a draft waits there, are the reader's.
    """

    pk: int
    number: str
    status: str
    priority: int
    channel_id: int
    topic_id: int | None
    region_id: int | None
    assignee_id: int | None
    user_group: str
    zone: str
    subject: str
    created_at: datetime
    last_message_at: datetime | None
    last_requester_at: datetime | None
    first_answered_at: datetime | None
    first_answer_due_at: datetime | None
    due_at: datetime | None
    name: str
    source: str
    said: str | None
    read_at: datetime | None
    drafted: bool

    @property
    def channel(self) -> Channel:
        return _row(CHANNELS(), Channel, self.channel_id)

    @property
    def topic(self) -> Topic | None:
        return _row(TOPICS(), Topic, self.topic_id) if self.topic_id else None

    def get_status_display(self) -> str:
        return str(Ticket.Status(self.status).label)


class Around:
    """What the tickets of a list point to, in words of the reader's language; each said once."""

    def __init__(self) -> None:
        self._channels, self._topics, self._regions, self._staff = CHANNELS(), TOPICS(), REGIONS(), STAFF()
        self.channel = cache(lambda key: _row(self._channels, Channel, key))
        self.topic = cache(lambda key: str(_row(self._topics, Topic, key)) if key else "")
        self.region = cache(lambda key: str(_row(self._regions, Region, key)) if key else "")
        self.owner = cache(lambda key: str(_row(self._staff, User, key)) if key else str(_("Belum ditugaskan")))
        self.group = cache(lambda value: str(UserGroup(value).label))
        self.priority = cache(lambda value: str(Ticket.Priority(value).label))


def listed(tickets: QuerySet[Ticket] | None, ids: Sequence[int], user: User) -> dict[int, Listed]:
    """Those of these ids that are among `tickets`, by id; all of them when `tickets` is None.

    None is for ids that were just read from tickets the user may see.
    """
    if tickets is None:
        rows = run(f"{_STATEMENT} = ANY(%s)", [user.pk, user.pk, list(ids)])
    else:
        try:
            sql, params = tickets.filter(pk__in=ids).order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(f"{_STATEMENT} IN ({sql})", [user.pk, user.pk, *params])
            rows = cursor.fetchall()
    return {row[0]: Listed._make(row) for row in rows}


def _row(kept: dict[int, Any], model: type[Model], key: int) -> Any:
    """From memory; one that came this very moment by a query of its own."""
    return kept.get(key) or model._default_manager.get(pk=key)
