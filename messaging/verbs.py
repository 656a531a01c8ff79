"""Everything that may happen to a message: stored once, claimed once, delivered step by step."""

import uuid
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from kernel.models import StoredFile
from kernel.writing import insert
from messaging.hearing import delivery_changed
from messaging.models import Attachment, Channel, DeliveryStep, Message
from messaging.permission import check_may_write
from messaging.scanning.verbs import first_state
from messaging.waking import wake_sender
from people.models import Contact, User

Files = Sequence[tuple[StoredFile, str]]  # (file, name as given)

_D = Message.Delivery
# What may follow what; receipts may come late or twice, never backwards.
# WITHDRAWN is reached by `withdraw_message` alone and is final.
_NEXT: dict[str, frozenset[str]] = {
    _D.QUEUED: frozenset({_D.SENDING, _D.FAILED}),
    _D.SENDING: frozenset({_D.QUEUED, _D.SENT, _D.DELIVERED, _D.READ, _D.BOUNCED, _D.FAILED, _D.UNKNOWN}),
    _D.UNKNOWN: frozenset({_D.QUEUED, _D.SENT, _D.DELIVERED, _D.READ, _D.BOUNCED, _D.FAILED}),
    _D.SENT: frozenset({_D.DELIVERED, _D.READ, _D.BOUNCED, _D.FAILED}),
    _D.DELIVERED: frozenset({_D.READ, _D.BOUNCED}),
    _D.FAILED: frozenset({_D.QUEUED}),
}


def store_message(
    *,
    channel: Channel,
    external_id: str,
    contact: Contact | None,
    body: str,
    subject: str = "",
    raw: StoredFile | None = None,
    files: Files = (),
    transport: Mapping[str, Any] | None = None,
    at: datetime,
    claimed_by: str = "",
) -> tuple[Message, bool]:
    """Keep an incoming message received `at`; and whether it is new.

    The same (channel, external_id) again changes nothing, however many workers bring it at once. `transport` holds
    the columns that only a transport fills: html, flags, details, connection, reply_to.
    """
    if not external_id.strip():
        raise Refused("message.needs_id", _("Pesan tanpa nomor dari kanal tidak dapat disimpan."))
    try:
        with transaction.atomic():
            message = Message.objects.create(
                channel=channel,
                external_id=external_id,
                direction=Message.Direction.IN,
                contact=contact,
                subject=subject[:255],
                body=body,
                raw=raw,
                received_at=at,
                claimed_by=claimed_by,
                delivery=_D.RECEIVED,
                **(transport or {}),
            )
            _attach(message, files)
    except IntegrityError:
        found = Message.objects.filter(channel=channel, external_id=external_id).first()
        if found is None:
            raise
        return found, False
    return message, True


def take_down_message(
    *, channel: Channel, contact: Contact, body: str, subject: str = "", at: datetime, claimed_by: str
) -> Message:
    """What someone said or wrote elsewhere (a call, a form, another system): incoming, without an id of the channel."""
    message = Message(
        channel=channel,
        external_id=f"in:{uuid.uuid4()}",
        direction=Message.Direction.IN,
        contact=contact,
        subject=subject[:255],
        body=body,
        received_at=at,
        claimed_by=claimed_by,
        delivery=_D.RECEIVED,
    )
    return insert(message)


