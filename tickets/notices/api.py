"""Notices and resolution targets under /api/v1/."""

from datetime import datetime

import django_filters
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.fields import Input
from kernel.api.filters import ChoicesFilter, FlagFilter
from kernel.api.views import Endpoint, ListEndpoint, answer
from kernel.months import JAKARTA
from people.api import ANY_ROLE
from people.models import Role
from tickets.api import PRIORITIES, READERS
from tickets.api_verbs import WRITE, Writing
from tickets.inbox.notices import notices_of
from tickets.models import Notification, ResolutionTarget
from tickets.notices import verbs

MOST = 200
TOLD = READERS | {Role.FRONT_DESK}


class NotificationSerializer(serializers.ModelSerializer):
    """`by` is the user name of whoever did it; deadlines have `clock` and `due`, followed changes the event's code."""

    ticket = serializers.CharField(source="ticket.number", default=None, allow_null=True)
    reservation = serializers.CharField(source="data.number", default=None, allow_null=True)
    entry = serializers.IntegerField(source="entry_id", allow_null=True, help_text="The note that mentions you.")
    by = serializers.CharField(source="data.by", default="", allow_blank=True)
    event = serializers.CharField(source="data.what", default=None, allow_null=True)
    clock = serializers.CharField(source="data.clock", default=None, allow_null=True)
    due = serializers.SerializerMethodField()

    class Meta:
        model = Notification
        fields = ["id", "code", "ticket", "reservation", "entry", "at", "seen_at", "by", "event", "clock", "due"]

    def get_due(self, row: Notification) -> datetime | None:
        due = parse_datetime(row.data.get("due", ""))
        return due.astimezone(JAKARTA) if due else None


class NotificationFilter(django_filters.FilterSet):
    code = ChoicesFilter(choices=Notification.Code)
    seen = FlagFilter(method="were_seen")

    def were_seen(self, rows: QuerySet[Notification], name: str, seen: bool) -> QuerySet[Notification]:
        return rows.filter(seen_at__isnull=not seen)


class NotificationList(ListEndpoint):
    """What the token's user was told about tickets and consultations, newest first."""

    tag = "notifications"
    scopes = {"GET": "tickets:read"}
    roles = {"GET": TOLD}
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter
    orderings, default_ordering = ("at",), "-at"
    queryset = Notification.objects.none()

    def get_queryset(self) -> QuerySet[Notification]:
        return notices_of(self.request.user).select_related("ticket")


class SeenInput(Input):
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        min_length=1,
        max_length=MOST,
        help_text="Those to mark; all when left out. Others' are passed over.",
    )


class SeenSerializer(serializers.Serializer):
    marked = serializers.IntegerField(help_text="How many were new.")
    unseen = serializers.IntegerField(help_text="How many are left.")


class NotificationsSeen(Writing, Endpoint):
    tag = "notifications"
    scopes = {"POST": WRITE}
    roles = {"POST": TOLD}
    serializer_class = SeenSerializer

    @extend_schema(operation_id="notifications_mark_seen", request=SeenInput, responses={200: SeenSerializer})
    def post(self, request: Request) -> Response:
        """Mark notifications as seen."""
        return answer(self, self._mark)

    def _mark(self) -> Response:
        ids: list[int] | None = self.read(SeenInput).get("ids")
        user = self.request.user
        if ids is None:
            marked = verbs.mark_all_seen(user=user, at=self.at)
        else:
            marked = verbs.mark_seen(user=user, ids=ids, at=self.at)
        return Response({"marked": marked, "unseen": notices_of(user).filter(seen_at=None).count()})


class ResolutionTargetSerializer(serializers.ModelSerializer):
    channel = serializers.CharField(source="channel.code", default=None, allow_null=True)
    priority = serializers.SerializerMethodField()

    class Meta:
        model = ResolutionTarget
        fields = ["valid_from", "valid_to", "channel", "priority", "minutes", "basis"]

    def get_priority(self, row: ResolutionTarget) -> str | None:
        return None if row.priority is None else PRIORITIES[row.priority]


class ResolutionTargetList(ListEndpoint):
    """How soon tickets are to be closed, in service minutes of Jakarta. A target without channel or priority holds
    for all; the one that names more wins, the channel before the priority. `valid_to` is exclusive."""

    tag = "reference"
    scopes = {"GET": "reference:read"}
    roles = {"GET": ANY_ROLE}
    serializer_class = ResolutionTargetSerializer
    orderings, default_ordering = ("valid_from",), "valid_from"
    queryset = ResolutionTarget.objects.select_related("channel")
