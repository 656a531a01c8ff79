"""Channels, the mailboxes and numbers they are reached by, and the messages that came in or went out."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, GeneratedField, Q
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.languages import in_language
from kernel.models import StoredFile, append_only, stamped
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
        triggers = [stamped()]
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return in_language(self.label, self.label_en)

    @property
    def is_spoken(self) -> bool:
        """Whether answers are told, not sent: writing one down records that."""
        return self.code in settings.SPOKEN_CHANNELS


class Connection(models.Model):
    """One mailbox, number or address of a channel. `secrets` is encrypted (kernel.secrets) and never shown again."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="connections")
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=254, help_text="mail address or number that requesters write to")
    settings = models.JSONField(default=dict, blank=True, help_text="servers and options, by transport")
    secrets = models.TextField(blank=True, default="")
    paused_at = models.DateTimeField(null=True, blank=True)
    place = models.JSONField(default=dict, blank=True, help_text="how far it has been read")
    held_by = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="who reads it as it comes"
    )
    held_until = models.DateTimeField(null=True, blank=True)
    last_in_at = models.DateTimeField(null=True, blank=True)
    last_out_at = models.DateTimeField(null=True, blank=True)
    next_send_at = models.DateTimeField(null=True, blank=True, help_text="when the sending rate allows the next one")
    last_error = models.CharField(max_length=255, blank=True, default="")
    last_error_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["channel", "name"]
        constraints = [models.UniqueConstraint(fields=["channel", "address"], name="connection_address_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.address})"

    @property
    def is_simulated(self) -> bool:
        """Whether invented requesters write by it: no figure counts their tickets (decisions 22)."""
        return bool(self.settings.get("simulator"))


SIMULATED = "simulated"
"""The flag of messages whose session, not their connection, is the simulator's."""


class Message(models.Model):
    """One message, in or out. `(channel, external_id)` is unique: processing it twice changes nothing.

    An outgoing one is not sent before `send_after`: until then its author may withdraw it, for good.
    """

    class Direction(models.TextChoices):
        IN = "IN", pgettext_lazy("arah", "Masuk")
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
        WITHDRAWN = "WITHDRAWN", _("Dibatalkan")
        SPOKEN = "SPOKEN", _("Disampaikan lisan")

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
    html = models.TextField(blank=True, default="", db_default="", help_text="cleaned, for showing")
    flags = ArrayField(models.CharField(max_length=20), default=list, db_default=[], blank=True)
    details = models.JSONField(default=dict, db_default={}, blank=True, help_text="what the transport knows")
    connection = models.ForeignKey(Connection, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reply_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replies")
    provider_id = models.CharField(
        max_length=255,
        blank=True,
        default="",
        db_default="",
        help_text="by which receipts, replies and bounces name it",
    )
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="to send, or to claim")
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    raw = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(help_text="server receipt, or when it was written for OUT")
    claimed_by = models.CharField(max_length=40, blank=True, default="", help_text="the app that took it")
    send_after = models.DateTimeField(null=True, blank=True, help_text="may be withdrawn until then")
    delivery = models.CharField(max_length=9, choices=Delivery.choices, default=Delivery.RECEIVED)
    delivery_reason = models.CharField(max_length=255, blank=True, default="")
    search = GeneratedField(
        expression=SearchVector("subject", "body", config="indonesian"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="message_once"),
            models.UniqueConstraint(
                fields=["channel", "provider_id"],
                condition=Q(direction="OUT") & ~Q(provider_id=""),
                name="message_provider_id_once",
            ),
        ]
        indexes = [
            models.Index(
                F("channel"),
                KeyTextTransform("thread", "details"),
                F("id").desc(),
                condition=Q(direction="IN", details__has_key="thread"),
                name="message_thread",
            ),
            models.Index(fields=["received_at"], condition=Q(details__has_key="media"), name="message_with_media"),
            models.Index(
                fields=["contact", "channel", "id"],
                condition=Q(delivery__in=["QUEUED", "SENDING"]),
                name="message_to_send",
            ),
            GinIndex(fields=["search"], name="message_search"),
            models.Index(fields=["received_at", "id"], name="message_recent"),
            models.Index(fields=["received_at"], condition=Q(claimed_by=""), name="message_unclaimed"),
            models.Index(fields=["received_at"], condition=Q(claimed_by="quarantine"), name="message_quarantined"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.external_id}"

    @property
    def is_simulated(self) -> bool:
        """Whether an invented requester wrote it: by the simulator's connection, or in its window of the live chat."""
        return SIMULATED in self.flags or bool(self.connection and self.connection.is_simulated)


class Pace(models.Model):
    """From when the next message to one contact by one line is on time; a row that is long past says nothing."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    next_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "contact"], name="pace_once")]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.contact_id}"


class DeliveryStep(models.Model):
    """What became of an outgoing message, step by step; append-only."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    delivery = models.CharField(max_length=9, choices=Message.Delivery.choices)
    code = models.CharField(max_length=60, blank=True, default="", help_text="the provider's or server's")
    reason = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        ordering = ["at", "id"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.message_id} {self.delivery}"


class EarlyReceipt(models.Model):
    """A receipt that came before the message's id was known; taken up, and gone, when it is."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    provider_id = models.CharField(max_length=255)
    delivery = models.CharField(max_length=9, choices=Message.Delivery.choices)
    at = models.DateTimeField()
    code = models.CharField(max_length=60, blank=True, default="")
    reason = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "provider_id", "delivery"], name="early_receipt_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.delivery}"


class Attachment(models.Model):
    """A file of a message. Of what came in `scan` says what the virus check found; held ones are not given out."""

    class Scan(models.TextChoices):
        NONE = "", _("Tidak diperiksa")
        WAITING = "WAITING", _("Menunggu pemeriksaan virus")
        CLEAN = "CLEAN", _("Bersih")
        INFECTED = "INFECTED", _("Ditahan")
        SKIPPED = "SKIPPED", _("Terlalu besar untuk diperiksa")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    position = models.PositiveSmallIntegerField(default=0)
    content_id = models.CharField(
        max_length=255, blank=True, default="", db_default="", help_text="by which the mail's HTML shows it"
    )
    scan = models.CharField(max_length=8, choices=Scan.choices, blank=True, default="", db_default="")
    scan_said = models.CharField(max_length=120, blank=True, default="", db_default="", help_text="what was found")

    class Meta:
        ordering = ["message", "position"]
        indexes = [
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="attachment_name_like"),
            models.Index(fields=["id"], condition=Q(scan="WAITING"), name="attachment_to_scan"),
        ]

    def __str__(self) -> str:
        return self.name


class MessageTemplate(models.Model):
    """A text that WhatsApp has approved for one of our numbers, as last synchronised (rules 10).

    `fills` says by which value of a ticket each variable is filled in; administrators set it.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="templates")
    name = models.CharField(max_length=255)
    language = models.CharField(max_length=15)
    category = models.CharField(max_length=30, blank=True, default="")
    status = models.CharField(max_length=30, help_text="Meta's word: APPROVED, PENDING, REJECTED, PAUSED")
    header = models.CharField(max_length=255, blank=True, default="")
    body = models.TextField(blank=True, default="")
    footer = models.CharField(max_length=255, blank=True, default="")
    variables = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    named = models.BooleanField(default=False, help_text="variables have names instead of numbers")
    fills = models.JSONField(default=dict, blank=True, help_text="variable -> name of a value")
    sendable = models.BooleanField(default=False, help_text="approved, and nothing but its text has variables")
    synced_at = models.DateTimeField()

    class Meta:
        ordering = ["connection", "name", "language"]
        constraints = [models.UniqueConstraint(fields=["connection", "name", "language"], name="message_template_once")]

    def __str__(self) -> str:
        return self.name


class HaiStatus(models.Model):
    """From a day on: the central desk's word for a state of a ticket (OUT), or the state its word stands for (IN).

    `ours` is the code of a ticket's state, empty where their word is only noted; `theirs` is empty where they are
    told nothing.
    """

    class Direction(models.TextChoices):
        IN = "IN", _("Dari HAI")
        OUT = "OUT", _("Ke HAI")

    direction = models.CharField(max_length=3, choices=Direction.choices)
    ours = models.CharField(max_length=20, blank=True, default="")
    theirs = models.CharField(max_length=60, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="exclusive")

    class Meta:
        ordering = ["direction", "ours", "theirs", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["ours"], condition=Q(direction="OUT", valid_to=None), name="hai_status_out_once"
            ),
            models.UniqueConstraint(
                fields=["theirs"], condition=Q(direction="IN", valid_to=None), name="hai_status_in_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="hai_status_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.ours} {self.theirs}"


class OptOut(models.Model):
    """From when until when somebody wants no messages by a channel. `message` is the one that said so."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="opt_outs")
    at = models.DateTimeField()
    message = models.OneToOneField(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="opt_out")
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=255, blank=True, default="", help_text="why it ended")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "contact"], condition=Q(ended_at__isnull=True), name="opt_out_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.at:%Y-%m-%d}"
