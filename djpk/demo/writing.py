"""Storing drafts as rows: contacts, tickets, their messages, events and entries, escalations, ratings, sessions.

Demonstration rows are history that already happened, so they are inserted as they ended instead of being led
through the verbs; codes and states are those the verbs would have left.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model

from chatbot.models import ChatbotSession
from djpk.demo.copying import insert
from djpk.demo.drafts import Draft
from djpk.demo.people import Person
from djpk.demo.timing import Layer2
from escalation.models import Escalation, EscalationEvent
from messaging.models import Channel, Message
from people.models import Contact, ContactHandle, Region, Unit, User
from tickets.models import SatisfactionRating, Ticket, TicketEntry, TicketEvent, Topic

CHATBOT = "WHATSAPP"
CHATS = ("WHATSAPP", "LIVE_CHAT")


@dataclass
class Reference:
    """Rows that the migrations and the staff accounts brought, by code."""

    channels: dict[str, Channel]
    topics: dict[str, Topic]
    units: dict[str, Unit]
    regions: dict[str, Region]
    users: dict[str, User]
    experts: dict[str, list[User]]  # unit code: its Layer 2 agents
    window_version: str
    contacts: dict[int, Contact] = field(default_factory=dict)  # person's serial: row

    def contact(self, person: Person) -> Contact:
        return self.contacts[person.serial]

    def add_contacts(self, people: Iterable[tuple[Person, datetime]]) -> None:
        """Insert the people that have no contact yet, with phone and mail; `at` is when they were first seen."""
        fresh: dict[int, tuple[Person, datetime]] = {}
        for person, at in people:
            known = fresh.get(person.serial)
            if person.serial not in self.contacts and (known is None or at < known[1]):
                fresh[person.serial] = person, at
        rows = {serial: self._contact(person, at) for serial, (person, at) in fresh.items()}
        insert(rows.values())
        self.contacts.update(rows)
        insert(
            ContactHandle(contact=rows[serial], kind=kind, value=value, verified=True)
            for serial, (person, _) in fresh.items()
            for kind, value in (("EMAIL", person.email), ("PHONE", person.phone))
        )

    def _contact(self, person: Person, at: datetime) -> Contact:
        return Contact(
            name=person.name, user_group=person.group, region=self.regions.get(person.region),
            organization=person.organization, position=person.position, created_at=at,
        )  # fmt: skip


def _at(entry: TicketEntry) -> datetime:
    return entry.at


@dataclass
class Page:
    """Rows of many tickets on their way to the database, kept apart by table."""

    tickets: list[Ticket] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    events: list[TicketEvent] = field(default_factory=list)
    entries: list[TicketEntry] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    escalation_events: list[EscalationEvent] = field(default_factory=list)
    ratings: list[SatisfactionRating] = field(default_factory=list)
    sessions: list[ChatbotSession] = field(default_factory=list)
    named: list[tuple[TicketEvent, Model]] = field(default_factory=list)

    def insert(self) -> None:
        """Everything, parents first. Entries of a moment keep the order in which they were added."""
        for name in ("tickets", "messages", "escalations"):
            insert(getattr(self, name))
        for event, row in self.named:
            event.data[str(row._meta.model_name)] = row.pk
        for name in ("events", "escalation_events", "ratings", "sessions"):
            insert(getattr(self, name))
        self.entries.sort(key=_at)
        insert(self.entries)


@dataclass
class Story:
    """Adds what happens to one ticket, step by step, as the tickets' verbs would have written it."""

    page: Page
    reference: Reference
    ticket: Ticket
    agent: User | None
    _count: int = 0

    def event(self, at: datetime, code: str, actor: User | None = None, *, shown: bool = True, **more: Any) -> None:
        """An event; `shown` puts a line of its own on the ticket."""
        event = TicketEvent(ticket=self.ticket, at=at, actor=actor, code=code, **more)
        self.page.events.append(event)
        if shown:
            self.page.entries.append(TicketEntry(ticket=self.ticket, kind="EVENT", at=at, event=event, author=actor))

    def status(
        self, at: datetime, code: str, to: str, actor: User | None = None, *, about: Model | None = None, **more: Any
    ) -> None:
        """A move of the status. `about` is a row that the event's data shall name, once it has a key."""
        self.event(at, code, actor, from_value=self.ticket.status, to_value=to, **more)
        self.ticket.status = to
        if about is not None:
            self.page.named.append((self.page.events[-1], about))

    def asked(self, at: datetime, body: str) -> None:
        """The requester writes; an answered ticket is open again."""
        message = self._message(at, body, None)
        to = "OPEN" if self.ticket.status in ("ANSWERED", "WAITING_REQUESTER") else self.ticket.status
        self.status(at, "ticket.message_received", to, about=message, shown=False)

    def opened(self, at: datetime, body: str) -> None:
        """The first message."""
        self.event(at, "ticket.opened", shown=False, to_value=self.ticket.status)
        self._message(at, body, None)

    def replied(self, at: datetime, body: str, *, asks_back: bool = False) -> None:
        """The agent writes."""
        message = self._message(at, body, self.agent)
        to = "WAITING_REQUESTER" if asks_back else "ANSWERED"
        self.status(at, "ticket.replied", to, self.agent, about=message, shown=False)

    def _message(self, at: datetime, body: str, author: User | None) -> Message:
        self._count += 1
        message = Message(
            channel=self.ticket.channel, external_id=f"demo-{self.ticket.number}-{self._count}",
            direction="OUT" if author else "IN", contact=self.ticket.contact, author=author,
            subject=self.ticket.subject if self.ticket.channel.code in ("EMAIL", "HAI") else "", body=body,
            received_at=at, claimed_by="tickets", delivery="DELIVERED" if author else "RECEIVED",
        )  # fmt: skip
        self.page.messages.append(message)
        self.page.entries.append(TicketEntry(ticket=self.ticket, kind="MESSAGE", at=at, message=message, author=author))
        self.ticket.last_message_at = at
        if author is None:
            self.ticket.last_requester_at = at
        return message


