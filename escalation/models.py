"""Layer 1 to Layer 2: each escalation is a row with its own clock and, once answered, its own score."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.history import keep_history
from kernel.models import EventBase
from people.models import Unit, User
from tickets.models import Ticket
from worktime.models import DateRange, WorkCalendar


class ScoreRule(models.Model):
    """A version of the rubric (rules 3.5), in force from `valid_from` up to, not including, `valid_to`."""

    version = models.CharField(max_length=20, unique=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, related_name="+")
    day_minutes = models.PositiveSmallIntegerField(default=480, help_text="working minutes of a day (decisions 25)")
    target_days = models.PositiveSmallIntegerField(default=3)
    later_score = models.PositiveSmallIntegerField(help_text="score after the last step")
    basis = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["valid_from"]
        constraints = [
            ExclusionConstraint(
                name="score_rule_no_overlap",
                expressions=[(DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return self.version


class ScoreStep(models.Model):
    """Answered within `within_days` working days (inclusive): `score`."""

    rule = models.ForeignKey(ScoreRule, on_delete=models.CASCADE, related_name="steps")
    within_days = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["rule", "within_days"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "within_days"], name="score_step_once"),
            models.CheckConstraint(condition=Q(score__lte=120), name="score_at_most_120"),
        ]

    def __str__(self) -> str:
        return f"<= {self.within_days}: {self.score}"


@keep_history
class Escalation(models.Model):
    """A question handed to one unit. A transfer closes this row and opens another with its own clock."""

    class Status(models.TextChoices):
        OPEN = "OPEN", _("Terbuka")
        TAKEN = "TAKEN", _("Dikerjakan")
        RETURNED = "RETURNED", _("Dikembalikan ke Layer 1")
        ANSWERED = "ANSWERED", _("Terjawab")
        TRANSFERRED = "TRANSFERRED", _("Dialihkan")
        RECALLED = "RECALLED", _("Ditarik")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="escalations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="escalations")
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.OPEN)
    via_app = models.BooleanField(default=True)
    question = models.TextField(blank=True, default="")
    urgent = models.BooleanField(default=False)
    escalated_at = models.DateTimeField()
    escalated_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="taken_escalations"
    )
    answered_at = models.DateTimeField(null=True, blank=True, help_text="first answer of substance")
    answered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="answered_escalations"
    )
    answer = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="answered, transferred or recalled")
    transferred_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="transferred_to"
    )
    rule = models.ForeignKey(ScoreRule, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    working_minutes = models.DecimalField(
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="counted by the clock until the answer",
    )
    calendar_version = models.CharField(max_length=40, blank=True, default="")
    score = models.PositiveSmallIntegerField(null=True, blank=True, help_text="never re-scored by a rule change")
    excluded = models.BooleanField(default=False, help_text="left out of averages by a supervisor")
    excluded_reason = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        ordering = ["escalated_at", "id"]
        indexes = [
            models.Index(fields=["escalated_at"], name="escalation_at"),
            models.Index(fields=["answered_at"], name="escalation_answered"),
            models.Index(
                fields=["unit", "escalated_at"],
                condition=Q(status__in=["OPEN", "TAKEN", "RETURNED"]),
                name="escalation_open",
            ),
            models.Index(
                fields=["answered_at"],
                condition=Q(status="ANSWERED", score__isnull=True),
                name="escalation_unscored",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="ANSWERED", answered_at__isnull=False)
                | (~Q(status="ANSWERED") & Q(answered_at__isnull=True)),
                name="escalation_answered_has_time",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(answered_at__gte=F("escalated_at")),
                name="escalation_answer_order",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True)
                | Q(answered_at__isnull=False, rule__isnull=False, working_minutes__isnull=False),
                name="escalation_score_explains_itself",
            ),
            models.CheckConstraint(
                condition=Q(excluded=False) | ~Q(excluded_reason=""), name="escalation_exclusion_has_reason"
            ),
            models.UniqueConstraint(
                fields=["ticket", "unit"],
                condition=Q(status__in=["OPEN", "TAKEN", "RETURNED"]),
                name="one_open_escalation_per_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} → {self.unit_id} {self.status}"


class EscalationPause(models.Model):
    """The clock stands still from `paused_at` to `resumed_at`: Layer 1 owes data (rules 3.6)."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="pauses")
    paused_at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["escalation", "paused_at"]
        constraints = [
            models.UniqueConstraint(fields=["escalation"], condition=Q(resumed_at__isnull=True), name="one_open_pause"),
            models.CheckConstraint(
                condition=Q(resumed_at__isnull=True) | Q(resumed_at__gte=F("paused_at")), name="pause_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.escalation_id} {self.paused_at:%Y-%m-%d %H:%M}"


class EscalationEvent(EventBase):
    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="events")
