"""Topics, tickets, what happened to them, and their ratings. State is written by `verbs.py` only."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.history import keep_history
from kernel.models import EventBase
from messaging.models import Channel, Message
from people.models import Contact, Region, Unit, User, UserGroup, Zone
from worktime.models import DateRange


class Topic(models.Model):
    """What a ticket is about; one per ticket for reporting (rules 2.4). Units own topics for escalation."""

    class Category(models.TextChoices):
        TECHNICAL = "TECHNICAL", _("Teknis")
        OTHER = "OTHER", _("Lainnya")

    code = models.CharField(max_length=20, unique=True)
    label = models.CharField(max_length=60)
    label_en = models.CharField(max_length=80, blank=True, default="")
    category = models.CharField(max_length=9, choices=Category.choices)
    owner_unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="topics")
    definition = models.TextField(blank=True, default="", help_text="printed in the report for OTHER topics")
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.label


class TopicAlias(models.Model):
    """Another spelling: JFAKPD, DAK Non Fisik, OMPSPAN TKD."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="aliases")
    alias = models.CharField(max_length=60)
    normalised = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ["alias"]

    def __str__(self) -> str:
        return self.alias


class TicketRule(models.Model):
    """How long a closed ticket may be reopened and rated (rules 2.8, 5.4), dated; `valid_to` is exclusive."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    reopen_working_days = models.PositiveSmallIntegerField(help_text="after the day of closing")
    rating_days = models.PositiveSmallIntegerField(help_text="calendar days after closing")
    basis = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["valid_from"]
        constraints = [
            ExclusionConstraint(
                name="ticket_rule_no_overlap",
                expressions=[(DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="ticket_rule_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}"


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
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="tickets")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="tickets")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets")
    subject = models.CharField(max_length=255, blank=True, default="")
    status = models.CharField(max_length=17, choices=Status.choices, default=Status.NEW)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    assignee = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets")
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    created_at = models.DateTimeField(help_text="server receipt; start of the call; moment of Chat Agent")
    first_answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    last_message_at = models.DateTimeField(null=True, blank=True)
    user_group = models.CharField(max_length=10, choices=UserGroup.choices)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets")
    zone = models.CharField(max_length=4, choices=Zone.choices, blank=True, default="")
    service_hours = models.CharField(max_length=7, choices=ServiceHours.choices)
    window_version = models.CharField(max_length=40, help_text="calendar and revision that classed it")
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_tickets"
    )
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    is_spam = models.BooleanField(default=False)
    source = models.CharField(max_length=9, choices=Source.choices, default=Source.LIVE)

    objects = TicketQuerySet.as_manager()

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
        ]
        indexes = [
            models.Index(fields=["created_at"], name="ticket_created"),
            models.Index(fields=["status", "-created_at"], condition=~Q(status="CLOSED"), name="ticket_open"),
            models.Index(fields=["contact", "-created_at"], name="ticket_of_contact"),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="ticket_merged"),
        ]

    def __str__(self) -> str:
        return self.number


class TicketEvent(EventBase):
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")

    class Meta(EventBase.Meta):
        indexes = [models.Index(fields=["ticket", "at"], name="event_of_ticket")]


class TicketEntry(models.Model):
    """Messages, notes and event lines of a ticket in one order."""

    class Kind(models.TextChoices):
        MESSAGE = "MESSAGE", _("Pesan")
        NOTE = "NOTE", _("Catatan internal")
        EVENT = "EVENT", _("Peristiwa")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    at = models.DateTimeField()
    message = models.OneToOneField(
        Message, null=True, blank=True, on_delete=models.PROTECT, related_name="ticket_entry"
    )
    event = models.OneToOneField(TicketEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="entry")
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["ticket", "at", "id"], name="entry_of_ticket")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="MESSAGE", message__isnull=False, event__isnull=True)
                | Q(kind="NOTE", message__isnull=True, event__isnull=True)
                | Q(kind="EVENT", message__isnull=True, event__isnull=False),
                name="entry_holds_its_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.at:%Y-%m-%d %H:%M}"


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
