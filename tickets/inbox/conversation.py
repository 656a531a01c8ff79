"""The conversation of a ticket as it is read: messages, notes and event lines under the day they belong to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.admin_events import in_words
from kernel.formats import day_name, long_date
from kernel.months import JAKARTA
from messaging.models import Attachment, Message
from people.models import Region, User, UserGroup
from tickets.models import Ticket, TicketEntry, TicketEvent, Topic

_ICONS = {
    "ticket.assigned": "ti-user-check",
    "ticket.closed": "ti-check",
    "ticket.escalated": "ti-stairs-up",
    "ticket.layer2_answered": "ti-stairs-down",
    "ticket.layer2_released": "ti-stairs-down",
    "ticket.merged": "ti-git-merge",
    "ticket.reopened": "ti-rotate",
    "ticket.spam_marked": "ti-ban",
    "ticket.topic_set": "ti-tag",
    "ticket.tags_set": "ti-tag",
    "ticket.waiting_requester": "ti-clock-pause",
}
_OTHER = "ti-point"
_NOT_SENT = frozenset({Message.Delivery.FAILED.value, Message.Delivery.BOUNCED.value})


@dataclass(frozen=True, slots=True)
class Item:
    """One entry. `kind` is customer, agent, note or event; `day` is set on the first one of its day."""

    kind: str
    at: datetime
    who: str
    text: str
    files: list[Attachment]
    day: str = ""
    icon: str = ""
    detail: str = ""
    reason: str = ""
    failed: str = ""


def conversation_of(ticket: Ticket) -> list[Item]:
    """All entries in order; a fixed number of queries, however many there are."""
    attachments = Prefetch("message__attachments", Attachment.objects.select_related("file"))
    entries = ticket.entries.select_related("author", "event__actor", "message__author")
    rows = list(entries.prefetch_related(attachments))
    labels = Labels.of(row.event for row in rows if row.event)
    items, today = [], None
    for row in rows:
        day = row.at.astimezone(JAKARTA).date()
        items.append(_item(ticket, row, labels, _day(day) if day != today else ""))
        today = day
    return items


@dataclass(frozen=True, slots=True)
class Labels:
    """Names for the codes in events, read at once."""

    users: dict[str, str]
    topics: dict[str, str]
    regions: dict[str, str]

    @classmethod
    def of(cls, events: Iterable[TicketEvent]) -> "Labels":
        """Three queries at most; none for kinds of events that did not happen."""
        wanted: dict[str, set[str]] = {"ticket.assigned": set(), "ticket.topic_set": set(), "ticket.region_set": set()}
        for event in events:
            if event.code in wanted and event.to_value:
                wanted[event.code].add(event.to_value)
        return cls(
            _named(User, "username", wanted["ticket.assigned"]),
            _named(Topic, "code", wanted["ticket.topic_set"]),
            _named(Region, "code", wanted["ticket.region_set"]),
        )

    def detail(self, event: TicketEvent) -> str:
        """What an event changed something to, in words."""
        value = event.to_value
        match event.code:
            case "ticket.assigned":
                return self.users.get(value, value) or _("kembali ke antrean")
            case "ticket.topic_set":
                return self.topics.get(value, value)
            case "ticket.region_set":
                return self.regions.get(value, value) or _("tanpa daerah")
            case "ticket.priority_set":
                return dict(_names(Ticket.Priority)).get(value, value)
            case "ticket.group_set":
                return dict(_names(UserGroup)).get(value, value)
            case "ticket.tags_set":
                return ", ".join(event.data.get("to", [])) or _("tanpa tanda")
            case "ticket.merged" | "ticket.parent_set":
                return value
        return str(event.data.get("unit", ""))


def _names(choices: Any) -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in choices.choices]


def _named(model: Any, column: str, codes: set[str]) -> dict[str, str]:
    if not codes:
        return {}
    return {getattr(row, column): str(row) for row in model.objects.filter(**{f"{column}__in": codes})}


def _item(ticket: Ticket, row: TicketEntry, labels: Labels, day: str) -> Item:
    if row.event:
        return _event(row.at, row.event, labels, day)
    if row.message:
        return _message(ticket, row, row.message, day)
    return Item("note", row.at, _who(row.author), row.note, [], day)


def _event(at: datetime, event: TicketEvent, labels: Labels, day: str) -> Item:
    words = in_words(event.code).rpartition(": ")[2]
    text, icon = words[:1].upper() + words[1:], _ICONS.get(event.code, _OTHER)
    return Item("event", at, _who(event.actor), text, [], day, icon, labels.detail(event), event.reason)


def _message(ticket: Ticket, row: TicketEntry, message: Message, day: str) -> Item:
    files = list(message.attachments.all())
    if message.direction == Message.Direction.IN:
        return Item("customer", row.at, ticket.contact.name, message.body, files, day)
    state = str(Message.Delivery(message.delivery).label)
    failed = message.delivery in _NOT_SENT
    return Item(
        "agent",
        row.at,
        _who(row.author or message.author),
        message.body,
        files,
        day,
        detail=state,
        failed=(message.delivery_reason or state) if failed else "",
    )


def _who(user: User | None) -> str:
    return str(user) if user else _("Sistem")


def _day(day: date) -> str:
    language = get_language() or "id"
    return f"{day_name(day, language)}, {long_date(day, language)}"
