"""Face-to-face and video consultations: rules, rooms, reservations, what was held, ratings (SE-2/PK.1/2024)."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce
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
    month_limit = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="visits of one region or organisation in a month; 0 is any number"
    )
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
    directions = models.TextField(blank=True, default="", db_default="", help_text="how guests get there")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label


_OCCUPYING = ("REQUESTED", "CHECKED", "CONFIRMED", "CHECKED_IN", "HELD")


class Mode(models.TextChoices):
    FACE_TO_FACE = "FACE_TO_FACE", _("Tatap muka")
    VIDEO = "VIDEO", _("Video conference")


class SlotPattern(models.Model):
    """When consultations are offered: on these weekdays from `opens` to `closes`, slot after slot with a buffer.

    In force from `valid_from` up to, not including, `valid_to`. Without `unit` it serves all units. A pattern with a
    room or an expert offers that one; without either, `capacity` says how many meet at once.
    """

    unit_code = models.CharField(max_length=10, blank=True, default="")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="patterns")
    expert = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="slot_patterns")
    mode = models.CharField(max_length=12, choices=Mode.choices)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), help_text="0 (Monday) to 6")
    opens = models.PositiveSmallIntegerField(help_text="minutes from midnight in Jakarta")
    closes = models.PositiveSmallIntegerField(help_text="minutes from midnight in Jakarta, exclusive")
    slot_minutes = models.PositiveSmallIntegerField()
    buffer_minutes = models.PositiveSmallIntegerField(default=0, help_text="kept free after each slot")
    capacity = models.PositiveSmallIntegerField(default=1, help_text="consultations at once")
    lead_working_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="offered no later than so many working days before; empty: as the rule says"
    )
    cutoff = models.PositiveSmallIntegerField(
        default=24 * 60, help_text="minutes from midnight; who asks later in the day counts as asking the next day"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["mode", "unit_code", "room", "expert", "opens", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__lte=24 * 60, slot_minutes__gte=1, capacity__gte=1)
                & Q(closes__gte=F("opens") + F("slot_minutes")),
                name="slot_pattern_hours",
            ),
            models.CheckConstraint(
                condition=Q(capacity=1) | Q(room__isnull=True, expert__isnull=True), name="slot_pattern_one_place"
            ),
        ]

    def __str__(self) -> str:
        where = self.room or self.expert or self.get_mode_display()
        return " ".join(filter(None, [str(where), self.unit_code, _clock(self.opens), "–", _clock(self.closes)]))


class SlotException(models.Model):
    """Days on which a pattern, unit, room or expert offers nothing, or other hours; what is empty means all of them.

    With `opens` and `closes` on a `pattern` these are its hours on those days, weekend and holiday too; without a
    pattern only that part of the day is closed.
    """

    starts_on = models.DateField()
    ends_on = models.DateField(help_text="included")
    pattern = models.ForeignKey(SlotPattern, null=True, blank=True, on_delete=models.CASCADE, related_name="exceptions")
    unit_code = models.CharField(max_length=10, blank=True, default="")
    room = models.ForeignKey(Room, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    expert = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    opens = models.PositiveSmallIntegerField(null=True, blank=True)
    closes = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=150)

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="slot_exception_days"),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(closes__gt=F("opens"), closes__lte=24 * 60),
                name="slot_exception_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} {self.reason}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}.{minutes % 60:02d}"


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

    class Source(models.TextChoices):
        TICKET = "TICKET", _("Tiket")
        PHONE = "PHONE", _("Telepon")
        FRONT_DESK = "FRONT_DESK", _("Meja depan")
        WALK_IN = "WALK_IN", _("Datang langsung")
        PORTAL = "PORTAL", _("Portal")

    OCCUPYING = _OCCUPYING
    """What holds its room, expert and seat: nobody else gets them, from the request on."""

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
    slot = models.ForeignKey(SlotPattern, null=True, blank=True, on_delete=models.PROTECT, related_name="reservations")
    seat = models.PositiveSmallIntegerField(null=True, blank=True, help_text="which of the slot's places, from 0")
    blocked_until = models.DateTimeField(null=True, blank=True, help_text="with the buffer; as `ends_at` when empty")
    waiting_since = models.DateTimeField(null=True, blank=True, help_text="for a place in a slot that is full")
    preferred = ArrayField(models.DateTimeField(), default=list, db_default=[], blank=True, help_text="other starts")
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.TICKET, db_default=Source.TICKET)
    reason_face_to_face = models.TextField(blank=True, default="", help_text="why video would not do")
    letter = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    letter_name = models.CharField(max_length=255, blank=True, default="")
    rule = models.ForeignKey(ConsultationRule, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    invitations = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="sent; SEQUENCE of the next .ics")
    meeting_key = models.CharField(
        max_length=255, blank=True, default="", db_default="", help_text="by which the meeting service names it"
    )
    minutes = models.TextField(blank=True, default="", db_default="", help_text="what was discussed and agreed")
    follow_ups = models.ManyToManyField(Ticket, blank=True, related_name="followed_up_from")
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
                    (TimeRange("starts_at", Coalesce("blocked_until", "ends_at")), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=_OCCUPYING, room__isnull=False),
            ),
            ExclusionConstraint(
                name="expert_not_double_booked",
                expressions=[
                    (F("expert"), RangeOperators.EQUAL),
                    (TimeRange("starts_at", Coalesce("blocked_until", "ends_at")), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=_OCCUPYING, expert__isnull=False),
            ),
            ExclusionConstraint(
                name="seat_not_double_booked",
                expressions=[
                    (F("slot"), RangeOperators.EQUAL),
                    (F("seat"), RangeOperators.EQUAL),
                    (TimeRange("starts_at", Coalesce("blocked_until", "ends_at")), RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=_OCCUPYING, seat__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ReservationGuest(models.Model):
    reservation = models.ForeignKey(Reservation, on_delete=models.CASCADE, related_name="guests")
    name = models.CharField(max_length=160)
    position = models.CharField(max_length=120, blank=True, default="", help_text="post, not rank in the list")
    arrived_at = models.DateTimeField(null=True, blank=True)
    announced = models.BooleanField(default=True, db_default=True, help_text="named before they came")

    class Meta:
        ordering = ["reservation", "id"]

    def __str__(self) -> str:
        return self.name


class ReservationEvent(EventBase):
    reservation = models.ForeignKey(Reservation, on_delete=models.PROTECT, related_name="events")


class CalendarFeed(models.Model):
    """An iCalendar address of somebody: of their own consultations, or of a unit's. Its key makes it unguessable."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_feeds")
    unit_code = models.CharField(max_length=10, blank=True, default="", help_text="empty: where they are the expert")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["user", "unit_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit_code"], condition=Q(revoked_at__isnull=True), name="calendar_feed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.unit_code}"


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
