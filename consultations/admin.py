"""The circular's limits by versions, rooms, slots on offer; reservations, visits, video conferences to read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consultations import catalogue, slot_verbs
from consultations.experts import experts
from consultations.models import (
    ConsultationRule,
    Mode,
    Reservation,
    Room,
    SlotException,
    SlotPattern,
    VideoConference,
    Visit,
)
from consultations.rules import Limits
from kernel import admin_forms as fields
from kernel.admin_forms import ClockField, ReasonForm, VerbForm, hours
from kernel.admin_pages import Move
from people.admin_pages import PersonalPages, VerbPages
from people.models import Unit
from tickets.admin import not_begun
from worktime.admin import DAYS


class ConsultationRuleForm(VerbForm):
    valid_from = fields.day(
        _("Berlaku mulai"), help_text=_("Untuk konsultasi sejak hari ini; aturan sebelumnya berakhir pada hari ini.")
    )
    guest_limit = fields.whole(_("Batas tamu"), least=1)
    lead_working_days = fields.whole(_("Hari kerja sebelumnya"), help_text=_("Permohonan paling lambat."))
    letter_required = forms.BooleanField(label=_("Surat wajib"), required=False)
    slot_opens = ClockField(label=_("Mulai pukul"))
    slot_closes = ClockField(label=_("Sampai pukul"))
    slot_minutes = fields.whole(_("Lama (menit)"), least=1, most=1440)
    month_limit = fields.whole(
        _("Kunjungan sebulan"), required=False, help_text=_("Dari satu daerah atau instansi; 0 atau kosong: bebas.")
    )
    basis = fields.text(_("Dasar"), 200)


@admin.register(ConsultationRule)
class ConsultationRulePages(VerbPages):
    title = _("Aturan konsultasi")
    list_display = (
        "valid_from",
        "valid_to",
        "guest_limit",
        "lead_working_days",
        "letter_required",
        "slot",
        "slot_minutes",
        "month_limit",
        "basis",
    )
    hidden = ("slot_opens", "slot_closes")
    extra = ("slot",)
    ordering = ("-valid_from",)
    add_form = ConsultationRuleForm
    moves = (Move("cabut", _("Cabut versi"), ReasonForm, "withdraw", not_begun),)

    @admin.display(description=_("Jam konsultasi"))
    def slot(self, row: ConsultationRule) -> str:
        return hours([(row.slot_opens, row.slot_closes)])

    def initial(self, row: ConsultationRule | None) -> dict[str, Any]:
        """A new version starts from the latest one."""
        latest = ConsultationRule.objects.order_by("-valid_from").first()
        return {name: getattr(latest, name) for name in Limits.__slots__} if latest else {}

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> ConsultationRule:
        limits = Limits(**{name: data[name] or 0 for name in Limits.__slots__})
        return catalogue.change_consultation_rule(
            valid_from=data["valid_from"], limits=limits, basis=data["basis"], **by
        )

    def withdraw(self, request: HttpRequest, row: ConsultationRule, data: dict[str, Any], **by: Any) -> None:
        catalogue.withdraw_consultation_rule(rule=row, **data, **by)


class RoomChangeForm(VerbForm):
    label = fields.text(_("Nama"), 80)
    capacity = fields.whole(_("Daya tampung"), least=1)
    directions = fields.long_text(
        _("Petunjuk arah"), required=False, help_text=_("Dikirim kepada tamu bersama undangan.")
    )


class RoomForm(RoomChangeForm):
    code = fields.text(_("Kode"), 20)
    field_order = ("code", "label", "capacity", "directions")


@admin.register(Room)
class RoomPages(VerbPages):
    title = _("Ruang konsultasi")
    list_display = ("code", "label", "capacity", "active")
    add_form = RoomForm
    change_form = RoomChangeForm
    moves = (
        Move("tutup", _("Tutup ruang"), ReasonForm, "retire", lambda row: row.active),
        Move("buka", _("Buka ruang"), ReasonForm, "restore", lambda row: not row.active),
    )

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> Room:
        return catalogue.add_room(**data, **by)

    def perform_change(self, request: HttpRequest, row: Room, data: dict[str, Any], **by: Any) -> Room:
        return catalogue.change_room(room=row, **data, **by)

    def retire(self, request: HttpRequest, row: Room, data: dict[str, Any], **by: Any) -> None:
        catalogue.retire_room(room=row, **data, **by)

    def restore(self, request: HttpRequest, row: Room, data: dict[str, Any], **by: Any) -> None:
        catalogue.restore_room(room=row, **data, **by)


class SlotPatternForm(VerbForm):
    mode = forms.ChoiceField(label=_("Cara"), choices=Mode.choices)
    unit_code = forms.ChoiceField(label=_("Unit"), required=False)
    room = forms.ModelChoiceField(Room.objects.filter(active=True), label=_("Ruang"), required=False)
    expert = forms.ModelChoiceField(experts(), label=_("Narasumber"), required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Hari"), coerce=int, choices=list(enumerate(DAYS)), widget=forms.CheckboxSelectMultiple
    )
    opens = ClockField(label=_("Mulai pukul"))
    closes = ClockField(label=_("Sampai pukul"))
    slot_minutes = fields.whole(_("Lama (menit)"), least=1, most=1440)
    buffer_minutes = fields.whole(_("Jeda (menit)"), most=1440, initial=0)
    capacity = fields.whole(
        _("Daya tampung"),
        least=1,
        most=50,
        initial=1,
        help_text=_("Konsultasi sekaligus; 1 untuk ruang atau narasumber."),
    )
    lead_working_days = fields.whole(
        _("Hari kerja sebelumnya"), most=60, required=False, help_text=_("Kosong: menurut aturan konsultasi.")
    )
    cutoff = ClockField(
        label=_("Batas jam permohonan"), initial="24.00", help_text=_("Sesudahnya dihitung sebagai hari berikutnya.")
    )
    valid_from = fields.day(_("Berlaku mulai"))

    def prepare(self) -> None:
        self.fields["unit_code"].choices = _unit_choices()


class EndSlotForm(ReasonForm):
    valid_to = fields.day(_("Tidak ditawarkan lagi mulai"))


def _unit_choices() -> list[tuple[str, str]]:
    units = Unit.objects.filter(valid_to=None).order_by("code")
    return [("", str(_("Semua unit"))), *((unit.code, str(unit)) for unit in units)]


@admin.register(SlotPattern)
class SlotPatternPages(VerbPages):
    title = _("Slot konsultasi")
    labels = {"weekdays": _("Hari"), "unit_code": _("Unit")}
    list_display = ("mode", "days", "span", "slot_minutes", "room", "expert", "unit_code", "valid_from", "valid_to")
    list_select_related = ("room", "expert")
    list_filter = ("mode", "room")
    hidden = ("weekdays", "opens", "closes", "cutoff")
    extra = ("days", "span", "until")
    add_form = SlotPatternForm
    moves = (Move("akhiri", _("Akhiri pola"), EndSlotForm, "end", lambda row: row.valid_to is None),)

    @admin.display(description=_("Hari"))
    def days(self, row: SlotPattern) -> str:
        return ", ".join(str(DAYS[day]) for day in row.weekdays)

    @admin.display(description=_("Jam"))
    def span(self, row: SlotPattern) -> str:
        return hours([(row.opens, row.closes)])

    @admin.display(description=_("Batas jam permohonan"))
    def until(self, row: SlotPattern) -> str:
        return fields.clock(row.cutoff)

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> SlotPattern:
        return slot_verbs.add_pattern(hours=(data.pop("opens"), data.pop("closes")), **data, **by)

    def end(self, request: HttpRequest, row: SlotPattern, data: dict[str, Any], **by: Any) -> None:
        slot_verbs.end_pattern(pattern=row, **data, **by)


class SlotExceptionForm(VerbForm):
    starts_on = fields.day(_("Mulai tanggal"))
    ends_on = fields.day(_("Sampai tanggal"))
    pattern = forms.ModelChoiceField(
        SlotPattern.objects.select_related("room", "expert"), label=_("Pola"), required=False,
        help_text=_("Dengan jam: pola ini ditawarkan pada jam itu, juga pada hari libur."),
    )  # fmt: skip
    unit_code = forms.ChoiceField(label=_("Unit"), required=False)
    room = forms.ModelChoiceField(Room.objects.all(), label=_("Ruang"), required=False)
    expert = forms.ModelChoiceField(experts(), label=_("Narasumber"), required=False)
    opens = ClockField(label=_("Mulai pukul"), required=False, help_text=_("Kosong: sehari penuh tidak ditawarkan."))
    closes = ClockField(label=_("Sampai pukul"), required=False)
    reason = fields.reason()

    def prepare(self) -> None:
        self.fields["unit_code"].choices = _unit_choices()

    def clean(self) -> dict[str, Any]:
        data = {**self.cleaned_data}
        opens, closes = data.pop("opens", None), data.pop("closes", None)
        if (opens is None) != (closes is None):
            raise forms.ValidationError(_("Isi jam mulai dan jam selesai, atau kosongkan keduanya."))
        return {**data, "hours": None if opens is None else (opens, closes)}


@admin.register(SlotException)
class SlotExceptionPages(VerbPages):
    title = _("Pengecualian slot")
    labels = {"pattern": _("Pola"), "unit_code": _("Unit")}
    list_display = ("starts_on", "ends_on", "span", "pattern", "room", "expert", "unit_code", "reason")
    list_select_related = ("pattern__room", "pattern__expert", "room", "expert")
    hidden = ("opens", "closes")
    extra = ("span", "standing")
    ordering = ("-starts_on",)
    add_form = SlotExceptionForm
    moves = (Move("hapus", _("Hapus pengecualian"), ReasonForm, "remove"),)

    @admin.display(description=_("Jam"))
    def span(self, row: SlotException) -> str:
        return hours([(row.opens, row.closes)]) if row.opens is not None else str(_("Sehari penuh"))

    @admin.display(description=_("Reservasi yang perlu dipindahkan"))
    def standing(self, row: SlotException) -> str:
        return ", ".join(one.number for one in slot_verbs.clashes(row)) or "–"

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> SlotException:
        return slot_verbs.add_exception(**data, **by)

    def remove(self, request: HttpRequest, row: SlotException, data: dict[str, Any], **by: Any) -> None:
        slot_verbs.remove_exception(exception=row, **data, **by)


@admin.register(Reservation)
class ReservationPages(PersonalPages):
    title = _("Reservasi")
    list_display = ("number", "starts_at", "mode", "status", "organization", "unit", "room", "expert")
    list_select_related = ("unit", "room", "expert")
    list_filter = ("status", "mode", "unit")
    search_fields = ("number__exact", "organization")
    hidden = ("letter",)
    ordering = ("-starts_at", "-id")


@admin.register(Visit)
class VisitPages(PersonalPages):
    title = _("Kunjungan")
    list_display = ("number", "held_on", "visitor", "user_group", "region", "guest_count", "over_limit", "status")
    list_select_related = ("region",)
    list_filter = ("status", "user_group", "over_limit")
    search_fields = ("number__exact", "visitor")
    ordering = ("-held_on", "position", "-id")


@admin.register(VideoConference)
class VideoConferencePages(PersonalPages):
    title = _("Video conference")
    log_name = "conference"
    list_display = ("number", "held_on", "visitor", "user_group", "region", "status")
    list_select_related = ("region",)
    list_filter = ("status", "user_group")
    search_fields = ("number__exact", "visitor")
    ordering = ("-held_on", "position", "-id")
