"""Phone calls: one row per call, what the telephone exchange said of it, and which agent sits at which extension."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.models import EventBase, append_only, stamped
from messaging.models import Connection
from people.models import Contact, User
from tickets.models import Ticket

SIMULATED = "simulator-"
"""How the ids of calls begin that the simulator makes up."""


class Extension(models.Model):
    """The telephone of an agent, by which calls find their screen."""

    number = models.CharField(max_length=20, unique=True)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="extension")

    class Meta:
        triggers = [stamped()]
        ordering = ["number"]

    def __str__(self) -> str:
        return self.number


class Call(models.Model):
    """One call. What the exchange tells of it may come in any order; the row is what all of it adds up to."""

    class Direction(models.TextChoices):
        IN = "IN", pgettext_lazy("arah", "Masuk")
        OUT = "OUT", _("Keluar")

    class Status(models.TextChoices):
        RINGING = "RINGING", _("Berdering")
        TALKING = "TALKING", _("Berbicara")
        HELD = "HELD", _("Ditahan")
        ENDED = "ENDED", _("Selesai")
        MISSED = "MISSED", _("Tak terjawab")

    class Source(models.TextChoices):
        CTI = "CTI", _("Sentral telepon")
        LOG = "LOG", _("Dicatat agen")
        IMPORT = "IMPORT", _("Impor")

    call_id = models.CharField(max_length=120, unique=True, help_text="the exchange's own")
    source = models.CharField(max_length=6, choices=Source.choices, default=Source.CTI)
    connection = models.ForeignKey(
        Connection, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="the exchange"
    )
    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.IN)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.RINGING)
    number = models.CharField(max_length=40, blank=True, default="", help_text="the other side's, E.164 where possible")
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="calls")
    extension = models.CharField(max_length=20, blank=True, default="")
    agent = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="calls")
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    hold_seconds = models.PositiveIntegerField(default=0)
    recording_url = models.URLField(max_length=500, blank=True, default="")
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.PROTECT, related_name="calls")
    called_back_at = models.DateTimeField(null=True, blank=True)
    called_back_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="call_recent"),
            models.Index(
                fields=["-started_at", "-id"],
                condition=Q(status="MISSED", called_back_at__isnull=True),
                name="call_to_return",
            ),
            models.Index(fields=["agent", "-started_at"], name="call_of_agent"),
            models.Index(fields=["number", "-started_at"], name="call_of_number"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(called_back_at__isnull=True) | Q(status="MISSED"), name="call_back_of_missed"
            )
        ]

    def __str__(self) -> str:
        return self.call_id

    @property
    def is_simulated(self) -> bool:
        """Whether the simulator made it up: marked wherever it is shown, counted nowhere."""
        return self.call_id.startswith(SIMULATED)


class CallSignal(models.Model):
    """What the exchange said, once each; append-only."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="signals")
    key = models.CharField(max_length=160, help_text="the exchange's id of the event, else its kind and moment")
    kind = models.CharField(max_length=8)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["call", "key"], name="call_signal_once")]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.call_id} {self.key}"


class CallEvent(EventBase):
    """What people did with a call: logged, called back, put on a ticket."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="events")
