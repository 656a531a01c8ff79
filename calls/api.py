"""Calls under /api/v1/: the log, one call, logging one, calling back; and the agents' extensions."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from calls import verbs
from calls.access import visible_calls
from calls.desk import Caller, Outcome, log_call
from calls.extensions import set_extension, set_extensions
from calls.models import Call, Extension
from kernel.api.fields import Input, KeptField, RowField, Text
from kernel.api.filters import ChoicesFilter, FlagFilter, MomentFilter
from kernel.api.views import DetailEndpoint, Endpoint, ListEndpoint, answer
from people.access import TICKET_READERS, TICKET_WORKERS, visible_contacts
from people.api import shows_personal
from people.handles import normalise_phone
from people.log import log_access
from people.masking import mask
from people.models import Role, Unit, User, UserGroup
from people.reference import REGIONS
from tickets.access import visible_tickets
from tickets.api_verbs import LONGEST_TEXT, WRITE, Writing
from tickets.forms import agents
from tickets.models import Ticket
from tickets.reference import TOPICS

READ = "tickets:read"
SETTERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})


class CallSerializer(serializers.ModelSerializer):
    number = serializers.SerializerMethodField(help_text="Masked unless the token has contacts:personal.")
    contact = serializers.IntegerField(source="contact_id", allow_null=True)
    agent = serializers.CharField(source="agent.username", default=None, allow_null=True)
    ticket = serializers.CharField(source="ticket.number", default=None, allow_null=True)
    called_back_by = serializers.CharField(source="called_back_by.username", default=None, allow_null=True)
    simulated = serializers.BooleanField(source="is_simulated", help_text="Of the simulator; it counts nowhere.")

    class Meta:
        model = Call
        fields = [
            "id", "call_id", "source", "direction", "status", "number", "contact", "agent", "extension", "started_at",
            "answered_at", "ended_at", "hold_seconds", "recording_url", "ticket", "called_back_at", "called_back_by",
            "simulated",
        ]  # fmt: skip

    def get_number(self, call: Call) -> str:
        if shows_personal(self.context["request"]):
            return call.number
        return mask("PHONE", call.number) if call.number.startswith("+") else ""


class CallFilter(django_filters.FilterSet):
    status = ChoicesFilter(choices=Call.Status)
    direction = ChoicesFilter(choices=Call.Direction)
    called_back = FlagFilter(method="were_called_back", label="Of missed calls: whether they were called back.")
    since = MomentFilter(field_name="started_at", lookup_expr="gte")
    until = MomentFilter(field_name="started_at", lookup_expr="lt")

    def were_called_back(self, rows: QuerySet[Call], name: str, done: bool) -> QuerySet[Call]:
        return rows.filter(status=Call.Status.MISSED, called_back_at__isnull=not done)


def shown_calls(user: Any) -> QuerySet[Call]:
    return visible_calls(user).select_related("agent", "ticket", "called_back_by")


class CallerInput(Input):
    """A known contact's `id`, or a phone number and what was told: by the number a contact is found or made."""

    id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    phone = Text(required=False, max_length=40)
    name = Text(required=False, allow_blank=True, max_length=160)
    user_group = serializers.ChoiceField(UserGroup.choices, required=False)
    region = KeptField(REGIONS, required=False, allow_null=True)
    organization = Text(required=False, allow_blank=True, max_length=160)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("id" in attrs) == ("phone" in attrs) or ("id" in attrs and len(attrs) > 1):
            raise exceptions.ValidationError(_("Isi “id” saja, atau “phone” dengan data lainnya."), "caller_ambiguous")
        return attrs


class CallInput(Input):
    caller = CallerInput()
    topic = KeptField(TOPICS, required=False, allow_null=True)
    question = Text(max_length=LONGEST_TEXT)
    answer = Text(required=False, allow_blank=True, max_length=LONGEST_TEXT, help_text="What the caller was told.")
    outcome = serializers.ChoiceField(Outcome.choices)
    unit = RowField(lambda: Unit.objects.filter(valid_to=None), required=False, help_text="For ESCALATED.")
    ticket = RowField(Ticket.objects.all, by="number", required=False, help_text="Goes on with this one.")
    call = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="The exchange's call.")
    missed = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1, help_text="Is called back.")


