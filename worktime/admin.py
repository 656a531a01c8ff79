"""Calendars, their weekly hours, exceptions and holidays. Every change goes through `worktime.verbs`, so that
the revision grows and open deadlines move."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel import admin_forms as fields
from kernel.admin_columns import shown
from kernel.admin_forms import HoursField, ReasonForm, VerbForm, hours
from kernel.admin_pages import SHOWN_EVENTS, Line, Move, ReadPages, VerbPages, line_of
from worktime import verbs
from worktime.models import CalendarEvent, CalendarException, Holiday, ServiceSchedule, WorkCalendar
from worktime.verbs import Hours

DAYS = (_("Senin"), _("Selasa"), _("Rabu"), _("Kamis"), _("Jumat"), _("Sabtu"), _("Minggu"))


class HoursForm(VerbForm):
    """Opening hours per weekday; `hours_all` is for every day and stands in the forms of exceptions only."""

    last: tuple[str, ...] = ()  # fields that stand below the hours

    def prepare(self) -> None:
        below = {name: self.fields.pop(name) for name in self.last}
        week = {f"hours_{number}": HoursField(label=day) for number, day in enumerate(DAYS)}
        self.fields.update({**week, **below})

    def windows(self) -> list[Hours]:
        named = [("hours_all", None), *((f"hours_{number}", number) for number in range(7))]
        return [
            Hours(opens, closes, weekday)
            for name, weekday in named
            for opens, closes in self.cleaned_data.get(name) or []
        ]

    def clean(self) -> dict[str, Any]:
        return {**self.cleaned_data, "windows": self.windows()}


def hours_by_field(windows: Any) -> dict[str, list[tuple[int, int]]]:
    """Stored windows as the values of the form's fields."""
    found: dict[str, list[tuple[int, int]]] = {}
    for window in windows:
        name = "hours_all" if window.weekday is None else f"hours_{window.weekday}"
        found.setdefault(name, []).append((window.opens, window.closes))
    return found


def hours_in_words(windows: Any) -> str:
    """ "Senin 08.00-16.00; Selasa 08.00-16.00"."""
    by_day: dict[Any, list[tuple[int, int]]] = {}
    for window in windows:
        by_day.setdefault(window.weekday, []).append((window.opens, window.closes))
    words = [f"{_('Setiap hari') if day is None else DAYS[day]} {hours(spans)}" for day, spans in by_day.items()]
    return "; ".join(words) or "–"


class BasisForm(VerbForm):
    basis = forms.ChoiceField(label=_("Jam dibaca menurut"), choices=WorkCalendar._meta.get_field("basis").choices)
    reason = fields.reason()


@admin.register(WorkCalendar)
class CalendarPages(VerbPages):
    title = _("Kalender kerja")
    labels = {"basis": _("Jam dibaca menurut"), "zone": _("Zona (IANA)")}
    list_display = ("label", "code", "basis", "zone", "revision")
    extra = ("hours_now", "exceptions_now")
    change_form = BasisForm

    @admin.display(description=_("Jadwal mingguan"))
    def hours_now(self, row: WorkCalendar) -> str:
        rows = row.schedules.prefetch_related("windows").order_by("-valid_from")
        return " · ".join(f"{shown(one.valid_from)}: {hours_in_words(one.windows.all())}" for one in rows) or "–"

    @admin.display(description=_("Pengecualian"))
    def exceptions_now(self, row: WorkCalendar) -> str:
        rows = row.exceptions.order_by("-starts_on")[:10]
        return " · ".join(f"{shown(one.starts_on)}–{shown(one.ends_on)} {one.reason}" for one in rows) or "–"

    def perform_change(self, request: HttpRequest, row: WorkCalendar, data: dict[str, Any], **by: Any) -> Any:
        return verbs.set_basis(row, **data, **by)


class ScheduleForm(HoursForm):
    calendar = forms.ModelChoiceField(WorkCalendar.objects.order_by("code"), label=_("Kalender"))
    valid_from = fields.day(
        _("Berlaku mulai"), help_text=_("Jadwal sebelumnya berakhir pada hari ini; yang mulai sama diganti.")
    )
    basis = fields.text(_("Dasar"), 200, required=False)
    last = ("basis",)


def events_on(day: date, code: str, **where: Any) -> list[Line]:
    """The events of a kind that name a day: rows come and go, their days tell them apart."""
    named = Q(from_value=str(day)) | Q(to_value=str(day))
    events = CalendarEvent.objects.filter(named, code__startswith=code, **where).select_related("actor")
    return [line_of(event) for event in events.order_by("-at", "-id")[:SHOWN_EVENTS]]


