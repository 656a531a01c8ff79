"""Routine documents in the lapor mailbox: recorded once, classified, and now and then made a ticket (rules 2.3)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from kernel.months import JAKARTA
from messaging.models import SIMULATED, Attachment, Channel, Message
from messaging.scanning.verbs import check_not_held
from messaging.verbs import store_message, write_message
from outreach.journal import append
from outreach.models import LaporMail, LaporRule, PersonInCharge
from outreach.recognising import skeleton
from people.contacts import find_or_create_contact
from people.handles import normalise_email
from people.models import Contact, Region, Unit, User, UserGroup
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
    """Say which document it holds, of what period, from where and for whom. No change, no event.

    What a person says is learnt: the next mail of that subject, or of that sender, is known by it.
    """
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
    if actor is not None:
        _learn(mail, set(changed), at)
    return mail


@transaction.atomic
def make_ticket(
    *, mail: LaporMail, contact: Contact, channel: Channel, text: str, at: datetime, actor: User | None
) -> Ticket:
    """The mail asks something after all: open a ticket for it, on a channel that makes tickets, with its files."""
    mail = lock(mail)
    if mail.ticket_id:
        raise Refused("lapor.has_ticket", _("Surat elektronik ini sudah menjadi tiket."))
    question = _question(mail.message, f"lapor:{mail.pk}", channel, contact, text, at) if mail.message else None
    ticket = open_ticket(
        channel=channel, contact=contact, subject=mail.subject, text=text, message=question, at=at, actor=actor
    )
    mail.ticket = ticket
    mail.save(update_fields=["ticket"])
    append(mail, "lapor.ticket_made", at=at, actor=actor, to_value=ticket.number)
    return ticket


def _question(mail: Message, name: str, channel: Channel, contact: Contact, text: str, at: datetime) -> Message:
    """The mail as a message of the other channel: an answer goes into its thread, and its files come along."""
    flags = [*mail.flags, *([SIMULATED] if mail.is_simulated else [])]
    transport = {"html": mail.html, "flags": sorted(set(flags)), "details": mail.details}
    row, _new = store_message(
        channel=channel, external_id=name, contact=contact, body=text, subject=mail.subject, raw=mail.raw,
        transport=transport, at=at,
    )  # fmt: skip
    files = list(mail.attachments.all())
    for file in files:
        file.pk, file.message = None, row
    Attachment.objects.bulk_create(files)
    return row


CHANNEL = "LAPOR"


@transaction.atomic
def forward(*, mail: LaporMail, note: str = "", at: datetime, actor: User) -> LaporMail:
    """Send the document with its files to the unit's person in charge, through the outbox; again when it is wanted."""
    mail = LaporMail.objects.select_for_update(of=("self",)).select_related("unit", "region", "message").get(pk=mail.pk)
    if mail.unit is None:
        raise Refused("lapor.needs_unit", _("Pilih dahulu unit yang menangani."))
    person = PersonInCharge.objects.filter(unit_code=mail.unit.code).first()
    if person is None:
        raise Refused("lapor.no_pic", _("PiC {unit} belum diisi."), unit=mail.unit.code)
    contact, _new = find_or_create_contact(
        name=person.name, email=person.email, user_group=UserGroup.KL, organization=mail.unit.name, at=at, actor=actor
    )
    files = Attachment.objects.filter(message=mail.message).select_related("file") if mail.message else []
    check_not_held(list(files))
    mail.forward = write_message(
        channel=Channel.objects.get(code=CHANNEL), contact=contact, subject=f"Fwd: {mail.subject}"[:255],
        body=_letter(mail, person, note), files=[(row.file, row.name) for row in files], details={"to": person.email},
        at=at, actor=actor, claimed_by="lapor",
    )  # fmt: skip
    mail.forward.connection = mail.message.connection if mail.message else None  # from where it came in
    mail.forward.save(update_fields=["connection"])
    mail.forwarded_at = at
    mail.save(update_fields=["forward", "forwarded_at"])
    append(mail, "lapor.forwarded", at=at, actor=actor, to_value=mail.unit.code)
    return mail


