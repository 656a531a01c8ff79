"""The chatbot under /api/v1/: its draft as a whole, publishing it, and the sessions people had with it."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chatbot import tree as t
from chatbot import versions
from chatbot.access import EDITORS, READERS
from chatbot.api import NodeSerializer, TreeSerializer, tree_data
from chatbot.checking import CHANNELS
from chatbot.models import ChatbotSession, ChatbotVersion
from kernel.api.fields import Flag, Input, Text
from kernel.api.filters import ChoicesFilter, MomentFilter, RowsFilter
from kernel.api.views import Endpoint, ListEndpoint, answer
from messaging.models import Channel

READ, WRITE = "figures:read", "chatbot:write"
MOST_MENUS = 300


class NodeInput(Input):
    """A menu as in the tree; siblings stand in the order of the list."""

    code = Text(max_length=40, help_text="Capital letters, digits and underscores; stays what it is once published.")
    label = Text(max_length=t.LONGEST_LABEL)  # type: ignore[assignment]
    label_en = Text(required=False, allow_blank=True, max_length=120)
    short = Text(required=False, allow_blank=True, max_length=t.LONGEST_SHORT, help_text="For narrow rows.")
    parent = Text(required=False, allow_blank=True, max_length=40)  # type: ignore[assignment]
    topic = Text(required=False, allow_blank=True, max_length=60)
    text = Text(required=False, allow_blank=True, max_length=t.LONGEST_TEXT)
    article = Text(required=False, allow_blank=True, max_length=60)
    words = Text(required=False, allow_blank=True, max_length=t.LONGEST_WORDS, help_text="By which it is found, too.")
    active = Flag(required=False)


class TextsInput(Input):
    greeting = Text(max_length=t.LONGEST_TEXT)
    menu = Text(max_length=t.LONGEST_TEXT)
    closing = Text(max_length=t.LONGEST_TEXT)
    timeout = Text(max_length=t.LONGEST_TEXT)
    handed_over = Text(max_length=t.LONGEST_TEXT)


class ChatbotDraftInput(Input):
    channels = serializers.ListField(child=serializers.ChoiceField(CHANNELS), max_length=len(CHANNELS))
    idle_minutes = serializers.IntegerField(min_value=t.SHORTEST_IDLE, max_value=t.LONGEST_IDLE)
    texts = TextsInput()
    menus = serializers.ListField(child=NodeInput(), max_length=MOST_MENUS)


class PublicationInput(Input):
    note = Text(required=False, allow_blank=True, max_length=200, help_text="What has changed.")


class DraftProblemSerializer(serializers.Serializer):
    menu = serializers.CharField(source="node", help_text="Code, or empty where it is none.")
    message = serializers.CharField()


class ChatbotDraftSerializer(serializers.Serializer):
    saved_at = serializers.DateTimeField()
    saved_by = serializers.CharField(allow_null=True, help_text="User name.")
    channels = serializers.ListField(child=serializers.CharField())
    idle_minutes = serializers.IntegerField()
    texts = serializers.DictField(child=serializers.CharField())
    menus = NodeSerializer(many=True)
    problems = DraftProblemSerializer(many=True, help_text="What keeps it from being published.")


class ChatbotSessionSerializer(serializers.ModelSerializer):
    channel = serializers.CharField(source="channel.code")
    contact = serializers.IntegerField(source="contact_id", allow_null=True)
    menu = serializers.CharField(source="menu.code", default=None, allow_null=True, help_text="The one opened last.")
    ticket = serializers.CharField(source="ticket.number", default=None, allow_null=True)

    class Meta:
        model = ChatbotSession
        fields = ["id", "channel", "contact", "started_at", "ended_at", "menu", "outcome", "ticket", "simulated"]


class ChatbotSessionFilter(django_filters.FilterSet):
    outcome = ChoicesFilter(choices=ChatbotSession.Outcome)
    channel = RowsFilter(rows=Channel)
    since = MomentFilter(field_name="started_at", lookup_expr="gte")
    until = MomentFilter(field_name="started_at", lookup_expr="lt")


class ChatbotSessions(ListEndpoint):
    """Visits to the chatbot, newest first."""

    tag = "chatbot"
    scopes = {"GET": READ}
    roles = {"GET": READERS}
    serializer_class = ChatbotSessionSerializer
    filterset_class = ChatbotSessionFilter
    orderings, default_ordering = ("started_at",), "-started_at"
    queryset = ChatbotSession.objects.none()

    def get_queryset(self) -> QuerySet[ChatbotSession]:
        return ChatbotSession.objects.select_related("channel", "menu", "ticket")


class _Editing(Endpoint):
    tag = "chatbot"
    roles = {"GET": EDITORS, "PUT": EDITORS, "POST": EDITORS}

    def read(self, shape: type[Input]) -> dict[str, Any]:
        """The checked body. Raises ValidationError."""
        body = shape(data=self.request.data, context={"request": self.request})
        body.is_valid(raise_exception=True)
        return body.validated_data

    def act(self) -> dict[str, Any]:
        return {"at": self.at, "actor": self.request.user}


class ChatbotDraft(_Editing):
    scopes = {"GET": READ, "PUT": WRITE}

    @extend_schema(operation_id="chatbot_draft", responses={200: ChatbotDraftSerializer})
    def get(self, request: Request) -> Response:
        """The draft, and what keeps it from being published."""
        return Response(_shown(versions.draft()))

    @extend_schema(
        operation_id="chatbot_draft_save", request=ChatbotDraftInput, responses={200: ChatbotDraftSerializer}
    )
    def put(self, request: Request) -> Response:
        """Replace the draft as a whole; requesters meet it once it is published."""
        return answer(self, self._save)

    def _save(self) -> Response:
        given = self.read(ChatbotDraftInput)
        content = {**given, "nodes": given.pop("menus")}
        content["texts"] = {**dict.fromkeys(t.TEXTS, ""), **given["texts"]}
        return Response(_shown(versions.save_draft(content=_plain(content), **self.act())))


class ChatbotPublication(_Editing):
    scopes = {"POST": WRITE}

    @extend_schema(operation_id="chatbot_publish", request=PublicationInput, responses={201: TreeSerializer})
    def post(self, request: Request) -> Response:
        """Let requesters meet the draft from now on; 409 with the first problem where it cannot be."""
        return answer(self, self._publish)

    def _publish(self) -> Response:
        version = versions.publish(note=self.read(PublicationInput).get("note", ""), **self.act())
        return Response(TreeSerializer(tree_data(version)).data, status=201)


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it."""
    nodes = [dict(node) for node in content["nodes"]]
    kept = {name: content[name] for name in ("channels", "idle_minutes")}
    return {**kept, "texts": dict(content["texts"]), "nodes": nodes}


def _shown(row: ChatbotVersion) -> dict[str, Any]:
    given = {
        **tree_data(row),
        "saved_at": row.saved_at,
        "saved_by": row.saved_by.username if row.saved_by else None,
        "texts": row.content.get("texts", {}),
        "problems": versions.problems_of(row.content),
    }
    return ChatbotDraftSerializer(given).data
