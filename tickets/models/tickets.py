"""The ticket and its rating."""

from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Reverse
from django.utils.translation import gettext_lazy as _

from kernel.history import keep_history
from messaging.models import Channel
from people.models import Contact, Region, User, UserGroup, Zone
from tickets.models.topics import Topic


class ServiceHours(models.TextChoices):
    INSIDE = "INSIDE", _("Di dalam jam layanan")
    OUTSIDE = "OUTSIDE", _("Di luar jam layanan")
    UNKNOWN = "UNKNOWN", _("Zona tidak dikenal")


class TicketQuerySet(models.QuerySet["Ticket"]):
    def consultations(self) -> "TicketQuerySet":
        """Population P1: what the report counts as a consultation (report-outline; decisions 22)."""
        return self.filter(channel__makes_tickets=True, merged_into__isnull=True, is_spam=False).exclude(
            source=Ticket.Source.SIMULATOR
        )


@keep_history
class Ticket(models.Model):
    """One consultation. Group, region, zone and hours are snapshots taken at intake (decisions 11)."""

    class Status(models.TextChoices):
        NEW = "NEW", _("Baru")
        OPEN = "OPEN", _("Terbuka")
        WAITING_REQUESTER = "WAITING_REQUESTER", _("Menunggu pemohon")
        WAITING_LAYER2 = "WAITING_LAYER2", _("Menunggu Layer 2")
        ANSWERED = "ANSWERED", _("Terjawab")
        CLOSED = "CLOSED", _("Selesai")

    class Priority(models.IntegerChoices):
        LOW = 10, _("Rendah")
        NORMAL = 20, _("Sedang")
        HIGH = 30, _("Tinggi")
        URGENT = 40, _("Mendesak")

    class Source(models.TextChoices):
        LIVE = "LIVE", _("Langsung")
        IMPORT = "IMPORT", _("Impor")
        SIMULATOR = "SIMULATOR", _("Simulator")

    number = models.CharField(max_length=40, unique=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="tickets", db_index=False)
    topic = models.ForeignKey(
        Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets", db_index=False
    )
    subject = models.CharField(max_length=255, blank=True, default="")
    status = models.CharField(max_length=17, choices=Status.choices, default=Status.NEW)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    assignee = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets", db_index=False
    )
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    created_at = models.DateTimeField(help_text="server receipt; start of the call; moment of Chat Agent")
    first_answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    last_message_at = models.DateTimeField(null=True, blank=True)
    last_requester_at = models.DateTimeField(null=True, blank=True, help_text="the requester's last message")
    first_answer_due_at = models.DateTimeField(null=True, blank=True, help_text="deadline of the first reply")
    resolution_due_at = models.DateTimeField(null=True, blank=True, help_text="deadline of closing")
    due_at = models.DateTimeField(null=True, blank=True, help_text="next deadline of a clock that runs now")
    user_group = models.CharField(max_length=10, choices=UserGroup.choices)
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets", db_index=False
    )
    zone = models.CharField(max_length=4, choices=Zone.choices, blank=True, default="")
    service_hours = models.CharField(max_length=7, choices=ServiceHours.choices)
    window_version = models.CharField(max_length=40, help_text="calendar and revision that classed it")
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_tickets", db_index=False
    )
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    is_spam = models.BooleanField(default=False)
    source = models.CharField(max_length=9, choices=Source.choices, default=Source.LIVE)

    objects = TicketQuerySet.as_manager()
    was: tuple[str, datetime | None] | None = (Status.NEW.value, None)
    """Status and `closed_at` as they are stored, whatever has been set since; None when pauses fit already."""

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="CLOSED", closed_at__isnull=False)
                | (~Q(status="CLOSED") & Q(closed_at__isnull=True)),
                name="ticket_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("created_at")),
                name="ticket_closed_after",
            ),
            models.CheckConstraint(
                condition=(Q(zone="") & Q(service_hours="UNKNOWN")) | (~Q(zone="") & ~Q(service_hours="UNKNOWN")),
                name="ticket_hours_need_zone",
            ),
            models.CheckConstraint(
                condition=~Q(status="CLOSED") | Q(topic__isnull=False) | Q(is_spam=True) | Q(merged_into__isnull=False),
                name="ticket_closed_has_topic",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="ticket_not_own_survivor",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | ~Q(status__in=["WAITING_REQUESTER", "CLOSED"]),
                name="ticket_due_while_clocks_run",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="ticket_created"),
            models.Index(
                fields=["status", "-created_at"],
                include=["id", "last_requester_at"],
                condition=~Q(status="CLOSED"),
                name="ticket_open",
            ),
            models.Index(fields=["contact", "-created_at"], name="ticket_of_contact"),
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="ticket_due"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="ticket_merged"),
            models.Index(Coalesce("last_message_at", "created_at"), "id", name="ticket_recent"),
            models.Index(fields=["region", "-created_at"], name="ticket_of_region"),
            models.Index(fields=["topic", "-created_at"], name="ticket_of_topic"),
            models.Index(fields=["assignee", "-created_at"], name="ticket_of_assignee"),
            # What is open is one in fifty: counts and filters of it never read the past, nor mostly the table itself.
            models.Index(
                fields=["assignee"],
                include=["id", "last_requester_at", "status", "priority", "channel", "topic"],
                condition=~Q(status="CLOSED"),
                name="ticket_open_assignee",
            ),
            models.Index(
                fields=["channel"],
                include=["user_group", "zone", "topic", "priority", "status", "assignee"],
                condition=~Q(status="CLOSED"),
                name="ticket_open_channel",
            ),
            models.Index(
                fields=["topic"],
                include=["zone", "user_group", "channel", "priority", "status", "assignee"],
                condition=~Q(status="CLOSED"),
                name="ticket_open_topic",
            ),
            models.Index(fields=["region"], condition=~Q(status="CLOSED"), name="ticket_open_region"),
            GinIndex(fields=["tags"], condition=~Q(status="CLOSED"), name="ticket_open_tags"),
            models.Index(OpClass(Reverse("number"), "text_pattern_ops"), name="ticket_number_end"),
            GinIndex(fields=["tags"], name="ticket_tags"),
            GinIndex(SearchVector("subject", config="indonesian"), name="ticket_subject_search"),
            models.Index(
                Coalesce("last_message_at", "created_at").desc(),
                F("id").desc(),
                condition=~Q(status="CLOSED"),
                name="ticket_open_said",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        row = super().from_db(*args, **kwargs)
        if "status" in row.__dict__ and "closed_at" in row.__dict__:
            row.remember()
        return row

    def remember(self) -> None:
        """Take what is set now as what is stored."""
        self.was = self.status, self.closed_at


class SatisfactionRating(models.Model):
    """Two factors from 1 to 5, one rating per ticket (rules 5)."""

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="rating")
    agent = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="ratings")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="ratings")
    service_score = models.PositiveSmallIntegerField()
    substance_score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True, default="")
    rated_at = models.DateTimeField()

    class Meta:
        ordering = ["rated_at", "id"]
        indexes = [models.Index(fields=["rated_at"], name="rating_at")]
        constraints = [
            models.CheckConstraint(
                condition=Q(service_score__range=(1, 5)) & Q(substance_score__range=(1, 5)),
                name="rating_1_to_5",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.service_score}/{self.substance_score}"
