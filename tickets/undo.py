"""Taking back what one has just done to a ticket: status, properties, merges and what other apps register."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from people.models import Region, User
from tickets import deadlines, journal, merging, sorting, splitting, verbs
from tickets.models import Ticket, TicketEvent, Topic
from tickets.slots import undo_of
from tickets.snapshots import hours_of

UNDONE = "ticket.undone"
_STATUS = "status"
_KINDS = {
    "ticket.assigned": "assignee",
    "ticket.topic_set": "topic",
    "ticket.priority_set": "priority",
    "ticket.tags_set": "tags",
    "ticket.group_set": "user_group",
    "ticket.region_set": "region",
    "ticket.subject_set": "subject",
    "ticket.parent_set": "parent",
    "ticket.split": "split",
    "ticket.closed": _STATUS,
    "ticket.reopened": _STATUS,
    "ticket.waiting_requester": _STATUS,
    "ticket.escalated": _STATUS,
    "ticket.layer2_answered": _STATUS,
    "ticket.layer2_released": _STATUS,
    "ticket.replied": _STATUS,
    "ticket.message_received": _STATUS,
    "ticket.spam_marked": _STATUS,
    "ticket.spam_unmarked": _STATUS,
    "ticket.merged": _STATUS,
    "ticket.unmerged": _STATUS,
}


@transaction.atomic
def undo(*, ticket: Ticket, event: TicketEvent, at: datetime, actor: User) -> Ticket:
    """Take back `event`: one's own, at most `UNDO_SECONDS` old, and the last of its kind on the ticket.

    Everything is as it was before, pauses and the time of closing included; the event stays, and another one
    says that it was taken back.
    """
    if event.code in _VERBS:
        journal.lock_relations()
    ticket = lock(ticket)
    check_undoable(ticket, event, at=at, actor=actor)
    if verb := _VERBS.get(event.code):
        verb(ticket, event, at, actor)
        return lock(ticket)
    if take_back := undo_of(event.code):
        take_back(ticket, event, at, actor)
        return _as_before(lock(ticket), event, at, actor)
    journal.check_workable(ticket, at=at, closed_too=True)
    changes = _RESTORE[event.code](ticket, event)
    before = ticket.status
    if "status" in changes:
        deadlines.take_back(ticket, changes["status"], event.at)
    journal.save(ticket, at=at, **changes)
    journal.append(
        ticket,
        UNDONE,
        at=at,
        actor=actor,
        from_value=before if "status" in changes else event.to_value,
        to_value=ticket.status if "status" in changes else event.from_value,
        data={"event": event.pk, "code": event.code},
    )
    return ticket


def _as_before(ticket: Ticket, event: TicketEvent, at: datetime, actor: User) -> Ticket:
    """Another app has taken back its part: the ticket's status follows, unless something else still holds it."""
    if ticket.status == Ticket.Status.OPEN and event.from_value not in (
        "",
        ticket.status,
        Ticket.Status.WAITING_LAYER2,
    ):
        deadlines.take_back(ticket, event.from_value, event.at)
        journal.save(ticket, at=at, status=event.from_value)
        journal.append(
            ticket,
            UNDONE,
            at=at,
            actor=actor,
            from_value=Ticket.Status.OPEN,
            to_value=event.from_value,
            data={"event": event.pk, "code": event.code},
        )
    return ticket


def may_undo(code: str) -> bool:
    """Whether events of this code can be taken back at all."""
    return code in _RESTORE or code in _VERBS or undo_of(code) is not None


def check_undoable(ticket: Ticket, event: TicketEvent, *, at: datetime, actor: User) -> None:
    """Raises Refused when the event is not the actor's, too old, overtaken, or of a kind that stays."""
    if event.ticket_id != ticket.pk or not may_undo(event.code):
        raise Refused("undo.impossible", _("Langkah ini tidak dapat diurungkan."))
    if event.actor_id != actor.pk:
        raise Refused("undo.not_yours", _("Langkah ini dilakukan orang lain. Hanya pelakunya yang dapat mengurungkan."))
    if at - event.at > timedelta(seconds=settings.UNDO_SECONDS):
        raise Refused("undo.too_late", _("Waktu untuk mengurungkan sudah lewat. Ubah tiketnya secara langsung."))
    kind = _kind(event)
    if any(_kind(later) == kind for later in ticket.events.filter(pk__gt=event.pk)):
        raise Refused("undo.overtaken", _("Tiket ini sudah berubah lagi sejak itu. Periksa riwayatnya."))


