"""What agents keep around tickets: views, drafts, macros, what they follow, have read and are told."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.models import StoredFile, stamped
from people.models import User
from tickets.models.entries import TicketEntry
from tickets.models.tickets import Ticket


class SavedView(models.Model):
    """A named filter of the inbox, of one agent or shared with all who read tickets."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    shared = models.BooleanField(default=False)
    query = models.JSONField(default=dict, help_text="parameters of the inbox's address: {name: [values]}")
    sort = models.CharField(max_length=20, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "name", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_view_name_once")]
        triggers = [stamped()]

    def __str__(self) -> str:
        return self.name


class Macro(models.Model):
    """A text with variables and actions on the ticket; without owner it is everybody's."""

    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="macros")
    title = models.CharField(max_length=80)
    text = models.TextField(blank=True, default="", help_text="reply, with {{ variables }}")
    note = models.TextField(blank=True, default="", help_text="internal note, with {{ variables }}")
    actions = models.JSONField(default=list, help_text='what it does: [{"do": "set_topic", "value": "DAU"}]')
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position", "title", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "title"], name="macro_title_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.title


class Draft(models.Model):
    """What an agent has typed on a ticket and not sent, one per kind."""

    class Kind(models.TextChoices):
        REPLY = "REPLY", _("Balasan")
        NOTE = "NOTE", _("Catatan internal")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    text = models.TextField(blank=True, default="")
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["-updated_at"]
        constraints = [models.UniqueConstraint(fields=["user", "ticket", "kind"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.ticket_id} {self.kind}"


class DraftFile(models.Model):
    """A file that was put into a draft."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["draft", "position"]

    def __str__(self) -> str:
        return self.name


class TicketRead(models.Model):
    """How far someone has read a ticket. Unread: the requester wrote after `read_at`, or there is no row."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="reads")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "ticket"], name="ticket_read_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.ticket_id}"


class TicketFollower(models.Model):
    """Someone who is told what happens to a ticket."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="followed")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="followers")
    since = models.DateTimeField()

    class Meta:
        ordering = ["since", "id"]
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="ticket_follower_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.ticket_id}"


class TicketLink(models.Model):
    """Two tickets that have to do with each other; stored once, the older id first."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="links_out")
    other = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="links_in")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "other"], name="ticket_link_once"),
            models.CheckConstraint(condition=Q(ticket__lt=F("other")), name="ticket_link_ordered"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.other_id}"


class Notification(models.Model):
    """Something a member of staff is told about a ticket. `key` makes telling it twice impossible.

    Without a ticket it is about something of another app: `data` has its `number`, `title` and `address`.
    """

    class Code(models.TextChoices):
        MENTION = "mention", _("Anda disebut")
        ASSIGNED = "assigned", _("Tiket ditugaskan kepada Anda")
        FOLLOWED = "followed", _("Perubahan pada tiket yang diikuti")
        DUE_SOON = "due_soon", _("Tenggat sudah dekat")
        OVERDUE = "overdue", _("Tenggat terlewati")
        PLACE_FREE = "place_free", _("Daftar tunggu konsultasi mendapat tempat")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    ticket = models.ForeignKey(Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="notifications")
    entry = models.ForeignKey(TicketEntry, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=12, choices=Code.choices)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=80, help_text="what it is about, once per user")
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-at"], name="notification_of_user"),
            models.Index(fields=["user", "ticket"], condition=Q(seen_at__isnull=True), name="notification_unseen"),
            models.Index(fields=["user", "ticket"], condition=Q(code="mention"), name="notification_mention"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.code} {self.ticket_id or self.data.get('number')}"


class MutedNotification(models.Model):
    """A kind of notification that someone does not want. Without a row they are told."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="muted_notifications")
    code = models.CharField(max_length=12, choices=Notification.Code.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code"], name="muted_notification_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.code}"
