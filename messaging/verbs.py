"""Everything that may happen to a message: stored once, claimed once, delivered step by step."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from kernel.models import StoredFile
from messaging.models import Attachment, Channel, Message
from people.models import Contact, User

Files = Sequence[tuple[StoredFile, str]]  # (file, name as given)

_D = Message.Delivery
# What may follow what; receipts may come late or twice, never backwards.
_NEXT: dict[str, frozenset[str]] = {
    _D.QUEUED: frozenset({_D.SENDING, _D.FAILED}),
    _D.SENDING: frozenset({_D.QUEUED, _D.SENT, _D.FAILED, _D.UNKNOWN}),
    _D.UNKNOWN: frozenset({_D.QUEUED, _D.SENT, _D.DELIVERED, _D.READ, _D.BOUNCED, _D.FAILED}),
    _D.SENT: frozenset({_D.DELIVERED, _D.READ, _D.BOUNCED, _D.FAILED}),
    _D.DELIVERED: frozenset({_D.READ, _D.BOUNCED}),
    _D.FAILED: frozenset({_D.QUEUED}),
}


@transaction.atomic
def store_message(
    *,
    channel: Channel,
    external_id: str,
    contact: Contact | None,
    body: str,
    subject: str = "",
    raw: StoredFile | None = None,
    files: Files = (),
    at: datetime,
    claimed_by: str = "",
) -> tuple[Message, bool]:
    """Keep an incoming message received `at`; and whether it is new.

    The same (channel, external_id) again changes nothing, however many workers bring it at once.
    """
    if not external_id.strip():
        raise Refused("message.needs_id", _("Pesan tanpa nomor dari kanal tidak dapat disimpan."))
    message, created = Message.objects.get_or_create(
        channel=channel,
        external_id=external_id,
        defaults={
            "direction": Message.Direction.IN,
            "contact": contact,
            "subject": subject[:255],
            "body": body,
            "raw": raw,
            "received_at": at,
            "claimed_by": claimed_by,
            "delivery": _D.RECEIVED,
        },
    )
    if created:
        _attach(message, files)
    return message, created


@transaction.atomic
def write_message(
    *,
    channel: Channel,
    contact: Contact,
    body: str,
    subject: str = "",
    files: Files = (),
    at: datetime,
    actor: User | None,
    claimed_by: str,
) -> Message:
    """An outgoing message that waits to be sent."""
    if not body.strip():
        raise Refused("message.empty", _("Isi balasan masih kosong."))
    message = Message.objects.create(
        channel=channel,
        external_id=f"out:{uuid.uuid4()}",
        direction=Message.Direction.OUT,
        contact=contact,
        author=actor,
        subject=subject[:255],
        body=body,
        received_at=at,
        claimed_by=claimed_by,
        delivery=_D.QUEUED,
    )
    _attach(message, files)
    return message


def claim_message(*, message: Message, claimer: str) -> bool:
    """Whether `claimer` is the one that takes the message: the first to ask wins (decisions 3)."""
    return Message.objects.filter(pk=message.pk, claimed_by="").update(claimed_by=claimer) == 1


@transaction.atomic
def record_delivery(*, message: Message, delivery: str, reason: str = "") -> bool:
    """Take down what became of an outgoing message; False when the news is older than what is known."""
    message = lock(message)
    if message.direction != Message.Direction.OUT:
        raise Refused("message.incoming", _("Pesan masuk tidak dikirim."))
    if delivery not in _NEXT.get(message.delivery, frozenset()):
        return False
    message.delivery, message.delivery_reason = delivery, reason[:255]
    message.save(update_fields=["delivery", "delivery_reason"])
    return True


def _attach(message: Message, files: Files) -> None:
    Attachment.objects.bulk_create(
        Attachment(message=message, file=file, name=name[:255], position=position)
        for position, (file, name) in enumerate(files)
    )
