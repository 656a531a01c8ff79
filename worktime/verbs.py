"""The only code that changes calendars. Every change grows `revision`, leaves one event and has open
deadlines recomputed; results stored earlier keep the version they were made with.

All verbs take keyword-only `at` (aware) and `actor` (User or None) and raise `Refused`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from worktime import deadlines
from worktime.models import (
    CalendarEvent,
    CalendarException,
    ExceptionWindow,
    Holiday,
    ServiceSchedule,
    ServiceWindow,
    WorkCalendar,
)


@dataclass(frozen=True, slots=True)
class Hours:
    """A window in minutes from local midnight, [opens, closes), 1440 is 24.00; weekday 0 is Monday,
    None (exceptions only) every day."""

    opens: int
    closes: int
    weekday: int | None = None


@transaction.atomic
def add_holiday(*, day: date, name: str, kind: str, basis: str = "", at: datetime, actor: Any) -> Holiday:
    """Close every calendar on a day. Refused when the same holiday is there already."""
    calendars = _lock_all()
    _check_holiday(day, name, kind)
    holiday = Holiday.objects.create(date=day, name=name.strip(), kind=kind, basis=basis)
    _changed(calendars, "holiday.added", at, actor, to_value=str(day), data=_holiday_data(holiday))
    return holiday


@transaction.atomic
def change_holiday(
    holiday: Holiday, *, day: date, name: str, kind: str, basis: str = "", reason: str, at: datetime, actor: Any
) -> Holiday:
    """Move or rename a holiday, as an amended decree does."""
    calendars = _lock_all()
    holiday = _still(Holiday, holiday.pk)
    _check_holiday(day, name, kind, apart_from=holiday.pk)
    before = _holiday_data(holiday)
    holiday.date, holiday.name, holiday.kind, holiday.basis = day, name.strip(), kind, basis
    holiday.save(update_fields=["date", "name", "kind", "basis"])
    data = {"before": before, "after": _holiday_data(holiday)}
    _changed(calendars, "holiday.changed", at, actor, before["date"], str(day), reason, data)
    return holiday


@transaction.atomic
def remove_holiday(holiday: Holiday, *, reason: str, at: datetime, actor: Any) -> None:
    """Make the day an ordinary one again."""
    calendars = _lock_all()
    holiday = _still(Holiday, holiday.pk)
    data = _holiday_data(holiday)
    holiday.delete()
    _changed(calendars, "holiday.removed", at, actor, data["date"], "", reason, data)


@transaction.atomic
def add_exception(
    calendar: WorkCalendar,
    *,
    starts_on: date,
    ends_on: date,
    windows: Sequence[Hours] = (),
    working_days_only: bool = True,
    reason: str,
    at: datetime,
    actor: Any,
) -> CalendarException:
    """Override the days starts_on..ends_on: closed without windows, else open in these (Ramadan, an event).

    A later exception wins over an earlier one on the same day.
    """
    calendar = _lock(calendar)
    _check_exception(starts_on, ends_on, windows, reason)
    exception = CalendarException.objects.create(
        calendar=calendar,
        starts_on=starts_on,
        ends_on=ends_on,
        closed=not windows,
        working_days_only=working_days_only,
        reason=reason.strip(),
    )
    ExceptionWindow.objects.bulk_create(ExceptionWindow(exception=exception, **asdict(w)) for w in windows)
    _changed([calendar], "exception.added", at, actor, "", str(starts_on), reason, _exception_data(exception))
    return exception


@transaction.atomic
def remove_exception(exception: CalendarException, *, reason: str, at: datetime, actor: Any) -> None:
    """Take an override back; the event keeps what it said."""
    calendar = _lock(exception.calendar)
    exception = _still(CalendarException, exception.pk)
    data = _exception_data(exception)
    exception.delete()
    _changed([calendar], "exception.removed", at, actor, data["starts_on"], "", reason, data)


@transaction.atomic
def change_exception(
    exception: CalendarException,
    *,
    starts_on: date,
    ends_on: date,
    windows: Sequence[Hours] = (),
    working_days_only: bool = True,
    reason: str,
    at: datetime,
    actor: Any,
) -> CalendarException:
    """Give an override other days or hours; it keeps its place among the others."""
    calendar = _lock(exception.calendar)
    exception = _still(CalendarException, exception.pk)
    _check_exception(starts_on, ends_on, windows, reason)
    before = _exception_data(exception)
    exception.starts_on, exception.ends_on, exception.closed = starts_on, ends_on, not windows
    exception.working_days_only, exception.reason = working_days_only, reason.strip()
    exception.save(update_fields=["starts_on", "ends_on", "closed", "working_days_only", "reason"])
    exception.windows.all().delete()
    ExceptionWindow.objects.bulk_create(ExceptionWindow(exception=exception, **asdict(w)) for w in windows)
    data = {"before": before, "after": _exception_data(exception)}
    _changed([calendar], "exception.changed", at, actor, before["starts_on"], str(starts_on), reason, data)
    return exception


@transaction.atomic
def set_schedule(
    calendar: WorkCalendar, *, valid_from: date, windows: Sequence[Hours], basis: str = "", at: datetime, actor: Any
) -> ServiceSchedule:
    """Have these weekly windows hold from `valid_from` until the next schedule that is already there.

    The schedule in force then ends on that day; one that starts on the same day is replaced.
    """
    calendar = _lock(calendar)
    _check_windows(windows)
    if not windows or any(window.weekday is None for window in windows):
        raise Refused("schedule.needs_weekdays", _("Jadwal mingguan memerlukan jam buka per hari."))
    calendar.schedules.filter(valid_from=valid_from).delete()
    calendar.schedules.filter(Q(valid_to__gt=valid_from) | Q(valid_to=None), valid_from__lt=valid_from).update(
        valid_to=valid_from
    )
    following = calendar.schedules.filter(valid_from__gt=valid_from).order_by("valid_from").first()
    schedule = ServiceSchedule.objects.create(
        calendar=calendar, valid_from=valid_from, valid_to=following.valid_from if following else None, basis=basis
    )
    ServiceWindow.objects.bulk_create(ServiceWindow(schedule=schedule, **asdict(w)) for w in windows)
    data = {"windows": [asdict(window) for window in windows], "basis": basis}
    _changed([calendar], "schedule.set", at, actor, "", str(valid_from), basis, data)
    return schedule


@transaction.atomic
def set_basis(
    calendar: WorkCalendar, *, basis: Literal["REGION", "WIB"], reason: str = "", at: datetime, actor: Any
) -> WorkCalendar:
    """Choose whose clock reads the service hours of tickets to come: the region's, or Jakarta's for all."""
    calendar = _lock(calendar)
    if basis not in ("REGION", "WIB"):
        raise Refused("calendar.unknown_basis", _("Dasar zona waktu “{basis}” tidak dikenal."), basis=basis)
    before, calendar.basis = calendar.basis, basis
    if before == basis:
        return calendar
    calendar.save(update_fields=["basis"])
    _changed([calendar], "calendar.basis_set", at, actor, before, basis, reason)
    return calendar


def _lock(calendar: WorkCalendar) -> WorkCalendar:
    return WorkCalendar.objects.select_for_update().get(pk=calendar.pk)


def _lock_all() -> list[WorkCalendar]:
    return list(WorkCalendar.objects.select_for_update().order_by("pk"))


def _still(model: Any, pk: int) -> Any:
    row = model.objects.filter(pk=pk).first()
    if row is None:
        raise Refused("calendar.row_gone", _("Data ini sudah dihapus oleh pengguna lain."))
    return row


def _changed(
    calendars: Sequence[WorkCalendar],
    code: str,
    at: datetime,
    actor: Any,
    from_value: str = "",
    to_value: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Grow the revisions, append the event (without a calendar when it concerns all), move open deadlines."""
    for calendar in calendars:
        calendar.revision += 1
        calendar.save(update_fields=["revision"])
    holder = None if code.startswith("holiday.") else calendars[0]
    CalendarEvent.objects.create(
        calendar=holder,
        at=at,
        actor=actor,
        code=code,
        from_value=from_value,
        to_value=to_value,
        reason=reason,
        data=data or {},
    )
    moved = deadlines.recompute([calendar.code for calendar in calendars], at, actor)
    if any(moved.values()):
        CalendarEvent.objects.create(calendar=holder, at=at, actor=actor, code="calendar.deadlines_moved", data=moved)


