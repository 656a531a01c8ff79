"""A question comes in: a new ticket, or one more message on a ticket that is there."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.numbering import next_number
from kernel.writing import insert
from messaging.models import Channel, Message
from messaging.verbs import claim_message, take_down_message
from people.contacts import survivor_of
from people.models import Contact, Region, User
from people.reference import region_of
from tickets import deadlines, journal
from tickets.duty.roster import whose_turn
from tickets.models import Ticket, Topic
from tickets.rules import may_reopen
from tickets.snapshots import hours_of

CLAIMER = "tickets"
PREFIX = "DRG"
BY, DUTY = "by", "duty"
"""What the event of an assignment says that the roster made."""
LONGEST_TAG = 40
OF_CONTACT: Any = object()  # take what the contact says


@transaction.atomic
def open_ticket(
    *,
    channel: Channel,
    contact: Contact,
    subject: str = "",
    text: str = "",
    message: Message | None = None,
    topic: Topic | None = None,
    region: Region | None = OF_CONTACT,
    user_group: str = OF_CONTACT,
    priority: int = Ticket.Priority.NORMAL,
    tags: Iterable[str] = (),
    source: str = Ticket.Source.LIVE,
    on_duty: datetime | None = None,
    at: datetime,
    actor: User | None,
) -> Ticket:
    """A new ticket created `at`, with its first message: the stored `message`, or one made of `text`.

    `at` is the server's receipt, the start of a call or the moment of "Chat Agent" (decisions 21). Group,
    region, zone and service hours are kept as they are now. What came by the simulator makes a ticket of that `source`.
    With `on_duty` it goes to one of those on duty at that moment, if there is anybody.
    """
    _check_intake(channel, topic)
    if message is None and not text.strip():
        raise Refused("ticket.needs_text", _("Tulis dahulu pertanyaannya."))
    contact = survivor_of(contact)
    dues = deadlines.started(channel_id=channel.pk, priority=priority, at=at)  # locks, so before reference data is read
    where = region_of(contact) if region is OF_CONTACT else region
    hours = hours_of(where, at)
    if message and message.is_simulated:
        source = Ticket.Source.SIMULATOR
    ticket = Ticket(
        number=next_number(PREFIX, at, model=Ticket),
        channel=channel,
        contact=contact,
        topic=topic,
        subject=(subject or (message.subject if message else ""))[:255],
        priority=priority,
        tags=clean_tags(tags),
        created_at=at,
        last_message_at=at,
        last_requester_at=at,
        user_group=contact.user_group if user_group is OF_CONTACT else user_group,
        region=where,
        zone=hours.zone,
        service_hours=hours.service_hours,
        window_version=hours.window_version,
        source=source,
        **dues,
    )
    opened_as = ticket.status
    if on_duty:
        _give(ticket, on_duty)
    insert(ticket)
    ticket.remember()
    first = message or _written_down(channel, contact, ticket.subject, text, at)
    if message:
        claim_message(message=message, claimer=CLAIMER)
    journal.append(ticket, "ticket.opened", at=at, actor=actor, shown=False, to_value=opened_as)
    journal.show_message(ticket, first, at=at)
    if ticket.assignee:
        _tell_of_duty(ticket, opened_as, at)
    return ticket


@transaction.atomic
def receive_message(*, ticket: Ticket, message: Message, at: datetime, actor: User | None = None) -> Ticket:
    """The requester writes again. A closed ticket reopens while the rule allows it.

    Raises Refused(`ticket.too_late`) afterwards: the caller opens a new ticket. A message that is on a
    ticket already changes nothing.
    """
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    if hasattr(message, "ticket_entry"):
        return ticket
    before = ticket.status
    if before == Ticket.Status.CLOSED and not may_reopen(ticket, at):
        raise Refused("ticket.too_late", _("Tiket {number} sudah lama selesai. Buat tiket baru."), number=ticket.number)
    claim_message(message=message, claimer=CLAIMER)
    reopened = before == Ticket.Status.CLOSED
    if before in (Ticket.Status.CLOSED, Ticket.Status.ANSWERED, Ticket.Status.WAITING_REQUESTER):
        ticket.status = Ticket.Status.OPEN
    journal.save(ticket, "status", at=at, closed_at=None, last_message_at=at, last_requester_at=at)
    journal.append(
        ticket,
        "ticket.reopened" if reopened else "ticket.message_received",
        at=at,
        actor=actor,
        shown=reopened,
        from_value=before,
        to_value=ticket.status,
        data={"message": message.pk},
    )
    journal.show_message(ticket, message, at=at)
    return ticket


def tags_of(tags: Iterable[str]) -> list[str]:
    """As tags are compared: sorted, lower case, each once."""
    return sorted({tag.strip().lower() for tag in tags if tag.strip()})


def clean_tags(tags: Iterable[str]) -> list[str]:
    """As tags are stored. Raises Refused for one that is too long."""
    wanted = tags_of(tags)
    for tag in wanted:
        if len(tag) > LONGEST_TAG:
            said = _("Tanda “{tag}…” terlalu panjang: {length} huruf, paling banyak {most}. Persingkat.")
            raise Refused("ticket.tag_too_long", said, tag=tag[:20], length=len(tag), most=LONGEST_TAG)
    return wanted


def _give(ticket: Ticket, moment: datetime) -> None:
    """Give a ticket that is about to be stored to whose turn it is."""
    agent = whose_turn(ticket.channel, moment)
    if agent is not None:
        ticket.assignee, ticket.status = agent, Ticket.Status.OPEN


def _tell_of_duty(ticket: Ticket, before: str, at: datetime) -> None:
    journal.append(
        ticket,
        "ticket.assigned",
        at=at,
        actor=None,
        to_value=ticket.assignee.username[:120] if ticket.assignee else "",
        data={"status": [before, ticket.status], BY: DUTY},
    )


def _check_intake(channel: Channel, topic: Topic | None) -> None:
    if not channel.makes_tickets or not channel.active:
        raise Refused(
            "channel.makes_no_tickets", _("Kanal {label} tidak membuat tiket. Pilih kanal lain."), label=str(channel)
        )
    if topic is not None and not topic.active:
        raise Refused("topic.inactive", _("Topik {label} tidak dipakai lagi. Pilih topik lain."), label=str(topic))


def _written_down(channel: Channel, contact: Contact, subject: str, text: str, at: datetime) -> Message:
    return take_down_message(
        channel=channel,
        contact=contact,
        subject=subject,
        body=text,
        at=at,
        claimed_by=CLAIMER,
    )
