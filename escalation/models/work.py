"""What a unit will be asked after another has answered, and who stands in for somebody who is away."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from escalation.models.escalations import Escalation
from kernel.models import stamped
from people.models import Unit, User
from tickets.models import Ticket
from worktime.models import DateRange


class PlannedEscalation(models.Model):
    """A unit that is asked once `after` is answered; it has no clock before. Dropped when that was recalled."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="planned_escalations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="planned")
    position = models.PositiveSmallIntegerField()
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    opened = models.OneToOneField(
        Escalation, null=True, blank=True, on_delete=models.PROTECT, related_name="planned_as"
    )
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "unit"],
                condition=Q(opened__isnull=True, dropped_at__isnull=True),
                name="one_planned_escalation_per_unit",
            ),
            models.CheckConstraint(
                condition=Q(opened__isnull=True) | Q(dropped_at__isnull=True), name="planned_opened_or_dropped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} … {self.unit_id}"


class Absence(models.Model):
    """Somebody of a unit is away from `starts_on` up to, not including, `ends_on`; `deputy` does and hears it all."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    deputy = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="stands_in")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="exclusive")
    reason = models.CharField(max_length=120, blank=True, default="")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [stamped()]
        ordering = ["starts_on", "id"]
        constraints = [
            ExclusionConstraint(
                name="absence_no_overlap",
                expressions=[
                    (F("user"), RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="absence_range"),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("user")), name="absence_not_own_deputy"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_on:%Y-%m-%d}"