def write_message(
    *,
    channel: Channel,
    contact: Contact,
    body: str,
    subject: str = "",
    files: Files = (),
    reply_to: Message | None = None,
    flags: Sequence[str] = (),
    thread: str = "",
    details: Mapping[str, Any] | None = None,
    send_after: datetime | None = None,
    at: datetime,
    actor: User | None,
    claimed_by: str,
) -> Message:
    """An outgoing message that waits to be sent; until `send_after` its author may withdraw it.

    On a spoken channel it is the record of what the requester was told, and nothing is sent.

    `details` is for the transport: `to`, an address of the contact's other than the usual one; `template`.
    `thread` is what answers to it may be known by, a ticket number. Whoever sends takes only messages whose
    `send_after` is empty or past, and first moves them to SENDING with `record_delivery`: False there means
    that the message was withdrawn meanwhile.
    """
    if not body.strip():
        raise Refused("message.empty", _("Isi balasan masih kosong."))
    check_may_write(channel=channel, contact=contact, details=details or {}, flags=flags, at=at)
    message = Message(
        channel=channel,
        external_id=f"out:{uuid.uuid4()}",
        direction=Message.Direction.OUT,
        contact=contact,
        author=actor,
        subject=subject[:255],
        body=body,
        reply_to=reply_to,
        flags=list(flags),
        details={**(details or {}), **({"thread": thread} if thread else {})},
        received_at=at,
        claimed_by=claimed_by,
        send_after=send_after,
        delivery=_D.SPOKEN if channel.is_spoken else _D.QUEUED,
    )
    with transaction.atomic() if files else nullcontext():  # one statement is whole by itself
        insert(message)
        _attach(message, files)
    if not channel.is_spoken:
        transaction.on_commit(lambda: wake_sender(message.pk, message.send_after))
    return message


@transaction.atomic
def withdraw_message(*, message: Message, at: datetime, actor: User) -> Message:
    """Take back a message of one's own that has not been sent yet. Final."""
    message = lock(message)
    if message.delivery == _D.WITHDRAWN:
        raise Refused("message.withdrawn", _("Balasan ini sudah dibatalkan."))
    if message.direction != Message.Direction.OUT or message.author_id != actor.pk:
        raise Refused("message.not_own", _("Hanya penulisnya yang dapat membatalkan balasan."))
    if message.delivery not in (_D.QUEUED, _D.SPOKEN) or message.send_after is None or at >= message.send_after:
        raise Refused("message.already_sent", _("Balasan sudah dikirim dan tidak dapat dibatalkan lagi."))
    message.delivery = _D.WITHDRAWN
    message.save(update_fields=["delivery"])
    return message


def claim_message(*, message: Message, claimer: str) -> bool:
    """Whether `claimer` is the one that takes the message: the first to ask wins (decisions 3)."""
    return Message.objects.filter(pk=message.pk, claimed_by="").update(claimed_by=claimer) == 1


@transaction.atomic
def record_delivery(*, message: Message, delivery: str, reason: str = "", code: str = "", at: datetime) -> bool:
    """Take down what became of an outgoing message at `at`; False when the news is older than what is known."""
    message = lock(message)
    if message.direction != Message.Direction.OUT:
        raise Refused("message.incoming", _("Pesan masuk tidak dikirim."))
    if delivery not in _NEXT.get(message.delivery, frozenset()):
        return False
    message.delivery, message.delivery_reason = delivery, reason[:255]
    message.save(update_fields=["delivery", "delivery_reason"])
    DeliveryStep.objects.create(message=message, at=at, delivery=delivery, code=code[:60], reason=reason[:255])
    delivery_changed(message, at)
    pass_on_to_original(message, at)
    return True


def original_of(message: Message) -> Message:
    """The message that this one carries by another channel; itself where it is no such copy."""
    original = message.details.get("copy_of")
    return Message.objects.get(pk=original) if original else message


def pass_on_to_original(message: Message, at: datetime) -> None:
    """What becomes of a copy becomes of its original: agents see only that one. Needs a transaction."""
    original = original_of(message)
    if original != message:
        delivery = _D.FAILED if message.delivery == _D.UNKNOWN else message.delivery
        record_delivery(message=original, delivery=delivery, reason=message.delivery_reason, at=at)


def _attach(message: Message, files: Files) -> None:
    if not files:
        return
    scan = first_state() if message.direction == Message.Direction.IN else ""
    Attachment.objects.bulk_create(
        Attachment(message=message, file=file, name=name[:255], position=position, scan=scan)
        for position, (file, name) in enumerate(files)
    )
