"""Writing tickets with all that belongs to them: contact, message, escalations, rating, events, entries.

New ones go in by COPY, a chunk at a time; changed ones one by one. Zone and service hours are snapshots
of the moment the ticket was received (decisions 11); escalations get their scores from their own job.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from djpk.records.agents import AgentIndex
from djpk.records.contacts import ContactWriter
from djpk.records.tickets.escalations import write_escalations
from djpk.records.tickets.facts import Facts
from kernel.importing.copying import copy_rows, next_ids
from kernel.importing.engine import Context
from messaging.models import Message
from people.models import Region
from tickets.deadlines import Targets
from tickets.models import SatisfactionRating, Ticket, TicketEntry, TicketEvent, TicketPause
from worktime.loading import SERVICE, load_calendar
from worktime.service_hours import classify

CLAIMED_BY = "tickets"
_TICKET = (
    "id", "number", "channel", "contact", "topic", "subject", "status", "priority", "assignee", "tags",
    "created_at", "closed_at", "last_message_at", "last_requester_at", "user_group", "region", "zone", "service_hours",
    "window_version", "is_spam", "source", "first_answer_due_at", "resolution_due_at", "due_at",
)  # fmt: skip
_MESSAGE = (
    "id", "channel", "external_id", "direction", "contact", "subject", "body", "received_at", "claimed_by",
    "delivery", "delivery_reason",
)  # fmt: skip
_EVENT = ("id", "ticket", "at", "actor", "code", "from_value", "to_value", "reason", "data")
_ENTRY = ("ticket", "kind", "at", "message", "event", "note")
_PAUSE = ("ticket", "from_at")
_RATING = ("ticket", "agent", "contact", "service_score", "substance_score", "comment", "rated_at")


class Written(NamedTuple):
    """A ticket on its way into the tables, with the ids of its rows."""

    facts: Facts
    line: int
    ticket_id: int
    message_id: int | None
    event_id: int
    contact_id: int
    agent_id: int | None


class TicketWriter:
    """Writes the tickets of one import."""

    def __init__(self, context: Context, agents: AgentIndex) -> None:
        self.context = context
        self.agents = agents
        self.actor_id = context.actor.pk if context.actor else None
        self.contacts = ContactWriter(context.at, self.actor_id, context.file_name)
        self.hours = load_calendar(SERVICE)
        self.targets = Targets.load()
        self.zones: dict[int | None, str] = dict(Region.objects.values_list("id", "zone"))

    def create(self, given: Sequence[tuple[Facts, int]]) -> None:
        """Write new tickets, as (facts, line of the file)."""
        rows = list(self._with_ids(given))
        if not rows:
            return
        self.contacts.flush()
        copy_rows(Message, _MESSAGE, (self._message(one) for one in rows if one.message_id))
        copy_rows(Ticket, _TICKET, (self._ticket(one) for one in rows))
        copy_rows(TicketPause, _PAUSE, ((one.ticket_id, one.facts.created_at) for one in rows if _waits(one.facts)))
        copy_rows(TicketEvent, _EVENT, (self._event(one, "ticket.imported") for one in rows))
        copy_rows(TicketEntry, _ENTRY, (entry for one in rows for entry in self._entries(one)))
        copy_rows(SatisfactionRating, _RATING, (_rating(one) for one in rows if one.facts.service_score is not None))
        write_escalations(
            [(one.ticket_id, one.agent_id, one.facts.escalations) for one in rows if one.facts.escalations],
            at=self.context.at,
            actor_id=self.actor_id,
        )

    def _with_ids(self, given: Sequence[tuple[Facts, int]]) -> Iterator[Written]:
        self.contacts.prepare((handle for facts, _line in given for handle in facts.handles), len(given))
        tickets, events = next_ids(Ticket, len(given)), next_ids(TicketEvent, len(given))
        messages = iter(next_ids(Message, sum(1 for facts, _line in given if facts.message)))
        for (facts, line), ticket_id, event_id in zip(given, tickets, events, strict=True):
            message_id = next(messages) if facts.message else None
            yield Written(facts, line, ticket_id, message_id, event_id, self.contact_for(facts), self.agent_for(facts))

    def contact_for(self, facts: Facts) -> int:
        """The contact with the ticket's handles, or a new one. `contacts.prepare` comes before."""
        return self.contacts.contact_for(
            facts.handles,
            name=facts.contact_name,
            user_group=facts.user_group,
            region_id=facts.region_id,
            created_at=facts.created_at,
        )

    def agent_for(self, facts: Facts) -> int | None:
        """The agent's id, of a new closed account when nobody has the name."""
        if not facts.agent:
            return None
        return self.agents.find_or_make(facts.agent, at=self.context.at, actor=self.context.actor)

    def snapshots(self, facts: Facts) -> tuple[str, str, str]:
        """Zone, service hours and the version of the calendar that classed them."""
        zone = self.zones.get(facts.region_id, "")
        inside = classify(self.hours.calendar, facts.created_at, zone, self.hours.basis)
        return zone, inside, self.hours.version

    def _ticket(self, one: Written) -> tuple[Any, ...]:
        f = one.facts
        asked_at = f.created_at if one.message_id else None
        return (
            one.ticket_id, f.number, f.channel_id, one.contact_id, f.topic_id, f.subject, f.status,
            Ticket.Priority.NORMAL.value, one.agent_id, "{}", f.created_at, f.closed_at,
            asked_at, asked_at, f.user_group, f.region_id, *self.snapshots(f), False,
            Ticket.Source.IMPORT.value, *self._deadlines(f),
        )  # fmt: skip

    def _deadlines(self, facts: Facts) -> Iterable[datetime | None]:
        """Of open tickets. A file does not say since when one waits for its requester: then since receipt."""
        if facts.status == Ticket.Status.CLOSED:
            return None, None, None
        return self.targets.at_start(
            channel_id=facts.channel_id,
            priority=Ticket.Priority.NORMAL,
            created_at=facts.created_at,
            status=facts.status,
        ).values()

    def _message(self, one: Written) -> tuple[Any, ...]:
        f = one.facts
        return (
            one.message_id, f.channel_id, external_id(f.number), "IN", one.contact_id, f.subject, f.message,
            f.created_at, CLAIMED_BY, "RECEIVED", "",
        )  # fmt: skip

    def _event(self, one: Written, code: str) -> tuple[Any, ...]:
        data = json.dumps({"file": self.context.file_name, "line": one.line})
        return one.event_id, one.ticket_id, self.context.at, self.actor_id, code, "", one.facts.status, "", data

    def _entries(self, one: Written) -> Iterator[tuple[Any, ...]]:
        if one.message_id:
            yield one.ticket_id, "MESSAGE", one.facts.created_at, one.message_id, None, ""
        yield one.ticket_id, "EVENT", self.context.at, None, one.event_id, ""


def _waits(facts: Facts) -> bool:
    return facts.status == Ticket.Status.WAITING_REQUESTER


def _rating(one: Written) -> tuple[Any, ...]:
    f = one.facts
    return one.ticket_id, one.agent_id, one.contact_id, f.service_score, f.substance_score, "", f.closed_at


def external_id(number: str) -> str:
    """The id of an imported ticket's message within its channel."""
    return f"import:{number}"
