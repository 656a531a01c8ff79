"""Routine documents in the lapor mailbox: recorded once, classified, and now and then made a ticket (rules 2.3)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from messaging.models import Channel, Message
from outreach.journal import append
from outreach.models import LaporMail
from people.models import Contact, Region, Unit, User
from tickets.intake import open_ticket
from tickets.models import Ticket

KEEP: Any = object()  # leave as it is


@transaction.atomic
def record_lapor_mail(
    *,
    external_id: str,
    message: Message | None = None,
    sender: str = "",
    subject: str = "",
    document_type: str = LaporMail.DocumentType.OTHER,
    period: str = "",
    region: Region | None = None,
    unit: Unit | None = None,
    at: datetime,
    actor: User | None = None,
) -> tuple[LaporMail, bool]:
    """Keep a mail received `at`; and whether it is new. The same mail again changes nothing."""
    mail, created = LaporMail.objects.get_or_create(
        external_id=external_id,
        defaults={
            "message": message,
            "received_at": at,
            "sender": sender.strip().lower()[:254],
            "subject": subject[:255],
            "document_type": LaporMail.DocumentType(document_type),
            "period": period,
            "region": region,
            "unit": unit,
        },
    )
    if created:
        append(mail, "lapor.recorded", at=at, actor=actor, to_value=mail.document_type)
    return mail, created


@transaction.atomic
def classify_lapor_mail(
    *,
    mail: LaporMail,
    document_type: str = KEEP,
    period: str = KEEP,
    region: Region | None = KEEP,
    unit: Unit | None = KEEP,
    at: datetime,
    actor: User | None,
) -> LaporMail:
    """Say which document it holds, of what period, from where and for whom. No change, no event."""
    mail = lock(mail)
    given: dict[str, Any] = {"document_type": document_type, "period": period, "region": region, "unit": unit}
    changed = {key: value for key, value in given.items() if value is not KEEP and getattr(mail, key) != value}
    if not changed:
        return mail
    if "document_type" in changed:
        changed["document_type"] = LaporMail.DocumentType(changed["document_type"])
    before = mail.document_type
    for key, value in changed.items():
        setattr(mail, key, value)
    mail.save(update_fields=list(changed))
    append(
        mail,
        "lapor.classified",
        at=at,
        actor=actor,
        from_value=before,
        to_value=mail.document_type,
        data={"fields": sorted(changed)},
    )
    return mail


@transaction.atomic
def make_ticket(
    *, mail: LaporMail, contact: Contact, channel: Channel, text: str, at: datetime, actor: User | None
) -> Ticket:
    """The mail asks something after all: open a ticket for it, on a channel that makes tickets."""
    mail = lock(mail)
    if mail.ticket_id:
        raise Refused("lapor.has_ticket", _("Surat elektronik ini sudah menjadi tiket."))
    ticket = open_ticket(channel=channel, contact=contact, subject=mail.subject, text=text, at=at, actor=actor)
    mail.ticket = ticket
    mail.save(update_fields=["ticket"])
    append(mail, "lapor.ticket_made", at=at, actor=actor, to_value=ticket.number)
    return ticket
