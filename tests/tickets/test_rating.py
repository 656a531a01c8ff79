"""One rating per closed ticket, by the requester, within seven days."""

import pytest
from django.db import IntegrityError, transaction

from kernel.errors import Refused
from tests import factories as make
from tickets.models import SatisfactionRating
from tickets.rating import rate_ticket
from tickets.sorting import take
from tickets.verbs import close


@pytest.fixture
def closed(db):
    laras = make.staff("laras")
    ticket = take(ticket=make.ticket(topic=make.topic()), at=make.NOW, actor=laras)
    return close(ticket=ticket, at=make.NOW, actor=laras)


def rate(ticket, service=5, substance=4, **rest):
    return rate_ticket(ticket=ticket, service_score=service, substance_score=substance, **{"at": make.NOW, **rest})


def test_a_rating_goes_to_the_agent_who_had_the_ticket(closed):
    rating = rate(closed, at=make.NOW + 7 * make.DAY, comment=" Terima kasih ")
    assert (rating.agent.username, rating.contact, rating.comment) == ("laras", closed.contact, "Terima kasih")
    assert closed.events.last().code == "ticket.rated"
    with pytest.raises(Refused, match=r"rating\.given"):
        rate(closed)


@pytest.mark.parametrize("scores", [(0, 5), (5, 6), (-1, 3)])
def test_scores_are_one_to_five(closed, scores):
    with pytest.raises(Refused, match=r"rating\.out_of_range"):
        rate(closed, *scores)
    with pytest.raises(IntegrityError), transaction.atomic():
        SatisfactionRating.objects.create(
            ticket=closed,
            contact=closed.contact,
            service_score=abs(scores[0]) or 6,
            substance_score=6,
            rated_at=make.NOW,
        )


def test_refused_ratings(closed):
    with pytest.raises(Refused, match=r"rating\.by_staff"):
        rate(closed, actor=make.staff("laras"))
    with pytest.raises(Refused, match=r"rating\.too_late"):
        rate(closed, at=make.NOW + 7 * make.DAY + make.MINUTE)
    with pytest.raises(Refused, match=r"rating\.too_early"):
        rate(make.ticket())
    assert not SatisfactionRating.objects.exists()
