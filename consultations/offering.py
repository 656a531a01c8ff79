"""Which slots are free: what the patterns offer, less what reservations hold."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce

from consultations.journal import consultation_rule_on, day_of
from consultations.models import Reservation, Room, SlotException, SlotPattern
from consultations.slots import Exceptional, Pattern, Slot, earliest_day, slots_of
from kernel.months import JAKARTA
from people.models import User
from worktime.loading import OFFICE, load_calendar

LONGEST = 92  # days looked at once


@dataclass(frozen=True, slots=True)
class Offer:
    """A slot with what it holds; `left` places are free, 0 when it is full."""

    slot: Slot
    room: Room | None
    expert: User | None
    left: int
    seat: int | None

    @property
    def key(self) -> str:
        """By which forms and the API name it: pattern and start."""
        return f"{self.slot.pattern.key}@{self.slot.starts_at:%Y-%m-%dT%H:%M}"


def offers(
    first: date,
    last: date,
    *,
    mode: str,
    unit_code: str = "",
    at: datetime | None = None,
    patterns: Iterable[SlotPattern] | None = None,
) -> list[Offer]:
    """The slots from `first` to `last`, both included, in order of time; those of no unit serve every unit.

    With `at` only what somebody may still ask for then: in the future, and outside the lead time. Without, all of
    them. Four queries, whatever the span (at most `LONGEST` days).
    """
    rows = _patterns(first, last, mode, unit_code) if patterns is None else list(patterns)
    exceptions = [exceptional_of(row) for row in SlotException.objects.filter(starts_on__lte=last, ends_on__gte=first)]
    calendar = load_calendar(OFFICE).calendar
    held = _Held.between(first, last)
    lead = consultation_rule_on(day_of(at)).lead_working_days if at else 0
    found = []
    for row in rows:
        pattern = pattern_of(row)
        begin = first
        if at is not None:
            begin = max(first, earliest_day(pattern, at, lead, calendar))
        for day in _days(begin, min(last, first + timedelta(days=LONGEST))):
            for slot in slots_of(pattern, day, exceptions, calendar):
                if at is None or slot.starts_at > at:
                    found.append(_offer(slot, row, held))
    return sorted(found, key=lambda one: (one.slot.starts_at, one.slot.pattern.key))


def offer_at(pattern: SlotPattern, starts_at: datetime) -> Offer | None:
    """The pattern's slot that starts then, full or not; None when it offers none."""
    day = starts_at.astimezone(JAKARTA).date()
    for one in offers(day, day, mode=pattern.mode, patterns=[pattern]):
        if one.slot.starts_at == starts_at:
            return one
    return None


def pattern_of(row: SlotPattern) -> Pattern:
    return Pattern(
        key=row.pk,
        unit_code=row.unit_code,
        room=row.room_id,
        expert=row.expert_id,
        mode=row.mode,
        weekdays=frozenset(row.weekdays),
        opens=row.opens,
        closes=row.closes,
        slot_minutes=row.slot_minutes,
        buffer_minutes=row.buffer_minutes,
        capacity=row.capacity,
        lead_working_days=row.lead_working_days,
        cutoff=row.cutoff,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def exceptional_of(row: SlotException) -> Exceptional:
    hours = (row.opens, row.closes) if row.opens is not None and row.closes is not None else None
    return Exceptional(row.starts_on, row.ends_on, row.pattern_id, row.unit_code, row.room_id, row.expert_id, hours)


def _patterns(first: date, last: date, mode: str, unit_code: str) -> list[SlotPattern]:
    rows = SlotPattern.objects.filter(Q(valid_to=None) | Q(valid_to__gt=first), mode=mode, valid_from__lte=last)
    rows = rows.filter(Q(room=None) | Q(room__active=True), Q(expert=None) | Q(expert__is_active=True))
    if unit_code:
        rows = rows.filter(unit_code__in=("", unit_code))
    return list(rows.select_related("room", "expert"))


@dataclass(frozen=True, slots=True)
class _Held:
    """Times that rooms, experts and seats are held, by key."""

    rooms: dict[int, list[tuple[datetime, datetime]]]
    experts: dict[int, list[tuple[datetime, datetime]]]
    seats: dict[int, list[tuple[datetime, datetime, int]]]

    @classmethod
    def between(cls, first: date, last: date) -> "_Held":
        begin, end = datetime.combine(first, time(), JAKARTA), datetime.combine(last, time(), JAKARTA)
        rows = Reservation.objects.filter(status__in=Reservation.OCCUPYING, waiting_since=None)
        rows = rows.filter(starts_at__lt=end + timedelta(days=2), starts_at__gt=begin - timedelta(days=1))
        held = cls(defaultdict(list), defaultdict(list), defaultdict(list))
        until = Coalesce("blocked_until", "ends_at")
        for start, stop, room, expert, slot, seat in rows.values_list(
            "starts_at", until, "room_id", "expert_id", "slot_id", "seat"
        ):
            if room is not None:
                held.rooms[room].append((start, stop))
            if expert is not None:
                held.experts[expert].append((start, stop))
            if slot is not None and seat is not None:
                held.seats[slot].append((start, stop, seat))
        return held


def _offer(slot: Slot, row: SlotPattern, held: _Held) -> Offer:
    taken = {seat for start, stop, seat in held.seats.get(row.pk, ()) if _meet(slot, start, stop)}
    free = [seat for seat in range(row.capacity) if seat not in taken]
    for key, by_key in ((row.room_id, held.rooms), (row.expert_id, held.experts)):
        if key is not None and any(_meet(slot, start, stop) for start, stop in by_key.get(key, ())):
            free = []
    return Offer(slot, row.room, row.expert, len(free), free[0] if free else None)


def _meet(slot: Slot, start: datetime, stop: datetime) -> bool:
    return slot.starts_at < stop and start < slot.blocked_until


def _days(first: date, last: date) -> Sequence[date]:
    return [date.fromordinal(ordinal) for ordinal in range(first.toordinal(), last.toordinal() + 1)]
