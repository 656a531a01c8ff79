"""What belongs to a ticket: children, links, tickets merged into it, followers; and tickets to choose from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Left

from kernel.compiled import Compiled
from people.models import User
from people.reference import STAFF
from tickets.access import visible_tickets
from tickets.models import Ticket, TicketEntry, TicketFollower, TicketLink
from tickets.search.results import find
from tickets.splitting import not_taken_back

_MOST = 8
_SAID = 100  # characters
_SHOWN_WITH = ("channel", "contact", "topic", "assignee")


@dataclass(frozen=True, slots=True)
class Relatives:
    """`done` of the children are closed. `followed` says whether the reader follows the ticket."""

    children: list[Ticket]
    done: int
    links: list[Ticket]
    merged: list[Ticket]
    followers: list[User]
    followed: bool

    @property
    def share(self) -> float:
        return self.done / len(self.children) if self.children else 0.0


def _linked(rows: QuerySet[Ticket], ticket: Any) -> QuerySet[Ticket]:
    out = TicketLink.objects.filter(ticket_id=ticket).values_list("other")
    back = TicketLink.objects.filter(other_id=ticket).values_list("ticket")
    return _shown(rows.filter(pk__in=out.union(back)))


def _shown(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return with_said(rows.select_related("contact")).order_by("created_at", "pk")


def with_said(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With `said`, how the question begins: what a ticket without a subject is called in a line."""
    messages = TicketEntry.objects.filter(ticket=OuterRef("pk"), kind=TicketEntry.Kind.MESSAGE).order_by("at", "pk")
    return rows.annotate(said=Subquery(messages.values(words=Left("message__body", _SAID))[:1]))


def _below(rows: QuerySet[Ticket], ticket: Any) -> QuerySet[Ticket]:
    return _shown(rows.filter(Q(parent_id=ticket) | Q(merged_into_id=ticket)).filter(not_taken_back()))


_BELOW = Compiled(_below, "ticket")
_LINKED = Compiled(_linked, "ticket")
_FOLLOWERS = Compiled(lambda rows, ticket: rows.filter(ticket_id=ticket), "ticket")


def relatives_of(ticket: Ticket, reader: User) -> Relatives:
    """Three queries, one more for a parent without a subject; tickets the reader may not see are left out."""
    visible = visible_tickets(reader)
    below, links = _BELOW(visible, ticket=ticket.pk), _LINKED(visible, ticket=ticket.pk)
    if ticket.parent and not ticket.parent.subject:
        ticket.parent = with_said(Ticket.objects.all()).get(pk=ticket.parent.pk)
    children = [row for row in below if row.parent_id == ticket.pk and row.merged_into_id is None]
    staff = STAFF()
    rows = _FOLLOWERS(TicketFollower.objects.all(), ticket=ticket.pk)
    followers = [staff.get(row.user_id) or row.user for row in rows]
    return Relatives(
        children,
        sum(row.status == Ticket.Status.CLOSED for row in children),
        links,
        [row for row in below if row.merged_into_id == ticket.pk],
        followers,
        reader in followers,
    )


def candidates(ticket: Ticket, reader: User, text: str, now: datetime) -> list[Ticket]:
    """Tickets to merge or link with: by number, subject or name; without text the requester's other open ones."""
    rows = visible_tickets(reader).filter(merged_into=None, is_spam=False).exclude(pk=ticket.pk)
    rows = with_said(rows.select_related(*_SHOWN_WITH))
    if not text.strip():
        return list(open_ones(rows, ticket)[:_MOST])
    ids = find(text, reader, now, size=2 * _MOST).ids
    found = {row.pk: row for row in rows.filter(pk__in=ids)}
    return [found[pk] for pk in ids if pk in found][:_MOST]


def open_ones(rows: QuerySet[Ticket], ticket: Ticket) -> QuerySet[Ticket]:
    """The requester's other tickets that are not closed, newest first."""
    rows = rows.filter(contact_id=ticket.contact_id).exclude(pk=ticket.pk)
    return rows.exclude(status=Ticket.Status.CLOSED).order_by("-created_at", "-pk")
