"""The life of a complaint or grievance: received, handled, referred, closed (rules 7)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from information.models import Complaint, ComplaintEvent
from kernel.errors import Refused
from kernel.locks import lock
from kernel.numbering import next_number
from people.models import Region, User
from tickets.models import Ticket, Topic

_S = Complaint.Status
_PREFIX = {Complaint.Kind.COMPLAINT: "ADU", Complaint.Kind.GRIEVANCE: "KEL"}
WISE = "WISE"


@transaction.atomic
def register_complaint(
    *,
    kind: str,
    subject: str,
    description: str = "",
    topic: Topic | None = None,
    region: Region | None = None,
    source: str = Complaint.Source.CONTACT_CENTER,
    forwarded_by: str = "",
    outside_number: str = "",
    reporter_name: str = "",
    anonymous: bool = False,
    ticket: Ticket | None = None,
    at: datetime,
    actor: User | None,
) -> Complaint:
    """Register a case received `at`. One passed on by SP4N-LAPOR! keeps its number there (rules 7.2)."""
    if not subject.strip():
        raise Refused("complaint.needs_subject", _("Isi pokok pengaduan atau keluhan."))
    if source == Complaint.Source.SP4N_LAPOR and not outside_number.strip():
        raise Refused("complaint.needs_outside_number", _("Isi nomor laporan SP4N-LAPOR!."))
    complaint = Complaint.objects.create(
        number=next_number(_PREFIX[Complaint.Kind(kind)], at, model=Complaint),
        kind=kind,
        subject=subject.strip(),
        description=description.strip(),
        topic=topic,
        region=region,
        source=source,
        forwarded_by=forwarded_by.strip(),
        outside_number=outside_number.strip(),
        reporter_name="" if anonymous else reporter_name.strip(),
        anonymous=anonymous,
        ticket=ticket,
        received_at=at,
    )
    _append(complaint, "complaint.registered", at=at, actor=actor, to_value=complaint.status)
    return complaint


@transaction.atomic
def assign_handler(*, complaint: Complaint, handler: User, at: datetime, actor: User | None) -> Complaint:
    """Only the handler and the supervisors see who reported it."""
    complaint = _lock_open(complaint)
    if not handler.is_active:
        raise Refused("complaint.handler_gone", _("{name} tidak aktif lagi. Pilih petugas lain."), name=str(handler))
    before = complaint.handler
    complaint.handler = handler
    status = _S.IN_PROGRESS if complaint.status == _S.RECEIVED else complaint.status
    data = {"handler": [before.username if before else "", handler.username]}
    return _move(complaint, status, "complaint.assigned", "handler", at=at, actor=actor, data=data)


@transaction.atomic
def reply(*, complaint: Complaint, text: str, at: datetime, actor: User | None) -> Complaint:
    """A reply to the reporter; the first one is timed (rules 7.3)."""
    complaint = _lock_open(complaint)
    if not text.strip():
        raise Refused("complaint.needs_text", _("Isi balasan masih kosong."))
    complaint.first_replied_at = complaint.first_replied_at or at
    status = _S.IN_PROGRESS if complaint.status == _S.RECEIVED else complaint.status
    return _move(complaint, status, "complaint.replied", "first_replied_at", at=at, actor=actor, reason=text.strip())


@transaction.atomic
def refer(
    *,
    complaint: Complaint,
    to: str,
    outside_number: str = "",
    at: datetime,
    actor: User | None,
    reason: str = "",
) -> Complaint:
    """Hand the case to whom it concerns. Of one handed to WISE only the pointer stays (rules 7.5)."""
    complaint = _lock_open(complaint)
    if not to.strip():
        raise Refused("complaint.needs_receiver", _("Isi kepada siapa kasus ini diteruskan."))
    complaint.outside_number = outside_number.strip() or complaint.outside_number
    if to.strip().upper() == WISE:
        complaint.description, complaint.reporter_name = "", ""
        complaint.source = Complaint.Source.WISE
    fields = ("outside_number", "description", "reporter_name", "source")
    complaint = _move(
        complaint,
        _S.REFERRED,
        "complaint.referred",
        *fields,
        at=at,
        actor=actor,
        reason=reason,
        data={"to": to.strip()},
    )
    if complaint.source == Complaint.Source.WISE:
        complaint.history.all().delete()  # type: ignore[attr-defined]  # added by keep_history
    return complaint


@transaction.atomic
def close(*, complaint: Complaint, resolution: str, at: datetime, actor: User | None) -> Complaint:
    """Settled, with what came of it."""
    complaint = _lock_open(complaint)
    if not resolution.strip():
        raise Refused("complaint.needs_resolution", _("Tulis hasil penanganannya."))
    if at < complaint.received_at:
        raise Refused("complaint.before_receipt", _("Waktunya lebih awal daripada waktu diterima."))
    complaint.resolution, complaint.closed_at = resolution.strip(), at
    return _move(complaint, _S.CLOSED, "complaint.closed", "resolution", "closed_at", at=at, actor=actor)


@transaction.atomic
def reopen(*, complaint: Complaint, reason: str, at: datetime, actor: User | None) -> Complaint:
    """New facts: go on with a closed case."""
    complaint = lock(complaint)
    if complaint.status != _S.CLOSED:
        raise Refused("complaint.not_closed", _("Kasus ini belum selesai."))
    if not reason.strip():
        raise Refused("complaint.needs_reason", _("Tulis alasan membuka kembali kasus ini."))
    complaint.closed_at = None
    return _move(
        complaint, _S.IN_PROGRESS, "complaint.reopened", "closed_at", at=at, actor=actor, reason=reason.strip()
    )


def _lock_open(complaint: Complaint) -> Complaint:
    complaint = lock(complaint)
    if complaint.status == _S.CLOSED:
        raise Refused("complaint.closed", _("Kasus {number} sudah selesai. Buka dahulu."), number=complaint.number)
    return complaint


def _move(
    complaint: Complaint, status: str, code: str, *fields: str, at: datetime, actor: User | None, **rest: Any
) -> Complaint:
    before = complaint.status
    complaint.status = status
    complaint.save(update_fields=["status", *fields])
    _append(complaint, code, at=at, actor=actor, from_value=before, to_value=status, **rest)
    return complaint


def _append(complaint: Complaint, code: str, *, at: datetime, actor: User | None, **rest: Any) -> ComplaintEvent:
    return ComplaintEvent.objects.create(complaint=complaint, code=code, at=at, actor=actor, **rest)
