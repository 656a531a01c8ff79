"""Sending: every outgoing message is a row first, leased, sent outside any transaction, then recorded.

A lease that runs out tells of a crash between sending and recording: the message becomes UNKNOWN, visible to
the agent and never sent again by itself, unless the transport can take it twice without harm. Messages to one
contact leave in the order in which they were written.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import InterfaceError, OperationalError, transaction
from django.db import connection as database
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from messaging.files import read_file
from messaging.hearing import delivery_changed
from messaging.models import Connection, DeliveryStep, Message
from messaging.pacing import give_back_pair, hold, hold_pair, wait_for_pair, wait_for_turn
from messaging.permission import check_may_write
from messaging.receipts import apply_early
from messaging.transports import Permanent, Retryable, SendError, Sent, Transport, Unknown, transport_of
from messaging.verbs import pass_on_to_original
from messaging.waking import wake_sender, workers_are_behind
from people.models import User

LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=2)
TOO_MANY_TO_ONE = "131056"  # Meta's number: not the line is busy, one person has had too many
TRIES = 24  # about a day and a half
_D = Message.Delivery


def due(at: datetime) -> QuerySet[Message]:
    """Messages that may be sent at `at`: wanted by then, first of their contact, on a channel that is connected."""
    earlier = Message.objects.filter(
        contact=OuterRef("contact"), channel=OuterRef("channel"), pk__lt=OuterRef("pk"),
        delivery__in=(_D.QUEUED, _D.SENDING), direction=Message.Direction.OUT,
    )  # fmt: skip
    open_lines = Connection.objects.filter(channel=OuterRef("channel"), paused_at=None)
    return Message.objects.filter(
        Q(send_after=None) | Q(send_after__lte=at),
        Q(next_attempt_at=None) | Q(next_attempt_at__lte=at),
        Exists(open_lines),
        ~Exists(earlier),
        direction=Message.Direction.OUT,
        delivery=_D.QUEUED,
    )


def send(*, message_id: int, at: datetime) -> str:
    """Send one message if it is due; the state it has then, or "" when somebody else has it or it must wait.

    A redelivered task finds the lease taken and does nothing.
    """
    leased = due(at).filter(pk=message_id).update(
        delivery=_D.SENDING, leased_until=at + LEASE, attempts=F("attempts") + 1
    )  # fmt: skip
    if leased != 1:
        return ""
    message = Message.objects.select_related("channel", "contact", "connection", "reply_to").get(pk=message_id)
    connection = _line_of(message)
    transport = transport_of(message.channel.code)
    if transport is None or connection is None:
        return _failed(message, Permanent(_("Kanal ini tidak mengirim pesan."), "no_transport"), at)
    if wait := _wait(message, connection, at):
        return _put_off(message, at + wait)
    try:
        sent = transport.send(message, connection, _ready(message, connection, transport))
    except SendError as error:
        return _recorded(partial(_failed, message, error, at))
    return _recorded(partial(_sent, message, connection, sent, at))


def _recorded(record: Callable[[], str]) -> str:
    """What is known after a talk with the other side is worth a second connection to the database."""
    try:
        return record()
    except (OperationalError, InterfaceError):
        if database.in_atomic_block:
            raise
        database.close()
        return record()


def _ready(message: Message, connection: Connection, transport: Transport) -> list[tuple[str, str, bytes]]:
    """Named, and what goes along: name, media type and content. Nothing has left yet, so whatever is away now is
    worth another try."""
    try:
        _name(message, connection, transport)
        rows = message.attachments.select_related("file")
        return [(row.name, row.file.media_type, read_file(row.file)) for row in rows]
    except (OSError, OperationalError, InterfaceError) as error:
        raise Retryable(_("Basis data atau lampiran sedang tidak dapat dibaca."), type(error).__name__) from error


def sweep(*, at: datetime, limit: int = 500) -> int:
    """Settle leases that ran out and wake senders for what is due; how many rows were found."""
    broken = list(Message.objects.filter(delivery=_D.SENDING, leased_until__lt=at).select_related("channel")[:limit])
    for message in broken:
        _settle(message, at)
    found = list(due(at).order_by("pk").values_list("pk", flat=True)[:limit])
    if not workers_are_behind(len(found)):
        for pk in found:
            wake_sender(pk)
    return len(broken) + len(found)


@transaction.atomic
def retry(*, message: Message, at: datetime, actor: User | None) -> Message:
    """Send a failed or uncertain message again, because someone decided so."""
    message = lock(message)
    if message.delivery not in (_D.FAILED, _D.UNKNOWN):
        raise Refused("message.not_failed", _("Pesan ini tidak gagal terkirim."))
    if message.contact is not None:
        given = {"channel": message.channel, "contact": message.contact, "details": message.details}
        check_may_write(**given, flags=message.flags, at=at)
    message.delivery, message.delivery_reason, message.attempts, message.next_attempt_at = _D.QUEUED, "", 0, None
    message.save(update_fields=["delivery", "delivery_reason", "attempts", "next_attempt_at"])
    _note(message, at, code=f"retry:{actor.username}" if actor else "retry")
    transaction.on_commit(lambda: wake_sender(message.pk))
    return message


def _line_of(message: Message) -> Connection | None:
    """The connection it was given, else the one the requester wrote to, else the first: of those not paused."""
    if message.connection is not None and message.connection.paused_at is None:
        return message.connection
    asked = Message.objects.filter(contact=message.contact, channel=message.channel, connection__isnull=False)
    last = (
        asked.filter(connection__paused_at=None).order_by("-received_at").values_list("connection", flat=True).first()
    )
    lines = Connection.objects.filter(channel=message.channel, paused_at=None)
    return (lines.filter(pk=last).first() if last else None) or lines.order_by("pk").first()


def _name(message: Message, connection: Connection, transport: Transport) -> None:
    """Write down the id it will be known by before it leaves, so that answers find it whatever happens next."""
    message.connection = connection
    message.provider_id = message.provider_id or transport.prepare(message, connection)
    message.save(update_fields=["connection", "provider_id"])


def _put_off(message: Message, until: datetime) -> str:
    """Give the lease back: the line's rate allows nothing more just now. No try is counted and nobody is told."""
    rows = Message.objects.filter(pk=message.pk, delivery=_D.SENDING)
    rows.update(delivery=_D.QUEUED, leased_until=None, next_attempt_at=until, attempts=F("attempts") - 1)
    wake_sender(message.pk, until)
    return str(_D.QUEUED)


