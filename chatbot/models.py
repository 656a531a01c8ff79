"""The menu tree of WhatsApp and live chat, and the sessions people had with it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from knowledge.models import KnowledgeArticle
from messaging.models import Channel
from people.models import Contact
from tickets.models import Ticket, Topic


class ChatbotMenu(models.Model):
    """A node of the menu tree; the top level is what the report counts (S17)."""

    code = models.CharField(max_length=40, unique=True)
    label = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120, blank=True, default="")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    article = models.ForeignKey(KnowledgeArticle, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.label


class ChatbotSession(models.Model):
    """One visit to the chatbot. Without Chat Agent it counts in P5, with it a ticket counts in P1."""

    class Outcome(models.TextChoices):
        RUNNING = "RUNNING", _("Berlangsung")
        ANSWERED = "ANSWERED", _("Terjawab oleh menu")
        DROPPED = "DROPPED", _("Tidak dilanjutkan")
        HANDED_OVER = "HANDED_OVER", _("Diteruskan ke agen")

    external_id = models.CharField(max_length=120)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="chatbot_sessions")
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="chatbot_sessions"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    menu = models.ForeignKey(ChatbotMenu, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions")
    outcome = models.CharField(max_length=11, choices=Outcome.choices, default=Outcome.RUNNING)
    ticket = models.OneToOneField(
        Ticket, null=True, blank=True, on_delete=models.PROTECT, related_name="chatbot_session"
    )

    class Meta:
        ordering = ["started_at", "id"]
        indexes = [models.Index(fields=["started_at"], name="chatbot_started")]
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="chatbot_session_once"),
            models.CheckConstraint(
                condition=~Q(outcome="ANSWERED") | Q(menu__isnull=False), name="chatbot_answered_has_menu"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="DROPPED") | Q(menu__isnull=True), name="chatbot_dropped_has_no_menu"
            ),
            models.CheckConstraint(
                condition=Q(outcome="RUNNING", ended_at__isnull=True)
                | (~Q(outcome="RUNNING") & Q(ended_at__isnull=False)),
                name="chatbot_ended_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.external_id
