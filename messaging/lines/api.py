"""Connections of channels under /api/v1/connections/, for administrators. Credentials are taken, never given."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.fields import Input, KeptField, Text
from kernel.api.views import Endpoint, ListEndpoint, answer
from kernel.errors import Refused
from kernel.secrets import unseal
from messaging.connection_verbs import connect, pause
from messaging.email.oauth import KEPT
from messaging.lines.health import health_of
from messaging.lines.shapes import check
from messaging.lines.trying import try_connection
from messaging.models import Connection, MessageTemplate
from messaging.reference import CHANNELS
from messaging.whatsapp import templates as catalogue
from people.models import Role

READ, WRITE = "channels:read", "channels:write"
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


class ConnectionSerializer(serializers.ModelSerializer):
    channel = serializers.CharField(source="channel.code")
    settings = serializers.JSONField()
    secrets = serializers.SerializerMethodField(help_text="Names of the credentials that are kept.")

    class Meta:
        model = Connection
        fields = ["id", "channel", "name", "address", "settings", "secrets", "paused_at", "last_error", "last_error_at"]

    def get_secrets(self, row: Connection) -> list[str]:
        return sorted(set(unseal(row.secrets)) - KEPT)


class HealthSerializer(serializers.Serializer):
    """How a connection does."""

    state = serializers.CharField(help_text="ok, trouble or paused")
    last_in_at = serializers.DateTimeField(allow_null=True)
    last_out_at = serializers.DateTimeField(allow_null=True)
    lag_seconds = serializers.SerializerMethodField(help_text="How long the last message was under way.")
    sent = serializers.IntegerField(help_text="Of the last six hours.")
    lost = serializers.IntegerField(help_text="Of these, failed, bounced or uncertain.")
    error_rate = serializers.FloatField(help_text="percent")
    queued = serializers.IntegerField(help_text="Of the channel.")
    queued_since = serializers.DateTimeField(allow_null=True)
    unclaimed = serializers.IntegerField(help_text="Of the channel: came in, and nobody has taken it yet.")

    def get_lag_seconds(self, health: Any) -> int | None:
        return int(health.lag.total_seconds()) if health.lag is not None else None


class TrialSerializer(serializers.Serializer):
    what = serializers.CharField()
    ok = serializers.BooleanField()
    said = serializers.CharField()


class TemplateSerializer(serializers.ModelSerializer):
    class Meta:
        model = MessageTemplate
        fields = ["id", "name", "language", "category", "status", "header", "body", "footer", "variables", "sendable"]


def _values(**more: Any) -> serializers.DictField:
    child = serializers.CharField(max_length=4000, allow_blank=True)
    return serializers.DictField(child=child, required=False, help_text="By name; an empty one goes.", **more)


class ConnectionChanges(Input):
    name = Text(max_length=60, required=False)
    settings = _values()
    secrets = _values(write_only=True)


class ConnectionInput(ConnectionChanges):
    channel = KeptField(CHANNELS)
    address = Text(max_length=254)


class _Line(Endpoint):
    tag = "channels"
    scopes = {"GET": READ, "POST": WRITE, "PATCH": WRITE, "DELETE": WRITE}
    roles = {"GET": ADMINISTRATORS, "POST": ADMINISTRATORS, "PATCH": ADMINISTRATORS, "DELETE": ADMINISTRATORS}

    @property
    def line(self) -> Connection:
        return get_object_or_404(Connection.objects.select_related("channel"), pk=self.kwargs["pk"])

    def act(self) -> dict[str, Any]:
        return {"at": self.at, "actor": self.request.user}

    def taken(self, shape: type[Input]) -> dict[str, Any]:
        body = shape(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data

    def told(self, row: Connection, status: int = 200) -> Response:
        return Response(ConnectionSerializer(row).data, status=status)


class Connections(_Line, ListEndpoint):
    """Mailboxes, numbers and desks by which channels are reached."""

    serializer_class = ConnectionSerializer
    orderings, default_ordering = ("address",), "address"
    queryset = Connection.objects.select_related("channel")

    @extend_schema(operation_id="connections_connect", request=ConnectionInput, responses={201: ConnectionSerializer})
    def post(self, request: Request) -> Response:
        """Connect a channel."""
        return answer(self, self._connect)

    def _connect(self) -> Response:
        given = self.taken(ConnectionInput)
        channel = given["channel"]
        check(channel.code, given.get("settings", {}), given.get("secrets", {}))
        if Connection.objects.filter(channel=channel, address=given["address"].strip()).exists():
            raise Refused("connection.exists", _("Alamat ini sudah tersambung. Ubah sambungannya."))
        return self.told(connect(**given, **self.act()), 201)


class OneConnection(_Line):
    scopes, roles = {"GET": READ, "PATCH": WRITE}, {"GET": ADMINISTRATORS, "PATCH": ADMINISTRATORS}

    @extend_schema(operation_id="connections_get", responses={200: ConnectionSerializer})
    def get(self, request: Request, pk: str) -> Response:
        """One connection."""
        return self.told(self.line)

    @extend_schema(operation_id="connections_change", request=ConnectionChanges, responses={200: ConnectionSerializer})
    def patch(self, request: Request, pk: str) -> Response:
        """Change what is named; the rest stays."""
        return answer(self, self._change)

    def _change(self) -> Response:
        row, given = self.line, self.taken(ConnectionChanges)
        check(row.channel.code, given.get("settings", {}), given.get("secrets", {}))
        return self.told(connect(channel=row.channel, address=row.address, **given, **self.act()))


class ConnectionHealth(_Line):
    scopes, roles = {"GET": READ}, {"GET": ADMINISTRATORS}

    @extend_schema(operation_id="connections_health", responses={200: HealthSerializer})
    def get(self, request: Request, pk: str) -> Response:
        """Last message in and out, lag, errors of the last six hours, what waits."""
        row = self.line
        return Response(HealthSerializer(health_of([row], self.at)[row.pk]).data)


class ConnectionTrial(_Line):
    scopes, roles = {"POST": WRITE}, {"POST": ADMINISTRATORS}

    @extend_schema(operation_id="connections_try", request=None, responses={200: TrialSerializer(many=True)})
    def post(self, request: Request, pk: str) -> Response:
        """Sign in at its servers without reading or sending anything."""
        return answer(self, lambda: Response(TrialSerializer(try_connection(self.line), many=True).data))


class ConnectionPause(_Line):
    scopes, roles = {"POST": WRITE, "DELETE": WRITE}, {"POST": ADMINISTRATORS, "DELETE": ADMINISTRATORS}

    @extend_schema(operation_id="connections_pause", request=None, responses={200: ConnectionSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """Stop reading and sending; what waits stays. Calls of the exchange are kept and listed, shown to nobody."""
        return answer(self, lambda: self.told(pause(connection=self.line, paused=True, **self.act())))

    @extend_schema(operation_id="connections_resume", request=None, responses={200: ConnectionSerializer})
    def delete(self, request: Request, pk: str) -> Response:
        """Go on."""
        return answer(self, lambda: self.told(pause(connection=self.line, paused=False, **self.act())))


class ConnectionTemplates(_Line, ListEndpoint):
    """WhatsApp's templates of a number, as last synchronised."""

    scopes, roles = {"GET": READ, "POST": WRITE}, {"GET": ADMINISTRATORS, "POST": ADMINISTRATORS}
    serializer_class = TemplateSerializer
    orderings, default_ordering = ("name",), "name"
    queryset = MessageTemplate.objects.none()

    def get_queryset(self) -> QuerySet[MessageTemplate]:
        return MessageTemplate.objects.filter(connection=self.line)

    @extend_schema(operation_id="connections_synchronise", request=None, responses={200: TemplateSerializer(many=True)})
    def post(self, request: Request, pk: str) -> Response:
        """Bring the catalogue up to date from the Graph API."""
        return answer(self, self._synchronise)

    def _synchronise(self) -> Response:
        catalogue.synchronise(connection=self.line, at=self.at)
        return Response(TemplateSerializer(self.get_queryset(), many=True).data)
