"""From the counts of a plan to one row per ticket: who, where, about what, escalated to whom.

Everything follows from the order of the plan's tables, so that a plan always gives the same rows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from djpk.demo.plans import NO_ZONE, Plan

T = TypeVar("T")
# Tickets beyond the first of the busier Pemda of each zone.
EXTRA = (8, 7, 6, 5, 5, 4, 4, 3, 3, 3, 2, 2, 2, 2) + (1,) * 200


@dataclass(frozen=True, slots=True)
class Place:
    """A Pemda that may have tickets."""

    code: str
    zone: str


@dataclass(slots=True)
class Row:
    """A ticket without clock and words. `zone` is NONE where unknown, `hours` IN, OUT or UNKNOWN."""

    channel: str
    topic: str
    group: str = ""
    zone: str = ""
    hours: str = ""
    unit: str = ""
    region: str = ""
    user: str = ""
    escalated: bool = False
    top: bool = False
    index: int = 0

    @property
    def cell(self) -> tuple[str, str]:
        return self.channel, self.topic


def spread(quota: Mapping[str, int], total: int) -> list[str]:
    """`total` labels in an even mix with exactly the given counts (largest-deficit rule)."""
    if sum(quota.values()) != total:
        raise ValueError(f"{sum(quota.values())} labels for {total} places: {quota}")
    used: Counter[str] = Counter()
    labels = []
    for step in range(1, total + 1):
        open_labels = (label for label in quota if used[label] < quota[label])
        label = max(open_labels, key=lambda name: quota[name] * step / total - used[name])
        used[label] += 1
        labels.append(label)
    return labels


def pick(candidates: Sequence[T], count: int) -> list[T]:
    """`count` of the candidates, evenly spaced."""
    if len(candidates) < count:
        raise ValueError(f"{count} wanted of {len(candidates)}")
    return [candidates[step * len(candidates) // count] for step in range(count)]


def rows(plan: Plan, places: Iterable[Place]) -> list[Row]:
    """The month's tickets in their fixed order; `index` counts from 0. `places` in the order of their codes."""
    tickets = [
        Row(channel, topic)
        for channel, topics in plan.cells.items()
        for topic, count in topics.items()
        for _ in range(count)
    ]
    _set_groups(plan, tickets)
    _set_zones(plan, tickets)
    _set_hours(plan, tickets)
    _set_escalations(plan, tickets)
    serial: Counter[str] = Counter()
    _set_pemda(plan, tickets, [place for place in places if place.code not in plan.top], serial)
    _set_users(plan, tickets, serial)
    tickets.sort(key=_order)
    for index, row in enumerate(tickets):
        row.index = index
    return tickets


def _order(row: Row) -> tuple[object, ...]:
    return (
        row.channel, row.group, row.topic, row.zone, row.hours, row.escalated, row.unit, row.region, row.user,
    )  # fmt: skip


def _set_groups(plan: Plan, tickets: list[Row]) -> None:
    free: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in reversed(tickets):
        free[row.cell].append(row)
    for region, cells in plan.top.items():
        for cell, count in cells.items():
            for _ in range(count):
                row = free[cell].pop()
                row.group, row.region, row.zone, row.top = "PEMDA", region, "WIB", True
    for group, cells in plan.groups.items():
        for cell, count in cells.items():
            for _ in range(count):
                free[cell].pop().group = group
    for row in tickets:
        row.group = row.group or "PEMDA"


def _set_zones(plan: Plan, tickets: list[Row]) -> None:
    """The tickets whose zone is forced first, the others evenly."""
    for zone, topic in plan.outside_escalated:
        row = next(t for t in tickets if t.cell == ("WHATSAPP", topic) and t.group == "PEMDA" and not t.zone)
        row.zone, row.hours, row.escalated = zone, "OUT", True
    left = dict(plan.escalated_unzoned)
    for row in tickets:
        if row.group == "AKADEMISI" and row.channel == "WHATSAPP" and left.get(row.topic):
            left[row.topic] -= 1
            row.zone, row.escalated = NO_ZONE, True
    for group, quota in plan.zones.items():
        todo = [row for row in tickets if row.group == group and not row.zone]
        have = Counter(row.zone for row in tickets if row.group == group and row.zone)
        rest = {zone: count - have[zone] for zone, count in quota.items()}
        for row, zone in zip(todo, spread(rest, len(todo)), strict=True):
            row.zone = zone


def _set_hours(plan: Plan, tickets: list[Row]) -> None:
    for (zone, channel), count in plan.outside.items():
        here = [row for row in tickets if row.zone == zone and row.channel == channel]
        candidates = [r for r in here if not r.hours and not r.top and r.group in ("PEMDA", "AKADEMISI")]
        for row in pick(candidates, count - sum(row.hours == "OUT" for row in here)):
            row.hours = "OUT"
    for row in tickets:
        row.hours = row.hours or ("UNKNOWN" if row.zone == NO_ZONE else "IN")


def _set_escalations(plan: Plan, tickets: list[Row]) -> None:
    for topic, count in plan.escalated.items():
        about = [row for row in tickets if row.topic == topic]
        rest = [row for row in about if not row.escalated and row.hours == "IN"]
        for row in pick(rest, count - sum(row.escalated for row in about)):
            row.escalated = True
    for row in tickets:
        row.unit = plan.units[row.topic] if row.escalated else ""


def _set_pemda(plan: Plan, tickets: list[Row], places: list[Place], serial: Counter[str]) -> None:
    """Regions round robin, so that a Pemda's tickets spread over topics; a user repeats at most once in a row."""

    def new_user() -> str:
        serial["PEMDA"] += 1
        return f"PEMDA-{serial['PEMDA']:04d}"

    for row in tickets:
        if row.top:
            row.user = new_user()
    repeats = sum(row.group == "PEMDA" for row in tickets) - plan.users["PEMDA"]
    for zone in ("WIB", "WITA", "WIT"):
        todo = [row for row in tickets if row.group == "PEMDA" and row.zone == zone and not row.region]
        codes = [place.code for place in places if place.zone == zone]
        last: dict[str, tuple[str, bool]] = {}
        for row, code in zip(todo, _region_sequence(codes, len(todo), plan.busy_cap), strict=True):
            row.region = code
            user, repeated = last.get(code, ("", True))
            if repeats and not repeated:
                row.user, repeats = user, repeats - 1
                last[code] = (user, True)
            else:
                row.user = new_user()
                last[code] = (row.user, False)


def _region_sequence(codes: list[str], total: int, cap: int) -> list[str]:
    chosen = pick(codes, min(len(codes), total * 11 // 20))
    size = dict.fromkeys(chosen, 1)
    rest = total - len(chosen)
    for code, extra in zip(chosen, EXTRA, strict=False):
        size[code] += min(extra, rest)
        rest -= min(extra, rest)
    while rest:
        for code in chosen[len(EXTRA) :] + chosen:
            if rest and size[code] < cap:
                size[code] += 1
                rest -= 1
    return [code for turn in range(max(size.values())) for code in chosen if size[code] > turn]


def _set_users(plan: Plan, tickets: list[Row], serial: Counter[str]) -> None:
    """Users of the other groups: the last tickets come from an earlier user of the same zone."""
    for group in (name for name in plan.users if name != "PEMDA"):
        mine = [row for row in tickets if row.group == group]
        first, taken = mine[: plan.users[group]], set()
        for row in first:
            serial[group] += 1
            row.user = f"{group}-{serial[group]:04d}"
        for row in mine[plan.users[group] :]:
            row.user = next(r.user for r in first if r.zone == row.zone and r.user not in taken)
            taken.add(row.user)
