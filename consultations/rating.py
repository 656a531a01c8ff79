"""The visitor rates a consultation that was held, once, on two factors (rules 5)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from consultations.journal import append, day_of
from consultations.models import ConsultationRating, HeldStatus, Reservation, VideoConference, Visit
from kernel.errors import Refused
from kernel.locks import lock
from people.models import User
from tickets.rating import check_scores
from tickets.rules import ticket_rule_on


@transaction.atomic
def rate_consultation(
    *,
    consultation: Visit | VideoConference,
    service_score: int,
    substance_score: int,
    comment: str = "",
    at: datetime,
    actor: User | None = None,
) -> ConsultationRating:
    """Staff cannot rate; the link lasts as long as a ticket's."""
    if actor is not None:
        raise Refused("rating.by_staff", _("Hanya pemohon yang dapat memberi nilai."))
    row = lock(consultation)
    if closed := why_closed(row, at):
        raise closed
    check_scores(service_score, substance_score)
    rating = ConsultationRating.objects.create(
        **_of(row),
        service_score=service_score,
        substance_score=substance_score,
        comment=comment.strip(),
        rated_at=at,
    )
    if row.reservation:
        append(row.reservation, "reservation.rated", at=at, actor=None)
    return rating


def why_closed(held: Visit | VideoConference, at: datetime) -> Refused | None:
    """Why it cannot be rated now; None while it can."""
    if held.status != HeldStatus.HELD:
        return Refused("rating.too_early", _("Nilai dapat diberikan setelah konsultasi selesai."))
    if ConsultationRating.objects.filter(**_of(held)).exists():
        return Refused("rating.given", _("Konsultasi ini sudah dinilai. Terima kasih."))
    if day_of(at) > last_day(held):
        return Refused("rating.too_late", _("Masa penilaian konsultasi ini sudah lewat."))
    return None


def last_day(held: Visit | VideoConference) -> date:
    """Until when it can be rated."""
    return held.held_on + timedelta(days=ticket_rule_on(held.held_on).rating_days)


def rating_of(reservation: Reservation) -> ConsultationRating | None:
    """How it was rated."""
    of = Q(visit__reservation=reservation) | Q(conference__reservation=reservation)
    return ConsultationRating.objects.filter(of).first()


def _of(held: Visit | VideoConference) -> dict[str, Visit | VideoConference]:
    return {"visit": held} if isinstance(held, Visit) else {"conference": held}
