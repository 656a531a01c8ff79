"""Who is on duty at a moment, and which of them a new ticket goes to. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from kernel.months import JAKARTA

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Shift:
    """A row of the roster: days [valid_from, valid_to), minutes [opens, closes) of Jakarta's day.

    Without weekdays it holds on every day, without channels on every channel. Weekdays are those of the working week:
    on a day that is `closed` (a holiday) such a row does not hold. `off` takes its agent off duty.
    """

    agent: int
    opens: int
    closes: int
    valid_from: date
    valid_to: date | None = None
    weekdays: frozenset[int] = frozenset()
    channels: frozenset[str] = frozenset()
    off: bool = False

    def on(self, day: date, *, closed: bool) -> bool:
        """Whether it holds on some hour of the day."""
        in_force = self.valid_from <= day and (self.valid_to is None or day < self.valid_to)
        return in_force and (not self.weekdays or (day.weekday() in self.weekdays and not closed))

    def covers(self, channel: str, day: date, minute: int, *, closed: bool) -> bool:
        return (
            self.on(day, closed=closed)
            and self.opens <= minute < self.closes
            and (not self.channels or channel in self.channels)
        )


@dataclass(frozen=True, slots=True)
class Load:
    """What an agent has to do: open tickets, and when the newest of all theirs began."""

    agent: int
    open: int
    newest: datetime | None = field(default=None)


def on_duty(shifts: Iterable[Shift], channel: str, at: datetime, *, closed: bool) -> frozenset[int]:
    """The agents whose duty covers the channel at that moment, on a day that is `closed` or not, and who are not
    taken off it."""
    here = at.astimezone(JAKARTA)
    day, minute = here.date(), here.hour * 60 + here.minute
    covering = [shift for shift in shifts if shift.covers(channel, day, minute, closed=closed)]
    return frozenset(one.agent for one in covering if not one.off) - {one.agent for one in covering if one.off}


def pick(loads: Collection[Load]) -> int | None:
    """Who has the fewest open tickets; of equals who has waited longest for a new one, then by key."""
    best = min(loads, key=lambda load: (load.open, load.newest or _NEVER, load.agent), default=None)
    return best.agent if best else None
