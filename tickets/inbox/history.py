"""Everything that happened to a ticket: its events with what they changed, and the earlier states of its columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kernel.admin_events import in_words
from kernel.admin_labels import LABELS
from kernel.formats import clock_time, long_date
from kernel.months import JAKARTA
from people.models import AccessLog, Region, User, UserGroup
from tickets.models import ServiceHours, Ticket, TicketEvent, Topic

_MOST = 500
_READS = 100
_UNTOLD = {"id", "pgh_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pgh_context_id"}
_UNTOLD |= {"first_answer_due_at", "resolution_due_at", "due_at"}
_ROWS: dict[str, Any] = {"assignee_id": User, "topic_id": Topic, "region_id": Region}
_ROWS |= {"merged_into_id": Ticket, "parent_id": Ticket}


@dataclass(frozen=True, slots=True)
class Line:
    """One event: when, who, what, and from what to what."""

    pk: int
    at: datetime
    who: str
    what: str
    code: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """One column that got another value at `at`."""

    at: datetime
    column: str
    before: str
    after: str


def lines_of(ticket: Ticket) -> list[Line]:
    """The events, newest first; names are read at once."""
    events = list(ticket.events.select_related("actor").order_by("-at", "-pk")[:_MOST])
    names = _names(events)
    return [_line(event, names) for event in events]


def changes_of(ticket: Ticket) -> list[Change]:
    """What each stored earlier state of the row differs in from the one after it, newest first."""
    rows = list(ticket.history.order_by("-pgh_id").values()[:_MOST])  # type: ignore[attr-defined]  # added by keep_history
    later: Mapping[str, Any] = Ticket.objects.filter(pk=ticket.pk).values().get()
    raw = []
    for row in rows:
        columns = [name for name in row if name not in _UNTOLD and row[name] != later.get(name)]
        raw += [(row["pgh_created_at"], name, row[name], later.get(name)) for name in columns]
        later = row
    shown = _Values.of((name, value) for _at, name, *values in raw for value in values)
    return [Change(at, shown.label(name), shown.say(name, old), shown.say(name, new)) for at, name, old, new in raw]


@dataclass(frozen=True, slots=True)
class Read:
    """Somebody read the ticket: when, who, what they did and where or why."""

    at: datetime
    who: str
    what: str
    where: str


def reads_of(ticket: Ticket) -> list[Read]:
    """Who has read the ticket, newest first."""
    rows = AccessLog.objects.filter(record="tickets.ticket", record_id=ticket.pk).select_related("user")
    done = {
        "ticket.read": _("Dibaca"),
        "ticket.printed": _("Dicetak"),
        "ticket.file_read": _("Lampiran dibuka"),
        "ticket.exported": _("Diekspor"),
    }
    where = {
        "page": _("halaman tiket"),
        "history": _("riwayat"),
        "merged": _("tiket tujuan"),
        "notes": _("dengan catatan"),
    }
    return [
        Read(row.at, str(row.user or "–"), done.get(row.action, row.action), where.get(row.reason, row.reason))
        for row in rows.order_by("-at")[:_READS]
    ]


def _line(event: TicketEvent, names: Mapping[tuple[str, str], str]) -> Line:
    words = in_words(event.code).rpartition(": ")[2]
    who = str(event.actor) if event.actor else _("Sistem")
    before, after = _ends(event)
    kind = _KIND.get(event.code, "status")
    before, after = (names.get((kind, value)) or _said(kind, value) for value in (before, after))
    reason = event.reason
    if event.code == "ticket.undone":
        words = f"{words}: {in_words(event.data.get('code', '')).rpartition(': ')[2]}"
        before = after = ""
    return Line(event.pk, event.at, who, words[:1].upper() + words[1:], event.code, before, after, reason)


def _ends(event: TicketEvent) -> tuple[str, str]:
    """What it was and what it became; some events keep both in their data."""
    if "from" in event.data and "to" in event.data:
        sides = [event.data["from"], event.data["to"]]
        before, after = (", ".join(side) if isinstance(side, list) else str(side) for side in sides)
        return before, after
    if event.code in ("ticket.escalated", "ticket.layer2_answered", "ticket.layer2_released"):
        return "", str(event.data.get("unit", ""))
    return event.from_value, event.to_value


_KIND = {
    "ticket.assigned": "user",
    "ticket.topic_set": "topic",
    "ticket.region_set": "region",
    "ticket.priority_set": "priority",
    "ticket.group_set": "group",
}


def _names(events: Iterable[TicketEvent]) -> dict[tuple[str, str], str]:
    """Names for the codes in events: at most three queries."""
    wanted: dict[str, set[str]] = {"user": set(), "topic": set(), "region": set()}
    for event in events:
        kind = _KIND.get(event.code, "")
        if kind in wanted:
            wanted[kind] |= {event.from_value, event.to_value} - {""}
    found: dict[tuple[str, str], str] = {}
    models: dict[str, tuple[Any, str]] = {
        "user": (User, "username"),
        "topic": (Topic, "code"),
        "region": (Region, "code"),
    }
    for kind, codes in wanted.items():
        model, by = models[kind]
        if codes:
            found |= {(kind, getattr(row, by)): str(row) for row in model.objects.filter(**{f"{by}__in": codes})}
    return found


def _said(kind: str, value: str) -> str:
    choices: dict[str, Any] = {"status": Ticket.Status, "priority": Ticket.Priority, "group": UserGroup}
    if kind not in choices:
        return value
    return {str(code): str(label) for code, label in choices[kind].choices}.get(value, value)


@dataclass(frozen=True, slots=True)
class _Values:
    """Values of columns in words."""

    rows: Mapping[tuple[str, int], str]

    @classmethod
    def of(cls, values: Iterable[tuple[str, Any]]) -> "_Values":
        wanted: dict[str, set[int]] = {}
        for name, value in values:
            if name in _ROWS and value:
                wanted.setdefault(name, set()).add(value)
        found = {
            (name, row.pk): str(row) for name, keys in wanted.items() for row in _ROWS[name].objects.filter(pk__in=keys)
        }
        return cls(found)

    def label(self, column: str) -> str:
        name = column.removesuffix("_id")
        return str(LABELS.get(name, name))

    def say(self, column: str, value: Any) -> str:
        if value is None or value in ("", []):
            return "–"
        if column in _ROWS:
            return self.rows.get((column, value), str(value))
        if isinstance(value, datetime):
            local = value.astimezone(JAKARTA)
            return f"{long_date(local.date(), 'id')} {clock_time(local, 'id')} WIB"
        if isinstance(value, bool):
            return _("ya") if value else _("tidak")
        if isinstance(value, list):
            return ", ".join(value)
        choices: dict[str, Any] = {"status": Ticket.Status, "priority": Ticket.Priority}
        choices |= {"user_group": UserGroup, "service_hours": ServiceHours}
        return dict(choices[column].choices).get(value, str(value)) if column in choices else str(value)
