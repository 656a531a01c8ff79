"""Meetings made after the commit: asked for outside any transaction, then stored under the lock."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from consultations import wording
from consultations.journal import append
from consultations.meetings import MeetingError, MeetingService, service
from consultations.models import Mode, Reservation
from consultations.verbs import set_meeting
from kernel.errors import Refused
from kernel.locks import lock

_S = Reservation.Status
FAILED = "reservation.link_failed"


def make_meetings(*, at: datetime, limit: int = 50) -> int:
    """Give confirmed video conferences that lack a link a meeting, and invite; how many got one.

    One that cannot be made is tried again with the next sweep; the first failure stands in its history.
    """
    maker = service()
    if maker is None:
        return 0
    rows = Reservation.objects.filter(status=_S.CONFIRMED, mode=Mode.VIDEO, meeting_url="", ends_at__gt=at)
    return sum(_make(maker, row, at) for row in rows.select_related("region").order_by("starts_at")[:limit])


def drop_meetings(*, at: datetime, limit: int = 50) -> int:
    """Take away the meetings of what does not take place; how many."""
    maker = service()
    if maker is None:
        return 0
    rows = Reservation.objects.filter(status__in=(_S.CANCELLED, _S.RESCHEDULED)).exclude(meeting_key="")
    return sum(_drop(maker, row) for row in rows.order_by("pk")[:limit])


def _make(maker: MeetingService, row: Reservation, at: datetime) -> bool:
    with override("id"):
        subject = _("Konsultasi {visitor}").format(visitor=wording.visitor(row))
    try:
        meeting = maker.create(row.number, subject, row.starts_at, row.ends_at)
    except MeetingError as error:
        _note_failure(row, str(error), at)
        return False
    try:
        set_meeting(reservation=row, meeting_url=meeting.url, meeting_key=meeting.key, at=at, actor=None)
    except Refused:  # cancelled meanwhile: keep its key, so that it is taken away
        Reservation.objects.filter(pk=row.pk, meeting_key="").update(meeting_key=meeting.key)
        return False
    return True


def _drop(maker: MeetingService, row: Reservation) -> bool:
    try:
        maker.delete(row.meeting_key)
    except MeetingError:
        return False
    return Reservation.objects.filter(pk=row.pk, meeting_key=row.meeting_key).update(meeting_key="") == 1


@transaction.atomic
def _note_failure(row: Reservation, reason: str, at: datetime) -> None:
    row = lock(row)
    if not row.events.filter(code=FAILED).exists():
        append(row, FAILED, at=at, actor=None, reason=reason)
