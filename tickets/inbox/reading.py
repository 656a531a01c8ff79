"""What someone has read. A ticket is unread while its requester wrote after that."""

from datetime import datetime

from django.db import transaction

from kernel.compiled import run
from people.models import User
from tickets.models import Ticket, TicketRead

_READ = (
    f"INSERT INTO {TicketRead._meta.db_table} (user_id, ticket_id, read_at) VALUES (%s, %s, %s)"  # noqa: S608
    " ON CONFLICT (user_id, ticket_id) DO UPDATE SET read_at = excluded.read_at"
)


def read_until(*, ticket: Ticket, user: User) -> datetime | None:
    return TicketRead.objects.filter(user=user, ticket=ticket).values_list("read_at", flat=True).first()


def mark_read(*, ticket: Ticket, at: datetime, actor: User) -> None:
    """Read up to `at`; one statement."""
    run(_READ, [actor.pk, ticket.pk, at])


def keep_read(*, ticket: Ticket, at: datetime, actor: User) -> None:
    """Read up to `at`, by a page that fetches what is new by itself: what was marked unread stays so."""
    TicketRead.objects.filter(user=actor, ticket=ticket).update(read_at=at)


@transaction.atomic
def mark_unread(*, ticket: Ticket, at: datetime, actor: User) -> None:
    """As if never opened."""
    TicketRead.objects.filter(user=actor, ticket=ticket).delete()
