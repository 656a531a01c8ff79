"""The visitor rates a consultation that was held, once, on two factors (rules 5)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consultations.journal import append, day_of
from consultations.models import ConsultationRating, HeldStatus, VideoConference, Visit
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
    check_scores(service_score, substance_score)
    row = lock(consultation)
    if row.status != HeldStatus.HELD:
        raise Refused("rating.too_early", _("Nilai dapat diberikan setelah konsultasi selesai."))
    if day_of(at) > row.held_on + timedelta(days=ticket_rule_on(row.held_on).rating_days):
        raise Refused("rating.too_late", _("Masa penilaian konsultasi ini sudah lewat."))
    of = {"visit": row} if isinstance(row, Visit) else {"conference": row}
    if ConsultationRating.objects.filter(**of).exists():
        raise Refused("rating.given", _("Konsultasi ini sudah dinilai. Terima kasih."))
    rating = ConsultationRating.objects.create(
        **of,
        service_score=service_score,
        substance_score=substance_score,
        comment=comment.strip(),
        rated_at=at,
    )
    if row.reservation:
        append(row.reservation, "reservation.rated", at=at, actor=None)
    return rating
