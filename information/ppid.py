"""The life of a request for public information: registered, worked on, extended once, answered or refused."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from information.deadlines import EXTENSION_DAYS, OPEN, extended_due, notice_due
from information.models import PpidEvent, PpidRequest
from kernel.errors import Refused
from kernel.locks import lock
from kernel.months import JAKARTA
from kernel.numbering import next_number
from people.models import Contact, Unit, User
from tickets.models import Ticket
from worktime.clock import Calendar
from worktime.loading import OFFICE, load_calendar

_S = PpidRequest.Status


def office() -> Calendar:
    return load_calendar(OFFICE).calendar


def day_of(moment: datetime) -> date:
    """The day in Jakarta."""
    return moment.astimezone(JAKARTA).date()


def last_day_of(request: PpidRequest) -> date:
    """The day by which the answer is due, extension included."""
    return request.extended_due_on or request.due_on


@transaction.atomic
def register_request(
    *,
    applicant_name: str,
    data_requested: str,
    applicant_kind: str = PpidRequest.ApplicantKind.CITIZEN,
    contact: Contact | None = None,
    ticket: Ticket | None = None,
    purpose: str = "",
    purpose_kind: str = "",
    data_category: str = "",
    at: datetime,
    actor: User | None,
) -> PpidRequest:
    """Register what was received `at`; it has its number and its last day at once (rules 6.1, 6.2)."""
    if not applicant_name.strip():
        raise Refused("ppid.needs_name", _("Isi nama pemohon informasi."))
    if not data_requested.strip():
        raise Refused("ppid.needs_data", _("Tulis informasi yang diminta."))
    request = PpidRequest.objects.create(
        number=next_number("PPID", at, model=PpidRequest),
        applicant_name=applicant_name.strip(),
        applicant_kind=applicant_kind,
        contact=contact,
        ticket=ticket,
        data_requested=data_requested.strip(),
        purpose=purpose.strip(),
        purpose_kind=purpose_kind,
        data_category=data_category.strip(),
        received_at=at,
        due_on=notice_due(office(), at),
    )
    append(request, "ppid.registered", at=at, actor=actor, to_value=request.status)
    return request


@transaction.atomic
def assign_unit(*, request: PpidRequest, unit: Unit, at: datetime, actor: User | None) -> PpidRequest:
    """Ask the unit that holds the information; the request is in progress."""
    request = lock_open(request)
    before, status = request.unit, request.status
    if status == _S.RECEIVED:
        request.status = _S.IN_PROGRESS
    request.unit = unit
    request.save(update_fields=["unit", "status"])
    append(
        request,
        "ppid.unit_assigned",
        at=at,
        actor=actor,
        from_value=before.code if before else "",
        to_value=unit.code,
        data={"status": [status, request.status]},
    )
    return request


@transaction.atomic
def extend(
    *, request: PpidRequest, days: int = EXTENSION_DAYS, reason: str, at: datetime, actor: User | None
) -> PpidRequest:
    """More time, once, at most 7 working days, with a written reason and before the last day is over."""
    request = lock_open(request)
    if request.extended_due_on:
        raise Refused("ppid.extended", _("Permohonan ini sudah pernah diperpanjang."))
    if not reason.strip():
        raise Refused("ppid.needs_reason", _("Tulis alasan perpanjangan."))
    if not 1 <= days <= EXTENSION_DAYS:
        raise Refused("ppid.too_long", _("Perpanjangan paling lama {days} hari kerja."), days=EXTENSION_DAYS)
    if day_of(at) > request.due_on:
        raise Refused("ppid.overdue", _("Batas waktu sudah lewat, sehingga tidak dapat diperpanjang."))
    request.extended_due_on = extended_due(office(), request.due_on, days)
    request.extension_reason = reason.strip()
    return _move(
        request,
        _S.EXTENDED,
        "ppid.extended",
        "extended_due_on",
        "extension_reason",
        at=at,
        actor=actor,
        reason=reason.strip(),
        data={"days": days},
    )


@transaction.atomic
def answer(*, request: PpidRequest, text: str, at: datetime, actor: User | None) -> PpidRequest:
    """Give the information, or say where it is."""
    return _answer(lock_open(request), _S.ANSWERED, "ppid.answered", text, at, actor)


@transaction.atomic
def refuse(*, request: PpidRequest, text: str, at: datetime, actor: User | None) -> PpidRequest:
    """Refuse it, with the ground in writing; the applicant may object."""
    return _answer(lock_open(request), _S.REFUSED, "ppid.refused", text, at, actor)


@transaction.atomic
def withdraw(*, request: PpidRequest, at: datetime, actor: User | None, reason: str = "") -> PpidRequest:
    """The applicant does not want it any more."""
    return _move(lock_open(request), _S.WITHDRAWN, "ppid.withdrawn", at=at, actor=actor, reason=reason)


def lock_open(request: PpidRequest) -> PpidRequest:
    """The locked request, if it is not decided yet."""
    request = lock(request)
    if request.status not in OPEN:
        raise Refused("ppid.closed", _("Permohonan {number} sudah selesai."), number=request.number)
    return request


def append(request: PpidRequest, code: str, *, at: datetime, actor: User | None, **rest: Any) -> PpidEvent:
    return PpidEvent.objects.create(request=request, code=code, at=at, actor=actor, **rest)


def _answer(request: PpidRequest, status: str, code: str, text: str, at: datetime, actor: User | None) -> PpidRequest:
    if not text.strip():
        raise Refused("ppid.needs_answer", _("Tulis jawaban untuk pemohon."))
    if at < request.received_at:
        raise Refused("ppid.before_receipt", _("Waktunya lebih awal daripada waktu permohonan diterima."))
    request.answered_at, request.answer = at, text.strip()
    late = day_of(at) > last_day_of(request)
    return _move(request, status, code, "answered_at", "answer", at=at, actor=actor, data={"late": late})


def _move(
    request: PpidRequest, status: str, code: str, *fields: str, at: datetime, actor: User | None, **rest: Any
) -> PpidRequest:
    before = request.status
    request.status = status
    request.save(update_fields=["status", *fields])
    append(request, code, at=at, actor=actor, from_value=before, to_value=status, **rest)
    return request
