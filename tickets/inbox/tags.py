"""The tags in use: on open tickets, and on those of the last three months."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, F, Func, Q, QuerySet

from people.access import TICKET_READERS, has_role
from people.models import User
from tickets.access import visible_tickets
from tickets.models import Ticket

RECENT = timedelta(days=90)
_KEPT = 60  # seconds


def tags_for(user: User, *, prefix: str = "", at: datetime) -> list[tuple[str, int]]:
    """(tag, on how many tickets that the user may see), the most used first; a minute old at most."""
    whose = "all" if has_role(user, TICKET_READERS) else f"user-{user.pk}"
    found = cache.get_or_set(f"tags:{whose}", lambda: _counted(visible_tickets(user), at), _KEPT) or []
    wanted = prefix.strip().lower()
    return [(tag, count) for tag, count in found if tag.startswith(wanted)]


def _counted(tickets: QuerySet[Ticket], at: datetime) -> list[tuple[str, int]]:
    used = tickets.filter(~Q(status=Ticket.Status.CLOSED) | Q(created_at__gte=at - RECENT)).exclude(tags=[])
    rows = used.order_by().annotate(tag=Func(F("tags"), function="unnest")).values("tag").annotate(n=Count("pk"))
    return [(row["tag"], row["n"]) for row in rows.order_by("-n", "tag")]