class Calls(Writing, ListEndpoint):
    """Phone calls, newest first."""

    tag = "calls"
    scopes = {"GET": READ, "POST": WRITE}
    roles = {"GET": TICKET_READERS, "POST": TICKET_WORKERS}
    serializer_class = CallSerializer
    filterset_class = CallFilter
    orderings, default_ordering = ("started_at",), "-started_at"
    queryset = Call.objects.none()

    def get_queryset(self) -> QuerySet[Call]:
        return shown_calls(self.request.user)

    def rows_read(self, rows: Any) -> None:
        log_access(user=self.request.user, action="calls.read", record=Call, at=self.at)

    @extend_schema(operation_id="calls_log", request=CallInput, responses={201: CallSerializer})
    def post(self, request: Request) -> Response:
        """Log a call: it makes a ticket of the phone channel or goes on with one, and closes, escalates or keeps it."""
        return answer(self, self._log)

    def _log(self) -> Response:
        given = self.read(CallInput)
        caller, ticket = self._caller(given["caller"]), given.get("ticket")
        if ticket is not None:
            get_object_or_404(visible_tickets(self.request.user), pk=ticket.pk)
        missed = self._row(given.get("missed"))
        _ticket, call = log_call(
            caller=caller, topic=given.get("topic"), question=given["question"], answer=given.get("answer", ""),
            outcome=given["outcome"], unit=given.get("unit"), ticket=ticket, call=self._row(given.get("call")),
            missed=missed, direction="OUT" if missed else "IN", **self.act(),
        )  # fmt: skip
        return Response(self.get_serializer(shown_calls(self.request.user).get(pk=call.pk)).data, status=201)

    def _row(self, pk: int | None) -> Call | None:
        return get_object_or_404(visible_calls(self.request.user), pk=pk) if pk else None

    def _caller(self, given: dict[str, Any]) -> Caller:
        if "id" in given:
            return Caller(contact=get_object_or_404(visible_contacts(self.request.user), pk=given["id"]))
        told = {name: value for name, value in given.items() if name != "phone"}
        return Caller(number=normalise_phone(given["phone"]), **told)


class OneCall(DetailEndpoint):
    """One call."""

    tag = "calls"
    scopes = {"GET": READ}
    roles = {"GET": TICKET_READERS}
    serializer_class = CallSerializer
    queryset = Call.objects.none()

    def get_queryset(self) -> QuerySet[Call]:
        return shown_calls(self.request.user)

    def row_read(self, row: Call) -> None:
        log_access(user=self.request.user, action="call.opened", record=row, at=self.at)


class CallBack(Writing, Endpoint):
    tag = "calls"
    scopes = {"POST": WRITE, "DELETE": WRITE}
    roles = {"POST": TICKET_WORKERS, "DELETE": TICKET_WORKERS}
    serializer_class = CallSerializer

    @extend_schema(operation_id="calls_call_back", request=None, responses={200: CallSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """The missed caller was called back; earlier missed calls of the number are done with it."""
        return answer(self, lambda: self._done(verbs.call_back))

    @extend_schema(operation_id="calls_undo_call_back", request=None, responses={200: CallSerializer})
    def delete(self, request: Request, pk: str) -> Response:
        """It still has to be called back after all."""
        return answer(self, lambda: self._done(verbs.undo_call_back))

    def _done(self, verb: Any) -> Response:
        row = get_object_or_404(visible_calls(self.request.user), pk=self.kwargs["pk"])
        verb(call=row, **self.act())
        return Response(self.get_serializer(shown_calls(self.request.user).get(pk=row.pk)).data)


class ExtensionSerializer(serializers.ModelSerializer):
    extension = serializers.CharField(source="number")
    agent = serializers.CharField(source="user.username")

    class Meta:
        model = Extension
        fields = ["extension", "agent"]


class ExtensionInput(Input):
    extension = Text(allow_blank=True, max_length=20, help_text="Digits; empty takes the telephone away.")


class AgentExtension(ExtensionInput):
    agent = RowField(agents, by="username")


class ExtensionsInput(Input):
    extensions = AgentExtension(many=True, allow_empty=False, max_length=500)


class Extensions(Writing, ListEndpoint):
    """Which telephone each agent has."""

    tag = "calls"
    scopes = {"GET": READ, "PUT": WRITE}
    roles = {"GET": TICKET_READERS, "PUT": SETTERS}
    serializer_class = ExtensionSerializer
    orderings, default_ordering = ("number",), "number"
    queryset = Extension.objects.select_related("user")

    @extend_schema(
        operation_id="calls_set_extensions", request=ExtensionsInput, responses={200: ExtensionSerializer(many=True)}
    )
    def put(self, request: Request) -> Response:
        """Give several agents their telephones, all or none; who is not named keeps theirs."""
        return answer(self, self._set)

    def _set(self) -> Response:
        given = self.read(ExtensionsInput)["extensions"]
        set_extensions(numbers={one["agent"]: one["extension"] for one in given}, **self.act())
        return Response(ExtensionSerializer(self.get_queryset().order_by("number"), many=True).data)


class OneExtension(Writing, Endpoint):
    tag = "calls"
    scopes = {"PUT": WRITE}
    roles = {"PUT": SETTERS}
    serializer_class = ExtensionSerializer

    @extend_schema(operation_id="calls_set_extension", request=ExtensionInput, responses={204: None})
    def put(self, request: Request, username: str) -> Response:
        """Give an agent this telephone."""
        return answer(self, self._set)

    def _set(self) -> Response:
        user: User = get_object_or_404(agents(), username=self.kwargs["username"])
        set_extension(user=user, number=self.read(ExtensionInput)["extension"], **self.act())
        return Response(status=204)
