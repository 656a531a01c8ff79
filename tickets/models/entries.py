"""What happened to a ticket and what was said on it, in one order; where its clocks stood still."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.models import EventBase, StoredFile
from messaging.models import Message
from people.models import User
from tickets.models.tickets import Ticket


class TicketEvent(EventBase):
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")

    class Meta(EventBase.Meta):
        indexes = [models.Index(fields=["ticket", "at"], name="event_of_ticket")]


class TicketEntry(models.Model):
    """Messages, notes and event lines of a ticket in one order."""

    class Kind(models.TextChoices):
        MESSAGE = "MESSAGE", _("Pesan")
        NOTE = "NOTE", _("Catatan internal")
        EVENT = "EVENT", _("Peristiwa")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    at = models.DateTimeField()
    message = models.OneToOneField(
        Message, null=True, blank=True, on_delete=models.PROTECT, related_name="ticket_entry"
    )
    event = models.OneToOneField(TicketEvent, null=True, blank=True, on_delete=models.PROTECT, related_name="entry")
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["ticket", "at", "id"], name="entry_of_ticket"),
            models.Index(fields=["at", "id"], condition=Q(kind="NOTE"), name="note_recent"),
            GinIndex(SearchVector("note", config="indonesian"), condition=Q(kind="NOTE"), name="note_search"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="MESSAGE", message__isnull=False, event__isnull=True)
                | Q(kind="NOTE", message__isnull=True, event__isnull=True)
                | Q(kind="EVENT", message__isnull=True, event__isnull=False),
                name="entry_holds_its_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.at:%Y-%m-%d %H:%M}"


class NoteFile(models.Model):
    """A file on an internal note. Files of messages are `messaging.Attachment`."""

    entry = models.ForeignKey(TicketEntry, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["entry", "position"]
        indexes = [GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="note_file_name_like")]

    def __str__(self) -> str:
        return self.name


class TicketPause(models.Model):
    """A stretch in which the clocks of a ticket stand still: it waits for the requester. Half open; at most one is."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="pauses")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["from_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(to_at__isnull=True), name="ticket_pause_one_open"),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True) | Q(to_at__gte=F("from_at")), name="ticket_pause_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.from_at:%Y-%m-%d %H:%M}"
