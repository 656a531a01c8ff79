"""Face-to-face and video consultations: rules, rooms, reservations, what was held, ratings (SE-2/PK.1/2024)."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from kernel.history import keep_history
from kernel.models import EventBase, StoredFile
from people.models import Contact, Region, Unit, User, UserGroup
from tickets.models import Ticket, Topic
from worktime.models import DateRange


class TimeRange(Func):
    function = "tstzrange"


class ConsultationRule(models.Model):
    """The circular's limits, dated (rules 4.2, 4.3). `valid_to` is exclusive."""

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    guest_limit = models.PositiveSmallIntegerField()
    lead_working_days = models.PositiveSmallIntegerField()
    letter_required = models.BooleanField(default=True)
    slot_opens = models.PositiveSmallIntegerField(help_text="minutes from local midnight")
    slot_closes = models.PositiveSmallIntegerField(help_text="minutes from local midnight, exclusive")
    slot_minutes = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["valid_from"]
        constraints = [
            ExclusionConstraint(
                name="consultation_rule_no_overlap",
                expressions=[(DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}"


class Room(models.Model):
    code = models.CharField(max_length=20, unique=True)
    label = models.CharField(max_length=80)
    capacity = models.PositiveSmallIntegerField()
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label


class Mode(models.TextChoices):
    FACE_TO_FACE = "FACE_TO_FACE", _("Tatap muka")
    VIDEO = "VIDEO", _("Video conference")


@keep_history
class Reservation(models.Model):
    """A planned consultation. A rescheduled one is closed and a new row points back (decisions 28)."""

    class Status(models.TextChoices):
        REQUESTED = "REQUESTED", _("Diminta")
        CHECKED = "CHECKED", _("Diperiksa")
        CONFIRMED = "CONFIRMED", _("Dikonfirmasi")
        CHECKED_IN = "CHECKED_IN", _("Hadir")
        HELD = "HELD", _("Terlaksana")
        NO_SHOW = "NO_SHOW", _("Tidak hadir")
        CANCELLED = "CANCELLED", _("Dibatalkan")
        RESCHEDULED = "RESCHEDULED", _("Dijadwalkan ulang")

    OCCUPYING = ("CONFIRMED", "CHECKED_IN", "HELD")

    number = models.CharField(max_length=40, unique=True)
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.PROTECT, related_name="reservations")
    mode = models.CharField(max_length=12, choices=Mode.choices)
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.REQUESTED)
    organization = models.CharField(max_length=160)
    user_group = models.CharField(max_length=10, choices=UserGroup.choices)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="reservations")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="reservations")
    topics = models.ManyToManyField(Topic, related_name="reservations")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="reservations")
    expert = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="expert_reservations"
    )
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="reservations")
    meeting_url = models.URLField(blank=True, default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason_face_to_face = models.TextField(blank=True, default="", help_text="why video would not do")
    letter = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    letter_name = models.CharField(max_length=255, blank=True, default="")
    rule = models.ForeignKey(ConsultationRule, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    rescheduled_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="rescheduled_to"
    )

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["starts_at"], name="reservation_starts")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="reservation_range"),
            ExclusionConstraint(
                name="room_not_double_booked",
                expressions=[
                    (F("room"), RangeOperators.EQUAL),
                    (TimeRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=["CONFIRMED", "CHECKED_IN", "HELD"], room__isnull=False),
            ),
            ExclusionConstraint(
                name="expert_not_double_booked",
                expressions=[
                    (F("expert"), RangeOperators.EQUAL),
                    (TimeRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=["CONFIRMED", "CHECKED_IN", "HELD"], expert__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ReservationGuest(models.Model):
    reservation = models.ForeignKey(Reservation, on_delete=models.CASCADE, related_name="guests")
    name = models.CharField(max_length=160)
    position = models.CharField(max_length=120, blank=True, default="", help_text="post, not rank in the list")

    class Meta:
        ordering = ["reservation", "id"]

    def __str__(self) -> str:
        return self.name


class ReservationEvent(EventBase):
    reservation = models.ForeignKey(Reservation, on_delete=models.PROTECT, related_name="events")


class HeldStatus(models.TextChoices):
    HELD = "HELD", _("Terlaksana")
    PLANNED = "PLANNED", _("Direncanakan")
    CANCELLED = "CANCELLED", _("Dibatalkan")
    NO_SHOW = "NO_SHOW", _("Tidak hadir")


class Consultation(models.Model):
    """What visits and video conferences share. Only HELD counts; the month is that of `held_on`."""

    reservation = models.OneToOneField(
        Reservation, null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)s"
    )
    number = models.CharField(max_length=40, unique=True, help_text="register number")
    status = models.CharField(max_length=9, choices=HeldStatus.choices, default=HeldStatus.HELD)
    held_on = models.DateField()
    visitor = models.CharField(max_length=160, help_text="as entered; a region or any organisation")
    user_group = models.CharField(max_length=10, choices=UserGroup.choices)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss")
    note = models.CharField(max_length=255, blank=True, default="")
    position = models.PositiveIntegerField(default=0, help_text="order in the register")

    class Meta:
        abstract = True
        ordering = ["held_on", "position", "id"]


@keep_history
class Visit(Consultation):
    """Face-to-face consultation at DJPK. Over the limit it is held all the same, and marked (rules 4.2)."""

    guest_count = models.PositiveSmallIntegerField()
    over_limit = models.BooleanField(default=False)
    rule = models.ForeignKey(ConsultationRule, null=True, on_delete=models.PROTECT, related_name="+")
    topics = models.ManyToManyField(Topic, through="VisitTopic", related_name="visits")

    class Meta(Consultation.Meta):
        indexes = [models.Index(fields=["held_on"], name="visit_held_on")]
        constraints = [models.CheckConstraint(condition=Q(guest_count__gte=1), name="visit_has_guests")]

    def __str__(self) -> str:
        return f"{self.held_on} {self.visitor}"


class VisitTopic(models.Model):
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="topic_rows")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["visit", "position"]
        constraints = [models.UniqueConstraint(fields=["visit", "topic"], name="visit_topic_once")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.topic_id}"


@keep_history
class VideoConference(Consultation):
    meeting_url = models.URLField(blank=True, default="")
    topics = models.ManyToManyField(Topic, through="VideoConferenceTopic", related_name="video_conferences")

    class Meta(Consultation.Meta):
        indexes = [models.Index(fields=["held_on"], name="video_held_on")]

    def __str__(self) -> str:
        return f"{self.held_on} {self.visitor}"


class VideoConferenceTopic(models.Model):
    conference = models.ForeignKey(VideoConference, on_delete=models.CASCADE, related_name="topic_rows")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["conference", "position"]
        constraints = [models.UniqueConstraint(fields=["conference", "topic"], name="conference_topic_once")]

    def __str__(self) -> str:
        return f"{self.conference_id} {self.topic_id}"


class ConsultationRating(models.Model):
    """Rating of a visit or a video conference, two factors from 1 to 5 (rules 5)."""

    visit = models.OneToOneField(Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="rating")
    conference = models.OneToOneField(
        VideoConference, null=True, blank=True, on_delete=models.PROTECT, related_name="rating"
    )
    service_score = models.PositiveSmallIntegerField()
    substance_score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True, default="")
    rated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(service_score__range=(1, 5)) & Q(substance_score__range=(1, 5)),
                name="consultation_rating_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(visit__isnull=False, conference__isnull=True)
                | Q(visit__isnull=True, conference__isnull=False),
                name="consultation_rating_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_score}/{self.substance_score}"
