"""How figures are printed and counted, and values of the months before the app; filled figures to read."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel import admin_forms as fields
from kernel.admin_forms import ReasonForm, VerbForm
from kernel.admin_pages import SHOWN_EVENTS, Line, Move, line_of
from kernel.errors import Refused
from kernel.months import Month
from people.admin_pages import ReadPages, VerbPages
from reports import verbs
from reports.catalogue import CATALOGUE
from reports.models import IndicatorSetting, MetricSnapshot, MonthlyFigure, ReportEvent, ReportText
from reports.verbs import EVERY_INDICATOR, Printing


class MonthField(forms.CharField):
    """A month as the browser's picker writes it, "2024-08"."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"), **options)

    def to_python(self, value: Any) -> Any:
        clean = super().to_python(value)
        try:
            return Month.parse(clean) if clean else None
        except ValueError:
            raise forms.ValidationError(_("Tulis bulan sebagai 2024-08.")) from None


def indicators(stored: bool = False) -> list[tuple[str, str]]:
    """The catalogue as choices, by key."""
    return [(key, f"{key}: {one.label}") for key, one in sorted(CATALOGUE.items()) if one.stored or not stored]


class SettingForm(VerbForm):
    indicator = forms.ChoiceField(label=_("Indikator"), choices=lambda: [(EVERY_INDICATOR, _("Semua")), *indicators()])
    aspect = forms.ChoiceField(label=_("Bagian"), choices=IndicatorSetting._meta.get_field("aspect").choices)
    decimals = fields.whole(
        _("Angka desimal"), most=verbs.MAX_DECIMALS, required=False, help_text=_("Kosong: menurut katalog.")
    )
    rounding = forms.ChoiceField(
        label=_("Pembulatan"),
        choices=[("", _("Menurut katalog")), *IndicatorSetting.Rounding.choices],
        required=False,
    )
    live_from = MonthField(
        label=_("Dari catatan sendiri sejak"), required=False, help_text=_("Bulan sebelumnya memakai nilai bulan lalu.")
    )
    reason = fields.reason(required=False)

    def prepare(self) -> None:
        if self.row is not None:
            for name in ("indicator", "aspect"):
                del self.fields[name]


@admin.register(IndicatorSetting)
class SettingPages(VerbPages):
    title = _("Pengaturan indikator")
    list_display = ("indicator", "aspect", "decimals", "rounding", "live_from")
    search_fields = ("indicator",)
    add_form = change_form = SettingForm
    moves = (Move("hapus", _("Kembali ke katalog"), ReasonForm, "reset"),)

    def initial(self, row: IndicatorSetting | None) -> dict[str, Any]:
        return super().initial(row) if row else {}

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> Any:
        return _set(data.pop("indicator"), data.pop("aspect"), data, **by)

    def perform_change(self, request: HttpRequest, row: IndicatorSetting, data: dict[str, Any], **by: Any) -> Any:
        return _set(row.indicator, row.aspect, data, **by)

    def reset(self, request: HttpRequest, row: IndicatorSetting, data: dict[str, Any], **by: Any) -> None:
        verbs.set_indicator(row.indicator, row.aspect, Printing(), reason=data["reason"], **by)

    def history_lines(self, row: IndicatorSetting) -> Iterable[Line]:
        return _events("setting", f"{row.indicator}/{row.aspect}")


def _set(indicator: str, aspect: str, data: dict[str, Any], **by: Any) -> IndicatorSetting | None:
    printing = Printing(data["decimals"], data["rounding"])
    month = data["live_from"]
    return verbs.set_indicator(
        indicator, aspect, printing, live_from=month.first_day if month else None, reason=data["reason"], **by
    )


class SnapshotForm(VerbForm):
    month = MonthField(label=_("Bulan"))
    indicator = forms.ChoiceField(label=_("Indikator"), choices=lambda: indicators(stored=True))
    dim1 = fields.text(_("Dimensi 1"), 60, required=False)
    dim2 = fields.text(_("Dimensi 2"), 60, required=False)
    value = forms.DecimalField(label=_("Nilai"), max_digits=20, decimal_places=6, localize=True)
    source = fields.text(_("Sumber"), 120, help_text=_("Tempat nilai ini dibaca."))

    def prepare(self) -> None:
        if self.row is not None:
            for name in ("month", "indicator", "dim1", "dim2"):
                del self.fields[name]


@admin.register(MetricSnapshot)
class SnapshotPages(VerbPages):
    title = _("Nilai bulan lalu")
    list_display = ("month", "indicator", "dim1", "dim2", "value", "source", "entered_by")
    list_select_related = ("entered_by",)
    list_filter = ("month",)
    search_fields = ("indicator", "dim1")
    ordering = ("-month", "indicator", "dim1", "dim2")
    add_form = change_form = SnapshotForm
    moves = (Move("hapus", _("Hapus nilai"), ReasonForm, "remove"),)

    def initial(self, row: MetricSnapshot | None) -> dict[str, Any]:
        return {"value": row.value.normalize(), "source": row.source} if row else {}

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> MetricSnapshot:
        if _known(data):
            raise Refused("snapshot.exists", _("Nilai bulan itu sudah ada. Ubah nilainya di daftar."))
        return verbs.enter_snapshot(data.pop("month"), data.pop("indicator"), data.pop("value"), **data, **by)

    def perform_change(self, request: HttpRequest, row: MetricSnapshot, data: dict[str, Any], **by: Any) -> Any:
        value: Decimal = data["value"]
        dims = {"dim1": row.dim1, "dim2": row.dim2}
        return verbs.enter_snapshot(Month.of(row.month), row.indicator, value, **dims, source=data["source"], **by)

    def remove(self, request: HttpRequest, row: MetricSnapshot, data: dict[str, Any], **by: Any) -> None:
        verbs.withdraw_snapshot(row, **data, **by)

    def history_lines(self, row: MetricSnapshot) -> Iterable[Line]:
        return _events("snapshot", "/".join(filter(None, (row.indicator, row.dim1, row.dim2))), month=row.month)


def _known(data: dict[str, Any]) -> bool:
    wanted = {name: data[name] for name in ("indicator", "dim1", "dim2")}
    return MetricSnapshot.objects.filter(month=data["month"].first_day, **wanted).exists()


def _events(record: str, key: str, **where: Any) -> list[Line]:
    rows = ReportEvent.objects.filter(record=record, record_key=key, **where).select_related("actor")
    return [line_of(event) for event in rows.order_by("-at", "-id")[:SHOWN_EVENTS]]


@admin.register(MonthlyFigure)
class FigurePages(ReadPages):
    title = _("Angka bulanan")
    list_display = ("month", "indicator", "dim1", "dim2", "value", "filled_at", "rules_version")
    search_fields = ("indicator", "dim1")
    date_hierarchy = "month"
    ordering = ("-month", "indicator", "dim1", "dim2")


@admin.register(ReportText)
class TextPages(ReadPages):
    """Written and confirmed on the report's own page."""

    title = _("Teks laporan")
    list_display = ("month", "section", "key", "position", "status", "written_by", "written_at")
    list_select_related = ("written_by",)
    list_filter = ("status", "section")
    ordering = ("-month", "section", "key", "position")


@admin.register(ReportEvent)
class ReportEventPages(ReadPages):
    title = _("Perubahan laporan")
    labels = {"record_key": _("Kunci")}
    list_display = ("at", "what", "month", "record_key", "from_value", "to_value", "actor", "reason")
    list_select_related = ("actor",)
    ordering = ("-at", "-id")
