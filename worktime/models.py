"""Working calendars as dated rows. The engine over them is `clock.py`; nothing here computes."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from kernel.models import EventBase, stamped


class DateRange(Func):
    """`daterange(from, to, '[)')`, for exclusion constraints over dated rows (`valid_to` is exclusive)."""

    function = "daterange"


class WorkCalendar(models.Model):
    """A named set of dated weekly windows, exceptions and holidays.

    SERVICE is read by the clock of the requester's region, OFFICE by Jakarta's (rules 1.3, 3.5).
    `revision` grows with every change, so that stored results can name what they were made with.
    """

    code = models.CharField(max_length=20, unique=True)
    label = models.CharField(max_length=80)
    zone = models.CharField(max_length=40, default="Asia/Jakarta", help_text="IANA name")
    basis = models.CharField(
        max_length=8, choices=[("REGION", _("Zona daerah")), ("WIB", _("WIB untuk semua"))], default="REGION"
    )
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        triggers = [stamped()]

    def __str__(self) -> str:
        return self.label


class ServiceSchedule(models.Model):
    """The weekly windows of a calendar from `valid_from` up to, not including, `valid_to`."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="schedules")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=200, blank=True, default="", help_text="the rule it comes from")

    class Meta:
        triggers = [stamped()]
        ordering = ["calendar", "valid_from"]
        constraints = [
            ExclusionConstraint(
                name="schedule_no_overlap",
                expressions=[
                    (F("calendar"), RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="schedule_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.valid_from}"


class ServiceWindow(models.Model):
    """Open from `opens` (inclusive) to `closes` (exclusive) on a weekday; 0 is Monday.

    Minutes from local midnight, so that a window can end at 24.00 (1440).
    """

    schedule = models.ForeignKey(ServiceSchedule, on_delete=models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField()
    opens = models.PositiveSmallIntegerField(help_text="minutes from local midnight")
    closes = models.PositiveSmallIntegerField(help_text="minutes from local midnight, exclusive")

    class Meta:
        triggers = [stamped()]
        ordering = ["schedule", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6) & Q(closes__lte=1440) & Q(opens__lt=F("closes")),
                name="window_sane",
            )
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}-{self.closes}"


class CalendarException(models.Model):
    """A dated override: closed, or open in other windows than usual (Ramadan, an event). The latest row wins."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="exceptions")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="inclusive")
    closed = models.BooleanField(default=True)
    working_days_only = models.BooleanField(
        default=True, help_text="changes the hours of days open anyway; off: opens weekends and holidays too"
    )
    reason = models.CharField(max_length=200)

    class Meta:
        triggers = [stamped()]
        ordering = ["calendar", "starts_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="exception_range"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} {self.reason}"


class ExceptionWindow(models.Model):
    """A window of an exception that is not closed; on every weekday, or on one when `weekday` is set."""

    exception = models.ForeignKey(CalendarException, on_delete=models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    opens = models.PositiveSmallIntegerField(help_text="minutes from local midnight")
    closes = models.PositiveSmallIntegerField(help_text="minutes from local midnight, exclusive")

    class Meta:
        triggers = [stamped()]
        ordering = ["exception", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__lte=1440) & Q(opens__lt=F("closes")), name="exception_window_sane"
            )
        ]

    def __str__(self) -> str:
        return f"{self.opens}-{self.closes}"


class Holiday(models.Model):
    """A national holiday or cuti bersama; both close every calendar (rules 9)."""

    class Kind(models.TextChoices):
        NATIONAL = "NATIONAL", _("Libur nasional")
        COLLECTIVE_LEAVE = "COLLECTIVE_LEAVE", _("Cuti bersama")

    date = models.DateField()
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    basis = models.CharField(max_length=255, blank=True, default="", help_text="the decree")

    class Meta:
        triggers = [stamped()]
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["date", "name"], name="holiday_once")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class CalendarEvent(EventBase):
    """What was changed in a calendar, by whom and why."""

    calendar = models.ForeignKey(WorkCalendar, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
