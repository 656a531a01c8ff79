"""Who has duty for new tickets, as dated rows that supervisors edit, and what became of these rows."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from kernel.models import EventBase, stamped
from people.models import User

DAY = 24 * 60


class DutyShift(models.Model):
    """An agent's duty, or with `off` an exception from it (leave, training), on days [valid_from, valid_to).

    Hours are minutes since midnight in Jakarta. No row is deleted: what was withdrawn before it began is empty.
    """

    agent = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duty_shifts")
    off = models.BooleanField(default=False, help_text="not on duty, whatever other rows say")
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True, help_text="0 (Monday) to 6; empty: every day"
    )
    opens = models.PositiveSmallIntegerField(help_text="minutes since midnight")
    closes = models.PositiveSmallIntegerField(help_text="exclusive; 1440 is midnight")
    channels = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, help_text="codes of channels; empty: all"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="exclusive")

    class Meta:
        triggers = [stamped()]
        ordering = ["valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="duty_range"
            ),
            models.CheckConstraint(condition=Q(opens__lt=F("closes")) & Q(closes__lte=DAY), name="duty_hours"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.valid_from}"


class DutyEvent(EventBase):
    """One change of a row of the roster."""

    shift = models.ForeignKey(DutyShift, on_delete=models.PROTECT, related_name="events")

    class Meta(EventBase.Meta):
        ordering = ["-at", "-id"]
