"""Layer 2 over a month or a year: by unit, person and topic, how scores are spread, what was slow or sent back.

Counted as the monthly report counts (S34): escalations through the app by when they were asked, scores by when they
were answered, tickets of the report alone.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import get_language

from escalation.models import Escalation, EscalationPause
from kernel.formats import decimal
from kernel.months import Month
from people.models import Unit
from people.reference import STAFF
from tickets.clocks import span
from tickets.models import Ticket
from tickets.reference import TOPICS

SLOWEST = 10
_YEAR, _NUMBER = re.compile(r"(?:19|2\d)\d{2}", re.ASCII), re.compile(r"\d{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A month or a whole year, cut in Jakarta."""

    first: Month
    last: Month

    @classmethod
    def parse(cls, text: str) -> "Period":
        """ "2024-08" or "2024"; anything else is a ValueError."""
        if len(text) == 4 and text.isascii() and text.isdigit():
            return cls(Month.parse(f"{text}-01"), Month.parse(f"{text}-12"))
        return cls(Month.parse(text), Month.parse(text))

    @classmethod
    def nearest(cls, text: str, now: Month) -> "Period":
        """What somebody may have meant that wrote no period: the year, and of a month beyond the year its last one."""
        year = _YEAR.search(text)
        if year is None:
            return cls(now, now)
        digits = _NUMBER.search(f"{text[: year.start()]} {text[year.end() :]}")
        if digits is None:
            return cls.parse(year[0])
        month = Month(int(year[0]), min(12, max(1, int(digits[0]))))
        return cls(month, month)

    @property
    def start(self) -> datetime:
        return self.first.bounds()[0]

    @property
    def end(self) -> datetime:
        return self.last.bounds()[1]

    @property
    def is_year(self) -> bool:
        return self.first != self.last

    def __str__(self) -> str:
        return str(self.first.year) if self.is_year else str(self.first)

    @property
    def label(self) -> str:
        return str(self.first.year) if self.is_year else self.first.label(get_language() or "id")

    @property
    def previous(self) -> "Period":
        return Period(self.first - 12, self.last - 12) if self.is_year else Period(self.first - 1, self.last - 1)

    @property
    def next(self) -> "Period":
        return Period(self.first + 12, self.last + 12) if self.is_year else Period(self.first + 1, self.last + 1)


@dataclass(slots=True)
class Line:
    """A unit, person or topic. `spread` is number by score; `minutes` working time of all its answers."""

    label: str
    asked: int = 0
    answered: int = 0
    total: int = 0
    minutes: float = 0.0
    on_target: int = 0
    returned: int = 0
    transferred: int = 0
    open: int = 0
    excluded: int = 0
    spread: dict[int, int] = field(default_factory=dict)

    @property
    def average(self) -> Fraction | None:
        return Fraction(self.total, self.answered) if self.answered else None

    @property
    def words(self) -> str:
        return decimal(self.average, 2, language=get_language() or "id") if self.average is not None else "–"

    @property
    def took(self) -> str:
        """The mean working time of an answer."""
        return span(timedelta(minutes=self.minutes / self.answered)) if self.answered else "–"

    def cells(self, scores: Sequence[int]) -> list[int]:
        return [self.spread.get(score, 0) for score in scores]


@dataclass(frozen=True, slots=True)
class Slow:
    """One of the answers that took longest."""

    row: Escalation
    took: str
    who: str


@dataclass(frozen=True, slots=True)
class Report:
    period: Period
    scores: list[int]
    units: list[tuple[Line, list[int]]]
    people: list[tuple[Line, list[int]]]
    topics: list[tuple[Line, list[int]]]
    slowest: list[Slow]
    excluded: list[Escalation]


