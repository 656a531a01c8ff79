"""Who chats, known by a secret token, and the order in which a session's messages stand on both screens."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.models import Connection, Message
from people.models import Contact


class ChatSession(models.Model):
    """One browser's chat. Only the digest of its token is kept; `name` and `email` are what the visitor said.

    `last_seq` numbers the lines; the visitor's browser holds those up to `delivered_seq` and showed those up to
    `read_seq`. A rating given before the ticket is closed waits in the score columns.
    """

    class EndedBy(models.TextChoices):
        REQUESTER = "REQUESTER", _("Pemohon")
        SILENCE = "SILENCE", _("Tidak ada di tempat")

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="chat_sessions")
    token_hash = models.CharField(max_length=64, unique=True)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="chat_sessions")
    name = models.CharField(max_length=160)
    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=2, default="id")
    page = models.CharField(max_length=300, blank=True, default="", help_text="where the widget stood, without query")
    simulated = models.BooleanField(default=False, db_default=False, help_text="begun in the simulator: counts nowhere")
    started_at = models.DateTimeField()
    consent_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=9, choices=EndedBy.choices, blank=True, default="")
    last_seq = models.PositiveIntegerField(default=0)
    delivered_seq = models.PositiveIntegerField(default=0)
    read_seq = models.PositiveIntegerField(default=0)
    service_score = models.PositiveSmallIntegerField(null=True, blank=True)
    substance_score = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True, default="")
    scored_at = models.DateTimeField(null=True, blank=True)
    score_waits = models.BooleanField(default=False, help_text="until the ticket is closed")

    class Meta:
        ordering = ["started_at", "id"]
        indexes = [
            models.Index(fields=["seen_at"], condition=Q(ended_at=None), name="chat_going_on"),
            models.Index(fields=["scored_at"], condition=Q(score_waits=True), name="chat_score_waits"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="chat_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(read_seq__lte=models.F("delivered_seq")) & Q(delivered_seq__lte=models.F("last_seq")),
                name="chat_marks_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class ChatLine(models.Model):
    """A message's place in a session. An outgoing one gets it when it is sent, once."""

    session = models.ForeignKey(ChatSession, on_delete=models.PROTECT, related_name="lines")
    seq = models.PositiveIntegerField()
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="chat_line")

    class Meta:
        ordering = ["session", "seq"]
        constraints = [models.UniqueConstraint(fields=["session", "seq"], name="chat_line_once")]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.seq}"
