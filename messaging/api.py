"""Channels under /api/v1/, and how a message is shown inside a ticket."""

from rest_framework import serializers

from kernel.api.views import ListEndpoint
from messaging.models import Attachment, Channel, DeliveryStep, Message
from people.api import ANY_ROLE


class ChannelSerializer(serializers.ModelSerializer):
    class Meta:
        model = Channel
        fields = [
            "code",
            "label",
            "label_en",
            "address",
            "makes_tickets",
            "open_outside_hours",
            "first_answer_minutes",
            "active",
        ]


class ChannelList(ListEndpoint):
    """The ways in. Five of them make consultation tickets."""

    tag = "reference"
    scopes = {"GET": "reference:read"}
    roles = {"GET": ANY_ROLE}
    serializer_class = ChannelSerializer
    orderings, default_ordering = ("position", "code"), "position"
    queryset = Channel.objects.all()


class AttachmentSerializer(serializers.ModelSerializer):
    size = serializers.IntegerField(source="file.size", help_text="bytes")
    media_type = serializers.CharField(source="file.media_type", help_text="As sniffed from the content.")
    sha256 = serializers.CharField(source="file.sha256")

    class Meta:
        model = Attachment
        fields = ["name", "size", "media_type", "sha256", "scan"]


class MessageSerializer(serializers.ModelSerializer):
    channel = serializers.CharField(source="channel.code")
    attachments = AttachmentSerializer(many=True)
    flags = serializers.ListField(child=serializers.CharField(), help_text="auto_reply, list, suspicious, spam …")
    authentication = serializers.SerializerMethodField(help_text="spf, dkim and dmarc as our mail server saw them.")

    class Meta:
        model = Message
        fields = [
            "direction",
            "channel",
            "subject",
            "body",
            "received_at",
            "delivery",
            "delivery_reason",
            "flags",
            "authentication",
            "attachments",
        ]

    def get_authentication(self, message: Message) -> dict[str, str]:
        return message.details.get("auth") or {}


class DeliveryStepSerializer(serializers.ModelSerializer):
    class Meta:
        model = DeliveryStep
        fields = ["at", "delivery", "code", "reason"]


class DeliverySerializer(serializers.ModelSerializer):
    """What became of an outgoing message."""

    steps = DeliveryStepSerializer(many=True)

    class Meta:
        model = Message
        fields = ["delivery", "delivery_reason", "attempts", "next_attempt_at", "steps"]


class RouteSerializer(serializers.Serializer):
    """A way to write to somebody."""

    key = serializers.CharField()
    channel = serializers.CharField(source="channel.code")
    address = serializers.CharField(help_text="masked")
