"""Rows that every app needs and none owns: event base, stored files, idempotency keys, import runs."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def append_only() -> pgtrigger.Trigger:
    """The database refuses UPDATE and DELETE; retention and a repeated import lift it (`pgtrigger.ignore`)."""
    return pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


def stamped(*columns: str) -> pgtrigger.Trigger:
    """Give the table a new version with every change of its rows (of `columns`, if named); see `kernel.kept`."""
    change = pgtrigger.UpdateOf(*columns) if columns else pgtrigger.Update
    return pgtrigger.Trigger(
        name="stamped",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | change | pgtrigger.Delete,
        func="INSERT INTO kernel_tablestamp (name, version) VALUES (TG_TABLE_NAME, gen_random_uuid())"
        " ON CONFLICT (name) DO UPDATE SET version = EXCLUDED.version; RETURN NULL;",
    )


class EventBase(models.Model):
    """One step of an aggregate's life, append-only. Each aggregate has its own table with a foreign key.

    `code` is stable English ("ticket.closed"); it is translated only when shown.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    code = models.CharField(max_length=60)
    from_value = models.CharField(max_length=120, blank=True, default="")
    to_value = models.CharField(max_length=120, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "id"]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.code}"


class TableStamp(models.Model):
    """The version of a table's rows: another one after every change, never one that was there before."""

    name = models.CharField(max_length=63, primary_key=True)
    version = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class StoredFile(models.Model):
    """Content-addressed file in Django's storage; the rows that point here hold its name."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(help_text="bytes")
    media_type = models.CharField(max_length=120, help_text="as sniffed from the content")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sha256[:12]} ({self.media_type})"

    @property
    def path(self) -> str:
        return f"{self.sha256[:2]}/{self.sha256[2:4]}/{self.sha256}"


class IdempotencyKey(models.Model):
    """The answer given to a request that carried an `Idempotency-Key`, kept to be given again."""

    scope = models.CharField(max_length=120, help_text="who asked: the token or user")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, help_text="sha256 of method, path and body")
    status = models.PositiveSmallIntegerField(null=True, help_text="empty while the first request runs")
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.scope}/{self.key}"


class ImportRun(models.Model):
    """One import of a file: who, what, how many rows went where. Rejected rows stay downloadable."""

    class Status(models.TextChoices):
        PREVIEW = "PREVIEW", _("Pratinjau")
        RUNNING = "RUNNING", _("Berjalan")
        DONE = "DONE", _("Selesai")
        ABORTED = "ABORTED", _("Dibatalkan")
        FAILED = "FAILED", _("Gagal")

    kind = models.CharField(max_length=40)
    file_name = models.CharField(max_length=255)
    source = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    rejected = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    on_error = models.CharField(max_length=5, default="skip")
    update_existing = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PREVIEW)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="import_runs"
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    rows_read = models.PositiveIntegerField(default=0)
    rows_created = models.PositiveIntegerField(default=0)
    rows_updated = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True, help_text="when all rows were checked for the preview")
    sample = models.JSONField(default=dict, blank=True, help_text="titles, the first rows and the first bad rows")
    message = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name} {self.status}"
