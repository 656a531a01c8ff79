"""The averages of a month so far, unit by unit, and what one more answer would make of them (rules 3.2, 3.4).

Counted as the report counts (S34): answers given through the app on tickets of the report, not excluded.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, Sum

from escalation.models import Escalation
from kernel.compiled import Compiled
from kernel.formats import decimal
from kernel.months import Month
from tickets.models import Ticket

AXIS_LEFT, AXIS_RIGHT = 10, 294
TICKS = 4


@dataclass(frozen=True, slots=True)
class UnitAverage:
    """Sum and number of a unit's scores; `place` 1 is the best."""

    code: str
    total: int
    count: int
    place: int = 0

    @property
    def value(self) -> Fraction | None:
        return Fraction(self.total, self.count) if self.count else None

    def with_next(self, score: int) -> Fraction:
        """The average if the next answer scored that."""
        return Fraction(self.total + score, self.count + 1)

    def words(self, language: str = "id") -> str:
        return decimal(self.value, 2, language=language) if self.value is not None else "–"


def counted(month: Month) -> Q:
    """The answers of a month that count."""
    return _counted(*month.bounds())


def _counted(start: Any, end: Any) -> Q:
    return Q(
        via_app=True, score__isnull=False, excluded=False, answered_at__gte=start, answered_at__lt=end,
        ticket__merged_into=None, ticket__is_spam=False, ticket__channel__makes_tickets=True,
    ) & ~Q(ticket__source=Ticket.Source.SIMULATOR)  # fmt: skip


_BY_UNIT = Compiled(
    lambda rows, start, end: (
        rows.filter(_counted(start, end))
        .order_by()
        .values_list("unit__code")
        .annotate(total=Sum("score"), count=Count("pk"))
    ),
    "start",
    "end",
)


def averages_of(month: Month) -> list[UnitAverage]:
    """Every unit with an answer, the best first; ties by number of answers, then code. One query."""
    start, end = month.bounds()
    found = _BY_UNIT(Escalation.objects.all(), start=start, end=end)
    ranked = sorted(found, key=lambda row: (-Fraction(row[1], row[2]), -row[2], row[0]))
    return [UnitAverage(code, total, count, place) for place, (code, total, count) in enumerate(ranked, 1)]


@dataclass(frozen=True, slots=True)
class Dot:
    """A unit on the axis; `label` stands above those that have room."""

    code: str
    x: float
    value: str
    mine: bool
    labelled: bool


@dataclass(frozen=True, slots=True)
class Axis:
    """The units' averages on a line from `low` to the best score."""

    ticks: list[tuple[float, int]]
    dots: list[Dot]


def axis_of(rows: list[UnitAverage], mine: str, language: str = "id") -> Axis | None:
    """None where no unit has an answer yet."""
    values = {row.code: row.value for row in rows if row.value is not None}
    if not values:
        return None
    low = min(105, int(min(values.values()) // 5 * 5))
    top = 120

    def place(value: Fraction) -> float:
        return round(float(AXIS_LEFT + (value - low) / (top - low) * (AXIS_RIGHT - AXIS_LEFT)), 1)

    marks = [low + (top - low) * step // (TICKS - 1) for step in range(TICKS)]
    ticks = [(place(Fraction(mark)), mark) for mark in marks]
    ends = {min(values, key=lambda code: values[code]), max(values, key=lambda code: values[code]), mine}
    dots = [
        Dot(code, place(value), decimal(value, 2, language=language), code == mine, code in ends)
        for code, value in sorted(values.items(), key=lambda pair: (pair[0] == mine, pair[1]))
    ]
    return Axis(ticks, dots)
