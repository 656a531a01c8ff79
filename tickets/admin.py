"""Topics and the rule on reopening to set; tickets and ratings to read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel import admin_forms as fields
from kernel.admin_columns import NOTHING
from kernel.admin_forms import ReasonForm, VerbForm
from kernel.admin_pages import Move
from kernel.months import JAKARTA
from messaging.models import Channel
from people.admin_pages import PersonalPages, VerbPages
from people.models import Unit
from tickets import catalogue, targets
from tickets.deadlines import LONGEST
from tickets.models import ResolutionTarget, SatisfactionRating, Ticket, TicketRule, Topic, TopicAlias


class TopicForm(VerbForm):
    label = fields.text(_("Nama"), 60)
    label_en = fields.text(_("Nama (Inggris)"), 80, required=False)
    owner_unit = forms.ModelChoiceField(
        Unit.objects.filter(valid_to=None),
        label=_("Unit pemilik"),
        required=False,
        help_text=_("Tujuan eskalasi; kosong berarti dijawab Layer 1."),
    )
    definition = fields.long_text(
        _("Definisi"), required=False, help_text=_("Tercetak di laporan untuk topik kategori Lainnya.")
    )


class NewTopicForm(TopicForm):
    code = fields.text(_("Kode"), 20)
    category = forms.ChoiceField(label=_("Kategori"), choices=Topic.Category.choices)
    field_order = ("code", "label", "label_en", "category")


class ChangedTopicForm(TopicForm):
    position = fields.whole(_("Urutan"))
    active = forms.BooleanField(label=_("Aktif"), required=False)
    reason = fields.reason(required=False)


class AliasForm(VerbForm):
    alias = fields.text(_("Ejaan lain"), 60)


class NewAliasForm(AliasForm):
    topic = forms.ModelChoiceField(Topic.objects.all(), label=_("Topik"))
    field_order = ("topic",)


@admin.register(Topic)
class TopicPages(VerbPages):
    title = _("Topik")
    list_display = ("label", "code", "category", "owner_unit", "position", "active")
    list_select_related = ("owner_unit",)
    list_filter = ("category", "active", "owner_unit")
    search_fields = ("code", "label", "aliases__alias")
    extra = ("spellings",)
    add_form, change_form = NewTopicForm, ChangedTopicForm
    moves = (Move("ejaan", _("Tambah ejaan"), AliasForm, "add_alias"),)

    @admin.display(description=_("Ejaan lain"))
    def spellings(self, row: Topic) -> str:
        return ", ".join(alias.alias for alias in row.aliases.all()) or NOTHING

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> Topic:
        return catalogue.add_topic(**data, **by)

    def perform_change(self, request: HttpRequest, row: Topic, data: dict[str, Any], **by: Any) -> Topic:
        reason = data.pop("reason")
        return catalogue.change_topic(topic=row, changes=data, reason=reason, **by)

    def add_alias(self, request: HttpRequest, row: Topic, data: dict[str, Any], **by: Any) -> None:
        catalogue.add_alias(topic=row, **data, **by)


@admin.register(TopicAlias)
class TopicAliasPages(VerbPages):
    title = _("Ejaan topik")
    list_display = ("alias", "topic")
    list_select_related = ("topic",)
    search_fields = ("alias", "topic__label")
    hidden = ("normalised",)
    add_form = NewAliasForm
    moves = (Move("hapus", _("Hapus ejaan"), ReasonForm, "remove"),)

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> TopicAlias:
        return catalogue.add_alias(**data, **by)

    def remove(self, request: HttpRequest, row: TopicAlias, data: dict[str, Any], **by: Any) -> None:
        catalogue.remove_alias(row=row, **data, **by)


class TicketRuleForm(VerbForm):
    valid_from = fields.day(_("Berlaku mulai"), help_text=_("Aturan sebelumnya berakhir pada hari ini."))
    reopen_working_days = fields.whole(_("Hari kerja buka kembali"))
    rating_days = fields.whole(_("Hari penilaian"), least=1)
    basis = fields.text(_("Dasar"), 200, required=False)


def not_begun(row: Any) -> bool:
    """Whether a dated row is still to come."""
    return bool(row.valid_from > timezone.now().astimezone(JAKARTA).date())


@admin.register(TicketRule)
class TicketRulePages(VerbPages):
    title = _("Aturan buka kembali dan penilaian")
    list_display = ("valid_from", "valid_to", "reopen_working_days", "rating_days", "basis")
    add_form = TicketRuleForm
    moves = (Move("cabut", _("Cabut versi"), ReasonForm, "withdraw", not_begun),)

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> TicketRule:
        return catalogue.change_ticket_rule(**data, **by)

    def withdraw(self, request: HttpRequest, row: TicketRule, data: dict[str, Any], **by: Any) -> None:
        catalogue.withdraw_ticket_rule(rule=row, **data, **by)


_ANY = ("", _("Semua prioritas"))


class ResolutionTargetForm(VerbForm):
    valid_from = fields.day(
        _("Berlaku mulai"),
        help_text=_("Untuk tiket yang masuk sejak hari ini; target sebelumnya berakhir pada hari ini."),
    )
    channel = forms.ModelChoiceField(
        Channel.objects.filter(makes_tickets=True),
        label=_("Kanal"),
        required=False,
        empty_label=_("Semua kanal"),
        help_text=_("Target yang menyebut kanal didahulukan, lalu yang menyebut prioritas."),
    )
    priority = forms.TypedChoiceField(
        label=_("Prioritas"), choices=[_ANY, *Ticket.Priority.choices], coerce=int, empty_value=None, required=False
    )
    minutes = fields.whole(
        _("Target penyelesaian (menit)"),
        least=1,
        most=LONGEST,
        help_text=_("Menit jam layanan Jakarta sejak tiket masuk; 480 menit adalah satu hari kerja."),
    )
    basis = fields.text(_("Dasar"), 200, required=False)


class EndForm(ReasonForm):
    valid_to = fields.day(_("Berakhir"), help_text=_("Tiket yang masuk sejak hari ini tidak lagi bertarget ini."))
    field_order = ("valid_to", "reason")


@admin.register(ResolutionTarget)
class ResolutionTargetPages(VerbPages):
    title = _("Target penyelesaian")
    labels = {"minutes": _("Target (menit)")}
    list_display = ("valid_from", "valid_to", "channel", "priority_label", "minutes", "basis")
    list_select_related = ("channel",)
    list_filter = ("channel",)
    details = ("valid_from", "valid_to", "channel", "minutes", "basis")
    extra = ("priority_label",)
    add_form = ResolutionTargetForm
    moves = (
        Move("akhiri", _("Akhiri target"), EndForm, "end", lambda row: row.valid_to is None),
        Move("cabut", _("Cabut target"), ReasonForm, "withdraw", not_begun),
    )

    @admin.display(description=_("Prioritas"), ordering="priority")
    def priority_label(self, row: ResolutionTarget) -> str:
        return NOTHING if row.priority is None else str(Ticket.Priority(row.priority).label)

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> ResolutionTarget:
        return targets.set_resolution_target(**data, **by)

    def end(self, request: HttpRequest, row: ResolutionTarget, data: dict[str, Any], **by: Any) -> None:
        targets.end_resolution_target(target=row, **data, **by)

    def withdraw(self, request: HttpRequest, row: ResolutionTarget, data: dict[str, Any], **by: Any) -> None:
        targets.withdraw_resolution_target(target=row, **data, **by)


@admin.register(Ticket)
class TicketPages(PersonalPages):
    title = _("Tiket")
    list_display = ("number", "created_at", "channel", "topic", "status", "contact", "assignee")
    list_select_related = ("channel", "topic", "contact", "assignee")
    list_filter = ("status", "channel", "topic", "source")
    search_fields = ("number__exact",)
    search_help_text = _("Cari dengan nomor tiket.")


@admin.register(SatisfactionRating)
class RatingPages(PersonalPages):
    """Who rated is nobody's business (rules 5.4)."""

    title = _("Penilaian")
    log_name = "rating"
    list_display = ("rated_at", "agent", "service_score", "substance_score")
    list_select_related = ("agent",)
    hidden = ("contact", "ticket")
    ordering = ("-rated_at", "-id")
