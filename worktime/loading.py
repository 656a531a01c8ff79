"""From dated rows to the pure `Calendar` of the engine, kept in memory until a calendar changes."""

from dataclasses import dataclass
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery

from worktime.calendars import Calendar, Override, Schedule, Window
from worktime.models import (
    CalendarEvent,
    CalendarException,
    ExceptionWindow,
    Holiday,
    ServiceSchedule,
    ServiceWindow,
    WorkCalendar,
)
from worktime.service_hours import Basis

SERVICE = "SERVICE"
OFFICE = "OFFICE"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A calendar as it is now. `version` ("SERVICE@3") is what stored results name it by."""

    code: str
    version: str
    basis: Basis
    calendar: Calendar


_Stamp = tuple[int, int]
_kept: dict[str, tuple[_Stamp, Loaded]] = {}


def load_calendar(code: str = OFFICE) -> Loaded:
    """The calendar with that code, by one query when it has not changed since the last call.

    Raises WorkCalendar.DoesNotExist. Take it once per request, task or import and pass it on.
    """
    while True:
        row = _stamped().get(code=code)
        stamp = (row.revision, row.last_event or 0)
        kept = _kept.get(code)
        if kept and kept[0] == stamp:
            return kept[1]
        loaded = Loaded(code, version_of(row), row.basis, pure_calendar(row))
        again = _stamped().get(code=code)
        if (again.revision, again.last_event or 0) == stamp:  # nobody changed it while it was read
            _kept[code] = (stamp, loaded)
            return loaded


def version_of(row: WorkCalendar) -> str:
    """The name stored beside a result: code and revision."""
    return f"{row.code}@{row.revision}"


def pure_calendar(row: WorkCalendar) -> Calendar:
    """Read a calendar's rows, and the holidays that close every calendar, into a value."""
    schedules = ServiceSchedule.objects.filter(calendar=row).prefetch_related("windows")
    exceptions = CalendarException.objects.filter(calendar=row).order_by("id").prefetch_related("windows")
    return Calendar(
        ZoneInfo(row.zone),
        tuple(Schedule(_windows(s.windows.all()), s.valid_from, s.valid_to) for s in schedules),
        frozenset(Holiday.objects.values_list("date", flat=True)),
        tuple(_override(exception) for exception in exceptions),
    )


def _stamped() -> QuerySet[Any]:
    """Calendars with the number of their last change. Event ids never repeat, also after a rollback,
    whereas a revision that was rolled back is given again."""
    changes = CalendarEvent.objects.filter(Q(calendar=OuterRef("pk")) | Q(calendar=None)).order_by("-id")
    return WorkCalendar.objects.annotate(last_event=Subquery(changes.values("id")[:1]))


def _override(row: CalendarException) -> Override:
    return Override(
        row.starts_on,
        row.ends_on,
        () if row.closed else _windows(row.windows.all()),
        row.closed,
        row.working_days_only,
        row.reason,
    )


def _windows(rows: QuerySet[ServiceWindow] | QuerySet[ExceptionWindow]) -> tuple[Window, ...]:
    return tuple(Window(_clock(row.opens), _clock(row.closes), row.weekday) for row in rows)


def _clock(minutes: int) -> time:
    """Minutes from midnight as a time; 24.00 becomes 00.00, as `Window` has it."""
    return time(minutes // 60 % 24, minutes % 60)
