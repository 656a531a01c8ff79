"""Layer 1 to Layer 2: each escalation is a row with its own clock and, once answered, its own score."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.history import keep_history
from kernel.models import EventBase, StoredFile, stamped
from knowledge.models import KnowledgeArticle
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
        triggers = [stamped()]
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
        triggers = [stamped()]
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

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="escalations", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="escalations", db_index=False)
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.OPEN)
    via_app = models.BooleanField(default=True)
    question = models.TextField(blank=True, default="")
    tried = models.TextField(blank=True, default="", db_default="", help_text="what Layer 1 has tried")
    may_answer_requester = models.BooleanField(
        default=False, db_default=False, help_text="the unit may answer the requester itself"
    )
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by", help_text="asked again"
    )
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
    answered_requester = models.BooleanField(
        default=False, db_default=False, help_text="the answer went straight to the requester"
    )
    legal_basis = ArrayField(models.CharField(max_length=120), default=list, db_default=[], blank=True)
    article = models.ForeignKey(
        KnowledgeArticle, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="answered with"
    )
    proposed_article = models.ForeignKey(
        KnowledgeArticle, null=True, blank=True, on_delete=models.PROTECT, related_name="proposed_by"
    )
    closed_at = models.DateTimeField(null=True, blank=True, help_text="answered, transferred or recalled")
    transferred_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="transferred_to"
    )
    drops_at = models.DateTimeField(
        null=True, blank=True, help_text="when the score of an answer drops next; none while the clock stands"
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
            models.Index(fields=["ticket", "unit"], name="escalation_of_ticket"),
            models.Index(fields=["unit", "ticket"], name="escalation_of_unit"),
            models.Index(fields=["escalated_at"], name="escalation_at"),
            models.Index(fields=["answered_at"], name="escalation_answered"),
            models.Index(
                fields=["unit", "escalated_at"],
                condition=Q(status__in=["OPEN", "TAKEN", "RETURNED"]),
                name="escalation_open",
            ),
            models.Index(
                F("unit"),
                F("drops_at").asc(nulls_last=True),
                F("id"),
                condition=Q(status__in=["OPEN", "TAKEN"]),
                name="escalation_drops",
            ),
            models.Index(fields=["unit", "answered_at"], name="escalation_unit_answered"),
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


class EscalationFile(models.Model):
    """A file chosen for the unit with the question, or given with the answer."""

    class Kind(models.TextChoices):
        QUESTION = "QUESTION", _("Pertanyaan")
        ANSWER = "ANSWER", _("Jawaban")

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["escalation", "kind", "position", "id"]

    def __str__(self) -> str:
        return self.name


class EscalationEvent(EventBase):
    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="events")
