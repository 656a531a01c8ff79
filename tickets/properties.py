"""The properties that the ticket page edits in place: how each is read, parsed and written, one at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from people.models import Region, User, UserGroup
from people.regions import RegionIndex
from tickets import sorting
from tickets.models import Ticket, Topic


@dataclass(frozen=True, slots=True)
class Property:
    """`key` is the value as an editor sends it, `shown` as people read it; `parse` raises Refused."""

    label: str | Promise
    code: str
    key: Callable[[Ticket], str]
    shown: Callable[[Ticket], str]
    parse: Callable[[str], Any]
    key_of: Callable[[Any], str]
    write: Callable[..., Ticket]
    argument: str


@transaction.atomic
def set_property(*, ticket: Ticket, name: str, text: str, seen: str | None = None, at: datetime, actor: User) -> Ticket:
    """Set one property to what `text` means. `seen` is the key its editor was opened with: when somebody else
    has changed the property since, nothing is written and Refused (`ticket.changed_meanwhile`) says to what."""
    field = PROPERTIES[name]
    value = field.parse(text)
    ticket = lock(ticket)
    current = field.key(ticket)
    if seen is not None and current not in (seen, field.key_of(value)):
        raise _changed_meanwhile(ticket, field)
    return field.write(ticket=ticket, at=at, actor=actor, **{field.argument: value})


def _changed_meanwhile(ticket: Ticket, field: Property) -> Refused:
    last = ticket.events.filter(code=field.code).select_related("actor").last()
    return Refused(
        "ticket.changed_meanwhile",
        _("{label} baru saja diubah {name} menjadi “{value}”. Simpan lagi bila tetap ingin menggantinya."),
        label=field.label,
        name=str(last.actor) if last and last.actor else str(_("Sistem")),
        value=field.shown(ticket) or "–",
    )


def _agent(text: str) -> User | None:
    if not text:
        return None
    agent = User.objects.filter(username=text, is_active=True).first()
    if agent is None:
        raise Refused("agent.unknown", _("Agen ini tidak dikenal. Pilih dari daftar."))
    return agent


def _topic(text: str) -> Topic:
    topic = Topic.objects.filter(code=text).first()
    if topic is None:
        raise Refused("topic.unknown", _("Topik ini tidak dikenal. Pilih dari daftar."))
    return topic


def _choice(choices: Any) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in {str(value) for value in choices.values}:
            raise Refused("choice.unknown", _("Pilihan ini tidak dikenal."))
        return text

    return parse


def _priority(text: str) -> int:
    return int(_choice(Ticket.Priority)(text))


def _region(text: str) -> Region | None:
    text = text.strip()
    if not text:
        return None
    return Region.objects.filter(code=text).first() or RegionIndex.load().resolve(text)


def _subject(text: str) -> str:
    return " ".join(text.split())[:255]


PROPERTIES: dict[str, Property] = {
    "subjek": Property(
        label=_("Perihal"),
        code="ticket.subject_set",
        key=lambda ticket: ticket.subject,
        shown=lambda ticket: ticket.subject,
        parse=_subject,
        key_of=str,
        write=sorting.set_subject,
        argument="subject",
    ),
    "agen": Property(
        label=_("Agen"),
        code="ticket.assigned",
        key=lambda ticket: ticket.assignee.username if ticket.assignee else "",
        shown=lambda ticket: str(ticket.assignee or _("Belum ditugaskan")),
        parse=_agent,
        key_of=lambda agent: agent.username if agent else "",
        write=sorting.assign,
        argument="to",
    ),
    "topik": Property(
        label=_("Topik"),
        code="ticket.topic_set",
        key=lambda ticket: ticket.topic.code if ticket.topic else "",
        shown=lambda ticket: str(ticket.topic or ""),
        parse=_topic,
        key_of=lambda topic: topic.code,
        write=sorting.set_topic,
        argument="topic",
    ),
    "prioritas": Property(
        label=_("Prioritas"),
        code="ticket.priority_set",
        key=lambda ticket: str(ticket.priority),
        shown=lambda ticket: str(ticket.get_priority_display()),
        parse=_priority,
        key_of=str,
        write=sorting.set_priority,
        argument="priority",
    ),
    "kelompok": Property(
        label=_("Kelompok"),
        code="ticket.group_set",
        key=lambda ticket: ticket.user_group,
        shown=lambda ticket: str(ticket.get_user_group_display()),
        parse=_choice(UserGroup),
        key_of=str,
        write=sorting.set_group,
        argument="user_group",
    ),
    "wilayah": Property(
        label=_("Daerah"),
        code="ticket.region_set",
        key=lambda ticket: ticket.region.code if ticket.region else "",
        shown=lambda ticket: str(ticket.region or ""),
        parse=_region,
        key_of=lambda region: region.code if region else "",
        write=sorting.set_region,
        argument="region",
    ),
}