def write_month(page: Page, reference: Reference, drafts: list[Draft], *, chatbot: bool) -> None:
    """Add a month's drafts to the page; contacts are inserted at once."""
    reference.add_contacts((draft.person, draft.life.created_at) for draft in drafts)
    for draft in drafts:
        story = _begin(page, reference, draft)
        _tell(story, draft)
        if chatbot and draft.row.channel == CHATBOT:
            page.sessions.append(_session(story.ticket, draft.row.index))


def _begin(page: Page, reference: Reference, draft: Draft) -> Story:
    row, life = draft.row, draft.life
    ticket = Ticket(
        number=draft.number, channel=reference.channels[row.channel], contact=reference.contact(draft.person),
        topic=reference.topics[row.topic], subject=draft.words.subject[:255], assignee=reference.users[draft.agent],
        created_at=life.created_at, first_answered_at=life.first_answered_at, closed_at=life.closed_at,
        user_group=row.group, region=reference.regions.get(draft.person.region), zone=draft.zone,
        service_hours=draft.hours, window_version=reference.window_version,
    )  # fmt: skip
    page.tickets.append(ticket)
    return Story(page, reference, ticket, reference.users[draft.agent])


def _tell(story: Story, draft: Draft) -> None:
    """The whole life of a closed ticket."""
    life, words, agent = draft.life, draft.words, story.agent
    story.opened(life.created_at, words.question)
    taken = life.first_answered_at - min((life.first_answered_at - life.created_at) / 3, timedelta(minutes=6))
    story.event(taken, "ticket.assigned", agent, to_value=draft.agent, data={"status": ["NEW", "OPEN"]})
    story.ticket.status = "OPEN"
    if life.layer2:
        story.replied(life.first_answered_at, words.acknowledgement)
        _escalate(story, draft, life.layer2)
        story.replied(life.replied_at, words.answer)
    elif words.ask and draft.row.channel in CHATS:
        story.replied(life.first_answered_at, words.ask, asks_back=True)
        story.asked(life.first_answered_at + timedelta(minutes=3), words.detail)
        story.replied(life.replied_at + timedelta(minutes=8), words.answer)
    else:
        story.replied(life.replied_at, words.answer)
    if draft.row.channel != "PHONE" and draft.row.index % 9 in (0, 2, 5, 7):
        story.asked(life.replied_at + timedelta(minutes=12 + draft.row.index % 11), words.thanks)
    story.status(life.closed_at, "ticket.closed", "CLOSED", agent)
    _rate(story, draft)


def _escalate(story: Story, draft: Draft, life: Layer2) -> None:
    unit = story.reference.units[draft.row.unit]
    experts = story.reference.experts[unit.code]
    expert = experts[draft.row.index % len(experts)]
    escalation = Escalation(
        ticket=story.ticket, unit=unit, status="ANSWERED", question=draft.words.to_unit, escalated_at=life.escalated_at,
        escalated_by=story.agent, taken_at=life.taken_at, taken_by=expert, answered_at=life.answered_at,
        answered_by=expert, answer=draft.words.unit_answer, closed_at=life.answered_at,
    )  # fmt: skip
    story.page.escalations.append(escalation)
    steps: tuple[tuple[datetime, str, User | None, str, str, dict[str, str]], ...] = (
        (life.escalated_at, "escalation.opened", story.agent, "", "OPEN", {"unit": unit.code}),
        (life.taken_at, "escalation.taken", expert, "OPEN", "TAKEN", {"user": expert.username}),
        (life.answered_at, "escalation.answered", expert, "TAKEN", "ANSWERED", {}),
    )
    story.page.escalation_events += [
        EscalationEvent(
            escalation=escalation, at=at, actor=actor, code=code, from_value=before, to_value=after, data=data
        )
        for at, code, actor, before, after, data in steps
    ]
    data = {"unit": unit.code}
    asked, answered = life.escalated_at, life.answered_at
    story.status(asked, "ticket.escalated", "WAITING_LAYER2", story.agent, about=escalation, data=dict(data))
    story.status(answered, "ticket.layer2_answered", "OPEN", expert, about=escalation, data=dict(data))


def _rate(story: Story, draft: Draft) -> None:
    rating = draft.life.rating
    if rating:
        story.page.ratings.append(
            SatisfactionRating(
                ticket=story.ticket,
                agent=story.agent,
                contact=story.ticket.contact,
                service_score=rating.service,
                substance_score=rating.substance,
                rated_at=rating.at,
            )
        )
        story.event(rating.at, "ticket.rated", shown=False)


def _session(ticket: Ticket, index: int) -> ChatbotSession:
    """The talk with the chatbot that ended with Chat Agent, the moment the ticket was made."""
    return ChatbotSession(
        external_id=f"demo-{ticket.number}", channel=ticket.channel, contact=ticket.contact, ticket=ticket,
        started_at=ticket.created_at - timedelta(minutes=1 + index % 4, seconds=index * 7 % 50),
        ended_at=ticket.created_at, outcome="HANDED_OVER",
    )  # fmt: skip
