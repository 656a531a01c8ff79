"""Receipts: what the other side says became of a message. They come late, twice, out of order, and too early."""

from datetime import datetime

from django.db import transaction

from kernel.locks import lock_names
from messaging.incoming import fit
from messaging.models import Channel, EarlyReceipt, Message
from messaging.verbs import record_delivery


@transaction.atomic
def take_receipt(
    *, channel: Channel, provider_id: str, delivery: str, code: str = "", reason: str = "", at: datetime
) -> bool:
    """Write down a receipt; True when it told something new. One for a message whose id is not known yet is kept
    until the sender has recorded it."""
    provider_id = fit(provider_id)[:255]
    _one_at_a_time(channel.pk, provider_id)
    message = Message.objects.filter(channel=channel, direction=Message.Direction.OUT, provider_id=provider_id).first()
    if message is None:
        EarlyReceipt.objects.get_or_create(
            channel=channel, provider_id=provider_id, delivery=delivery,
            defaults={"at": at, "code": fit(code)[:60], "reason": fit(reason)[:255]},
        )  # fmt: skip
        return False
    return record_delivery(message=message, delivery=delivery, reason=fit(reason), code=fit(code), at=at)


def _one_at_a_time(channel: int, provider_id: str) -> None:
    """A receipt that finds no message waits for the sender who is just recording that id, or the sender for it."""
    lock_names(f"receipt:{channel}:{provider_id}")


def apply_early(message: Message) -> None:
    """Write down what came before the message's id was known. Needs a transaction."""
    if not message.provider_id:
        return
    _one_at_a_time(message.channel_id, message.provider_id)
    rows = EarlyReceipt.objects.filter(channel_id=message.channel_id, provider_id=message.provider_id)
    for row in rows.order_by("at", "pk"):
        record_delivery(message=message, delivery=row.delivery, reason=row.reason, code=row.code, at=row.at)
    rows.delete()
