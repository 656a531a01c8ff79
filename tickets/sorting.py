"""Who handles a ticket, what it is about and how it is counted: assignee, topic, priority, tags, group, region."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from people.access import TICKET_WORKERS, has_role
from people.models import Region, User, UserGroup
from tickets import journal
from tickets.intake import clean_tags, tags_of
from tickets.models import Ticket, Topic
from tickets.snapshots import hours_of

MOST_TAGS = 20


@transaction.atomic
def take(*, ticket: Ticket, at: datetime, actor: User) -> Ticket:
    """Make it one's own; refused when somebody else was faster."""
    ticket = journal.lock_ticket(ticket, at=at)
    if ticket.assignee_id not in (None, actor.pk):
        raise Refused("ticket.taken", _("Tiket ini sudah ditangani {name}."), name=str(ticket.assignee))
    return _assign(ticket, actor, at=at, actor=actor)


@transaction.atomic
def assign(*, ticket: Ticket, to: User | None, at: datetime, actor: User | None, reason: str = "") -> Ticket:
    """Give a ticket to an agent, or back to the queue with None. A new ticket becomes an open one."""
    return _assign(journal.lock_ticket(ticket, at=at), to, at=at, actor=actor, reason=reason)


@transaction.atomic
def set_topic(*, ticket: Ticket, topic: Topic, at: datetime, actor: User | None, reason: str = "") -> Ticket:
    """The one topic for reporting; on closed tickets a correction."""
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    if topic.pk == ticket.topic_id:
        return ticket
    if not topic.active:
        raise Refused("topic.inactive", _("Topik {label} tidak dipakai lagi. Pilih topik lain."), label=str(topic))
    before = ticket.topic.code if ticket.topic else ""
    journal.save(ticket, topic=topic)
    journal.append(
        ticket, "ticket.topic_set", at=at, actor=actor, from_value=before, to_value=topic.code, reason=reason
    )
    return ticket


@transaction.atomic
def set_priority(*, ticket: Ticket, priority: int, at: datetime, actor: User | None) -> Ticket:
    ticket = journal.lock_ticket(ticket, at=at)
    return _set(ticket, "priority", Ticket.Priority(priority).value, at=at, actor=actor)


@transaction.atomic
def set_tags(*, ticket: Ticket, tags: Iterable[str], at: datetime, actor: User | None) -> Ticket:
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    wanted = clean_tags(tags)
    if len(wanted) > max(MOST_TAGS, len(ticket.tags)):
        raise Refused("ticket.too_many_tags", _("Paling banyak {most} tanda pada satu tiket."), most=MOST_TAGS)
    if wanted != ticket.tags:
        data = {"from": ticket.tags, "to": wanted}
        journal.save(ticket, tags=wanted)
        journal.append(ticket, "ticket.tags_set", at=at, actor=actor, data=data)
    return ticket


@transaction.atomic
def change_tags(
    *, ticket: Ticket, add: Iterable[str] = (), remove: Iterable[str] = (), at: datetime, actor: User | None
) -> Ticket:
    """Put tags on and take tags off, whatever colleagues do with the others meanwhile."""
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    wanted = (set(ticket.tags) | set(clean_tags(add))) - set(tags_of(remove))
    return set_tags(ticket=ticket, tags=wanted, at=at, actor=actor)


@transaction.atomic
def set_subject(*, ticket: Ticket, subject: str, at: datetime, actor: User | None) -> Ticket:
    """What the ticket is called, on closed tickets too; the messages keep their own subjects."""
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    wanted = " ".join(subject.split())[:255]
    if not wanted:
        raise Refused("ticket.needs_subject", _("Perihal masih kosong."))
    if wanted == ticket.subject:
        return ticket
    data = {"from": ticket.subject, "to": wanted}
    journal.save(ticket, subject=wanted)
    journal.append(ticket, "ticket.subject_set", at=at, actor=actor, data=data)
    return ticket


@transaction.atomic
def set_group(*, ticket: Ticket, user_group: str, at: datetime, actor: User | None, reason: str = "") -> Ticket:
    """Correct the requester's group on this ticket; the contact keeps its own."""
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    return _set(ticket, "user_group", UserGroup(user_group).value, at=at, actor=actor, reason=reason)


@transaction.atomic
def set_region(*, ticket: Ticket, region: Region | None, at: datetime, actor: User | None, reason: str = "") -> Ticket:
    """Correct the region; zone and service hours follow, by the calendar as it is now (decisions 11)."""
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    if (region.pk if region else None) == ticket.region_id:
        return ticket
    before, hours_before, window_before = ticket.region, ticket.service_hours, ticket.window_version
    hours = hours_of(region, ticket.created_at)
    journal.save(
        ticket,
        region=region,
        zone=hours.zone,
        service_hours=hours.service_hours,
        window_version=hours.window_version,
    )
    journal.append(
        ticket,
        "ticket.region_set",
        at=at,
        actor=actor,
        reason=reason,
        from_value=before.code if before else "",
        to_value=region.code if region else "",
        data={
            "service_hours": [hours_before, ticket.service_hours],
            "window_version": [window_before, ticket.window_version],
        },
    )
    return ticket


@transaction.atomic
def set_parent(*, ticket: Ticket, parent: Ticket | None, at: datetime, actor: User | None) -> Ticket:
    """Put a ticket under another one that it belongs to; None takes it out. Never in a circle."""
    journal.lock_relations()
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    if (parent.pk if parent else None) == ticket.parent_id:
        return ticket
    if parent is not None:
        parent.refresh_from_db()
        if parent.merged_into_id is not None:
            journal.check_workable(parent, at=at, closed_too=True)
    above = parent
    while above is not None:
        if above.pk == ticket.pk:
            raise Refused("ticket.own_ancestor", _("Tiket tidak dapat menjadi induk dirinya sendiri."))
        above = above.parent
    before = ticket.parent.number if ticket.parent else ""
    journal.save(ticket, parent=parent)
    journal.append(
        ticket, "ticket.parent_set", at=at, actor=actor, from_value=before, to_value=parent.number if parent else ""
    )
    return ticket


def _assign(ticket: Ticket, to: User | None, *, at: datetime, actor: User | None, reason: str = "") -> Ticket:
    if (to.pk if to else None) == ticket.assignee_id:
        return ticket
    if to is not None and not has_role(to, TICKET_WORKERS):
        raise Refused("ticket.not_an_agent", _("{name} bukan agen Layer 1. Pilih agen lain."), name=str(to))
    before, status = ticket.assignee, ticket.status
    if status == Ticket.Status.NEW and to is not None:
        ticket.status = Ticket.Status.OPEN
    journal.save(ticket, "status", at=at, assignee=to)
    journal.append(
        ticket,
        "ticket.assigned",
        at=at,
        actor=actor,
        reason=reason,
        from_value=before.username[:120] if before else "",
        to_value=to.username[:120] if to else "",
        data={"status": [status, ticket.status]},
    )
    return ticket


def _set(ticket: Ticket, name: str, value: Any, *, at: datetime, actor: User | None, reason: str = "") -> Ticket:
    before = getattr(ticket, name)
    if before == value:
        return ticket
    journal.save(ticket, at=at, **{name: value})
    code = {"priority": "ticket.priority_set", "user_group": "ticket.group_set"}[name]
    journal.append(ticket, code, at=at, actor=actor, from_value=str(before), to_value=str(value), reason=reason)
    return ticket
