"""An article is drafted, published, reviewed by its unit, revised and retired."""

import pytest
from django.db import IntegrityError, transaction

from kernel.errors import Refused
from knowledge import verbs
from knowledge.models import ReviewRequest
from tests import factories as make


@pytest.fixture
def at(db):
    return {"at": make.NOW, "actor": make.staff("laras")}


@pytest.fixture
def article(at):
    return verbs.create_article(
        title="Jadwal DAU", body="DAU disalurkan tiap bulan.", unit=make.unit("PK.2"), topic=make.topic(), **at
    )


def codes(article):
    return list(article.events.values_list("code", flat=True))


def test_the_life_of_an_article(article, at):
    assert article.code == "KB-24-00001"
    verbs.publish(article=article, **at)
    review = verbs.request_review(article=article, reason="PMK baru", **at)
    damar = make.staff("damar")
    done = verbs.complete_review(review=review, outcome="Masih berlaku.", at=make.NOW, actor=damar)
    assert (done.reviewed_by, done.outcome) == (damar, "Masih berlaku.")
    verbs.revise(article=article, body="DAU disalurkan tanggal 1.", **at)
    article = verbs.retire(article=article, **at)
    assert article.status == "RETIRED"
    assert article.history.count() == 3
    assert codes(article) == [
        "article.created",
        "article.published",
        "article.review_requested",
        "article.reviewed",
        "article.revised",
        "article.retired",
    ]
    assert verbs.publish(article=article, **at).status == "PUBLISHED"


def test_one_open_review_at_a_time(article, at):
    review = verbs.request_review(article=article, **at)
    with pytest.raises(Refused, match=r"article\.under_review"):
        verbs.request_review(article=article, **at)
    with pytest.raises(IntegrityError, match="one_open_review"), transaction.atomic():
        ReviewRequest.objects.create(article=article, requested_at=make.NOW)
    verbs.publish(article=article, **at)
    with pytest.raises(Refused, match=r"article\.under_review"):
        verbs.retire(article=article, **at)
    verbs.complete_review(review=review, outcome="Sesuai.", **at)
    with pytest.raises(Refused, match=r"review\.done"):
        verbs.complete_review(review=review, outcome="Sesuai.", **at)
    verbs.request_review(article=article, **at)


def test_refused_moves(article, at):
    with pytest.raises(Refused, match=r"article\.not_published"):
        verbs.retire(article=article, **at)
    with pytest.raises(Refused, match=r"article\.needs_text"):
        verbs.revise(article=article, title=" ", **at)
    verbs.publish(article=article, **at)
    with pytest.raises(Refused, match=r"article\.published"):
        verbs.publish(article=article, **at)
    verbs.retire(article=article, **at)
    for move in (verbs.request_review, lambda **rest: verbs.revise(body="Baru", **rest)):
        with pytest.raises(Refused, match=r"article\.retired"):
            move(article=article, **at)


def test_revising_nothing_leaves_no_event(article, at):
    verbs.revise(article=article, title="Jadwal DAU", unit=make.unit("PK.2"), **at)
    assert codes(article) == ["article.created"]