@transaction.atomic
def _sent(message: Message, connection: Connection, sent: Sent, at: datetime) -> str:
    """Also when the lease has run out meanwhile: that it left is surer than that nobody knows."""
    row = lock(message)
    news = row.delivery in (_D.SENDING, _D.UNKNOWN, _D.QUEUED)
    if news:
        row.delivery, row.delivery_reason = _D.DELIVERED if sent.delivered else _D.SENT, ""
    row.provider_id = sent.provider_id or row.provider_id
    row.leased_until, row.next_attempt_at = None, None
    row.details = {**row.details, **sent.details}
    row.save(update_fields=["delivery", "provider_id", "delivery_reason", "leased_until", "next_attempt_at", "details"])
    if news:
        _note(row, at)
    apply_early(row)
    Connection.objects.filter(pk=connection.pk).update(last_out_at=at)
    transaction.on_commit(lambda: _wake_next(row))
    return str(row.delivery)


@transaction.atomic
def _failed(message: Message, error: SendError, at: datetime) -> str:
    row = lock(message)
    if row.delivery != _D.SENDING or row.leased_until != message.leased_until:  # no longer our lease
        return str(row.delivery)
    if isinstance(error, Retryable) and row.attempts < TRIES:
        row.delivery, row.next_attempt_at = _D.QUEUED, at + _back_off(row.attempts, error.after)
        if row.connection and error.code == TOO_MANY_TO_ONE:
            hold_pair(row, row.connection, at)
        elif row.connection and error.after:
            hold(row.connection, at + error.after)
    else:
        row.delivery, row.next_attempt_at = (_D.UNKNOWN if isinstance(error, Unknown) else _D.FAILED), None
    row.leased_until, row.delivery_reason = None, str(error.reason)[:255]
    row.save(update_fields=["delivery", "next_attempt_at", "leased_until", "delivery_reason"])
    _note(row, at, error.code)
    if row.connection_id:
        Connection.objects.filter(pk=row.connection_id).update(last_error=str(error.reason)[:255], last_error_at=at)
    if row.delivery != _D.QUEUED:
        transaction.on_commit(lambda: _wake_next(row))
        pass_on_to_original(row, at)
    return str(row.delivery)


@transaction.atomic
def _settle(message: Message, at: datetime) -> None:
    """A sender died between sending and recording."""
    row = lock(message)
    if row.delivery != _D.SENDING or row.leased_until is None or row.leased_until >= at:
        return
    transport = transport_of(message.channel.code)
    row.delivery = _D.QUEUED if transport is not None and transport.repeatable else _D.UNKNOWN
    row.leased_until = None
    row.delivery_reason = str(_("Pengiriman terputus. Periksa apakah sudah sampai sebelum mengirim lagi."))
    row.save(update_fields=["delivery", "leased_until", "delivery_reason"])
    _note(row, at, "lease_expired")
    if row.delivery == _D.UNKNOWN:
        pass_on_to_original(row, at)


def _wait(message: Message, connection: Connection, at: datetime) -> timedelta:
    """For its contact's turn, then for the line's."""
    if wait := wait_for_pair(message, connection, at):
        return wait
    wait = wait_for_turn(connection, message.channel.code, at)
    if wait:
        give_back_pair(message, connection)
    return wait


def _back_off(attempts: int, after: timedelta | None) -> timedelta:
    """Doubling, at most two hours, spread by a fifth so that a server that comes back is not met by all at once."""
    wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 12), LONGEST_WAIT)
    return max(after or timedelta(0), wait * random.uniform(0.8, 1.2))  # noqa: S311


def _wake_next(message: Message) -> None:
    waiting = Message.objects.filter(contact=message.contact_id, channel=message.channel_id, delivery=_D.QUEUED)
    first = waiting.filter(direction=Message.Direction.OUT).order_by("pk").values_list("pk", flat=True).first()
    if first:
        wake_sender(first)


def _note(message: Message, at: datetime, code: str = "") -> None:
    DeliveryStep.objects.create(
        message=message, at=at, delivery=message.delivery, code=code[:60], reason=message.delivery_reason
    )
    delivery_changed(message, at)
