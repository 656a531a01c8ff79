"""Escalations under /api/v1/: reading. Writing is in `api_verbs.py`."""

from typing import Any

import django_filters
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from rest_framework import serializers

from escalation.access import visible_escalations
from escalation.models import Escalation, EscalationFile, PlannedEscalation
from kernel.api.fields import NumberField
from kernel.api.filters import ChoicesFilter, FlagFilter, MomentFilter, RowsFilter
from kernel.api.views import DetailEndpoint, ListEndpoint
from people.log import log_access
from people.models import Unit
from tickets.api import READERS, OfTicket, StaffBriefSerializer

SHOWN_WITH = ("ticket", "unit", "escalated_by", "taken_by", "answered_by", "rule", "article", "proposed_article")


def shown_with(rows: QuerySet[Escalation]) -> QuerySet[Escalation]:
    """With all that the serializer reads, in one statement: files and what is planned come as lists of objects."""
    files = EscalationFile.objects.filter(escalation=OuterRef("pk")).order_by("kind", "position", "id")
    planned = PlannedEscalation.objects.filter(after=OuterRef("pk"), opened__isnull=True, dropped_at__isnull=True)
    planned = planned.order_by("position", "id")
    return rows.select_related(*SHOWN_WITH).annotate(
        file_list=ArraySubquery(files.values(json=JSONObject(pk="pk", kind="kind", name="name", size="file__size"))),
        planned_list=ArraySubquery(planned.values(json=JSONObject(pk="pk", unit="unit__code"))),
    )


class EscalationFileSerializer(serializers.Serializer):
    """A file of the question or the answer."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(EscalationFile.Kind.choices)
    name = serializers.CharField()
    size = serializers.IntegerField()


class PlannedSerializer(serializers.Serializer):
    """A unit that is asked once this one has answered."""

    id = serializers.IntegerField(source="pk")
    unit = serializers.CharField()


class EscalationSerializer(serializers.ModelSerializer):
    """An escalation as read: its own clock and, once answered, its own score."""

    url = serializers.HyperlinkedIdentityField(view_name="api:escalation")
    ticket = serializers.CharField(source="ticket.number")
    unit = serializers.CharField(source="unit.code")
    escalated_by = StaffBriefSerializer(allow_null=True)
    taken_by = StaffBriefSerializer(allow_null=True)
    answered_by = StaffBriefSerializer(allow_null=True)
    rule = serializers.CharField(source="rule.version", default=None, allow_null=True)
    working_minutes = NumberField(help_text="Counted by the clock until the answer.")
    transferred_from = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    follows = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    article = serializers.CharField(source="article.code", default=None, allow_null=True)
    proposed_article = serializers.CharField(source="proposed_article.code", default=None, allow_null=True)
    legal_basis = serializers.ListField(child=serializers.CharField())
    files = EscalationFileSerializer(many=True, source="file_list")
    planned = PlannedSerializer(many=True, source="planned_list")

    class Meta:
        model = Escalation
        fields = [
            "id",
            "url",
            "ticket",
            "unit",
            "status",
            "question",
            "tried",
            "urgent",
            "may_answer_requester",
            "files",
            "planned",
            "follows",
            "via_app",
            "escalated_at",
            "escalated_by",
            "taken_at",
            "taken_by",
            "answered_at",
            "answered_by",
            "answer",
            "answered_requester",
            "legal_basis",
            "article",
            "proposed_article",
            "closed_at",
            "drops_at",
            "transferred_from",
            "working_minutes",
            "score",
            "rule",
            "excluded",
        ]
        read_only_fields = fields


class EscalationFilter(django_filters.FilterSet):
    status = ChoicesFilter(choices=Escalation.Status)
    unit = RowsFilter(rows=Unit)
    urgent = FlagFilter()
    escalated_from = MomentFilter(field_name="escalated_at", lookup_expr="gte")
    escalated_to = MomentFilter(field_name="escalated_at", lookup_expr="lt")
    answered_from = MomentFilter(field_name="answered_at", lookup_expr="gte")
    answered_to = MomentFilter(field_name="answered_at", lookup_expr="lt")
    drops_before = MomentFilter(field_name="drops_at", lookup_expr="lt")
    taken_by = django_filters.CharFilter(field_name="taken_by__username", max_length=150)


class _Escalations:
    tag = "escalations"
    scopes = {"GET": "escalations:read"}
    roles = {"GET": READERS}
    serializer_class = EscalationSerializer
    queryset = Escalation.objects.none()

    def get_queryset(self) -> QuerySet[Escalation]:
        return shown_with(visible_escalations(self.request.user))


class EscalationList(_Escalations, ListEndpoint):
    """Questions handed to units, newest first."""

    filterset_class = EscalationFilter
    orderings, default_ordering = ("escalated_at",), "-escalated_at"

    def rows_read(self, rows: Any) -> None:
        reason = self.request.META.get("QUERY_STRING", "")
        log_access(user=self.request.user, action="escalation.listed", record=Escalation, reason=reason, at=self.at)


class EscalationDetail(_Escalations, DetailEndpoint):
    """One escalation."""

    def row_read(self, row: Escalation) -> None:
        log_access(user=self.request.user, action="escalation.read", record=row, reason="API", at=self.at)


class TicketEscalationList(OfTicket, ListEndpoint):
    """The escalations of one ticket, oldest first; for Layer 2 agents those of their own unit."""

    tag = "escalations"
    scopes = {"GET": "escalations:read"}
    roles = {"GET": READERS}
    serializer_class = EscalationSerializer
    orderings, default_ordering = ("escalated_at",), "escalated_at"
    queryset = Escalation.objects.none()

    def get_queryset(self) -> QuerySet[Escalation]:
        return shown_with(visible_escalations(self.request.user).filter(ticket=self.ticket))

    def rows_read(self, rows: Any) -> None:
        reason = "API escalations"
        log_access(user=self.request.user, action="ticket.read", record=self.ticket, reason=reason, at=self.at)
