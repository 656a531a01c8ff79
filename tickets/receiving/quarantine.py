"""Mails held because they look like spam: an agent lets them through or throws them away. Nothing is deleted."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from messaging.claiming import claim_in_order
from messaging.models import Message
from people.log import log_access
from people.models import User
from tickets.models import Ticket
from tickets.receiving.claimer import QUARANTINE

DISCARDED, RELEASED = "discarded", "released"


def held_messages() -> QuerySet[Message]:
    """What waits in the quarantine, newest first."""
    rows = Message.objects.filter(claimed_by=QUARANTINE, direction=Message.Direction.IN)
    rows = rows.select_related("channel", "contact").prefetch_related("attachments__file")
    return rows.order_by("-received_at", "-pk")


@transaction.atomic
def release_message(*, message: Message, at: datetime, actor: User) -> Ticket | None:
    """No spam after all: it is claimed like any other. The ticket it is on; None when nobody must see it."""
    row = _held(message)
    row.flags, row.claimed_by, row.attempts, row.next_attempt_at = sorted({*row.flags, RELEASED}), "", 0, None
    row.save(update_fields=["flags", "claimed_by", "attempts", "next_attempt_at"])
    log_access(user=actor, action="message.released", record=row, at=at)
    claim_in_order(message=row, at=at)
    return Ticket.objects.filter(entries__message=row).first()


@transaction.atomic
def discard_message(*, message: Message, at: datetime, actor: User) -> Message:
    """It is spam: out of the quarantine, kept with its original."""
    row = _held(message)
    row.claimed_by = DISCARDED
    row.save(update_fields=["claimed_by"])
    log_access(user=actor, action="message.discarded", record=row, at=at)
    return row


def _held(message: Message) -> Message:
    row = lock(message)
    if row.claimed_by != QUARANTINE:
        raise Refused("message.not_held", _("Surat ini tidak lagi di karantina."))
    return row
