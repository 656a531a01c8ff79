"""The requester rates a closed ticket, once, on two factors (rules 5)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from people.models import User
from tickets import journal
from tickets.models import SatisfactionRating, Ticket
from tickets.rules import rateable_until

LOWEST, HIGHEST = 1, 5


def check_scores(service_score: int, substance_score: int) -> None:
    """Both factors from 1 to 5; consultations use the same check."""
    if not all(LOWEST <= score <= HIGHEST for score in (service_score, substance_score)):
        raise Refused("rating.out_of_range", _("Nilai harus {low} sampai {high}."), low=LOWEST, high=HIGHEST)


@transaction.atomic
def rate_ticket(
    *,
    ticket: Ticket,
    service_score: int,
    substance_score: int,
    comment: str = "",
    at: datetime,
    actor: User | None = None,
) -> SatisfactionRating:
    """Rate the consultation and the agent who has it. Staff cannot rate; the link lasts some days."""
    if actor is not None:
        raise Refused("rating.by_staff", _("Hanya pemohon yang dapat memberi nilai."))
    check_scores(service_score, substance_score)
    ticket = journal.lock_ticket(ticket, at=at, closed_too=True)
    until = rateable_until(ticket)
    if until is None or ticket.is_spam:
        raise Refused("rating.too_early", _("Nilai dapat diberikan setelah konsultasi selesai."))
    if at > until:
        raise Refused("rating.too_late", _("Masa penilaian konsultasi ini sudah lewat."))
    if SatisfactionRating.objects.filter(ticket=ticket).exists():
        raise Refused("rating.given", _("Konsultasi ini sudah dinilai. Terima kasih."))
    rating = SatisfactionRating.objects.create(
        ticket=ticket,
        agent=ticket.assignee,
        contact=ticket.contact,
        service_score=service_score,
        substance_score=substance_score,
        comment=comment.strip(),
        rated_at=at,
    )
    journal.append(ticket, "ticket.rated", at=at, actor=None, shown=False)
    return rating
