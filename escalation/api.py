"""Escalations under /api/v1/: reading. Writing is in `api_verbs.py`."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from escalation.access import visible_escalations
from escalation.models import Escalation
from kernel.api.fields import NumberField
from kernel.api.filters import ChoicesFilter, FlagFilter, MomentFilter, RowsFilter
from kernel.api.views import DetailEndpoint, ListEndpoint
from people.log import log_access
from people.models import Unit
from tickets.api import READERS, OfTicket, StaffBriefSerializer

SHOWN_WITH = ("ticket", "unit", "escalated_by", "taken_by", "answered_by", "rule", "transferred_from")


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

    class Meta:
        model = Escalation
        fields = [
            "id",
            "url",
            "ticket",
            "unit",
            "status",
            "question",
            "urgent",
            "via_app",
            "escalated_at",
            "escalated_by",
            "taken_at",
            "taken_by",
            "answered_at",
            "answered_by",
            "answer",
            "closed_at",
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


class _Escalations:
    tag = "escalations"
    scopes = {"GET": "escalations:read"}
    roles = {"GET": READERS}
    serializer_class = EscalationSerializer
    queryset = Escalation.objects.none()

    def get_queryset(self) -> QuerySet[Escalation]:
        return visible_escalations(self.request.user).select_related(*SHOWN_WITH)


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
        return visible_escalations(self.request.user).filter(ticket=self.ticket).select_related(*SHOWN_WITH)

    def rows_read(self, rows: Any) -> None:
        reason = "API escalations"
        log_access(user=self.request.user, action="ticket.read", record=self.ticket, reason=reason, at=self.at)
