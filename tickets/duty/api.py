"""The roster under /api/v1/duty-shifts/."""

from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.fields import Input, RowField
from kernel.api.views import Endpoint, ListEndpoint, answer
from people.access import TICKET_READERS
from tickets.api_verbs import WRITE, Writing
from tickets.duty.access import KEEPERS
from tickets.duty.verbs import Duty, add_shift, change_shift, end_shift
from tickets.forms import agents
from tickets.models import DutyEvent, DutyShift

READ = "tickets:read"


class DutySerializer(serializers.ModelSerializer):
    agent = serializers.CharField(source="agent.username")
    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text="0 (Monday) to 6; empty: every day.")
    channels = serializers.ListField(child=serializers.CharField(), help_text="Codes; empty: all channels.")
    valid_until = serializers.SerializerMethodField(help_text="Last day; null without one.")

    class Meta:
        model = DutyShift
        fields = ["id", "agent", "off", "weekdays", "opens", "closes", "channels", "valid_from", "valid_until"]

    def get_valid_until(self, row: DutyShift) -> date | None:
        return row.valid_to - timedelta(days=1) if row.valid_to else None


class DutyInput(Input):
    """A row of the roster. Hours are minutes since midnight in Jakarta; one day alone begins and ends on it."""

    agent = RowField(agents, by="username")
    off = serializers.BooleanField(default=False, help_text="Not on duty, whatever other rows say.")
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), required=False, max_length=7
    )
    opens = serializers.IntegerField(min_value=0, max_value=1439)
    closes = serializers.IntegerField(min_value=1, max_value=1440)
    channels = serializers.ListField(child=serializers.CharField(max_length=20), required=False, max_length=20)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(required=False, allow_null=True)


class DutyEventSerializer(serializers.ModelSerializer):
    actor = serializers.CharField(source="actor.username", default=None, allow_null=True)
    shift = serializers.IntegerField(source="shift_id")

    class Meta:
        model = DutyEvent
        fields = ["id", "at", "actor", "code", "shift", "from_value", "to_value"]


class DutyShifts(Writing, ListEndpoint):
    """The roster's rows, those of the past as well; not what was withdrawn before it began."""

    tag = "tickets"
    scopes = {"GET": READ, "POST": WRITE}
    roles = {"GET": TICKET_READERS, "POST": KEEPERS}
    serializer_class = DutySerializer
    orderings, default_ordering = ("valid_from",), "-valid_from"
    queryset = DutyShift.objects.none()

    def get_queryset(self) -> QuerySet[DutyShift]:
        rows = DutyShift.objects.select_related("agent")
        return rows.filter(Q(valid_to=None) | Q(valid_to__gt=F("valid_from")))

    @extend_schema(request=DutyInput, responses={201: DutySerializer})
    def post(self, request: Request) -> Response:
        """Put an agent on duty, or off it, from a day on."""
        return answer(self, self._add)

    def _add(self) -> Response:
        row = add_shift(duty=Duty(**self.read(DutyInput)), **self.act())
        return Response(DutySerializer(row).data, status=201)


class OneDutyShift(Writing, Endpoint):
    tag = "tickets"
    scopes = {"PUT": WRITE, "DELETE": WRITE}
    roles = {"PUT": KEEPERS, "DELETE": KEEPERS}
    serializer_class = DutySerializer

    @extend_schema(operation_id="duty_shifts_change", request=DutyInput, responses={200: DutySerializer})
    def put(self, request: Request, pk: str) -> Response:
        """Another row instead of this one, from its first day on; the answer is the new row."""
        return answer(self, self._change)

    @extend_schema(operation_id="duty_shifts_end", responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        """No such duty from today on."""
        return answer(self, self._end)

    def _change(self) -> Response:
        given: dict[str, Any] = self.read(DutyInput)
        row = change_shift(shift=self._row(), duty=Duty(**given), **self.act())
        return Response(DutySerializer(row).data)

    def _end(self) -> Response:
        end_shift(shift=self._row(), **self.act())
        return Response(status=204)

    def _row(self) -> DutyShift:
        return get_object_or_404(DutyShift, pk=self.kwargs["pk"])


class DutyChanges(ListEndpoint):
    """Who changed the roster, newest first."""

    tag = "tickets"
    scopes = {"GET": READ}
    roles = {"GET": TICKET_READERS}
    serializer_class = DutyEventSerializer
    orderings, default_ordering = ("at",), "-at"
    queryset = DutyEvent.objects.none()

    def get_queryset(self) -> QuerySet[DutyEvent]:
        return DutyEvent.objects.select_related("actor").order_by()
