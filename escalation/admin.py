"""The score table, by versions; escalations to read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from escalation.forms import StepsField
from escalation.models import Escalation, ScoreRule
from escalation.rules import add_score_rule, withdraw_score_rule
from kernel import admin_forms as fields
from kernel.admin_forms import ReasonForm, VerbForm
from kernel.admin_pages import Move
from people.admin_pages import PersonalPages, VerbPages
from tickets.admin import not_begun


class ScoreRuleForm(VerbForm):
    version = fields.text(_("Versi"), 20)
    valid_from = fields.day(
        _("Berlaku mulai"), help_text=_("Jawaban sejak hari ini; yang sudah dinilai tidak pernah dinilai ulang.")
    )
    steps = StepsField(
        label=_("Langkah"),
        widget=forms.Textarea(attrs={"rows": 8, "cols": 20}),
        help_text=_("Satu langkah per baris: hari kerja = skor."),
    )
    later_score = fields.whole(_("Skor sesudahnya"), most=120)
    target_days = fields.whole(_("Target (hari kerja)"), least=1, most=365)
    basis = fields.text(_("Dasar"), 200, required=False)


@admin.register(ScoreRule)
class ScoreRulePages(VerbPages):
    title = _("Tabel skor Layer 2")
    list_display = ("version", "valid_from", "valid_to", "table", "later_score", "target_days", "basis")
    extra = ("table",)
    add_form = ScoreRuleForm
    moves = (Move("cabut", _("Cabut versi"), ReasonForm, "withdraw", not_begun),)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("steps").order_by("-valid_from")

    @admin.display(description=_("Langkah (hari kerja = skor)"))
    def table(self, row: ScoreRule) -> str:
        return ", ".join(f"≤{step.within_days} = {step.score}" for step in row.steps.all())

    def initial(self, row: ScoreRule | None) -> dict[str, Any]:
        """A new version starts from the latest one."""
        latest = ScoreRule.objects.order_by("-valid_from").first()
        if latest is None:
            return {}
        steps = [(step.within_days, step.score) for step in latest.steps.all()]
        return {"steps": steps, "later_score": latest.later_score, "target_days": latest.target_days}

    def perform_add(self, request: HttpRequest, data: dict[str, Any], **by: Any) -> ScoreRule:
        return add_score_rule(**data, **by)

    def withdraw(self, request: HttpRequest, row: ScoreRule, data: dict[str, Any], **by: Any) -> None:
        withdraw_score_rule(row, **data, **by)


@admin.register(Escalation)
class EscalationPages(PersonalPages):
    title = _("Eskalasi")
    list_display = ("ticket", "unit", "status", "escalated_at", "answered_at", "score", "rule", "excluded")
    list_select_related = ("ticket", "unit", "rule")
    list_filter = ("status", "unit", "rule", "excluded")
    search_fields = ("ticket__number__exact",)
    search_help_text = _("Cari dengan nomor tiket.")
    ordering = ("-escalated_at", "-id")