def _check_holiday(day: date, name: str, kind: str, apart_from: int | None = None) -> None:
    if not name.strip():
        raise Refused("holiday.needs_name", _("Nama hari libur wajib diisi."))
    if kind not in Holiday.Kind.values:
        raise Refused("holiday.unknown_kind", _("Jenis hari libur “{kind}” tidak dikenal."), kind=kind)
    same = Holiday.objects.filter(date=day, name=name.strip())
    if (same.exclude(pk=apart_from) if apart_from else same).exists():
        raise Refused("holiday.exists", _("Hari libur “{name}” pada tanggal itu sudah ada."), name=name.strip())


def _check_exception(starts_on: date, ends_on: date, windows: Sequence[Hours], reason: str) -> None:
    if ends_on < starts_on:
        raise Refused("exception.range", _("Tanggal akhir mendahului tanggal awal."))
    if ends_on - starts_on > timedelta(days=366):
        raise Refused("exception.too_long", _("Pengecualian paling lama satu tahun; ubah jadwal mingguan."))
    if not reason.strip():
        raise Refused("exception.needs_reason", _("Alasan pengecualian wajib diisi."))
    _check_windows(windows)


def _check_windows(windows: Sequence[Hours]) -> None:
    for window in windows:
        if not 0 <= window.opens < window.closes <= 1440 or window.weekday not in {None, *range(7)}:
            raise Refused("window.invalid", _("Jam buka harus mendahului jam tutup, antara 00.00 dan 24.00."))
    for index, one in enumerate(windows):
        for other in windows[index + 1 :]:
            same_day = None in (one.weekday, other.weekday) or one.weekday == other.weekday
            if same_day and one.opens < other.closes and other.opens < one.closes:
                raise Refused("window.overlap", _("Jam buka pada hari yang sama tidak boleh bertumpang tindih."))


def _holiday_data(holiday: Holiday) -> dict[str, str]:
    return {"date": str(holiday.date), "name": holiday.name, "kind": holiday.kind, "basis": holiday.basis}


def _exception_data(exception: CalendarException) -> dict[str, Any]:
    windows = exception.windows.all()
    return {
        "starts_on": str(exception.starts_on),
        "ends_on": str(exception.ends_on),
        "closed": exception.closed,
        "working_days_only": exception.working_days_only,
        "reason": exception.reason,
        "windows": [{"weekday": w.weekday, "opens": w.opens, "closes": w.closes} for w in windows],
    }
