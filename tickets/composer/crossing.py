"""Replies that cross: what was added to a ticket after someone last looked at it."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.compiled import Compiled
from kernel.errors import Refused
from messaging.models import Message
from people.models import User
from tickets.models import Ticket, TicketEntry

# Besides messages, what changes whether and how one should answer.
_WEIGHTY = ("ticket.layer2_answered", "ticket.layer2_released", "ticket.closed", "ticket.merged", "ticket.spam_marked")
LARGEST_ID = 2**63 - 1


class Crossed(Refused):
    """Something was written or done meanwhile. `seen` is the entry the writer knew last."""

    def __init__(self, seen: int) -> None:
        super().__init__("reply.crossed", _("Ada perkembangan baru di tiket ini sejak Anda membacanya."))
        self.seen = seen


def crossing_entries(ticket: Ticket, *, seen: int, reader: User) -> QuerySet[TicketEntry]:
    """What requester, colleague or Layer 2 added after the entry `seen`; one's own messages from another page too."""
    return _crossing(TicketEntry.objects.all(), ticket=ticket.pk, seen=seen, reader=reader.pk)


def _crossing(rows: QuerySet[TicketEntry], *, ticket: Any, seen: Any, reader: Any) -> QuerySet[TicketEntry]:
    by_someone = Q(message__direction=Message.Direction.IN) | Q(message__author__isnull=False)
    messages = Q(kind=TicketEntry.Kind.MESSAGE) & by_someone & ~Q(message__delivery=Message.Delivery.WITHDRAWN)
    news = messages | Q(kind=TicketEntry.Kind.EVENT, event__code__in=_WEIGHTY)
    rows = rows.filter(news, ticket_id=ticket, pk__gt=seen)
    return rows.exclude(Q(kind=TicketEntry.Kind.EVENT) & Q(author_id=reader))


_ANY = Compiled(lambda rows, **who: _crossing(rows, **who).values_list("pk")[:1], "ticket", "seen", "reader")


def check_crossing(ticket: Ticket, *, seen: int | None, reader: User) -> None:
    """Raises Crossed. The ticket is locked by the caller, so nothing can slip in between."""
    if seen is not None and _ANY(TicketEntry.objects.all(), ticket=ticket.pk, seen=seen, reader=reader.pk):
        raise Crossed(seen)
