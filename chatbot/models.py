"""The menu tree of WhatsApp and live chat, its versions, and the sessions people had with it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.languages import in_language
from kernel.models import append_only, stamped
from knowledge.models import KnowledgeArticle
from messaging.models import Channel
from people.models import Contact, User
from tickets.models import Ticket, Topic


class ChatbotMenu(models.Model):
    """A menu that is or was in a published tree; the top level is what the report counts (S17)."""

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
        return in_language(self.label, self.label_en)


class ChatbotVersion(models.Model):
    """The whole tree as it was published, or the one draft that is being edited; `chatbot.tree` says its shape."""

    number = models.PositiveIntegerField(null=True, blank=True, unique=True, help_text="empty: the draft")
    content = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True, default="", help_text="what has changed")

    class Meta:
        triggers = [stamped()]
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["published_at"], condition=Q(number=None), nulls_distinct=False, name="chatbot_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(number=None, published_at=None) | Q(number__isnull=False, published_at__isnull=False),
                name="chatbot_published_has_number",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}" if self.number else "draft"


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
    version = models.ForeignKey(ChatbotVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.JSONField(default=dict, db_default={}, blank=True, help_text="where it stands; empty once ended")
    last_at = models.DateTimeField(null=True, blank=True, help_text="the requester's last message; live ones only")
    simulated = models.BooleanField(default=False, db_default=False, help_text="counts nowhere")

    class Meta:
        ordering = ["started_at", "id"]
        indexes = [
            models.Index(fields=["started_at"], name="chatbot_started"),
            models.Index(fields=["channel", "contact"], condition=Q(outcome="RUNNING"), name="chatbot_running"),
        ]
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


class ChatbotStep(models.Model):
    """Something that counts in the statistics of menus: opened, found or missed by words; append-only."""

    class Kind(models.TextChoices):
        OPENED = "OPENED", _("Dibuka")
        SEARCHED = "SEARCHED", _("Ditemukan lewat kata")
        MISSED = "MISSED", _("Tidak ditemukan")

    session = models.ForeignKey(ChatbotSession, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    menu = models.ForeignKey(ChatbotMenu, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=80, blank=True, default="", help_text="what was looked for")

    class Meta:
        ordering = ["at", "id"]
        triggers = [append_only()]
        indexes = [models.Index(fields=["at"], name="chatbot_step_at")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.kind}"
