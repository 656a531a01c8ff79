"""The rows of the registers that the report prints as tables: four queries for the whole month."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, TruncDate

from consultations.models import (
    HeldStatus,
    ReservationEvent,
    VideoConference,
    VideoConferenceTopic,
    Visit,
    VisitTopic,
)
from escalation.models import Escalation
from information.models import Complaint, PpidRequest
from kernel.months import JAKARTA, Month
from outreach.models import Blast, Event, Publication, WebPage
from tickets.models import Ticket


@dataclass(frozen=True)
class Entry:
    """A row of a simple register: what, when, and its category where it has one."""

    title: str
    day: date | None
    category: str = ""


class Waived(NamedTuple):
    """A rule of the circular that somebody (user name) waived for one consultation, and why."""

    rule: str
    by: str
    reason: str


@dataclass(frozen=True)
class Held:
    """A visit or a video conference that took place."""

    visitor: str
    region: str
    region_code: str
    user_group: str
    day: date
    note: str
    guests: int
    over_limit: bool
    topics: list[str]
    waived: list[Waived] = field(default_factory=list)

    @property
    def unconfirmed(self) -> bool:
        """Marked "tbc": it should not have been counted as held (rules 4.5)."""
        return "tbc" in self.note.lower().split() or "tbc" in self.visitor.lower().split()


@dataclass
class Subject:
    """Reports of one subject, with the regions they came from (rules 7.6)."""

    text: str
    kind: str
    topic: str
    source: str
    forwarded_by: str
    reports: int = 0
    regions: list[str] = field(default_factory=list)


class Registers:
    """Rows of one month, in the order of their registers (decisions 31). Read when first asked for."""

    def __init__(self, month: Month) -> None:
        self.month = month

    @cached_property
    def _simple(self) -> dict[str, list[Entry]]:
        parts = [_publications(self.month), _events(self.month), _blasts(self.month), _pages(self.month)]
        rows = sorted(parts[0].union(*parts[1:], _requests(self.month), all=True), key=lambda row: row[:3])
        found: dict[str, list[Entry]] = {}
        for kind, _position, _pk, title, day, category in rows:
            found.setdefault(kind, []).append(Entry(title, day, category))
        return found

    def entries(self, kind: str) -> list[Entry]:
        """`publication`, `event`, `blast`, `page` (by rank) or `ppid` (title is the data category)."""
        return self._simple.get(kind, [])

    @cached_property
    def _held(self) -> dict[str, list[Held]]:
        rows = sorted(_visits(self.month).union(_conferences(self.month), all=True), key=lambda row: row[:4])
        found: dict[str, list[Held]] = {"visit": [], "video": []}
        for kind, day, _position, _pk, visitor, region, code, group, *rest in rows:
            rest[-1] = _waived(rest[-1])
            found[kind].append(Held(visitor, region, code, group, day, *rest))
        return found

    @property
    def visits(self) -> list[Held]:
        return self._held["visit"]

    @property
    def conferences(self) -> list[Held]:
        return self._held["video"]

    @cached_property
    def subjects(self) -> list[Subject]:
        """Complaints and grievances by subject, in the order in which each subject first came in."""
        start, end = self.month.bounds()
        rows = Complaint.objects.filter(received_at__gte=start, received_at__lt=end).values_list(
            "kind", "subject", "topic__code", "source", "forwarded_by", "region__display_name"
        )
        found: dict[tuple[str, str], Subject] = {}
        for kind, text, topic, source, forwarded_by, region in rows:
            subject = found.setdefault((kind, text), Subject(text, kind, topic or "", source, forwarded_by))
            subject.reports += 1
            if region and region not in subject.regions:
                subject.regions.append(region)
        return list(found.values())

    @cached_property
    def escalations_left(self) -> Counter[str]:
        """How many escalations of P1 tickets were `open` at the end of the month, and answered but `unscored`."""
        parts = {"open": open_escalations(self.month), "unscored": unscored_escalations(self.month)}
        rows = [rows.order_by().values_list(_kind(kind), "pk") for kind, rows in parts.items()]
        return Counter(kind for kind, _pk in rows[0].union(*rows[1:], all=True))


def open_escalations(month: Month) -> QuerySet[Escalation]:
    """Asked before the month's end, and then neither answered nor closed."""
    end: datetime = month.bounds()[1]
    return Escalation.objects.filter(
        Q(answered_at__isnull=True) | Q(answered_at__gte=end),
        Q(closed_at__isnull=True) | Q(closed_at__gte=end),
        via_app=True,
        escalated_at__lt=end,
        ticket__in=Ticket.objects.consultations(),
    )


