"""Regions, units, staff and roles, contacts and their handles, tokens, access log."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.history import keep_history
from kernel.models import EventBase, append_only, stamped
from worktime.models import DateRange


class Zone(models.TextChoices):
    WIB = "WIB", "WIB"
    WITA = "WITA", "WITA"
    WIT = "WIT", "WIT"


class UserGroup(models.TextChoices):
    """Who asks (glossary, section 3)."""

    PEMDA = "PEMDA", _("Pemda")
    AKADEMISI = "AKADEMISI", _("Akademisi")
    KL = "KL", _("Kementerian/Lembaga")
    LAINNYA = "LAINNYA", _("Lainnya")


class Role(models.TextChoices):
    AGENT_L1 = "AGENT_L1", _("Agen Layer 1")
    SUPERVISOR = "SUPERVISOR", _("Penyelia")
    AGENT_L2 = "AGENT_L2", _("Agen Layer 2")
    FRONT_DESK = "FRONT_DESK", _("Meja depan")
    PPID_OFFICER = "PPID_OFFICER", _("Petugas PPID")
    MANAGER = "MANAGER", _("Manajer")
    ADMINISTRATOR = "ADMINISTRATOR", _("Administrator")


class Region(models.Model):
    """A province, kabupaten or kota by Kemendagri code, with the zone its clock runs in."""

    code = models.CharField(max_length=5, unique=True, help_text="31 or 31.71")
    type = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    full_name = models.CharField(max_length=100)
    display_name = models.CharField(max_length=100, help_text="as printed in the report: Kab. Muara Enim")
    province = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="members")
    zone = models.CharField(max_length=4, choices=Zone.choices)
    iana_zone = models.CharField(max_length=40)
    is_autonomous = models.BooleanField(help_text="a Pemda with its own budget")

    class Meta:
        triggers = [stamped()]
        ordering = ["code"]

    def __str__(self) -> str:
        return self.display_name


class RegionAlias(models.Model):
    """Another spelling of a region's name; `normalised` is what `people.regions.normalise` makes of it."""

    alias = models.CharField(max_length=100)
    normalised = models.CharField(max_length=100, unique=True)
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="aliases")
    reason = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        triggers = [stamped()]
        ordering = ["alias"]

    def __str__(self) -> str:
        return self.alias


class Unit(models.Model):
    """An eselon II unit, dated: a reorganisation closes a row and opens another."""

    code = models.CharField(max_length=10)
    short = models.CharField(max_length=30)
    name = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160, blank=True, default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="exclusive")

    class Meta:
        triggers = [stamped()]
        ordering = ["code", "valid_from"]
        constraints = [
            ExclusionConstraint(
                name="unit_code_no_overlap",
                expressions=[
                    (F("code"), RangeOperators.EQUAL),
                    (DateRange("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="unit_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.short}"


class User(AbstractUser):
    """A member of staff. Requesters are contacts, never users."""

    display_name = models.CharField(max_length=120, blank=True, default="")
    phone = models.CharField(max_length=30, blank=True, default="")

    class Meta(AbstractUser.Meta):
        triggers = [
            stamped(  # all but last_login and date_joined: what `people.reference` holds
                "username", "password", "display_name", "first_name", "last_name", "email", "phone", "is_active",
                "is_staff", "is_superuser",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.display_name or self.username


class StaffRole(models.Model):
    """A role of a user, for Layer 2 agents bound to a unit."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=14, choices=Role.choices)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="staff")
    is_head = models.BooleanField(default=False, help_text="head of the unit")

    class Meta:
        triggers = [stamped()]
        ordering = ["user", "role"]
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "unit"], name="staff_role_once", nulls_distinct=False),
            models.CheckConstraint(condition=~Q(role="AGENT_L2") | Q(unit__isnull=False), name="layer2_has_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


@keep_history
class Contact(models.Model):
    """A person who asks. Merged contacts point to the survivor; nothing is rewritten."""

    name = models.CharField(max_length=160)
    user_group = models.CharField(max_length=10, choices=UserGroup.choices, default=UserGroup.LAINNYA)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="contacts")
    organization = models.CharField(max_length=160, blank=True, default="", help_text="SKPD, ministry, school")
    position = models.CharField(max_length=120, blank=True, default="")
    note = models.TextField(blank=True, default="")
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_contacts"
    )
    created_at = models.DateTimeField()
    anonymised_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="contact_merged"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="contact_name_like"),
            GinIndex(fields=["organization"], opclasses=["gin_trgm_ops"], name="contact_organization_like"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="contact_not_own_survivor",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ContactHandle(models.Model):
    """An address a contact writes from, normalised: lower-case mail, E.164 phone. One owner per handle."""

    class Kind(models.TextChoices):
        EMAIL = "EMAIL", _("Email")
        PHONE = "PHONE", _("Telepon")

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="handles")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    value = models.CharField(max_length=254)
    verified = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="handle_has_one_owner")]
        indexes = [GinIndex(fields=["value"], opclasses=["gin_trgm_ops"], name="handle_value_like")]

    def __str__(self) -> str:
        return self.value


class ContactEvent(EventBase):
    """What happened to a contact: created, changed, merged, anonymised."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="events")


class ApiToken(models.Model):
    """A token of another system. Only its hash is kept; scopes say what it may do."""

    name = models.CharField(max_length=120)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    prefix = models.CharField(max_length=12, help_text="shown to tell tokens apart")
    digest = models.CharField(max_length=64, unique=True, help_text="sha256 of the token")
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class SignInLock(models.Model):
    """Failed sign-ins of one account or from one address; locked for a while when there are too many.

    A name that no account has is counted like any other, under its digest: nothing typed by mistake is kept.
    """

    class Kind(models.TextChoices):
        ACCOUNT = "ACCOUNT", _("Akun")
        ADDRESS = "ADDRESS", _("Alamat")

    kind = models.CharField(max_length=7, choices=Kind.choices)
    key = models.CharField(max_length=64, help_text="the user's key, the digest of an unknown name, or the address")
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sign_in_locks")
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(help_text="start of the window in which failures are counted")
    locked_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-since"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="sign_in_lock_once")]

    def __str__(self) -> str:
        return str(self.user) if self.user else self.key


class AccessLog(models.Model):
    """Who read or changed which person's record, when and why (UU 27/2022 art. 31); append-only."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=20)
    record = models.CharField(max_length=40, help_text="table")
    record_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["record", "record_id", "at"], name="access_by_record")]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.record}"
