"""Letters to the people of a unit, and the links in them that open one answer page."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from escalation.models.escalations import Escalation
from messaging.models import Message
from people.models import User


class AnswerLink(models.Model):
    """Lets one person answer one escalation without signing in. Only the digest of its secret is kept."""

    escalation = models.ForeignKey(Escalation, on_delete=models.CASCADE, related_name="links")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True, help_text="sha256 of the secret")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True, help_text="first opened")

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["escalation", "user"], condition=Q(revoked_at__isnull=True), name="one_answer_link_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.escalation_id} {self.user_id}"


class Letter(models.Model):
    """A mail to somebody of a unit; `key` makes sending it twice impossible."""

    class Kind(models.TextChoices):
        ASKED = "ASKED", _("Pertanyaan baru")
        STEP = "STEP", _("Skor segera turun")
        TARGET = "TARGET", _("Target tercapai waktunya")
        LATE = "LATE", _("Lewat target")
        DIGEST = "DIGEST", _("Ringkasan harian")
        REFUSED = "REFUSED", _("Balasan tidak diterima")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    escalation = models.ForeignKey(Escalation, null=True, blank=True, on_delete=models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    key = models.CharField(max_length=80)
    at = models.DateTimeField()
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="letter_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
