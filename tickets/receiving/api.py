"""The quarantine under /api/v1/quarantine/: mails held as spam, released or thrown away."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.views import Endpoint, ListEndpoint, answer
from messaging.models import Attachment, Message
from tickets.api import WORKERS
from tickets.api_verbs import WRITE
from tickets.receiving.quarantine import discard_message, held_messages, release_message

READ = "tickets:read"


class HeldFileSerializer(serializers.ModelSerializer):
    size = serializers.IntegerField(source="file.size", help_text="bytes")

    class Meta:
        model = Attachment
        fields = ["name", "size"]


class HeldSerializer(serializers.ModelSerializer):
    attachments = HeldFileSerializer(many=True, help_text="Their contents are given out once the mail is released.")
    channel = serializers.CharField(source="channel.code")
    authentication = serializers.SerializerMethodField(help_text="spf, dkim and dmarc as our mail server saw them.")

    class Meta:
        model = Message
        fields = ["id", "channel", "subject", "body", "flags", "authentication", "attachments", "received_at"]

    def get_authentication(self, message: Message) -> dict[str, str]:
        return message.details.get("auth") or {}


class ReleasedSerializer(serializers.Serializer):
    ticket = serializers.CharField(allow_null=True, help_text="The ticket it is on; null when nobody must see it.")


class Quarantine(ListEndpoint):
    """Mails held as spam, newest first."""

    tag = "tickets"
    scopes, roles = {"GET": READ}, {"GET": WORKERS}
    serializer_class = HeldSerializer
    orderings, default_ordering = ("received_at",), "-received_at"
    queryset = Message.objects.none()

    def get_queryset(self) -> QuerySet[Message]:
        return held_messages().order_by()


class _Held(Endpoint):
    tag = "tickets"
    scopes, roles = {"POST": WRITE, "DELETE": WRITE}, {"POST": WORKERS, "DELETE": WORKERS}

    @property
    def message(self) -> Message:
        return get_object_or_404(Message, pk=self.kwargs["pk"], direction=Message.Direction.IN)


class Release(_Held):
    scopes, roles = {"POST": WRITE}, {"POST": WORKERS}

    @extend_schema(operation_id="quarantine_release", request=None, responses={200: ReleasedSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """No spam after all: to its ticket, or a new one."""
        return answer(self, self._release)

    def _release(self) -> Response:
        ticket = release_message(message=self.message, at=self.at, actor=self.request.user)
        return Response({"ticket": ticket.number if ticket else None})


class HeldMessage(_Held):
    scopes, roles = {"DELETE": WRITE}, {"DELETE": WORKERS}

    @extend_schema(operation_id="quarantine_discard", request=None, responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        """It is spam: out of the quarantine; the original is kept."""
        return answer(self, self._discard)

    def _discard(self) -> Response:
        discard_message(message=self.message, at=self.at, actor=self.request.user)
        return Response(status=204)
