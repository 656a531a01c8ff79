"""Mails to the lapor mailbox are routine documents, not tickets (rules 2.3)."""

from datetime import datetime

from django.db import transaction

from kernel.months import JAKARTA
from messaging.models import Message
from messaging.verbs import claim_message
from outreach.lapor import record_lapor_mail
from outreach.models import LaporMail
from outreach.recognising import recognise
from people.units import UnitIndex

CHANNEL, CLAIMER = "LAPOR", "lapor"


@transaction.atomic(savepoint=False)  # the pipeline has one around each claimer's turn
def claim(message: Message, at: datetime) -> bool:
    """Take what came to the lapor mailbox; bounces and loops are left to the last claimer."""
    if message.channel.code != CHANNEL or {"bounce", "loop", "spam"}.intersection(message.flags):
        return False
    if not claim_message(message=message, claimer=CLAIMER):
        return True
    sender = str(message.details.get("from", ""))
    names = list(message.attachments.values_list("name", flat=True))
    found = recognise(subject=message.subject, text=message.body, names=names, sender=sender)
    day = message.received_at.astimezone(JAKARTA).date()
    unit = UnitIndex.load().on(found.unit_code, day) if found.unit_code else None
    record_lapor_mail(
        external_id=message.external_id,
        message=message,
        sender=sender,
        subject=message.subject,
        document_type=found.document_type or LaporMail.DocumentType.OTHER,
        period=found.period,
        region=found.region,
        unit=unit,
        at=message.received_at,
    )
    return True
