"""Rows of the roster as people read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.admin_forms import clock
from kernel.formats import WEEKDAYS
from messaging.reference import CHANNELS
from people.models import User
from people.reference import STAFF
from tickets.duty.roster import is_closed, shift_of
from tickets.models import DutyShift


@dataclass(frozen=True, slots=True)
class Cell:
    """One duty of an agent on a day."""

    hours: str
    channels: str
    off: bool


@dataclass(frozen=True, slots=True)
class AgentWeek:
    """An agent's duties on the days of a week."""

    agent: User
    days: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Line:
    """A row in words; `until` is its last day."""

    row: DutyShift
    agent: str
    days: str
    hours: str
    channels: str
    until: date | None


def day_names() -> list[str]:
    return WEEKDAYS["en" if (get_language() or "").startswith("en") else "id"]


def hours_of(row: DutyShift) -> str:
    whole = (row.opens, row.closes) == (0, 1440)
    return _("sepanjang hari") if whole else f"{clock(row.opens)}–{clock(row.closes)}"


def channels_of(row: DutyShift) -> str:
    named = [str(one) for one in CHANNELS().values() if one.code in row.channels]
    return ", ".join(named) or _("Semua kanal")


def days_of(weekdays: list[int]) -> str:
    """Days in words, three or more in a row as a span: "Senin–Jumat, Minggu"."""
    names = day_names()
    runs: list[list[int]] = []
    for day in sorted(weekdays):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    said = [
        f"{names[run[0]]}–{names[run[-1]]}" if len(run) > 2 else ", ".join(names[day] for day in run) for run in runs
    ]
    return ", ".join(said)


def line_of(row: DutyShift) -> Line:
    days = days_of(row.weekdays) or _("Setiap hari")
    until = row.valid_to - timedelta(days=1) if row.valid_to else None
    return Line(row, str(STAFF().get(row.agent_id) or row.agent), days, hours_of(row), channels_of(row), until)


def week_of(rows: Iterable[DutyShift], monday: date) -> list[AgentWeek]:
    """Who has duty on the seven days from `monday` on, by name."""
    days = [monday + timedelta(days=number) for number in range(7)]
    found: dict[int, list[list[Cell]]] = {}
    for row in sorted(rows, key=lambda one: (one.off, one.opens, one.pk)):
        shift = shift_of(row)
        cell = Cell(hours_of(row), channels_of(row) if row.channels else "", row.off)
        for place, day in enumerate(days):
            if shift.on(day, closed=is_closed(day)):
                found.setdefault(row.agent_id, [[] for _day in days])[place].append(cell)
    weeks = [AgentWeek(STAFF()[agent], cells) for agent, cells in found.items()]
    return sorted(weeks, key=lambda one: str(one.agent))
