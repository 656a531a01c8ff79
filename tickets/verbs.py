"""The moves of a ticket's status: wait, close, reopen, spam. Talking, sorting and merging have their own files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from people.models import User
from tickets import deadlines, journal
from tickets.models import Ticket, Topic
from tickets.rules import may_reopen
from tickets.slots import check_vetoes

_S = Ticket.Status


@transaction.atomic
def mark_waiting_requester(*, ticket: Ticket, at: datetime, actor: User | None, reason: str = "") -> Ticket:
    """Nothing to do until the requester answers."""
    ticket = journal.lock_ticket(ticket, at=at)
    if ticket.status == _S.WAITING_LAYER2:
        raise Refused("ticket.waits_for_layer2", _("Tiket ini masih menunggu Layer 2."))
    return _move(ticket, _S.WAITING_REQUESTER, "ticket.waiting_requester", at=at, actor=actor, reason=reason)


@transaction.atomic
def mark_waiting_layer2(
    *, ticket: Ticket, at: datetime, actor: User | None, data: Mapping[str, Any] | None = None
) -> Ticket:
    """A unit was asked (called by the escalation's own verb); again for each further unit."""
    ticket = journal.lock_ticket(ticket, at=at)
    return _move(ticket, _S.WAITING_LAYER2, "ticket.escalated", at=at, actor=actor, data=dict(data or {}))


@transaction.atomic
def layer2_answered(
    *,
    ticket: Ticket,
    at: datetime,
    actor: User | None,
    still_waiting: bool = False,
    data: Mapping[str, Any] | None = None,
) -> Ticket:
    """A unit answered: Layer 1 goes on, unless another unit still owes an answer."""
    return _layer2_done(ticket, "ticket.layer2_answered", still_waiting, at, actor, data)


@transaction.atomic
def layer2_released(
    *,
    ticket: Ticket,
    at: datetime,
    actor: User | None,
    still_waiting: bool = False,
    data: Mapping[str, Any] | None = None,
) -> Ticket:
    """A unit sent the question back or it was recalled: Layer 1 goes on, unless another unit is at it."""
    return _layer2_done(ticket, "ticket.layer2_released", still_waiting, at, actor, data)


@transaction.atomic
def close(*, ticket: Ticket, topic: Topic | None = None, at: datetime, actor: User | None, reason: str = "") -> Ticket:
    """Done. Needs a topic (given now or before, rules 2.4); other apps may object, e.g. an open escalation."""
    ticket = journal.lock_ticket(ticket, at=at)
    topics = [ticket.topic.code if ticket.topic else "", topic.code if topic else ""]
    if topic is not None:
        ticket.topic = topic
    if ticket.topic_id is None:
        raise Refused("ticket.needs_topic", _("Pilih topik sebelum menyelesaikan tiket."))
    check_vetoes(ticket)
    ticket.closed_at = at
    data = {"topic": topics} if topic and topics[0] != topics[1] else {}
    return _move(ticket, _S.CLOSED, "ticket.closed", "topic", "closed_at", at=at, actor=actor, reason=reason, data=data)


@transaction.atomic
def reopen(*, ticket: Ticket, at: datetime, actor: User | None, reason: str = "") -> Ticket:
    """Go on with a closed ticket, within the working days that the rule gives (rules 2.8)."""
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    if ticket.status != _S.CLOSED:
        raise Refused("ticket.not_closed", _("Tiket ini belum selesai."))
    if ticket.is_spam:
        raise Refused("ticket.is_spam", _("Tiket ini ditandai spam. Batalkan tandanya dahulu."))
    if not may_reopen(ticket, at):
        raise Refused("ticket.too_late", _("Tiket {number} sudah lama selesai. Buat tiket baru."), number=ticket.number)
    data = {"closed_at": ticket.closed_at.isoformat() if ticket.closed_at else None}
    ticket.closed_at = None
    return _move(ticket, _S.OPEN, "ticket.reopened", "closed_at", at=at, actor=actor, reason=reason, data=data)


@transaction.atomic
def mark_spam(*, ticket: Ticket, at: datetime, actor: User | None, reason: str = "") -> Ticket:
    """Out of the inbox and out of every count (decisions 22)."""
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    if ticket.is_spam:
        raise Refused("ticket.is_spam", _("Tiket ini sudah ditandai spam."))
    check_vetoes(ticket)
    how = set_aside(ticket, at)
    ticket.is_spam = True
    return _move(
        ticket, _S.CLOSED, "ticket.spam_marked", "closed_at", "is_spam", at=at, actor=actor, reason=reason, data=how
    )


@transaction.atomic
def unmark_spam(*, ticket: Ticket, at: datetime, actor: User | None, reason: str = "") -> Ticket:
    """Not spam after all: as it was before."""
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    if not ticket.is_spam:
        raise Refused("ticket.not_spam", _("Tiket ini tidak ditandai spam."))
    ticket.is_spam = False
    before = bring_back(ticket, "ticket.spam_marked")
    return _move(ticket, before, "ticket.spam_unmarked", "closed_at", "is_spam", at=at, actor=actor, reason=reason)


def set_aside(ticket: Ticket, at: datetime) -> dict[str, Any]:
    """Close a ticket that leaves the work unfinished; returns the event's note of how it was.

    For the verbs of this app only: the caller saves and appends.
    """
    how = {"status": ticket.status, "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else None}
    ticket.closed_at = ticket.closed_at or at
    return how


def bring_back(ticket: Ticket, code: str) -> str:
    """Undo `set_aside` by the last event of that code; returns the status it had."""
    event = ticket.events.filter(code=code).last()
    how = event.data if event else {}
    closed_at = how.get("closed_at")
    ticket.closed_at = datetime.fromisoformat(closed_at) if closed_at else None
    if ticket.closed_at:
        return str(_S.CLOSED)
    status = str(how.get("status") or _S.OPEN)
    if event:
        deadlines.take_back(ticket, status, event.at)
    return status


def _layer2_done(
    ticket: Ticket,
    code: str,
    still_waiting: bool,
    at: datetime,
    actor: User | None,
    data: Mapping[str, Any] | None,
) -> Ticket:
    ticket = journal.lock_ticket(ticket, at=at)
    waits = ticket.status == _S.WAITING_LAYER2
    after = _S.OPEN if waits and not still_waiting else ticket.status
    return _move(ticket, after, code, at=at, actor=actor, data=dict(data or {}))


def _move(
    ticket: Ticket, status: str, code: str, *fields: str, at: datetime, actor: User | None, **rest: Any
) -> Ticket:
    """Store the new status and the fields set so far, and append the event."""
    before = ticket.status
    journal.save(ticket, *fields, at=at, status=status)
    journal.append(ticket, code, at=at, actor=actor, from_value=before, to_value=status, **rest)
    return ticket