def report_of(period: Period, units: Iterable[Unit], *, people: Iterable[int] | None = None) -> Report:
    """The period for these units. `people`: whose lines are shown, by key; None for everybody's."""
    codes = {unit.code: str(unit) for unit in units}
    rows = of_the_report(Escalation.objects.filter(unit__code__in=codes))
    scored = rows.filter(answered_at__gte=period.start, answered_at__lt=period.end, score__isnull=False)
    good = scored.filter(excluded=False)
    by_unit = {code: Line(label) for code, label in codes.items()}
    _add_asked(by_unit, rows, period)
    _add_answers(by_unit, good, "unit__code")
    for code, count in _counts(scored.filter(excluded=True), "unit__code"):
        by_unit[code].excluded = count
    staff = STAFF()
    by_person: dict[int, Line] = {}
    _add_answers(by_person, good.filter(answered_by__isnull=False), "answered_by")
    for key, line in by_person.items():
        line.label = str(staff.get(key, key))
    shown = [line for key, line in by_person.items() if people is None or key in set(people)]
    by_topic: dict[int, Line] = {}
    _add_answers(by_topic, good.filter(ticket__topic__isnull=False), "ticket__topic")
    for key, line in by_topic.items():
        line.label = str(TOPICS().get(key, key))
    lines = [*by_unit.values(), *shown, *by_topic.values()]
    scores = sorted({score for line in lines for score in line.spread}, reverse=True)
    return Report(
        period=period,
        scores=scores,
        units=_listed(by_unit.values(), scores, ranked=False),
        people=_listed(shown, scores),
        topics=_listed(by_topic.values(), scores),
        slowest=_slowest(good),
        excluded=list(scored.filter(excluded=True).select_related("ticket", "unit")),
    )


def of_the_report(rows: QuerySet[Escalation]) -> QuerySet[Escalation]:
    """Those through the app, of tickets that the report counts (decisions 22)."""
    return (
        rows.filter(via_app=True, ticket__merged_into=None, ticket__is_spam=False, ticket__channel__makes_tickets=True)
        .exclude(ticket__source=Ticket.Source.SIMULATOR)
        .order_by()
    )


def _add_asked(lines: dict[str, Line], rows: QuerySet[Escalation], period: Period) -> None:
    asked = rows.filter(escalated_at__gte=period.start, escalated_at__lt=period.end)
    given = asked.values_list("unit__code").annotate(
        n=Count("pk"),
        transferred=Count("pk", filter=Q(status=Escalation.Status.TRANSFERRED)),
        open=Count("pk", filter=Q(answered_at=None, closed_at=None)),
    )
    for code, count, transferred, still_open in given:
        line = lines[code]
        line.asked, line.transferred, line.open = count, transferred, still_open
    pauses = EscalationPause.objects.filter(paused_at__gte=period.start, paused_at__lt=period.end)
    for code, count in _counts(pauses.filter(escalation__in=rows).order_by(), "escalation__unit__code"):
        lines[code].returned = count


def _add_answers(lines: dict, rows: QuerySet[Escalation], by: str) -> None:
    given = rows.values_list(by, "score").annotate(
        n=Count("pk"),
        minutes=Sum("working_minutes"),
        hit=Count("pk", filter=Q(working_minutes__lte=F("rule__target_days") * F("rule__day_minutes"))),
    )
    for key, score, count, minutes, hit in given:
        line = lines.setdefault(key, Line(""))
        line.answered += count
        line.total += score * count
        line.minutes += float(minutes)
        line.on_target += hit
        line.spread[score] = line.spread.get(score, 0) + count


def _counts(rows: QuerySet, by: str) -> Iterable[tuple[str, int]]:
    return rows.values_list(by).annotate(n=Count("pk"))


def _listed(lines: Iterable[Line], scores: Sequence[int], *, ranked: bool = True) -> list[tuple[Line, list[int]]]:
    found = list(lines)
    if ranked:
        found.sort(key=lambda line: (-line.answered, line.label))
    return [(line, line.cells(scores)) for line in found]


def _slowest(rows: QuerySet[Escalation]) -> list[Slow]:
    found = rows.select_related("ticket", "unit", "answered_by").order_by("-working_minutes", "id")[:SLOWEST]
    return [
        Slow(row, span(timedelta(minutes=float(row.working_minutes or 0))), str(row.answered_by or "")) for row in found
    ]
