"""Changing a stored ticket to what a file says (`--update`), one at a time, with what it was in its event."""

from typing import Any

import pgtrigger
from django.db.models.functions import Greatest

from djpk.records.tickets.escalations import write_escalations
from djpk.records.tickets.facts import Facts
from djpk.records.tickets.stored import StoredTicket
from djpk.records.tickets.writing import CLAIMED_BY, TicketWriter, external_id
from escalation.models import Escalation, EscalationEvent, EscalationPause
from kernel.importing.cells import csv_text
from messaging.models import Message
from people.models import Contact
from tickets.deadlines import rebuild
from tickets.models import SatisfactionRating, Ticket, TicketEntry, TicketEvent


def update_ticket(writer: TicketWriter, facts: Facts, line: int) -> None:
    """Take what the file says. The ticket was locked and compared before."""
    stored = facts.stored
    if stored is None:
        raise ValueError(f"{facts.number} is not stored")
    contact_id = _contact(writer, facts, stored)
    agent_id = writer.agent_for(facts)
    zone, hours, version = writer.snapshots(facts)
    Ticket.objects.filter(pk=stored.id).update(
        created_at=facts.created_at,
        channel_id=facts.channel_id,
        contact_id=contact_id,
        user_group=facts.user_group,
        region_id=facts.region_id,
        zone=zone,
        service_hours=hours,
        window_version=version,
        topic_id=facts.topic_id,
        subject=facts.subject,
        assignee_id=agent_id,
        status=facts.status,
        closed_at=facts.closed_at,
        due_at=None,
    )
    _message(facts, stored, contact_id)
    _rating(facts, stored, contact_id, agent_id)
    if facts.escalations != stored.escalations:
        _escalations(writer, facts, stored, agent_id)
    rebuild(Ticket.objects.get(pk=stored.id), at=writer.context.at)
    _event(writer, facts, stored, line)


def _contact(writer: TicketWriter, facts: Facts, stored: StoredTicket) -> int:
    if facts.handles or stored.email or stored.phone:
        writer.contacts.prepare(facts.handles, 1)
        contact_id = writer.contact_for(facts)
        writer.contacts.flush()
        return contact_id
    if facts.contact_name != stored.contact_name:
        Contact.objects.filter(pk=stored.contact_id).update(name=facts.contact_name)
    return stored.contact_id


def _message(facts: Facts, stored: StoredTicket, contact_id: int) -> None:
    if stored.message_id:
        if facts.message != stored.message:
            Message.objects.filter(pk=stored.message_id).update(body=facts.message)
        return
    if not facts.message:
        return
    message = Message.objects.create(
        channel_id=facts.channel_id,
        external_id=external_id(facts.number),
        direction=Message.Direction.IN,
        contact_id=contact_id,
        subject=facts.subject,
        body=facts.message,
        received_at=facts.created_at,
        claimed_by=CLAIMED_BY,
    )
    TicketEntry.objects.create(ticket_id=stored.id, kind="MESSAGE", at=facts.created_at, message=message)
    Ticket.objects.filter(pk=stored.id).update(
        last_message_at=Greatest("last_message_at", facts.created_at),
        last_requester_at=Greatest("last_requester_at", facts.created_at),
    )


def _rating(facts: Facts, stored: StoredTicket, contact_id: int, agent_id: int | None) -> None:
    given = (facts.service_score, facts.substance_score)
    rating = SatisfactionRating.objects.filter(ticket_id=stored.id)
    if facts.service_score is None:
        rating.delete()
        return
    changes: dict[str, Any] = {"contact_id": contact_id, "agent_id": agent_id}
    if given != (stored.service_score, stored.substance_score) or facts.closed_at != stored.closed_at:
        changes |= {"service_score": given[0], "substance_score": given[1], "rated_at": facts.closed_at}
    if not rating.update(**changes):
        SatisfactionRating.objects.create(ticket_id=stored.id, **changes)


def _escalations(writer: TicketWriter, facts: Facts, stored: StoredTicket, agent_id: int | None) -> None:
    """The file's escalations take the place of the stored ones, whose rows stay in the history table.

    Their events go with them, the one case besides retention; the ticket's own event says what they were.
    """
    old = Escalation.objects.filter(ticket_id=stored.id)
    with pgtrigger.ignore("escalation.EscalationEvent:append_only"):
        EscalationEvent.objects.filter(escalation__in=old).delete()
    EscalationPause.objects.filter(escalation__in=old).delete()
    old.update(transferred_from=None)
    old.delete()
    write_escalations([(stored.id, agent_id, facts.escalations)], at=writer.context.at, actor_id=writer.actor_id)


def _event(writer: TicketWriter, facts: Facts, stored: StoredTicket, line: int) -> None:
    event = TicketEvent.objects.create(
        ticket_id=stored.id,
        at=writer.context.at,
        actor_id=writer.actor_id,
        code="ticket.import_updated",
        from_value=stored.status,
        to_value=facts.status,
        data={"file": writer.context.file_name, "line": line, "before": _before(stored)},
    )
    TicketEntry.objects.create(ticket_id=stored.id, kind="EVENT", at=event.at, event=event)


def _before(stored: StoredTicket) -> dict[str, Any]:
    names = ("contact_id", "channel_id", "region_id", "topic_id", "user_group", "agent_id", "subject", "message")
    before: dict[str, Any] = {name: getattr(stored, name) for name in names}
    for name in ("created_at", "closed_at"):
        before[name] = csv_text(getattr(stored, name))
    before["scores"] = [stored.service_score, stored.substance_score]
    before["escalations"] = [[csv_text(s.escalated_at), s.unit, csv_text(s.answered_at)] for s in stored.escalations]
    return before
