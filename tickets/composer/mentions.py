"""Colleagues who are named in notes with @username: who may be, and telling them."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from people.access import TICKET_READERS
from people.models import Role, User
from tickets.inbox.wording import names_in
from tickets.models import Ticket, TicketEntry
from tickets.notices.verbs import notify_mention

_OFFERED = 8


def mentionable(ticket: Ticket) -> QuerySet[User]:
    """Active staff who may read the ticket (`tickets.access.visible_tickets`), by name."""
    readers = Q(is_superuser=True) | Q(roles__role__in=TICKET_READERS)
    asked = Ticket.objects.filter(pk=ticket.pk).values("escalations__unit__code")
    layer2 = Q(roles__role=Role.AGENT_L2, roles__unit__code__in=asked)
    found = User.objects.filter(readers | layer2, is_active=True)
    return found.distinct().order_by("display_name", "username")


def offered(ticket: Ticket, typed: str, *, but: User) -> list[User]:
    """Whom the composer offers after "@" and these letters: those whose name or username has a word like it."""
    found = mentionable(ticket).exclude(pk=but.pk)
    if typed:
        word = Q(display_name__istartswith=typed) | Q(display_name__icontains=f" {typed}")
        found = found.filter(word | Q(username__istartswith=typed))
    return list(found[:_OFFERED])


def tell_mentioned(*, entry: TicketEntry, text: str, at: datetime, actor: User | None) -> list[User]:
    """Tell those named in a note that may read it; returns them. Called with the ticket locked."""
    names = names_in(text)
    if not names:
        return []
    named = mentionable(entry.ticket).annotate(low=Lower("username")).filter(low__in=names)
    users: list[User] = [user for user in named if actor is None or user.pk != actor.pk]
    notify_mention(entry=entry, users=users, at=at, actor=actor)
    return users
