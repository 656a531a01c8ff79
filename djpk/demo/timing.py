"""When each ticket of a month came, was escalated, answered, closed and rated.

Moments inside service hours are chosen so that they are inside by the clock of the region and by Jakarta's
alike. Answers of Layer 2 take the working time that earns the planned score, and fall into the month.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from djpk.demo.plans import NO_ZONE, Plan
from djpk.demo.skeleton import Row, spread
from worktime.clock import Calendar, add_working, is_working_day, next_opening
from worktime.service_hours import ZONES

# Local minutes of the day; WIT opens at 10.30, when Jakarta's service hours have begun.
INSIDE = {
    "WIB": ((510, 690), (780, 885)),
    "WITA": ((570, 690), (780, 885)),
    "WIT": ((630, 690), (780, 885)),
}
EVENING, WEEKEND = (1200, 1320), (540, 900)
# Working minutes of an answer that earns the score: from, and how much they vary.
WORKING_MINUTES = {120: (40, 300), 110: (520, 400), 100: (1000, 400), 90: (1480, 400), 80: (1960, 400)}
PROMPT = ("WHATSAPP", "LIVE_CHAT", "PHONE")
RATED_EVERY = 6


@dataclass(frozen=True, slots=True)
class Rating:
    service: int
    substance: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Layer2:
    """The moments of an escalation."""

    escalated_at: datetime
    taken_at: datetime
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Life:
    """The moments of a ticket, in UTC. `replied_at` is the full answer; without escalation the first one is."""

    created_at: datetime
    first_answered_at: datetime
    layer2: Layer2 | None
    replied_at: datetime
    closed_at: datetime
    rating: Rating | None


def lives(plan: Plan, tickets: list[Row], office: Calendar) -> list[Life]:
    """One life per row, in the rows' order. `office` is Jakarta's working calendar."""
    planner = _Planner(plan, office)
    scores = _scores(plan, tickets)
    outside = iter(range(len(tickets)))
    found = []
    for row in tickets:
        score = scores.get(row.index)
        created = planner.outside(row, next(outside)) if row.hours == "OUT" else planner.inside(row, score)
        found.append(planner.life(row, created, score))
    return found


def _scores(plan: Plan, tickets: list[Row]) -> dict[int, int]:
    """The score each escalated row shall earn; those from outside service hours earn the best."""
    earned: dict[int, int] = {}
    for unit, quota in plan.scores.items():
        mine = [row for row in tickets if row.unit == unit]
        late = [row.index for row in mine if row.hours == "OUT"]
        rest = {str(score): count - (len(late) if score == 120 else 0) for score, count in quota.items()}
        earned.update(dict.fromkeys(late, 120))
        others = [row.index for row in mine if row.hours != "OUT"]
        earned.update(zip(others, map(int, spread(rest, len(others))), strict=True))
    return earned


class _Planner:
    def __init__(self, plan: Plan, office: Calendar) -> None:
        self.office = office
        self.days = [day for day in plan.month.days() if is_working_day(office, day)]
        self.weekend = [day for day in plan.month.days() if day.weekday() >= 5]
        self.last_close = _moment(self.days[-1], 16 * 60, "WIB")
        self.ratings = _ratings()

    def inside(self, row: Row, score: int | None) -> datetime:
        """A moment in service hours; escalated tickets come early enough to be answered in the month."""
        usable = len(self.days) - (0 if score is None else 2 if score == 120 else 9)
        zone = "WIB" if row.zone == NO_ZONE else row.zone
        minutes = [minute for start, end in INSIDE[zone] for minute in range(start, end)]
        day = self.days[row.index % usable]
        return _moment(day, minutes[row.index * 37 % len(minutes)], zone, row.index)

    def outside(self, row: Row, turn: int) -> datetime:
        """An evening of a working day or a weekend's day, in turn."""
        soon = row.escalated or row.index % RATED_EVERY == 0
        if turn % 2 == 0 or row.escalated:
            days, (start, end) = self.days[: -6 if soon else -1], EVENING
        else:
            days, (start, end) = self.weekend[: -3 if soon else None], WEEKEND
        minute = start + turn * 37 % (end - start)
        return _moment(days[(turn * 5 + turn // 9) % len(days)], minute, row.zone, row.index)

    def life(self, row: Row, created: datetime, score: int | None) -> Life:
        rated = row.index % RATED_EVERY == 0
        first = self._first_answer(row, created)
        layer2 = None if score is None else self._layer2(row, created, score)
        replied = first
        if layer2:
            first = min(first, layer2.escalated_at - timedelta(minutes=2))
            replied = add_working(self.office, layer2.answered_at, 6 + row.index * 11 % 60)
        elif rated and first > self.last_close:
            first = replied = add_working(self.office, created, 15)
        closed = self._closed(row, replied, rated)
        rating = next(self.ratings) if rated else None
        at = closed + timedelta(minutes=2 + row.index % 20)
        return Life(created, first, layer2, replied, closed, rating and Rating(*rating, at))

    def _layer2(self, row: Row, created: datetime, score: int) -> Layer2:
        base, span = WORKING_MINUTES[score]
        minutes = base + row.index * 17 % span
        escalated = add_working(self.office, created, 20 + row.index * 7 % 71)
        taken = add_working(self.office, escalated, 5 + minutes * (row.index % 5) // 9)
        return Layer2(escalated, taken, add_working(self.office, escalated, minutes))

    def _first_answer(self, row: Row, created: datetime) -> datetime:
        i = row.index
        if row.channel == "PHONE":
            return created + timedelta(seconds=10 + i % 20)
        start = next_opening(self.office, created)
        if row.channel in PROMPT or start > created:
            slow = 14 + i % 30 if i % 13 == 0 else 1 + i * 7 % 9
            return add_working(self.office, start, slow) + timedelta(seconds=i * 29 % 60)
        return add_working(self.office, created, 18 + i * 53 % (700 if i % 17 == 0 else 400))

    def _closed(self, row: Row, replied: datetime, rated: bool) -> datetime:
        closed = add_working(self.office, replied, 25 + row.index * 31 % 600) + timedelta(seconds=row.index * 17 % 60)
        limit = self.last_close + timedelta(minutes=20 + row.index % 40)
        return limit if rated and replied < limit < closed else closed


def _ratings() -> Iterator[tuple[int, int]]:
    """Service and substance: all full marks but for one of each of four agents a month."""
    turn = 0
    while True:
        yield (5, 4) if turn in (7, 38, 69, 101) else (5, 5)
        turn += 1


def _moment(day: date, minute: int, zone: str, index: int = 0) -> datetime:
    local = datetime.combine(day, time(minute // 60, minute % 60, index * 13 % 60), ZONES[zone])
    return local.astimezone(UTC)
