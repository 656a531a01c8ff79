"""What staff say on a ticket: replies to the requester, taking one back, and internal notes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from messaging.models import Channel, Message
from messaging.verbs import Files, withdraw_message, write_message
from people.models import User
from tickets import deadlines, journal
from tickets.composer.mentions import tell_mentioned
from tickets.intake import CLAIMER
from tickets.models import NoteFile, Ticket, TicketEntry, TicketEvent
from tickets.quotes import details_for
from tickets.receiving.answering import last_question, subject_on


def post_reply(
    *,
    ticket: Ticket,
    text: str,
    files: Files = (),
    waits_for_requester: bool = False,
    at: datetime,
    actor: User | None,
) -> Ticket:
    """As `write_reply`; returns the ticket."""
    return write_reply(
        ticket=ticket, text=text, files=files, waits_for_requester=waits_for_requester, at=at, actor=actor
    )[0]


@transaction.atomic
def write_reply(
    *,
    ticket: Ticket,
    text: str,
    files: Files = (),
    waits_for_requester: bool = False,
    channel: Channel | None = None,
    details: Mapping[str, Any] | None = None,
    at: datetime,
    actor: User | None,
) -> tuple[Ticket, Message]:
    """Answer the requester; with `waits_for_requester` ask something back.

    The first reply sets `first_answered_at`. A ticket that waits for Layer 2 keeps waiting: the reply only
    tells the requester so. Without `actor` the machine wrote it, which is no first answer. What an agent
    writes may be taken back for COMPOSER_UNDO_SECONDS. `channel` when it was told by another way than the ticket's.
    `details` is for the transport: a filled template.
    """
    return reply_on(
        journal.lock_ticket(ticket, at=at),
        text=text,
        files=files,
        waits_for_requester=waits_for_requester,
        channel=channel,
        details=details,
        at=at,
        actor=actor,
    )


def reply_on(
    ticket: Ticket,
    *,
    text: str,
    files: Files = (),
    waits_for_requester: bool = False,
    channel: Channel | None = None,
    details: Mapping[str, Any] | None = None,
    quoted: TicketEntry | None = None,
    at: datetime,
    actor: User | None,
) -> tuple[Ticket, Message]:
    """As `write_reply`, on a ticket that the caller has locked. `quoted`: what it answers, if not the last question."""
    last_said = last_question(ticket)
    if quoted is not None:
        details = {**(details or {}), **details_for(quoted, last_said)}
    message = write_message(
        channel=channel or ticket.channel,
        contact=ticket.contact,
        subject=subject_on(ticket),
        body=text,
        files=files,
        reply_to=quoted.message if quoted else last_said,
        thread=ticket.number,
        details=details,
        send_after=at + timedelta(seconds=settings.COMPOSER_UNDO_SECONDS) if actor else None,
        at=at,
        actor=actor,
        claimed_by=CLAIMER,
    )
    before, last = ticket.status, ticket.last_message_at
    if actor and before != Ticket.Status.WAITING_LAYER2:
        ticket.status = Ticket.Status.WAITING_REQUESTER if waits_for_requester else Ticket.Status.ANSWERED
    if actor and ticket.first_answered_at is None:
        ticket.first_answered_at = at
    journal.save(ticket, "status", "first_answered_at", at=at, last_message_at=at)
    journal.append(
        ticket,
        "ticket.replied",
        at=at,
        actor=actor,
        shown=False,
        from_value=before,
        to_value=ticket.status,
        data={"message": message.pk, "last_message_at": last.isoformat() if last else None},
    )
    journal.show_message(ticket, message, at=at, author=actor)
    return ticket, message


@transaction.atomic
def withdraw_reply(*, ticket: Ticket, message: Message, at: datetime, actor: User) -> Ticket:
    """Take one's reply back before it is sent: the ticket is as if it had never been written.

    A closing that went out with the reply is undone too. What others did since then stays.
    """
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    message = withdraw_message(message=message, at=at, actor=actor)
    replied = ticket.events.filter(code="ticket.replied", data__message=message.pk).get()
    later = list(ticket.events.filter(pk__gt=replied.pk))
    closed = [event for event in later if event.code == "ticket.closed" and event.at == replied.at]
    left = ticket.status
    if not _moved([event for event in later if event not in closed]):
        deadlines.take_back(ticket, replied.from_value, replied.at)
        ticket.status, ticket.closed_at = replied.from_value, None
    journal.save(ticket, "status", "closed_at", at=at, **_times_without(ticket, replied))
    journal.append(
        ticket,
        "ticket.reply_withdrawn",
        at=at,
        actor=actor,
        from_value=left,
        to_value=ticket.status,
        data={"message": message.pk},
    )
    return ticket


@transaction.atomic
def add_note(*, ticket: Ticket, text: str, files: Files = (), at: datetime, actor: User | None) -> Ticket:
    """An internal note, on closed tickets too; the requester never sees it. Colleagues named in it are told."""
    if not text.strip():
        raise Refused("note.empty", _("Isi catatan masih kosong."))
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    journal.append(ticket, "ticket.noted", at=at, actor=actor, shown=False)
    entry = journal.show_note(ticket, text, at=at, author=actor)
    NoteFile.objects.bulk_create(
        NoteFile(entry=entry, file=file, name=name[:255], position=position)
        for position, (file, name) in enumerate(files)
    )
    tell_mentioned(entry=entry, text=text, at=at, actor=actor)
    return ticket


def _moved(later: list[TicketEvent]) -> bool:
    """Whether one of these events gave the ticket a status; replies that were taken back as well did not."""
    gone = {event.data["message"] for event in later if event.code == "ticket.reply_withdrawn"}
    return any(
        event.to_value in Ticket.Status.values
        and event.code != "ticket.reply_withdrawn"
        and not (event.code == "ticket.replied" and event.data.get("message") in gone)
        for event in later
    )


def _times_without(ticket: Ticket, replied: TicketEvent) -> dict[str, Any]:
    """First answer and last message as they are without that reply."""
    entries = ticket.entries.filter(kind=TicketEntry.Kind.MESSAGE).exclude(message__delivery=Message.Delivery.WITHDRAWN)
    times: dict[str, Any] = {}
    if ticket.first_answered_at == replied.at:
        answers = entries.filter(message__direction=Message.Direction.OUT, message__author__isnull=False)
        times["first_answered_at"] = answers.order_by("at").values_list("at", flat=True).first()
    if ticket.last_message_at == replied.at:
        earlier = replied.data.get("last_message_at")
        latest = entries.order_by("-at", "-pk").values_list("at", flat=True).first()
        times["last_message_at"] = latest or (datetime.fromisoformat(earlier) if earlier else None)
    return times
