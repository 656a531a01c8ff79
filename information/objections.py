"""Objections to the PPID's superior: filed in time, answered in time (UU 14/2008 art. 35, 36; rules 6.3)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from information.deadlines import OPEN, last_day_to_object, objection_due
from information.models import PpidObjection, PpidRequest
from information.ppid import append, day_of, last_day_of, office
from kernel.errors import Refused
from kernel.locks import lock
from kernel.numbering import next_number
from people.models import User

_G = PpidObjection.Ground


@transaction.atomic
def file_objection(
    *, request: PpidRequest, ground: str, statement: str = "", at: datetime, actor: User | None
) -> PpidObjection:
    """The applicant objects: to a decision, or to none after the last day. One open objection at a time."""
    request = lock(request)
    filed_on = day_of(at)
    _check_ground(request, ground, filed_on)
    if request.objections.filter(answered_at__isnull=True).exists():
        raise Refused("objection.open", _("Masih ada keberatan yang belum ditanggapi."))
    calendar = office()
    last_day = last_day_to_object(calendar, _ground_on(request))
    if filed_on > last_day:
        raise Refused(
            "objection.too_late", _("Keberatan hanya dapat diajukan sampai {day}."), day=f"{last_day:%d-%m-%Y}"
        )
    objection = PpidObjection.objects.create(
        request=request,
        number=next_number("KBR", at, model=PpidObjection),
        ground=_G(ground),
        statement=statement.strip(),
        filed_on=filed_on,
        due_on=objection_due(calendar, filed_on),
    )
    append(request, "ppid.objection_filed", at=at, actor=actor, to_value=objection.number, data={"ground": ground})
    return objection


@transaction.atomic
def answer_objection(*, objection: PpidObjection, text: str, at: datetime, actor: User | None) -> PpidObjection:
    """The superior's written answer."""
    objection = lock(objection)
    if objection.answered_at:
        raise Refused("objection.answered", _("Keberatan ini sudah ditanggapi."))
    if not text.strip():
        raise Refused("objection.needs_answer", _("Tulis tanggapan atas keberatan."))
    objection.answered_at, objection.answer = at, text.strip()
    objection.save(update_fields=["answered_at", "answer"])
    late = day_of(at) > objection.due_on
    append(
        objection.request,
        "ppid.objection_answered",
        at=at,
        actor=actor,
        to_value=objection.number,
        data={"late": late},
    )
    return objection


def _ground_on(request: PpidRequest) -> date:
    """The day the ground arose: the decision, or the last day without one."""
    return day_of(request.answered_at) if request.answered_at else last_day_of(request)


def _check_ground(request: PpidRequest, ground: str, filed_on: date) -> None:
    if request.status == PpidRequest.Status.WITHDRAWN:
        raise Refused("objection.withdrawn", _("Permohonan ini sudah dicabut pemohon."))
    undecided = request.status in OPEN
    if undecided and filed_on <= last_day_of(request):
        raise Refused("objection.too_early", _("Permohonan ini masih dalam batas waktu jawaban."))
    fits = {
        _G.REFUSED: request.status == PpidRequest.Status.REFUSED,
        _G.NOT_ANSWERED: undecided,
        _G.NOT_AS_ASKED: not undecided,
        _G.NOT_FULFILLED: not undecided,
    }
    if not fits.get(_G(ground), True):
        raise Refused("objection.ground", _("Alasan keberatan tidak sesuai dengan keadaan permohonan."))
