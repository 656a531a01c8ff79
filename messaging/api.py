"""Channels under /api/v1/, and how a message is shown inside a ticket."""

from rest_framework import serializers

from kernel.api.views import ListEndpoint
from messaging.models import Attachment, Channel, Message
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
        fields = ["name", "size", "media_type", "sha256"]


class MessageSerializer(serializers.ModelSerializer):
    channel = serializers.CharField(source="channel.code")
    attachments = AttachmentSerializer(many=True)

    class Meta:
        model = Message
        fields = ["direction", "channel", "subject", "body", "received_at", "delivery", "attachments"]