@transaction.atomic
def set_person_in_charge(
    *, unit_code: str, name: str, email: str, at: datetime, actor: User | None
) -> PersonInCharge | None:
    """Who gets a unit's documents; nobody when both are empty."""
    if not (name.strip() or email.strip()):
        PersonInCharge.objects.filter(unit_code=unit_code).delete()
        return None
    if not name.strip():
        raise Refused("lapor.pic_name", _("Nama PiC belum diisi."))
    given = {"name": name.strip()[:120], "email": normalise_email(email)}
    row, _new = PersonInCharge.objects.update_or_create(unit_code=unit_code, defaults=given)
    append(row, "lapor.pic_set", at=at, actor=actor, to_value=unit_code)
    return row


def _learn(mail: LaporMail, changed: set[str], at: datetime) -> None:
    known = {"learnt_at": at, "position": 0}
    if changed & {"document_type", "unit"} and (pattern := skeleton(mail.subject)):
        told = {"document_type": mail.document_type, "unit_code": mail.unit.code if mail.unit else ""}
        LaporRule.objects.update_or_create(kind=LaporRule.Kind.SUBJECT, pattern=pattern, defaults=told | known)
    if "region" in changed and mail.sender and mail.region:
        told_of = {"region": mail.region, **known}
        LaporRule.objects.update_or_create(kind=LaporRule.Kind.SENDER, pattern=mail.sender, defaults=told_of)


def _letter(mail: LaporMail, person: PersonInCharge, note: str) -> str:
    """The text in Indonesian, the office's language."""
    with override("id"):
        lines = [
            gettext("Yth. {name},").format(name=person.name), "",
            note.strip() or gettext("Terlampir dokumen yang diterima melalui Email Lapor untuk ditindaklanjuti."), "",
            gettext("Dokumen: {name}").format(name=mail.get_document_type_display()),
            gettext("Periode: {period}").format(period=mail.period or "–"),
            gettext("Daerah: {region}").format(region=mail.region or "–"),
            gettext("Pengirim: {sender}").format(sender=mail.sender or "–"),
            gettext("Diterima: {time} WIB").format(time=f"{mail.received_at.astimezone(JAKARTA):%d/%m/%Y %H.%M}"),
        ]  # fmt: skip
    body = mail.message.body.strip() if mail.message else ""
    return "\n".join([*lines, "", "---", body] if body else lines)


@transaction.atomic
def add_rule(*, words: str, document_type: str, unit_code: str, at: datetime, actor: User | None) -> LaporRule:
    """Words, comma between them, that all stand in mails of a document; asked after the rules that are there."""
    pattern = ", ".join(word.strip().lower() for word in words.split(",") if word.strip())
    if not pattern or document_type not in LaporMail.DocumentType.values:
        raise Refused("lapor.rule_empty", _("Isi kata kunci dan jenis dokumennya."))
    if unit_code and not Unit.objects.filter(code=unit_code).exists():
        raise Refused("unit.unknown", _("Unit “{unit}” tidak dikenal."), unit=unit_code)
    last = LaporRule.objects.aggregate(last=Max("position"))["last"] or 0
    row, _new = LaporRule.objects.update_or_create(
        kind=LaporRule.Kind.WORDS,
        pattern=pattern[:255],
        defaults={"document_type": document_type, "unit_code": unit_code},
        create_defaults={"document_type": document_type, "unit_code": unit_code, "position": min(last + 10, 32767)},
    )
    append(row, "lapor.rule_set", at=at, actor=actor, to_value=pattern[:120])
    return row


@transaction.atomic
def drop_rule(*, rule: LaporRule, at: datetime, actor: User | None) -> None:
    """Mails that come from now on are not known by it any more; those that came stay as they are."""
    append(rule, "lapor.rule_dropped", at=at, actor=actor, from_value=rule.pattern[:120])
    rule.delete()
