"""The circular's limits by versions, the rooms; reservations, visits and video conferences to read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from consultations import catalogue
from consultations.models import ConsultationRule, Reservation, Room, VideoConference, Visit
from consultations.rules import Limits
from kernel import admin_forms as fields
from kernel.admin_forms import ClockField, ReasonForm, VerbForm, hours
from kernel.admin_pages import Move
from people.admin_pages import PersonalPages, VerbPages
from tickets.admin import not_begun


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
        limits = Limits(**{name: data[name] for name in Limits.__slots__})
        return catalogue.change_consultation_rule(
            valid_from=data["valid_from"], limits=limits, basis=data["basis"], **by
        )

    def withdraw(self, request: HttpRequest, row: ConsultationRule, data: dict[str, Any], **by: Any) -> None:
        catalogue.withdraw_consultation_rule(rule=row, **data, **by)


class RoomForm(VerbForm):
    code = fields.text(_("Kode"), 20)
    label = fields.text(_("Nama"), 80)
    capacity = fields.whole(_("Daya tampung"), least=1)


@admin.register(Room)
class RoomPages(VerbPages):
    title = _("Ruang konsultasi")
    list_display = ("code", "label", "capacity", "active")
    add_form = RoomForm
    moves = (
        Move("tutup", _("Tutup ruang"), ReasonForm, "retire", lambda row: row.active),
        Move("buka", _("Buka ruang"), ReasonForm, "restore", lambda row: not row.active),
    )

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> Room:
        return catalogue.add_room(**data, **by)

    def retire(self, request: HttpRequest, row: Room, data: dict[str, Any], **by: Any) -> None:
        catalogue.retire_room(room=row, **data, **by)

    def restore(self, request: HttpRequest, row: Room, data: dict[str, Any], **by: Any) -> None:
        catalogue.restore_room(room=row, **data, **by)


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
