"""The visitor's rating at the end: at once when the ticket is closed, else as soon as it is."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from livechat.models import ChatSession
from livechat.reading import state_of, ticket_of
from tickets.rating import check_scores, rate_ticket

LONGEST = 2000


@transaction.atomic
def rate_session(
    *, session: ChatSession, service_score: int, substance_score: int, comment: str = "", at: datetime
) -> ChatSession:
    """Two factors from 1 to 5 (rules 5.3), once. Refused while the chat goes on and where no agent was asked."""
    check_scores(service_score, substance_score)
    row = lock(session)
    state = state_of(row, at)
    if state.rated:
        raise Refused("rating.given", _("Konsultasi ini sudah dinilai. Terima kasih."))
    if state.ticket is None or not state.rate:
        raise Refused("rating.too_early", _("Nilai dapat diberikan setelah konsultasi selesai."))
    row.service_score, row.substance_score = service_score, substance_score
    row.comment, row.scored_at, row.score_waits = comment.strip()[:LONGEST], at, state.ticket.closed_at is None
    row.save(update_fields=["service_score", "substance_score", "comment", "scored_at", "score_waits"])
    if not row.score_waits:
        _rate(row, at)
    return row


@transaction.atomic
def settle_score(*, session: ChatSession, at: datetime) -> bool:
    """Pass a waiting rating on once its ticket is closed; whether it no longer waits."""
    row = lock(session)
    ticket = ticket_of(row)
    if not row.score_waits or ticket is None or ticket.closed_at is None:
        return not row.score_waits
    try:
        with transaction.atomic():
            _rate(row, at)
    except Refused:
        pass  # rated by another way meanwhile, or marked as spam: the row keeps what was said
    row.score_waits = False
    row.save(update_fields=["score_waits"])
    return True


def _rate(session: ChatSession, at: datetime) -> None:
    ticket = ticket_of(session)
    if ticket is None or session.service_score is None or session.substance_score is None:
        return
    rate_ticket(
        ticket=ticket,
        service_score=session.service_score,
        substance_score=session.substance_score,
        comment=session.comment,
        at=at,
    )