def last_undoable(ticket: Ticket, *, at: datetime, actor: User) -> TicketEvent | None:
    """What the actor did to the ticket at that very moment and may take back."""
    rows = ticket.events.filter(at=at, actor=actor).order_by("-pk")
    return next((event for event in rows if may_undo(event.code)), None)


def _kind(event: TicketEvent) -> str:
    code = event.data.get("code", "") if event.code == UNDONE else event.code
    return _KINDS.get(code, code)


def _status(ticket: Ticket, event: TicketEvent) -> dict[str, Any]:
    closed_at = event.data.get("closed_at")
    changes: dict[str, Any] = {
        "status": event.from_value,
        "closed_at": datetime.fromisoformat(closed_at) if closed_at else None,
    }
    if "topic" in event.data:
        changes["topic"] = Topic.objects.filter(code=event.data["topic"][0]).first()
    return changes


def _assignee(ticket: Ticket, event: TicketEvent) -> dict[str, Any]:
    changes: dict[str, Any] = {"assignee": User.objects.filter(username=event.from_value).first()}
    before, after = event.data.get("status", ["", ""])
    moved = any(_kind(later) == _STATUS for later in ticket.events.filter(pk__gt=event.pk))
    if before != after and ticket.status == after and not moved:
        changes["status"] = before
    return changes


def _topic(ticket: Ticket, event: TicketEvent) -> dict[str, Any]:
    topic = Topic.objects.filter(code=event.from_value).first()
    if topic is None and ticket.status == Ticket.Status.CLOSED and not ticket.is_spam:
        raise Refused("ticket.needs_topic", _("Tiket yang selesai memerlukan topik."))
    return {"topic": topic}


def _region(ticket: Ticket, event: TicketEvent) -> dict[str, Any]:
    region = Region.objects.filter(code=event.from_value).first()
    hours = hours_of(region, ticket.created_at)
    return {
        "region": region,
        "zone": hours.zone,
        "service_hours": event.data.get("service_hours", [hours.service_hours])[0],
        "window_version": event.data.get("window_version", [hours.window_version])[0],
    }


Restore = Callable[[Ticket, TicketEvent], dict[str, Any]]
_RESTORE: dict[str, Restore] = {
    "ticket.assigned": _assignee,
    "ticket.topic_set": _topic,
    "ticket.region_set": _region,
    "ticket.priority_set": lambda ticket, event: {"priority": int(event.from_value)},
    "ticket.group_set": lambda ticket, event: {"user_group": event.from_value},
    "ticket.tags_set": lambda ticket, event: {"tags": event.data["from"]},
    "ticket.subject_set": lambda ticket, event: {"subject": event.data["from"]},
    "ticket.closed": _status,
    "ticket.reopened": _status,
    "ticket.waiting_requester": _status,
}


def _unmark_spam(ticket: Ticket, event: TicketEvent, at: datetime, actor: User) -> None:
    verbs.unmark_spam(ticket=ticket, at=at, actor=actor)


def _unmerge(ticket: Ticket, event: TicketEvent, at: datetime, actor: User) -> None:
    merging.unmerge_ticket(ticket=ticket, at=at, actor=actor)


def _unsplit(ticket: Ticket, event: TicketEvent, at: datetime, actor: User) -> None:
    splitting.undo_split(event=event, at=at, actor=actor)


def _parent_back(ticket: Ticket, event: TicketEvent, at: datetime, actor: User) -> None:
    parent = Ticket.objects.filter(number=event.from_value).first() if event.from_value else None
    sorting.set_parent(ticket=ticket, parent=parent, at=at, actor=actor)


_VERBS: dict[str, Callable[[Ticket, TicketEvent, datetime, User], None]] = {
    "ticket.parent_set": _parent_back,
    "ticket.spam_marked": _unmark_spam,
    "ticket.merged": _unmerge,
    "ticket.split": _unsplit,
}
