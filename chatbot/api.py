"""The chatbot under /api/v1/: the published tree, and how its menus are used."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chatbot.access import READERS
from chatbot.loading import current_version
from chatbot.models import ChatbotVersion
from chatbot.statistics import statistics
from kernel.api.views import Endpoint
from kernel.months import Month


class NodeSerializer(serializers.Serializer):
    """A menu; siblings stand in order. It answers by its text, by an article, or leads to the menus below it."""

    code = serializers.CharField()
    label = serializers.CharField()
    label_en = serializers.CharField()
    short = serializers.CharField(help_text="For narrow rows, or empty.")
    parent = serializers.CharField(help_text="Code, empty at the top.")
    topic = serializers.CharField(help_text="Code of the topic of tickets that come from here, or empty.")
    text = serializers.CharField()
    article = serializers.CharField(help_text="Code of an article of the knowledge base, or empty.")
    words = serializers.CharField(help_text="By which it is found, too.")
    active = serializers.BooleanField()


class TreeSerializer(serializers.Serializer):
    version = serializers.IntegerField(allow_null=True, help_text="null while none is published.")
    published_at = serializers.DateTimeField(allow_null=True)
    channels = serializers.ListField(child=serializers.CharField())
    idle_minutes = serializers.IntegerField()
    menus = NodeSerializer(many=True)


class MenuUseSerializer(serializers.Serializer):
    code = serializers.CharField(source="menu.code")
    opened = serializers.IntegerField(help_text="Its own openings.")
    answered = serializers.IntegerField(help_text="Sessions that ended here or below without an agent.")
    handed_over = serializers.IntegerField(help_text="Sessions that went on to an agent from here or below.")


class StatisticsSerializer(serializers.Serializer):
    sessions = serializers.IntegerField()
    without_agent = serializers.IntegerField(help_text="As in the monthly report.")
    answered = serializers.IntegerField()
    dropped = serializers.IntegerField()
    handed_over = serializers.IntegerField()
    menus = MenuUseSerializer(many=True, source="lines")


def tree_data(version: ChatbotVersion | None) -> dict[str, Any]:
    """What `TreeSerializer` shows of a version."""
    content = version.content if version else {}
    rows: list[dict[str, Any]] = content.get("nodes", [])
    empty = {"label_en": "", "short": "", "parent": "", "topic": "", "text": "", "article": "", "words": ""}
    return {
        "version": version.number if version else None,
        "published_at": version.published_at if version else None,
        "channels": content.get("channels", []),
        "idle_minutes": content.get("idle_minutes", 30),
        "menus": [{**empty, "active": True, **row} for row in rows],
    }


class _Reading(Endpoint):
    tag = "figures"
    scopes = {"GET": "figures:read"}
    roles = {"GET": READERS}


class ChatbotTree(_Reading):
    @extend_schema(operation_id="chatbot_tree", responses={200: TreeSerializer})
    def get(self, request: Request) -> Response:
        """The tree requesters meet now; without version and menus while none is published."""
        return Response(TreeSerializer(tree_data(current_version())).data)


class ChatbotStatistics(_Reading):
    @extend_schema(operation_id="chatbot_statistics", responses={200: StatisticsSerializer})
    def get(self, request: Request, month: str) -> Response:
        """How menus were used in a month; 404 for what is no month."""
        try:
            asked = Month.parse(month)
        except ValueError:
            raise Http404 from None
        return Response(StatisticsSerializer(statistics(asked)).data)
