"""The calendar's columns and what stands in them: a week, a day by room, a month, a list."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from consultations import wording
from consultations.journal import consultation_rule_on
from consultations.models import Mode, Reservation, Room
from kernel.formats import clock_time, day_name, long_date, short_date
from kernel.months import JAKARTA
from tickets.models import Topic
from worktime.clock import is_working_day
from worktime.loading import OFFICE, load_calendar

FIRST, LAST = 8 * 60, 16 * 60  # minutes shown at least
SHOWN = ("REQUESTED", "CHECKED", "CONFIRMED", "CHECKED_IN", "HELD", "NO_SHOW")
MOST = 500
_DONE = ("CHECKED_IN", "HELD", "NO_SHOW")


@dataclass(slots=True)
class Block:
    """One reservation as it stands in a column. `start`, `end` are minutes; `lane` of `lanes` side by side."""

    row: Reservation
    start: int
    end: int
    title: str
    second: str
    third: str
    warn: bool
    lane: int = 0
    lanes: int = 1

    @property
    def left(self) -> str:
        return f"{self.lane / self.lanes:.4f}"

    @property
    def width(self) -> str:
        return f"{1 / self.lanes:.4f}"

    @property
    def done(self) -> bool:
        return self.row.status in _DONE

    @property
    def movable(self) -> bool:
        return self.row.status in ("REQUESTED", "CHECKED", "CONFIRMED")


@dataclass(slots=True)
class Column:
    """A day, or a room of a day. `key` says where something dropped here goes."""

    title: str
    note: str
    day: date
    room: str = ""
    today: bool = False
    closed: bool = False
    blocks: list[Block] = field(default_factory=list)


def period(view: str, day: date) -> tuple[date, date]:
    """First and last day of the view around `day`."""
    if view == "hari":
        return day, day
    if view == "bulan":
        first = day.replace(day=1)
        return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def beside(view: str, day: date) -> tuple[date, date]:
    """A day of the period before and of the one after."""
    first, last = period(view, day)
    return first - timedelta(days=1), last + timedelta(days=1)


def title_of(view: str, first: date, last: date) -> str:
    """ "5 s.d. 9 Agustus 2024"."""
    language = wording.spoken()
    if view == "hari":
        return f"{day_name(first, language)}, {long_date(first, language)}"
    if view == "bulan":
        return long_date(first, language).partition(" ")[2]
    last = last - timedelta(days=2)
    start = f"{first.day}" if first.month == last.month else short_date(first, language)
    return _("{first} s.d. {last}").format(first=start, last=long_date(last, language))


def reservations(rows: QuerySet[Reservation], first: date, last: date) -> list[Reservation]:
    """Those of the days, with what a block shows. Three queries."""
    begin = datetime.combine(first, time(), JAKARTA)
    end = datetime.combine(last, time(), JAKARTA) + timedelta(days=1)
    found = rows.filter(starts_at__gte=begin, starts_at__lt=end, status__in=SHOWN)
    found = found.select_related("room", "region", "unit", "expert", "rescheduled_to")
    return list(
        found.prefetch_related("guests", Prefetch("topics", Topic.objects.all())).order_by("starts_at", "pk")[:MOST]
    )


def week(rows: Sequence[Reservation], first: date, today: date, limit: int) -> list[Column]:
    """Monday to Friday; Saturday and Sunday where something stands on them."""
    by_day = _by_day(rows)
    calendar = load_calendar(OFFICE).calendar
    columns = []
    for offset in range(7):
        day = first + timedelta(days=offset)
        blocks = [_block(row, limit) for row in by_day.get(day, ())]
        if offset > 4 and not blocks:
            continue
        name = f"{day_name(day, wording.spoken())[:3]} {day.day}"
        closed = not is_working_day(calendar, day)
        note = _("Libur") if closed else _("{count} reservasi").format(count=len(blocks)) if blocks else ""
        columns.append(Column(name, note, day, today=day == today, closed=closed, blocks=_side_by_side(blocks)))
    return columns


def rooms_of_day(rows: Sequence[Reservation], day: date, rooms: Iterable[Room], limit: int) -> list[Column]:
    """A column per room, one for video, one for what has no room yet where there is any."""
    by_room: dict[str, list[Block]] = defaultdict(list)
    for row in rows:
        place = "" if row.mode == Mode.VIDEO else row.room.code if row.room else "-"
        by_room[place].append(_block(row, limit))
    closed = not is_working_day(load_calendar(OFFICE).calendar, day)
    places = [*((room.code, str(room)) for room in rooms), ("", _("Video conference"))]
    if by_room.get("-"):
        places.append(("-", _("Belum ada ruang")))
    return [
        Column(name, "", day, room=code, closed=closed, blocks=_side_by_side(by_room.get(code, [])))
        for code, name in places
    ]


def month(rows: Sequence[Reservation], first: date, last: date, today: date) -> list[list[dict[str, Any]]]:
    """Weeks of days: number, whether of this month, and short lines."""
    by_day = _by_day(rows)
    calendar = load_calendar(OFFICE).calendar
    day = first - timedelta(days=first.weekday())
    weeks = []
    while day <= last:
        line = []
        for _turn in range(7):
            line.append(
                {
                    "day": day,
                    "inside": first <= day <= last,
                    "today": day == today,
                    "closed": not is_working_day(calendar, day),
                    "rows": [(row, _clock(row.starts_at), wording.visitor(row)) for row in by_day.get(day, ())],
                }
            )
            day += timedelta(days=1)
        weeks.append(line)
    return weeks


def agenda(rows: Sequence[Reservation], limit: int) -> list[tuple[date, str, list[Block]]]:
    """Days with their blocks, for the list and for phones."""
    language = wording.spoken()
    return [
        (day, f"{day_name(day, language)}, {long_date(day, language)}", [_block(row, limit) for row in found])
        for day, found in sorted(_by_day(rows).items())
    ]


def hours(columns: Iterable[Column]) -> tuple[int, int]:
    """From and to which minute the grid goes: the office's hours, or as far as something stands."""
    blocks = [block for column in columns for block in column.blocks]
    first = min([FIRST, *(block.start // 60 * 60 for block in blocks)])
    last = max([LAST, *(-(-block.end // 60) * 60 for block in blocks)])
    return first, last


def limit_on(day: date) -> int:
    return consultation_rule_on(day).guest_limit


def _by_day(rows: Iterable[Reservation]) -> dict[date, list[Reservation]]:
    found: dict[date, list[Reservation]] = defaultdict(list)
    for row in rows:
        found[row.starts_at.astimezone(JAKARTA).date()].append(row)
    return found


def _block(row: Reservation, limit: int) -> Block:
    start, end = row.starts_at.astimezone(JAKARTA), row.ends_at.astimezone(JAKARTA)
    minutes = start.hour * 60 + start.minute
    guests = len(row.guests.all())
    came = sum(guest.arrived_at is not None for guest in row.guests.all())
    over = row.mode == Mode.FACE_TO_FACE and guests > limit
    if over:
        third = _("{count} tamu, maks. {limit}").format(count=guests, limit=limit)
    elif row.mode == Mode.VIDEO:
        third = _("Video conference")
    else:
        where = row.room.code if row.room else _("tanpa ruang")
        said = _("{place}, {count} tamu hadir") if came else _("{place}, {count} tamu")
        third = said.format(place=where, count=came or guests)
    topics = ", ".join(topic.label for topic in row.topics.all())
    return Block(
        row, minutes, minutes + int((end - start).total_seconds() // 60), wording.visitor(row),
        f"{_clock(start)} {topics}", third, over,
    )  # fmt: skip


def _clock(moment: datetime) -> str:
    return clock_time(moment.astimezone(JAKARTA), wording.spoken())


def _side_by_side(blocks: list[Block]) -> list[Block]:
    """Give blocks that meet lanes of their own."""
    group: list[Block] = []
    until = -1
    for block in sorted(blocks, key=lambda one: (one.start, one.end)):
        if block.start >= until:
            _lay(group)
            group, until = [], -1
        group.append(block)
        until = max(until, block.end)
    _lay(group)
    return blocks


def _lay(group: list[Block]) -> None:
    ends: list[int] = []
    for block in group:
        lane = next((index for index, end in enumerate(ends) if end <= block.start), len(ends))
        if lane == len(ends):
            ends.append(0)
        ends[lane] = block.end
        block.lane = lane
    for block in group:
        block.lanes = len(ends)
