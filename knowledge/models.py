"""Knowledge articles (FAQ) for Layer 1 and the reviews their units owe."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.history import keep_history
from kernel.models import EventBase
from people.models import Unit, User
from tickets.models import Topic


@keep_history
class KnowledgeArticle(models.Model):
    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("Draf")
        PUBLISHED = "PUBLISHED", _("Terbit")
        RETIRED = "RETIRED", _("Ditarik")

    code = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200)
    body = models.TextField()
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="articles")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="articles")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class ReviewRequest(models.Model):
    """A unit is asked to review an article; open until `reviewed_at` (S32)."""

    article = models.ForeignKey(KnowledgeArticle, on_delete=models.PROTECT, related_name="reviews")
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True, default="")
    due_on = models.DateField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["requested_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["article"], condition=Q(reviewed_at__isnull=True), name="one_open_review_per_article"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True) | Q(reviewed_at__gte=F("requested_at")),
                name="review_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.requested_at:%Y-%m-%d}"


class ArticleEvent(EventBase):
    article = models.ForeignKey(KnowledgeArticle, on_delete=models.PROTECT, related_name="events")
