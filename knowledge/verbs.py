"""The life of a knowledge article: drafted, revised, published, reviewed by its unit, retired."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from kernel.numbering import next_number
from knowledge.models import ArticleEvent, KnowledgeArticle, ReviewRequest
from people.models import Unit, User
from tickets.models import Topic

_S = KnowledgeArticle.Status
KEEP: Any = object()  # leave as it is


@transaction.atomic
def create_article(
    *, title: str, body: str, unit: Unit, topic: Topic | None = None, at: datetime, actor: User | None
) -> KnowledgeArticle:
    """A draft with a code of its own (KB-24-00001)."""
    _check_text(title, body)
    article = KnowledgeArticle.objects.create(
        code=next_number("KB", at, model=KnowledgeArticle, field="code"),
        title=title.strip(),
        body=body,
        unit=unit,
        topic=topic,
        created_at=at,
        updated_at=at,
    )
    _append(article, "article.created", at=at, actor=actor, to_value=article.status)
    return article


@transaction.atomic
def revise(
    *,
    article: KnowledgeArticle,
    title: str = KEEP,
    body: str = KEEP,
    topic: Topic | None = KEEP,
    unit: Unit = KEEP,
    at: datetime,
    actor: User | None,
    reason: str = "",
) -> KnowledgeArticle:
    """Change the text, topic or unit of a draft or published article; nothing changed, no event."""
    article = lock(article)
    if article.status == _S.RETIRED:
        raise Refused("article.retired", _("Artikel ini sudah ditarik. Terbitkan kembali dahulu."))
    given = {"title": title, "body": body, "topic": topic, "unit": unit}
    changed = {name: value for name, value in given.items() if value is not KEEP and getattr(article, name) != value}
    if not changed:
        return article
    for name, value in changed.items():
        setattr(article, name, value)
    _check_text(article.title, article.body)
    article.updated_at = at
    article.save(update_fields=[*changed, "updated_at"])
    _append(article, "article.revised", at=at, actor=actor, reason=reason, data={"fields": sorted(changed)})
    return article


@transaction.atomic
def publish(*, article: KnowledgeArticle, at: datetime, actor: User | None) -> KnowledgeArticle:
    """Layer 1 and the chatbot may use it."""
    article = lock(article)
    if article.status == _S.PUBLISHED:
        raise Refused("article.published", _("Artikel ini sudah terbit."))
    return _move(article, _S.PUBLISHED, "article.published", at=at, actor=actor)


@transaction.atomic
def retire(*, article: KnowledgeArticle, at: datetime, actor: User | None, reason: str = "") -> KnowledgeArticle:
    """No longer in use; refused while its unit owes a review."""
    article = lock(article)
    if article.status != _S.PUBLISHED:
        raise Refused("article.not_published", _("Hanya artikel yang terbit dapat ditarik."))
    if article.reviews.filter(reviewed_at__isnull=True).exists():
        raise Refused("article.under_review", _("Artikel ini sedang direviu. Selesaikan reviunya dahulu."))
    return _move(article, _S.RETIRED, "article.retired", at=at, actor=actor, reason=reason)


@transaction.atomic
def request_review(
    *, article: KnowledgeArticle, reason: str = "", due_on: date | None = None, at: datetime, actor: User | None
) -> ReviewRequest:
    """Ask the article's unit for a review; one at a time."""
    article = lock(article)
    if article.status == _S.RETIRED:
        raise Refused("article.retired", _("Artikel ini sudah ditarik. Terbitkan kembali dahulu."))
    if article.reviews.filter(reviewed_at__isnull=True).exists():
        raise Refused("article.under_review", _("Reviu artikel ini sudah diminta dan belum selesai."))
    review = ReviewRequest.objects.create(
        article=article, requested_at=at, requested_by=actor, reason=reason, due_on=due_on
    )
    _append(article, "article.review_requested", at=at, actor=actor, reason=reason, data={"review": review.pk})
    return review


@transaction.atomic
def complete_review(*, review: ReviewRequest, outcome: str, at: datetime, actor: User | None) -> ReviewRequest:
    """The unit's answer: what it found. Changes of the text are revisions of their own."""
    review = lock(review)
    if review.reviewed_at:
        raise Refused("review.done", _("Reviu ini sudah selesai."))
    if not outcome.strip():
        raise Refused("review.needs_outcome", _("Tulis hasil reviunya."))
    if at < review.requested_at:
        raise Refused("review.before_request", _("Waktunya lebih awal daripada permintaan reviu."))
    review.reviewed_at, review.reviewed_by, review.outcome = at, actor, outcome.strip()
    review.save(update_fields=["reviewed_at", "reviewed_by", "outcome"])
    _append(review.article, "article.reviewed", at=at, actor=actor, reason=review.outcome, data={"review": review.pk})
    return review


def _check_text(title: str, body: str) -> None:
    if not title.strip() or not body.strip():
        raise Refused("article.needs_text", _("Isi judul dan teks artikel."))


def _move(article: KnowledgeArticle, status: str, code: str, *, at: datetime, **rest: Any) -> KnowledgeArticle:
    before = article.status
    article.status, article.updated_at = status, at
    article.save(update_fields=["status", "updated_at"])
    _append(article, code, at=at, from_value=before, to_value=status, **rest)
    return article


def _append(article: KnowledgeArticle, code: str, *, at: datetime, actor: User | None, **rest: Any) -> ArticleEvent:
    return ArticleEvent.objects.create(article=article, code=code, at=at, actor=actor, **rest)