def exclusion_reasons(month: Month) -> list[str]:
    """Why supervisors left answers of the month out of the averages, each reason once."""
    start, end = month.bounds()
    rows = Escalation.objects.filter(
        excluded=True,
        via_app=True,
        score__isnull=False,
        answered_at__gte=start,
        answered_at__lt=end,
        ticket__in=Ticket.objects.consultations(),
    )
    return list(dict.fromkeys(rows.order_by("answered_at", "id").values_list("excluded_reason", flat=True)))


def unscored_escalations(month: Month) -> QuerySet[Escalation]:
    """Answered in the month without a score yet: workers have not come to them, or no rule was in force."""
    start, end = month.bounds()
    return Escalation.objects.filter(
        status=Escalation.Status.ANSWERED,
        score__isnull=True,
        via_app=True,
        answered_at__gte=start,
        answered_at__lt=end,
        ticket__in=Ticket.objects.consultations(),
    )


def _kind(name: str) -> Value:
    return Value(name, output_field=TextField())


def _rows(rows: QuerySet, kind: str, position: Any, title: Any, day: Any, category: Any) -> QuerySet:
    return rows.order_by().values_list(
        _kind(kind), Cast(position, IntegerField()), F("pk"), Cast(title, TextField()), Cast(day, DateField()),
        Cast(category, TextField()),
    )  # fmt: skip


def _publications(month: Month) -> QuerySet:
    rows = Publication.objects.filter(published_on__range=(month.first_day, month.last_day))
    return _rows(rows, "publication", F("position"), F("title"), F("published_on"), F("category"))


def _events(month: Month) -> QuerySet:
    rows = Event.objects.filter(held_on__range=(month.first_day, month.last_day))
    return _rows(rows, "event", F("position"), F("title"), F("held_on"), F("kind"))


def _blasts(month: Month) -> QuerySet:
    start, end = month.bounds()
    rows = Blast.objects.filter(status=Blast.Status.SENT, sent_at__gte=start, sent_at__lt=end)
    return _rows(rows, "blast", F("position"), F("subject"), TruncDate("sent_at", tzinfo=JAKARTA), _kind(""))


def _pages(month: Month) -> QuerySet:
    rows = WebPage.objects.filter(traffic__month=month.first_day)
    return _rows(rows, "page", F("rank"), F("title"), F("traffic__month"), _kind(""))


def _requests(month: Month) -> QuerySet:
    start, end = month.bounds()
    rows = PpidRequest.objects.filter(received_at__gte=start, received_at__lt=end)
    day = TruncDate("received_at", tzinfo=JAKARTA)
    return _rows(rows, "ppid", Value(0), F("data_category"), day, F("purpose_kind"))


def _consultations(rows: QuerySet, kind: str, month: Month, guests: Any, over_limit: Any, topics: QuerySet) -> QuerySet:
    rows = rows.filter(status=HeldStatus.HELD, held_on__range=(month.first_day, month.last_day))
    checks = ReservationEvent.objects.filter(reservation=OuterRef("reservation"), code="reservation.checked")
    checks = checks.order_by("-pk")
    return rows.order_by().values_list(
        _kind(kind), "held_on", "position", "pk", "visitor", Cast("region__display_name", CharField()),
        Cast("region__code", CharField()), "user_group", "note", guests, over_limit, ArraySubquery(topics),
        Subquery(checks.values(rules=Cast(KeyTransform("rules", "data"), TextField()))[:1]),
    )  # fmt: skip


def _waived(rules: str | None) -> list[Waived]:
    """Of the rules as the check stored them; none where nothing was reserved (an import)."""
    rows = json.loads(rules or "[]")
    found = [row for row in rows if row.get("outcome") == "WAIVED"]
    return [Waived(row["rule"], row.get("waived_by", ""), row.get("reason", "")) for row in found]


def _visits(month: Month) -> QuerySet:
    topics = VisitTopic.objects.filter(visit=OuterRef("pk")).order_by("position").values("topic__code")
    guests, over = Cast("guest_count", IntegerField()), Cast("over_limit", BooleanField())
    return _consultations(Visit.objects.all(), "visit", month, guests, over, topics)


def _conferences(month: Month) -> QuerySet:
    topics = VideoConferenceTopic.objects.filter(conference=OuterRef("pk")).order_by("position").values("topic__code")
    guests, over = Value(0, output_field=IntegerField()), Value(False, output_field=BooleanField())
    return _consultations(VideoConference.objects.all(), "video", month, guests, over, topics)
