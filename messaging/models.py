"""Channels and the messages that came in or went out through them."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import GeneratedField, Q
from django.utils.translation import gettext_lazy as _

from kernel.models import StoredFile
from people.models import Contact, User


class Channel(models.Model):
    """A way in. Five of them make consultation tickets (rules 2.1); the lapor mailbox does not."""

    code = models.CharField(max_length=20, unique=True)
    label = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60, blank=True, default="")
    address = models.CharField(max_length=120, blank=True, default="")
    makes_tickets = models.BooleanField(default=True, help_text="counts in P1")
    open_outside_hours = models.BooleanField(default=True, help_text="takes contacts outside service hours")
    first_answer_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="target in service minutes of Jakarta (rules 2.7); 0 is at once"
    )
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.label


class Message(models.Model):
    """One message, in or out. `(channel, external_id)` is unique: processing it twice changes nothing."""

    class Direction(models.TextChoices):
        IN = "IN", _("Masuk")
        OUT = "OUT", _("Keluar")

    class Delivery(models.TextChoices):
        RECEIVED = "RECEIVED", _("Diterima")
        QUEUED = "QUEUED", _("Antre")
        SENDING = "SENDING", _("Mengirim")
        SENT = "SENT", _("Terkirim")
        DELIVERED = "DELIVERED", _("Sampai")
        READ = "READ", _("Dibaca")
        FAILED = "FAILED", _("Gagal")
        BOUNCED = "BOUNCED", _("Ditolak")
        UNKNOWN = "UNKNOWN", _("Tidak diketahui")

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="messages")
    external_id = models.CharField(max_length=255)
    direction = models.CharField(max_length=3, choices=Direction.choices)
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="messages",
        help_text="staff, for OUT",
    )
    subject = models.CharField(max_length=255, blank=True, default="")
    body = models.TextField(blank=True, default="")
    raw = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(help_text="server receipt, or when it was written for OUT")
    claimed_by = models.CharField(max_length=40, blank=True, default="", help_text="the app that took it")
    delivery = models.CharField(max_length=9, choices=Delivery.choices, default=Delivery.RECEIVED)
    delivery_reason = models.CharField(max_length=255, blank=True, default="")
    search = GeneratedField(
        expression=SearchVector("subject", "body", config="indonesian"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [models.UniqueConstraint(fields=["channel", "external_id"], name="message_once")]
        indexes = [
            GinIndex(fields=["search"], name="message_search"),
            models.Index(fields=["received_at"], condition=Q(claimed_by=""), name="message_unclaimed"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.external_id}"


class Attachment(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["message", "position"]

    def __str__(self) -> str:
        return self.name
