"""The properties of a ticket as the page shows and edits them: lines, editors and what can be chosen."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from people.models import Region, User, UserGroup
from tickets.forms import agents
from tickets.models import Ticket, Topic
from tickets.properties import PROPERTIES

TAGS = "tanda"
SHOWN = ("subjek", "agen", "topik", "prioritas", "kelompok", "wilayah", TAGS)
_OPEN_ONLY = {"agen", "prioritas"}
_MOST = 8
_RECENT = 3000  # tickets whose tags are proposed
_BARS = {10: "ti-antenna-bars-2", 20: "ti-antenna-bars-3", 30: "ti-antenna-bars-4", 40: "ti-antenna-bars-5"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: its name in addresses, label, text, and whether it may be edited now."""

    name: str
    label: str
    text: str
    icon: str = ""
    more: str = ""
    editable: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: a button that sends `field` = `value`."""

    value: str
    label: str
    more: str = ""
    icon: str = ""
    current: bool = False
    field: str = "nilai"


@dataclass(frozen=True, slots=True)
class Editor:
    """The open editor of one property. `seen` is the value it was opened with, `typed` what was typed so far."""

    name: str
    label: str
    url: str
    seen: str = ""
    typed: str = ""
    error: str = ""
    options: list[Option] = field(default_factory=list)
    searches: bool = False
    remote: str = ""
    hint: str = ""


def facts_of(ticket: Ticket, works: bool) -> list[Fact]:
    """The lines in order. The topic shows the unit that answers it by default."""
    workable = works and ticket.merged_into_id is None
    closed = ticket.status == Ticket.Status.CLOSED
    lines = []
    for name in SHOWN:
        editable = workable and not (closed and name in _OPEN_ONLY)
        if name == TAGS:
            lines.append(Fact(TAGS, _("Tanda"), ", ".join(ticket.tags), editable=editable))
            continue
        field, icon, more = PROPERTIES[name], "", ""
        if name == "prioritas":
            icon = _BARS[ticket.priority]
        if name == "topik" and ticket.topic and ticket.topic.owner_unit:
            more = str(ticket.topic.owner_unit)
        lines.append(Fact(name, str(field.label), field.shown(ticket), icon, more, editable))
    return lines


def editor_of(ticket: Ticket, name: str, user: User, *, typed: str | None = None, error: str = "") -> Editor:
    """The editor of a property. After a refusal it holds the value of now as seen, and what was typed."""
    url = reverse("ticket-property", args=[ticket.number, name])
    if name == TAGS:
        options = tag_options("", ticket.tags)
        return Editor(TAGS, _("Tanda"), url, typed=typed or "", error=error, options=options)
    field = PROPERTIES[name]
    seen = field.key(ticket)
    given: dict[str, Any] = {"name": name, "label": str(field.label), "url": url, "seen": seen, "error": error}
    if name == "subjek":
        return Editor(typed=seen if typed is None else typed, **given)
    if name == "wilayah":
        options = region_options(typed or "", seen) if typed else _no_region(seen)
        remote, hint = reverse("choose-region"), _("Nama daerah")
        return Editor(typed=typed or "", options=options, searches=True, remote=remote, hint=hint, **given)
    searches = name in ("agen", "topik")
    return Editor(options=_OPTIONS[name](seen, user), searches=searches, hint=_(_HINTS.get(name, "")), **given)


_HINTS: dict[str, Any] = {"agen": gettext_lazy("Nama agen"), "topik": gettext_lazy("Topik atau unit")}


def region_options(text: str, seen: str = "") -> list[Option]:
    """Regions whose name, alias or code fits what was typed; those that begin with it first."""
    text = " ".join(text.split())
    if len(text) < 2:
        return []
    names = Q(display_name__icontains=text) | Q(full_name__icontains=text) | Q(aliases__alias__icontains=text)
    found = Region.objects.filter(names | Q(code__startswith=text)).select_related("province").distinct()
    rows = sorted(found, key=lambda row: (not row.name.lower().startswith(text.lower()), row.code))[:_MOST]
    return [_region(row, seen) for row in rows]


def tag_options(text: str, used: list[str]) -> list[Option]:
    """Tags of recent tickets, most used first, without those that are there already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tag FROM (SELECT unnest(tags) AS tag FROM (SELECT tags FROM tickets_ticket"
            " ORDER BY created_at DESC LIMIT %s) recent) found"
            " WHERE position(%s in tag) > 0 AND NOT tag = ANY(%s) GROUP BY tag ORDER BY count(*) DESC, tag LIMIT %s",
            [_RECENT, text.strip().lower(), used, _MOST],
        )
        return [Option(tag, tag, field="tambah", icon="ti-tag") for (tag,) in cursor.fetchall()]


def _no_region(seen: str) -> list[Option]:
    return [Option("", str(_("Tanpa daerah")), icon="ti-x")] if seen else []


def _region(row: Region, seen: str) -> Option:
    province = row.province.display_name if row.province else ""
    return Option(row.code, row.display_name, f"{row.zone}, {province}" if province else row.zone, "", row.code == seen)


def _agent_options(seen: str, user: User) -> list[Option]:
    rows = sorted(agents(), key=lambda agent: agent.pk != user.pk)
    named = [
        Option(row.username, str(row), _("saya") if row.pk == user.pk else "", "ti-user", row.username == seen)
        for row in rows
    ]
    return [*named, Option("", _("Belum ditugaskan"), icon="ti-user-off", current=not seen)]


def _topic_options(seen: str, user: User) -> list[Option]:
    rows = Topic.objects.filter(active=True).select_related("owner_unit")
    return [Option(row.code, str(row), str(row.owner_unit or ""), "", row.code == seen) for row in rows]


def _priority_options(seen: str, user: User) -> list[Option]:
    rows = reversed(Ticket.Priority.choices)
    return [Option(str(value), str(label), "", _BARS[value], str(value) == seen) for value, label in rows]


def _group_options(seen: str, user: User) -> list[Option]:
    return [Option(str(value), str(label), "", "", value == seen) for value, label in UserGroup.choices]


_OPTIONS: dict[str, Any] = {
    "agen": _agent_options,
    "topik": _topic_options,
    "prioritas": _priority_options,
    "kelompok": _group_options,
}
