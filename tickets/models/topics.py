"""What tickets are about, and the dated rules they follow."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from kernel.languages import in_language
from kernel.models import stamped
from messaging.models import Channel
from people.models import Unit
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
        triggers = [stamped()]
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return in_language(self.label, self.label_en)


class TopicAlias(models.Model):
    """Another spelling: JFAKPD, DAK Non Fisik, OMPSPAN TKD."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="aliases")
    alias = models.CharField(max_length=60)
    normalised = models.CharField(max_length=60, unique=True)

    class Meta:
        triggers = [stamped()]
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
        triggers = [stamped()]
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


class ResolutionTarget(models.Model):
    """How soon a ticket is to be closed, in service minutes of Jakarta; dated, empty by default (decisions 33).

    `channel` and `priority` left empty hold for all; the row that names more wins. `valid_to` is exclusive.
    """

    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    priority = models.PositiveSmallIntegerField(null=True, blank=True, help_text="as on the ticket")
    minutes = models.PositiveIntegerField(help_text="service minutes from receipt to closing")
    basis = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        triggers = [stamped()]
        ordering = ["valid_from", "id"]
        constraints = [
            ExclusionConstraint(
                name="resolution_target_no_overlap",
                expressions=[
                    (Coalesce(F("channel"), 0), RangeOperators.EQUAL),
                    (Coalesce(F("priority"), 0), RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="resolution_target_range"
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="resolution_target_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}: {self.minutes}"