@admin.register(ServiceSchedule)
class SchedulePages(VerbPages):
    title = _("Jadwal mingguan")
    list_display = ("calendar", "valid_from", "valid_to", "hours_of_week", "basis")
    list_select_related = ("calendar",)
    list_filter = ("calendar",)
    extra = ("hours_of_week",)
    add_form = ScheduleForm

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("windows").order_by("calendar", "-valid_from")

    def initial(self, row: ServiceSchedule | None) -> dict[str, Any]:
        return {f"hours_{number}": [(480, 960)] for number in range(5)}

    @admin.display(description=_("Jam buka"))
    def hours_of_week(self, row: ServiceSchedule) -> str:
        return hours_in_words(row.windows.all())

    def history_lines(self, row: ServiceSchedule) -> list[Line]:
        return events_on(row.valid_from, "schedule.", calendar=row.calendar)

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> Any:
        wanted = {name: data[name] for name in ("valid_from", "windows", "basis")}
        return verbs.set_schedule(data["calendar"], **wanted, **by)


class ExceptionForm(HoursForm):
    starts_on = fields.day(_("Mulai tanggal"))
    ends_on = fields.day(_("Sampai tanggal"), help_text=_("Termasuk hari ini."))
    hours_all = HoursField(
        label=_("Setiap hari"), help_text=_("Isi ini atau jam per hari; semuanya kosong berarti tutup.")
    )
    working_days_only = forms.BooleanField(
        label=_("Hanya hari kerja"),
        required=False,
        initial=True,
        help_text=_("Tanpa centang, akhir pekan dan hari libur juga buka pada jam ini."),
    )
    reason = fields.text(_("Alasan"), 200)
    last = ("working_days_only", "reason")


class NewExceptionForm(ExceptionForm):
    calendar = forms.ModelChoiceField(WorkCalendar.objects.order_by("code"), label=_("Kalender"))
    field_order = ("calendar",)


@admin.register(CalendarException)
class ExceptionPages(VerbPages):
    title = _("Pengecualian kalender")
    list_display = ("starts_on", "ends_on", "calendar", "closed", "hours_then", "reason")
    list_select_related = ("calendar",)
    list_filter = ("calendar", "closed")
    search_fields = ("reason",)
    extra = ("hours_then",)
    add_form, change_form = NewExceptionForm, ExceptionForm
    moves = (Move("cabut", _("Cabut pengecualian"), ReasonForm, "remove"),)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("windows").order_by("-starts_on", "-id")

    def initial(self, row: CalendarException | None) -> dict[str, Any]:
        return {**super().initial(row), **hours_by_field(row.windows.all())} if row else {}

    @admin.display(description=_("Jam buka"))
    def hours_then(self, row: CalendarException) -> str:
        return hours_in_words(row.windows.all())

    def history_lines(self, row: CalendarException) -> list[Line]:
        return events_on(row.starts_on, "exception.", calendar=row.calendar)

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> Any:
        return verbs.add_exception(data["calendar"], **_exception(data), **by)

    def perform_change(self, request: HttpRequest, row: CalendarException, data: dict[str, Any], **by: Any) -> Any:
        return verbs.change_exception(row, **_exception(data), **by)

    def remove(self, request: HttpRequest, row: CalendarException, data: dict[str, Any], **by: Any) -> None:
        verbs.remove_exception(row, **data, **by)


def _exception(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in ("starts_on", "ends_on", "windows", "working_days_only", "reason")}


class HolidayForm(VerbForm):
    date = fields.day(_("Tanggal"))
    name = fields.text(_("Nama"), 120)
    kind = forms.ChoiceField(label=_("Jenis"), choices=Holiday.Kind.choices)
    basis = fields.text(_("Dasar"), 255, required=False, help_text=_("Keputusan yang menetapkannya."))


class ChangedHolidayForm(HolidayForm):
    reason = fields.reason()


@admin.register(Holiday)
class HolidayPages(VerbPages):
    title = _("Hari libur")
    list_display = ("date", "name", "kind", "basis")
    list_filter = ("kind",)
    search_fields = ("name", "basis")
    date_hierarchy = "date"
    ordering = ("-date",)
    add_form, change_form = HolidayForm, ChangedHolidayForm
    moves = (Move("hapus", _("Hapus hari libur"), ReasonForm, "remove"),)

    def history_lines(self, row: Holiday) -> list[Line]:
        return events_on(row.date, "holiday.")

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> Any:
        return verbs.add_holiday(day=data.pop("date"), **data, **by)

    def perform_change(self, request: HttpRequest, row: Holiday, data: dict[str, Any], **by: Any) -> Any:
        return verbs.change_holiday(row, day=data.pop("date"), **data, **by)

    def remove(self, request: HttpRequest, row: Holiday, data: dict[str, Any], **by: Any) -> None:
        verbs.remove_holiday(row, **data, **by)


@admin.register(CalendarEvent)
class CalendarEventPages(ReadPages):
    title = _("Perubahan kalender")
    list_display = ("at", "what", "calendar", "from_value", "to_value", "actor", "reason")
    list_select_related = ("calendar", "actor")
    list_filter = ("calendar",)
    ordering = ("-at", "-id")
