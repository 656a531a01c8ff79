"""Topics, tickets, what happened to them, and what agents keep around them. State is written by verbs only."""

from tickets.models.duty import DutyEvent, DutyShift
from tickets.models.entries import NoteFile, TicketEntry, TicketEvent, TicketPause
from tickets.models.tickets import SatisfactionRating, ServiceHours, Ticket, TicketQuerySet
from tickets.models.topics import ResolutionTarget, TicketRule, Topic, TopicAlias
from tickets.models.workspace import (
    Draft,
    DraftFile,
    Macro,
    MutedNotification,
    Notification,
    SavedView,
    TicketFollower,
    TicketLink,
    TicketRead,
)

__all__ = [
    "Draft",
    "DraftFile",
    "DutyEvent",
    "DutyShift",
    "Macro",
    "MutedNotification",
    "NoteFile",
    "Notification",
    "ResolutionTarget",
    "SatisfactionRating",
    "SavedView",
    "ServiceHours",
    "Ticket",
    "TicketEntry",
    "TicketEvent",
    "TicketFollower",
    "TicketLink",
    "TicketPause",
    "TicketQuerySet",
    "TicketRead",
    "TicketRule",
    "Topic",
    "TopicAlias",
]
