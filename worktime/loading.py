"""From dated rows to the pure `Calendar` of the engine, kept in memory until a calendar changes."""

from dataclasses import dataclass
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from kernel.kept import Kept
from worktime.calendars import Calendar, Override, Schedule, Window
from worktime.models import (
    CalendarException,
    ExceptionWindow,
    Holiday,
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


CALENDAR_MODELS = (
    "worktime.WorkCalendar",
    "worktime.ServiceSchedule",
    "worktime.ServiceWindow",
    "worktime.CalendarException",
    "worktime.ExceptionWindow",
    "worktime.Holiday",
)


def load_calendar(code: str = OFFICE) -> Loaded:
    """The calendar with that code as it is now; see `kernel.kept` for what that costs.

    Raises WorkCalendar.DoesNotExist. Take it once per request, task or import and pass it on.
    """
    try:
        return _CALENDARS()[code]
    except KeyError:
        raise WorkCalendar.DoesNotExist(code) from None


def version_of(row: WorkCalendar) -> str:
    """The name stored beside a result: code and revision."""
    return f"{row.code}@{row.revision}"


def pure_calendar(row: WorkCalendar, holidays: Any = Holiday) -> Calendar:
    """Read a calendar's rows, and the holidays that close every calendar, into a value.

    Migrations pass a row and the holidays of their own models.
    """
    schedules = row.schedules.prefetch_related("windows")
    exceptions = row.exceptions.order_by("id").prefetch_related("windows")
    return Calendar(
        ZoneInfo(row.zone),
        tuple(Schedule(_windows(s.windows.all()), s.valid_from, s.valid_to) for s in schedules),
        frozenset(holidays.objects.values_list("date", flat=True)),
        tuple(_override(exception) for exception in exceptions),
    )


def _all() -> dict[str, Loaded]:
    rows: QuerySet[Any] = WorkCalendar.objects.all()
    return {row.code: Loaded(row.code, version_of(row), row.basis, pure_calendar(row)) for row in rows}


_CALENDARS = Kept(_all, *CALENDAR_MODELS)


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
