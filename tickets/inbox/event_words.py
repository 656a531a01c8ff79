"""Event lines of a ticket in words: what happened, to what it was changed, and its icon."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kernel.admin_events import in_words
from messaging.reference import CHANNELS
from people.models import UserGroup
from people.reference import REGIONS, STAFF
from tickets.models import Ticket, TicketEvent
from tickets.reference import TOPICS

_ICONS = {
    "ticket.central_status": "ti-building",
    "ticket.assigned": "ti-user-check",
    "ticket.chat_ended": "ti-message-off",
    "ticket.closed": "ti-check",
    "ticket.escalated": "ti-stairs-up",
    "ticket.layer2_answered": "ti-stairs-down",
    "ticket.layer2_released": "ti-stairs-down",
    "ticket.merged": "ti-git-merge",
    "ticket.reopened": "ti-rotate",
    "ticket.reply_bounced": "ti-alert-circle",
    "ticket.reply_failed": "ti-alert-circle",
    "ticket.reply_resent": "ti-refresh",
    "ticket.reply_sent_elsewhere": "ti-send",
    "ticket.reply_uncertain": "ti-help-circle",
    "ticket.reply_withdrawn": "ti-arrow-back-up",
    "ticket.linked": "ti-link",
    "ticket.parent_set": "ti-subtask",
    "ticket.spam_marked": "ti-ban",
    "ticket.split": "ti-arrows-split",
    "ticket.split_from": "ti-arrows-split",
    "ticket.undone": "ti-arrow-back-up",
    "ticket.unlinked": "ti-link-off",
    "ticket.unmerged": "ti-git-branch",
    "ticket.topic_set": "ti-tag",
    "ticket.tags_set": "ti-tag",
    "ticket.waiting_requester": "ti-clock-pause",
}
_OTHER = "ti-point"
_TO_OTHER = frozenset({"ticket.merged", "ticket.parent_set", "ticket.split", "ticket.linked"})
_FROM_OTHER = frozenset({"ticket.unmerged", "ticket.split_from", "ticket.unsplit", "ticket.unlinked"})
# Lines that may stand folded together: none of them changes who is to act.
MINOR = frozenset(
    {
        "ticket.topic_set",
        "ticket.tags_set",
        "ticket.priority_set",
        "ticket.group_set",
        "ticket.region_set",
        "ticket.parent_set",
        "ticket.assigned",
        "ticket.waiting_requester",
        "ticket.reply_withdrawn",
    }
)


def sentence(event: TicketEvent) -> str:
    """ "Ditugaskan"."""
    if event.code == "ticket.assigned" and event.data.get("by") == "duty":
        return _("Ditugaskan menurut piket")
    words = _words(event.code)
    return words[:1].upper() + words[1:]


def _words(code: str) -> str:
    return in_words(code).rpartition(": ")[2]


def icon(event: TicketEvent) -> str:
    return _ICONS.get(event.code, _OTHER)


@dataclass(frozen=True, slots=True)
class Labels:
    """Names for the codes in events, read at once."""

    users: dict[str, str]
    topics: dict[str, str]
    regions: dict[str, str]

    @classmethod
    def of(cls, events: Iterable[TicketEvent]) -> "Labels":
        """No query: staff, topics and regions are kept in memory."""
        wanted: dict[str, set[str]] = {"ticket.assigned": set(), "ticket.topic_set": set(), "ticket.region_set": set()}
        for event in events:
            if event.code in wanted and event.to_value:
                wanted[event.code].add(event.to_value)
        return cls(
            _named(STAFF, "username", wanted["ticket.assigned"]),
            _named(TOPICS, "code", wanted["ticket.topic_set"]),
            _named(REGIONS, "code", wanted["ticket.region_set"]),
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
            case "ticket.undone":
                return _words(event.data.get("code", ""))
            case "ticket.reply_sent_elsewhere":
                return next((str(row) for row in CHANNELS().values() if row.code == value), value)
        return str(event.data.get("unit", ""))


def other_ticket(event: TicketEvent) -> str:
    """The number of the ticket that an event is about beside its own."""
    if event.code in _TO_OTHER:
        return event.to_value
    return event.from_value if event.code in _FROM_OTHER else ""


def _names(choices: Any) -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in choices.choices]


def _named(kept: Callable[[], Mapping[int, Any]], column: str, codes: set[str]) -> dict[str, str]:
    if not codes:
        return {}
    return {getattr(row, column): str(row) for row in kept().values() if getattr(row, column) in codes}
