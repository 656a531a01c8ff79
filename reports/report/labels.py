"""Names of the data rows a report mentions: topics, units, channels, menus, agents, regions; one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, SmallIntegerField, TextField, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import gettext as _

from chatbot.models import ChatbotMenu
from information.models import Complaint
from kernel.months import Month
from messaging.models import Channel
from outreach.models import LaporMail, SocialMetric
from people.models import Region, Unit, User, UserGroup
from reports.catalogue import DROPPED, NONE
from tickets.models import ServiceHours, Topic

# kinds whose codes are fixed
CHOICES: dict[str, dict[str, Any]] = {
    "user_group": dict(UserGroup.choices),
    "service_hours": dict(ServiceHours.choices),
    "kind": dict(Complaint.Kind.choices),
    "document_type": dict(LaporMail.DocumentType.choices),
    "platform": dict(SocialMetric.Platform.choices),
}


@dataclass(frozen=True)
class Label:
    """One named row. `note` is a topic's category, a channel's address, a unit's full name."""

    code: str
    text: str
    text_en: str = ""
    position: int = 0
    note: str = ""
    definition: str = ""
    counted: bool = True


class Labels:
    """Names by kind and code. What has no row is called by its code, so no figure ever loses its name."""

    def __init__(self, month: Month, language: str, agents: Iterable[int] = (), regions: Iterable[str] = ()) -> None:
        self._language = language
        self._by_kind: dict[str, dict[str, Label]] = {}
        parts = [_topics(), _channels(), _menus(), _units(month), _agents(list(agents)), _regions(list(regions))]
        for kind, *fields in parts[0].union(*parts[1:], all=True):
            label = Label(*fields)
            self._by_kind.setdefault(kind, {})[label.code] = label

    def all(self, kind: str) -> list[Label]:
        """Every row of a kind, in its own order."""
        return sorted(self._by_kind.get(kind, {}).values(), key=lambda label: (label.position, label.code))

    def find(self, kind: str, code: str) -> Label:
        return self._by_kind.get(kind, {}).get(code) or Label(code, code, position=10**6)

    def name(self, kind: str, code: str) -> str:
        if code == NONE:
            return _("Tanpa topik") if kind == "topic" else _("Tidak diketahui")
        if code == DROPPED and kind == "menu":
            return _("Tidak Dilanjutkan")
        if kind in CHOICES:
            return str(CHOICES[kind].get(code, code))
        label = self.find(kind, code)
        return (label.text_en if self._language == "en" else "") or label.text

    def names(self, kind: str, codes: Iterable[str]) -> list[str]:
        return [self.name(kind, code) for code in codes]

    def order(self, kind: str) -> dict[str, int]:
        """Place of each code, for ties."""
        return {label.code: place for place, label in enumerate(self.all(kind))}


def _text(value: str) -> Value:
    return Value(value, output_field=TextField())


def _rows(
    rows: QuerySet, kind: str, code: Any, label: Any, label_en: Any, position: Any, note: Any, definition: Any,
    counted: Any = None,
) -> QuerySet:  # fmt: skip
    counted = Value(True) if counted is None else counted
    return rows.order_by().values_list(
        _text(kind), Cast(code, TextField()), Cast(label, TextField()), Cast(label_en, TextField()),
        Cast(position, SmallIntegerField()), Cast(note, TextField()), Cast(definition, TextField()), counted,
    )  # fmt: skip


def _topics() -> QuerySet:
    rows = Topic.objects.all()
    return _rows(rows, "topic", F("code"), F("label"), F("label_en"), F("position"), F("category"), F("definition"))


def _channels() -> QuerySet:
    rows = Channel.objects.all()
    return _rows(
        rows, "channel", F("code"), F("label"), F("label_en"), F("position"), F("address"), _text(""),
        F("makes_tickets"),
    )  # fmt: skip


def _menus() -> QuerySet:
    rows = ChatbotMenu.objects.filter(parent__isnull=True)
    return _rows(rows, "menu", F("code"), F("label"), F("label_en"), F("position"), _text(""), _text(""), F("active"))


def _units(month: Month) -> QuerySet:
    """Units in force in the month; where one code was handed on during it, the later row is named."""
    started = Unit.objects.filter(valid_from__lte=month.last_day)
    rows = started.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=month.first_day)).exclude(
        Exists(started.filter(code=OuterRef("code"), valid_from__gt=OuterRef("valid_from")))
    )
    return _rows(rows, "unit", F("code"), F("short"), F("short"), Value(0), F("name"), F("name_en"))


def _agents(ids: list[int]) -> QuerySet:
    name = Coalesce(NullIf(F("display_name"), Value("")), F("username"), output_field=CharField())
    rows = User.objects.filter(id__in=ids)
    return _rows(rows, "agent", F("id"), name, _text(""), Value(0), _text(""), _text(""))


def _regions(codes: list[str]) -> QuerySet:
    rows = Region.objects.filter(code__in=codes)
    return _rows(rows, "region", F("code"), F("display_name"), _text(""), Value(0), F("zone"), _text(""))
