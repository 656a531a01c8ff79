"""What DJPK publishes and sends, and the registers that are counted, not answered."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.history import keep_history
from kernel.models import EventBase
from messaging.models import Message
from people.models import Region, Unit, User
from tickets.models import Ticket


class Publication(models.Model):
    """Something put on DJPK's website (S04), in the register's order."""

    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=300)
    category = models.CharField(max_length=60, blank=True, default="")
    published_on = models.DateField()
    url = models.URLField(blank=True, default="")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["published_on"], name="publication_on")]

    def __str__(self) -> str:
        return self.title


class Event(models.Model):
    """Webinar, sosialisasi, bimtek, FGD and the like (S05), in the register's order."""

    class Kind(models.TextChoices):
        WEBINAR = "WEBINAR", _("Webinar")
        SOCIALISATION = "SOCIALISATION", _("Sosialisasi")
        WORKSHOP = "WORKSHOP", _("Bimbingan teknis")
        FGD = "FGD", "FGD"
        OTHER = "OTHER", _("Lainnya")

    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=13, choices=Kind.choices, default=Kind.WEBINAR)
    held_on = models.DateField()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["held_on"], name="event_on")]

    def __str__(self) -> str:
        return self.title


class Blast(models.Model):
    """One message to registered users by WhatsApp and/or e-mail; counted once, whatever the recipients (S06)."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("Draf")
        SENT = "SENT", _("Terkirim")

    number = models.CharField(max_length=40, unique=True)
    subject = models.CharField(max_length=300)
    by_whatsapp = models.BooleanField(default=True)
    by_email = models.BooleanField(default=True)
    status = models.CharField(max_length=5, choices=Status.choices, default=Status.DRAFT)
    sent_at = models.DateTimeField(null=True, blank=True)
    recipients = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["sent_at"], name="blast_sent")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="SENT", sent_at__isnull=False) | Q(status="DRAFT", sent_at__isnull=True),
                name="blast_sent_has_time",
            ),
            models.CheckConstraint(condition=Q(by_whatsapp=True) | Q(by_email=True), name="blast_has_medium"),
        ]

    def __str__(self) -> str:
        return self.subject


class OutreachEvent(EventBase):
    """Who entered or changed a register row; `record` and `record_id` name it."""

    record = models.CharField(max_length=40)
    record_id = models.BigIntegerField()

    class Meta(EventBase.Meta):
        indexes = [models.Index(fields=["record", "record_id"], name="outreach_event_of")]


@keep_history
class LaporMail(models.Model):
    """A routine document sent to the lapor mailbox; no ticket (rules 2.3, S23)."""

    class DocumentType(models.TextChoices):
        DBH = "DBH", _("Laporan Syarat Salur DBH")
        DAK_NONFISIK = "DAK_NONFISIK", _("Laporan DAK Nonfisik")
        DAK_FISIK = "DAK_FISIK", _("Laporan DAK Fisik")
        DAU = "DAU", _("Laporan Syarat Salur DAU")
        APBD = "APBD", _("Laporan APBD")
        OTHER = "OTHER", _("Lainnya")

    external_id = models.CharField(max_length=255, unique=True)
    message = models.OneToOneField(Message, null=True, blank=True, on_delete=models.PROTECT, related_name="lapor_mail")
    received_at = models.DateTimeField()
    sender = models.CharField(max_length=254, blank=True, default="")
    subject = models.CharField(max_length=255, blank=True, default="")
    document_type = models.CharField(max_length=12, choices=DocumentType.choices, default=DocumentType.OTHER)
    period = models.CharField(max_length=20, blank=True, default="", help_text="2024-TW3, 2024-07")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="lapor_mails")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="lapor_mails")
    ticket = models.OneToOneField(Ticket, null=True, blank=True, on_delete=models.PROTECT, related_name="lapor_mail")
    forward = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="to the unit's PiC"
    )
    forwarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["received_at", "id"]
        indexes = [
            models.Index(fields=["received_at"], name="lapor_received"),
            models.Index(fields=["document_type", "period", "region"], name="lapor_complete"),
        ]

    def __str__(self) -> str:
        return self.external_id


class LaporRule(models.Model):
    """By what a mail is recognised. Corrections are learnt as rules of their own, which win."""

    class Kind(models.TextChoices):
        WORDS = "WORDS", _("Kata kunci")  # all of them stand in the mail: document type, unit
        SUBJECT = "SUBJECT", _("Perihal")  # the subject without place and time: document type, unit
        SENDER = "SENDER", _("Pengirim")  # the address: region

    kind = models.CharField(max_length=7, choices=Kind.choices)
    pattern = models.CharField(max_length=255)
    document_type = models.CharField(max_length=12, choices=LaporMail.DocumentType.choices, blank=True, default="")
    unit_code = models.CharField(max_length=10, blank=True, default="")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    learnt_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["kind", "pattern"], name="lapor_rule_once")]

    def __str__(self) -> str:
        return self.pattern


class PersonInCharge(models.Model):
    """Who of a unit gets the documents that are forwarded (rules 2.3)."""

    unit_code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField()

    class Meta:
        ordering = ["unit_code"]

    def __str__(self) -> str:
        return f"{self.unit_code} {self.name}"


class WebTraffic(models.Model):
    """Visitors of the website in a month, entered by staff, rounded to thousands (S07)."""

    month = models.DateField(unique=True, help_text="first day")
    visitors = models.PositiveIntegerField()
    entered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["month"]
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="web_month_first_day")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class WebPage(models.Model):
    """One of the most visited pages of a month, in order."""

    traffic = models.ForeignKey(WebTraffic, on_delete=models.CASCADE, related_name="pages")
    rank = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=400)

    class Meta:
        ordering = ["traffic", "rank"]
        constraints = [models.UniqueConstraint(fields=["traffic", "rank"], name="web_page_rank_once")]

    def __str__(self) -> str:
        return self.title


class SocialMetric(models.Model):
    """A platform's posts, followers and reach in a month, entered by staff (S27 to S30)."""

    class Platform(models.TextChoices):
        INSTAGRAM = "INSTAGRAM", "Instagram"
        X = "X", "X (Twitter)"
        FACEBOOK = "FACEBOOK", "Facebook"

    month = models.DateField(help_text="first day")
    platform = models.CharField(max_length=9, choices=Platform.choices)
    posts = models.PositiveIntegerField(null=True, blank=True, help_text="all posts; Instagram: feeds + stories")
    feeds = models.PositiveIntegerField(null=True, blank=True)
    stories = models.PositiveIntegerField(null=True, blank=True)
    followers = models.PositiveIntegerField(null=True, blank=True, help_text="at month end")
    reach_total = models.PositiveIntegerField(null=True, blank=True)
    reach_posts = models.PositiveIntegerField(null=True, blank=True, help_text="posts with a reach figure")
    reach_average = models.PositiveIntegerField(null=True, blank=True, help_text="entered where no total is known")
    entered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["month", "platform"]
        constraints = [
            models.UniqueConstraint(fields=["month", "platform"], name="social_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="social_month_first_day"),
            models.CheckConstraint(
                condition=Q(feeds__isnull=True)
                | Q(stories__isnull=True)
                | Q(posts__isnull=True)
                | Q(posts=F("feeds") + F("stories")),
                name="social_posts_add_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.platform}"
