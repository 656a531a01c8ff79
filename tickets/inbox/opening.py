"""Opening a ticket's page: who looked is logged, what they were told of it is seen, and it is read from then on."""

from datetime import datetime

from kernel.compiled import run
from people.models import AccessLog, User
from tickets.live.announce import users_have_news
from tickets.models import Notification, Ticket, TicketRead

_OPEN = f"""
WITH given AS (SELECT %s::timestamptz AS at, %s::bigint AS "user", %s::bigint AS ticket),
logged AS (
    INSERT INTO {AccessLog._meta.db_table} (at, user_id, action, record, record_id, reason)
    SELECT at, "user", 'ticket.read', '{Ticket._meta.label_lower}', ticket, 'page' FROM given
),
seen AS (
    UPDATE {Notification._meta.db_table} AS notice SET seen_at = given.at FROM given
    WHERE notice.ticket_id = given.ticket AND notice.user_id = given."user" AND notice.seen_at IS NULL
    RETURNING notice.id
),
marked AS (
    INSERT INTO {TicketRead._meta.db_table} (user_id, ticket_id, read_at) SELECT "user", ticket, at FROM given
    ON CONFLICT (user_id, ticket_id) DO UPDATE SET read_at = excluded.read_at
)
SELECT (SELECT count(*) FROM seen), (
    SELECT read_at FROM {TicketRead._meta.db_table} AS kept
    WHERE kept.ticket_id = given.ticket AND kept.user_id = given."user"
) FROM given
"""  # noqa: S608


def open_page(*, ticket: Ticket, at: datetime, actor: User) -> datetime | None:
    """As `log_access`, `mark_ticket_seen` and `mark_read` in one statement, for it is done with every ticket opened.

    Returns until when the ticket had been read before; None on the first visit.
    """
    [(seen, read_at)] = run(_OPEN, [at, actor.pk, ticket.pk])
    if seen:
        users_have_news([actor.pk])
    return read_at
