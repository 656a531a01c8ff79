"""From the composer to the ticket in one transaction: the reply or note with its files, its macro and what follows."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from messaging.models import Message
from messaging.verbs import Files
from people.models import User
from tickets import conversation, journal, verbs
from tickets.composer import drafts, macros
from tickets.composer.crossing import check_crossing
from tickets.models import Draft, Macro, Ticket, Topic
from tickets.quotes import quoted_on
from tickets.undo import undo

WAIT, CLOSE = "wait", "close"
_REPLY, _NOTE = Draft.Kind.REPLY, Draft.Kind.NOTE
_OF_MACROS = ("ticket.assigned", "ticket.topic_set", "ticket.priority_set", "ticket.tags_set")


@dataclass(frozen=True, slots=True)
class Sent:
    """The ticket afterwards, and the message that may still be taken back."""

    ticket: Ticket
    message: Message


@transaction.atomic
def send_reply(
    *,
    ticket: Ticket,
    text: str,
    then: str = "",
    topic: Topic | None = None,
    seen: int | None = None,
    macro: Macro | None = None,
    quoted: int | None = None,
    reads: bool = False,
    at: datetime,
    actor: User,
) -> Sent:
    """Reply with the files of the actor's draft, which is gone afterwards; then wait or close, all or nothing.
    `quoted` is the entry of the message it answers, the last question without one. With `reads` the actor has read the
    ticket up to here.

    Raises Crossed when the writer should know of something added after the entry `seen`; Refused as the verbs do,
    for closing without a topic `ticket.needs_topic`.
    """
    _check_length(text)
    ticket, files = _locked(ticket, kind=_REPLY, at=at, actor=actor)
    check_crossing(ticket, seen=seen, reader=actor)
    if macro:
        ticket = macros.run(macro=macro, ticket=ticket, at=at, actor=actor)
        ticket = journal.lock_ticket(ticket, at=at)
        then = then or macros.afterwards(macro)
    ticket, message = conversation.reply_on(
        ticket,
        text=text,
        files=files,
        waits_for_requester=then == WAIT,
        quoted=quoted_on(ticket, quoted) if quoted else None,
        at=at,
        actor=actor,
    )
    if then == CLOSE:
        ticket = verbs.close(ticket=ticket, topic=topic, at=at, actor=actor)
    drafts.discard(ticket=ticket, kind=_REPLY, actor=actor, read_at=at if reads else None)
    return Sent(ticket, message)


@transaction.atomic
def send_note(
    *, ticket: Ticket, text: str, macro: Macro | None = None, reads: bool = False, at: datetime, actor: User
) -> Ticket:
    """A note with the files of the actor's draft, which is gone afterwards; `reads` as for a reply."""
    _check_length(text)
    ticket, files = _locked(ticket, kind=_NOTE, at=at, actor=actor, closed_too=True)
    ticket = conversation.add_note(ticket=ticket, text=text, files=files, at=at, actor=actor)
    if macro:
        ticket = macros.run(macro=macro, ticket=ticket, with_note=False, at=at, actor=actor)
        ticket = macros.finish(macro=macro, ticket=ticket, at=at, actor=actor)
    drafts.discard(ticket=ticket, kind=_NOTE, actor=actor, read_at=at if reads else None)
    return ticket


@transaction.atomic
def take_back(*, ticket: Ticket, message: Message, at: datetime, actor: User) -> Ticket:
    """Withdraw a reply that has not been sent, and what its macro did; its text and files are the actor's draft again.

    What others have changed since then stays, and so does a note of the macro.
    """
    ticket = conversation.withdraw_reply(ticket=ticket, message=message, at=at, actor=actor)
    ticket = _take_back_macro(ticket, message, at=at, actor=actor)
    files = _files_of(message)
    drafts.put_back(ticket=ticket, kind=_REPLY, text=message.body, files=files, at=at, actor=actor)
    return ticket


def _locked(ticket: Ticket, *, kind: str, at: datetime, actor: User, closed_too: bool = False) -> tuple[Ticket, Files]:
    """The ticket and the actor's draft on it, both locked: the ticket ready for a move, and the draft's files."""
    locked = lock(ticket)
    files = drafts.take_files(ticket=locked, kind=kind, actor=actor)
    if ticket.contact_id == locked.contact_id:
        locked.contact = ticket.contact
    return journal.ready(locked, at=at, closed_too=closed_too), files


def _take_back_macro(ticket: Ticket, message: Message, *, at: datetime, actor: User) -> Ticket:
    """Undo what was done to the ticket in the moment of the reply, the last first, as far as nothing came after it."""
    replied = ticket.events.filter(code="ticket.replied", data__message=message.pk).get()
    with_it = ticket.events.filter(at=replied.at, actor=actor, pk__lt=replied.pk, code__in=_OF_MACROS)
    for event in with_it.order_by("-pk"):
        with suppress(Refused):
            ticket = undo(ticket=ticket, event=event, at=at, actor=actor)
            before, after = event.data.get("status", ["", ""])
            if before != after and ticket.status == after == replied.from_value:
                journal.save(ticket, at=at, status=before)
    return ticket


def _check_length(text: str) -> None:
    """Refuse what is longer than a draft may be; nothing is cut off unseen. Raises Refused."""
    if len(text) > drafts.LONGEST:
        message = _("Paling banyak {count} karakter; tulisan ini {length}.")
        count, length = (number_format(number, force_grouping=True) for number in (drafts.LONGEST, len(text)))
        raise Refused("message.too_long", message, count=count, length=length)


def _files_of(message: Message) -> Files:
    rows: Iterable = message.attachments.select_related("file")
    return [(row.file, row.name) for row in rows]
