"""Public information requests (PPID) under UU 14/2008, and complaints."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.history import keep_history
from kernel.models import EventBase
from people.models import Contact, Region, Unit, User
from tickets.models import Ticket, Topic


@keep_history
class Complaint(models.Model):
    """A report about a third party (COMPLAINT) or about DJPK's own service or policy (GRIEVANCE)."""

    class Kind(models.TextChoices):
        COMPLAINT = "COMPLAINT", _("Pengaduan")
        GRIEVANCE = "GRIEVANCE", _("Keluhan")

    class Source(models.TextChoices):
        CONTACT_CENTER = "CONTACT_CENTER", _("Contact Center DJPK")
        SP4N_LAPOR = "SP4N_LAPOR", "SP4N-LAPOR!"
        WISE = "WISE", "WISE"
        OTHER = "OTHER", _("Lainnya")

    class Status(models.TextChoices):
        RECEIVED = "RECEIVED", _("Diterima")
        IN_PROGRESS = "IN_PROGRESS", _("Ditangani")
        REFERRED = "REFERRED", _("Diteruskan")
        CLOSED = "CLOSED", _("Selesai")

    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    subject = models.CharField(max_length=300, help_text="the same subject groups several reports (rules 7.6)")
    description = models.TextField(blank=True, default="")
    topic = models.ForeignKey(Topic, null=True, blank=True, on_delete=models.PROTECT, related_name="complaints")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="complaints")
    source = models.CharField(max_length=14, choices=Source.choices, default=Source.CONTACT_CENTER)
    forwarded_by = models.CharField(max_length=120, blank=True, default="", help_text="e.g. DJA Kemenkeu")
    outside_number = models.CharField(max_length=60, blank=True, default="")
    reporter_name = models.CharField(max_length=160, blank=True, default="", help_text="for the handlers only")
    anonymous = models.BooleanField(default=False)
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.PROTECT, related_name="complaints")
    handler = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="complaints")
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.RECEIVED)
    received_at = models.DateTimeField()
    first_replied_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    resolution = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["received_at", "id"]
        indexes = [models.Index(fields=["received_at"], name="complaint_received")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="CLOSED", closed_at__isnull=False)
                | (~Q(status="CLOSED") & Q(closed_at__isnull=True)),
                name="complaint_closed_has_time",
            )
        ]

    def __str__(self) -> str:
        return self.number


class ComplaintEvent(EventBase):
    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="events")


@keep_history
class PpidRequest(models.Model):
    """A request for public information: 10 working days, once 7 more with reasons (rules 6)."""

    class ApplicantKind(models.TextChoices):
        CITIZEN = "CITIZEN", _("Warga negara Indonesia")
        LEGAL_ENTITY = "LEGAL_ENTITY", _("Badan hukum")

    class Status(models.TextChoices):
        RECEIVED = "RECEIVED", _("Diterima")
        IN_PROGRESS = "IN_PROGRESS", _("Diproses")
        EXTENDED = "EXTENDED", _("Diperpanjang")
        ANSWERED = "ANSWERED", _("Dijawab")
        REFUSED = "REFUSED", _("Ditolak")
        WITHDRAWN = "WITHDRAWN", _("Dicabut")

    number = models.CharField(max_length=40, unique=True)
    applicant_name = models.CharField(max_length=160)
    applicant_kind = models.CharField(max_length=12, choices=ApplicantKind.choices, default=ApplicantKind.CITIZEN)
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.PROTECT, related_name="ppid_requests")
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.PROTECT, related_name="ppid_requests")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="ppid_requests")
    data_requested = models.TextField()
    purpose = models.CharField(max_length=255, blank=True, default="")
    purpose_kind = models.CharField(max_length=40, blank=True, default="", help_text="RESEARCH, MEDIA, …")
    data_category = models.CharField(max_length=120, blank=True, default="", help_text="as listed in S31")
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.RECEIVED)
    received_at = models.DateTimeField()
    due_on = models.DateField(help_text="10th working day after receipt")
    extended_due_on = models.DateField(null=True, blank=True, help_text="at most 7 working days later")
    extension_reason = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["received_at", "id"]
        indexes = [models.Index(fields=["received_at"], name="ppid_received")]
        constraints = [
            models.CheckConstraint(
                condition=Q(extended_due_on__isnull=True)
                | (Q(extended_due_on__gt=F("due_on")) & ~Q(extension_reason="")),
                name="ppid_extension_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["ANSWERED", "REFUSED"]) | Q(answered_at__isnull=False),
                name="ppid_answered_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PpidObjection(models.Model):
    """Objection to the PPID's superior: filed and answered within 30 working days each (rules 6.3)."""

    class Ground(models.TextChoices):
        REFUSED = "REFUSED", _("Permohonan ditolak")
        NOT_PUBLISHED = "NOT_PUBLISHED", _("Informasi berkala tidak disediakan")
        NOT_ANSWERED = "NOT_ANSWERED", _("Permohonan tidak ditanggapi")
        NOT_AS_ASKED = "NOT_AS_ASKED", _("Ditanggapi tidak sebagaimana diminta")
        NOT_FULFILLED = "NOT_FULFILLED", _("Permohonan tidak dipenuhi")
        UNFAIR_FEE = "UNFAIR_FEE", _("Biaya tidak wajar")
        LATE = "LATE", _("Melampaui jangka waktu")

    request = models.ForeignKey(PpidRequest, on_delete=models.PROTECT, related_name="objections")
    number = models.CharField(max_length=40, unique=True)
    ground = models.CharField(max_length=13, choices=Ground.choices)
    statement = models.TextField(blank=True, default="")
    filed_on = models.DateField()
    due_on = models.DateField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["filed_on", "id"]

    def __str__(self) -> str:
        return self.number


class PpidEvent(EventBase):
    request = models.ForeignKey(PpidRequest, on_delete=models.PROTECT, related_name="events")
