"""Answers by a template that WhatsApp has approved, for when free text may not leave any more (rules 10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.models import Message, MessageTemplate
from messaging.permission import opted_out
from messaging.whatsapp.templates import LONGEST_VALUE, fill, preview
from messaging.whatsapp.window import CODE, LENGTH, Window, window_of
from people.models import User
from tickets import conversation
from tickets.composer.macros import values_for
from tickets.composer.variables import KNOWN
from tickets.models import Ticket

REPLY = "balasan"
FILLS = {**KNOWN, REPLY: _("draf balasan Anda")}
"""Values that a template's variable may stand for."""
# What unnamed variables commonly are, in this order, until an administrator says so.
_USUAL = ("pemohon.nama", "tiket.nomor", REPLY)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the requester may be written to by WhatsApp. `window` is None for other channels."""

    window: Window | None
    opted_out: bool = False

    @property
    def closed(self) -> bool:
        return self.window is not None and not self.window.open

    @property
    def part(self) -> float:
        """How much of the window has passed, for the ring of the chip."""
        return 1 - self.window.left / LENGTH if self.window else 0

    @property
    def left(self) -> timedelta:
        return self.window.left if self.window else timedelta(0)


@dataclass(frozen=True, slots=True)
class Offer:
    """A template as it would say it on a ticket; `values` are what is known already."""

    template: MessageTemplate
    values: dict[str, str]

    @property
    def fields(self) -> list[tuple[str, str, str]]:
        """(variable, what it stands for, its value)"""
        meant = meanings(self.template)
        return [
            (name, str(FILLS.get(meant.get(name, ""), "")), self.values.get(name, ""))
            for name in self.template.variables
        ]

    @property
    def preview(self) -> str:
        return preview(self.template, self.values)


def standing_of(ticket: Ticket, at: datetime) -> Standing:
    """No query for channels without a window."""
    if ticket.channel.code != CODE:
        return Standing(None)
    window = window_of(ticket.contact, ticket.channel, at)
    return Standing(window, opted_out(ticket.contact, ticket.channel).exists())


def offers(ticket: Ticket, *, typed: str = "", at: datetime, actor: User) -> list[Offer]:
    """Templates that can be sent on the ticket, by the number the requester wrote to where that is known."""
    rows = MessageTemplate.objects.filter(
        connection__channel=ticket.channel, connection__paused_at=None, sendable=True
    ).exclude(category="AUTHENTICATION")
    asked = Message.objects.filter(ticket_entry__ticket=ticket, direction="IN", connection__isnull=False)
    line = asked.order_by("-received_at").values_list("connection", flat=True).first()
    if line:
        rows = rows.filter(Q(connection=line))
    values = values_for(ticket, at=at, actor=actor) | {REPLY: " ".join(typed.split())[:LONGEST_VALUE]}
    return [Offer(row, _filled(row, values)) for row in rows]


def send_template(
    *, ticket: Ticket, template: MessageTemplate, values: Mapping[str, str], at: datetime, actor: User
) -> tuple[Ticket, Message]:
    """Answer by a template; its text is the reply."""
    filled = fill(template, values)
    return conversation.write_reply(ticket=ticket, text=filled.text, details=filled.details, at=at, actor=actor)


def meanings(template: MessageTemplate) -> dict[str, str]:
    """Variable -> name of the value it stands for: as set, as it is called, or as usual."""
    guessed = dict(zip(template.variables, _USUAL, strict=False)) if not template.named else {}
    by_name = {name: name.replace("_", ".") for name in template.variables if name.replace("_", ".") in FILLS}
    return {**guessed, **by_name, **template.fills}


def _filled(template: MessageTemplate, values: Mapping[str, str]) -> dict[str, str]:
    return {name: values.get(meant, "") for name, meant in meanings(template).items() if values.get(meant)}
