"""How tickets and people belong together: children, links between tickets, and who follows one."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock_all
from people.access import TICKET_WORKERS, has_role
from people.models import User
from tickets import journal
from tickets.intake import open_ticket
from tickets.models import Ticket, TicketFollower, TicketLink, Topic
from tickets.sorting import set_parent


@transaction.atomic
def create_child(
    *,
    parent: Ticket,
    text: str,
    subject: str = "",
    topic: Topic | None = None,
    at: datetime,
    actor: User | None,
) -> Ticket:
    """A new ticket of the same requester and channel, for a part of the question that is worked on apart."""
    journal.lock_relations()
    parent = journal.lock_ticket(parent, at=at, closed_too=True)
    child = _of_the_same(parent, text, subject, topic, at, actor)
    return set_parent(ticket=child, parent=parent, at=at, actor=actor)


@transaction.atomic
def create_follow_up(
    *,
    parent: Ticket,
    text: str,
    subject: str = "",
    topic: Topic | None = None,
    at: datetime,
    actor: User | None,
) -> Ticket:
    """A new ticket that goes on where a closed one cannot be reopened any more (rules 2.8); the two are linked."""
    parent = journal.lock_ticket(parent, at=at, closed_too=True)
    new = _of_the_same(parent, text, subject, topic, at, actor)
    link_tickets(ticket=parent, other=new, at=at, actor=actor)
    return new


@transaction.atomic
def link_tickets(*, ticket: Ticket, other: Ticket, at: datetime, actor: User | None) -> TicketLink:
    """Say that two tickets have to do with each other; again changes nothing."""
    if ticket.pk == other.pk:
        raise Refused("link.same", _("Pilih tiket lain untuk ditautkan."))
    ticket, other = lock_all(ticket, other)
    journal.check_workable(ticket, at=at, closed_too=True)
    journal.check_workable(other, at=at, closed_too=True)
    first, second = sorted((ticket, other), key=lambda row: row.pk)
    link, created = TicketLink.objects.get_or_create(
        ticket=first, other=second, defaults={"created_at": at, "created_by": actor}
    )
    if created:
        journal.append(ticket, "ticket.linked", at=at, actor=actor, to_value=other.number)
        journal.append(other, "ticket.linked", at=at, actor=actor, to_value=ticket.number)
    return link


@transaction.atomic
def unlink_tickets(*, ticket: Ticket, other: Ticket, at: datetime, actor: User | None) -> None:
    """Take the link away again."""
    ticket, other = lock_all(ticket, other)
    first, second = sorted((ticket, other), key=lambda row: row.pk)
    gone, _rows = TicketLink.objects.filter(ticket=first, other=second).delete()
    if not gone:
        raise Refused("link.unknown", _("Kedua tiket ini tidak bertautan."))
    journal.append(ticket, "ticket.unlinked", at=at, actor=actor, from_value=other.number)
    journal.append(other, "ticket.unlinked", at=at, actor=actor, from_value=ticket.number)


@transaction.atomic
def follow(*, ticket: Ticket, at: datetime, actor: User) -> Ticket:
    """Be told what happens to the ticket, assigned or not; again changes nothing."""
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    if not has_role(actor, TICKET_WORKERS):
        raise Refused("ticket.not_an_agent", _("{name} bukan agen Layer 1. Pilih agen lain."), name=str(actor))
    _row, created = TicketFollower.objects.get_or_create(ticket=ticket, user=actor, defaults={"since": at})
    if created:
        journal.append(ticket, "ticket.followed", at=at, actor=actor, shown=False)
    return ticket


@transaction.atomic
def unfollow(*, ticket: Ticket, at: datetime, actor: User) -> Ticket:
    """Not any longer; merged tickets too."""
    ticket = lock_all(ticket)[0]
    gone, _rows = TicketFollower.objects.filter(ticket=ticket, user=actor).delete()
    if gone:
        journal.append(ticket, "ticket.unfollowed", at=at, actor=actor, shown=False)
    return ticket


def _of_the_same(
    ticket: Ticket, text: str, subject: str, topic: Topic | None, at: datetime, actor: User | None
) -> Ticket:
    """A new ticket of the same requester, channel, place and group."""
    return open_ticket(
        channel=ticket.channel,
        contact=ticket.contact,
        subject=subject,
        text=text,
        topic=topic,
        region=ticket.region,
        user_group=ticket.user_group,
        source=ticket.source,
        at=at,
        actor=actor,
    )
