"""Monthly figures, what has to be refilled, snapshots of earlier months and the texts staff write."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.models import EventBase
from people.models import User


class MonthlyFigure(models.Model):
    """One figure of one month, filled by `filling.py` from the records; the only thing reports read.

    `indicator` is a stored key of `catalogue.py`; `dim1`, `dim2` are its dimensions ('' when it has none).
    """

    month = models.DateField(help_text="first day")
    indicator = models.CharField(max_length=60)
    dim1 = models.CharField(max_length=60, default="", blank=True)
    dim2 = models.CharField(max_length=60, default="", blank=True)
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    numerator = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    denominator = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    filled_at = models.DateTimeField()
    rules_version = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["month", "indicator", "dim1", "dim2"]
        constraints = [
            models.UniqueConstraint(fields=["month", "indicator", "dim1", "dim2"], name="figure_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="figure_month_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.indicator} {self.dim1} {self.dim2}".strip()


class DirtyMonth(models.Model):
    """Appended by statement-level triggers: this source changed in this month. The filler takes and deletes."""

    month = models.DateField(db_index=True)
    source = models.CharField(max_length=30)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.source}"


class MetricSnapshot(models.Model):
    """A month's value from before the app went live; the app's own rows win (decisions 24)."""

    month = models.DateField(help_text="first day")
    indicator = models.CharField(max_length=60)
    dim1 = models.CharField(max_length=60, default="", blank=True)
    dim2 = models.CharField(max_length=60, default="", blank=True)
    value = models.DecimalField(max_digits=20, decimal_places=6)
    source = models.CharField(max_length=120, blank=True, default="", help_text="where it was read")
    entered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["month", "indicator", "dim1", "dim2"]
        constraints = [
            models.UniqueConstraint(fields=["month", "indicator", "dim1", "dim2"], name="snapshot_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="snapshot_month_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.indicator}"


class ReportText(models.Model):
    """A text of one section of one month: written or confirmed by staff, or offered from a template."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("Draf")
        CONFIRMED = "CONFIRMED", _("Disetujui")

    month = models.DateField(help_text="first day")
    section = models.CharField(max_length=3, help_text="S01 to S36")
    key = models.CharField(max_length=60, help_text="what it belongs to: a topic code, a heading")
    position = models.PositiveSmallIntegerField(default=0)
    text = models.TextField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.DRAFT)
    written_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["month", "section", "key", "position"]
        constraints = [
            models.UniqueConstraint(fields=["month", "section", "key", "position"], name="report_text_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="report_text_month_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.section} {self.key}"


class IndicatorSetting(models.Model):
    """Deviations from the catalogue that a manager may set: printed decimals, rounding, first live month."""

    class Rounding(models.TextChoices):
        HALF_UP = "HALF_UP", _("Bulatkan setengah ke atas")
        DOWN = "DOWN", _("Potong")

    indicator = models.CharField(max_length=60)
    aspect = models.CharField(
        max_length=20,
        choices=[
            ("VALUE", _("Nilai")),
            ("SHARE", _("Pangsa")),
            ("PREVIOUS_MONTH", _("Dibanding bulan sebelumnya")),
            ("LAST_YEAR", _("Dibanding bulan yang sama tahun lalu")),
        ],
    )
    decimals = models.PositiveSmallIntegerField(null=True, blank=True)
    rounding = models.CharField(max_length=7, choices=Rounding.choices, blank=True, default="")
    live_from = models.DateField(null=True, blank=True, help_text="first month counted from the app's own records")

    class Meta:
        ordering = ["indicator", "aspect"]
        constraints = [models.UniqueConstraint(fields=["indicator", "aspect"], name="indicator_setting_once")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.aspect}"


class ReportEvent(EventBase):
    """Who entered a snapshot, wrote or confirmed a text, or changed how a figure is counted and printed."""

    month = models.DateField(null=True, blank=True, help_text="first day; empty for settings")
    record = models.CharField(max_length=40)
    record_key = models.CharField(max_length=140, help_text="indicator and dimensions, or section and key")

    class Meta(EventBase.Meta):
        indexes = [models.Index(fields=["record", "record_key"], name="report_event_of")]
