"""Saved views, one move on many tickets, read or unread, and tags in use, under /api/v1/."""

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.fields import Flag, Input, KeptField, RowField, Text
from kernel.api.views import DetailEndpoint, Endpoint, ListEndpoint, answer
from people.models import User
from tickets.access import visible_tickets
from tickets.api import READERS, WORKERS, OfTicket, StaffBriefSerializer, TicketList, shown_tickets
from tickets.api_verbs import WRITE, Writing
from tickets.inbox import bulk, reading, saved_views
from tickets.inbox.facets import MOST
from tickets.inbox.filters import FACETS
from tickets.inbox.ordering import SORTS
from tickets.inbox.page import Inbox
from tickets.inbox.tags import tags_for
from tickets.inbox.views_column import VIEWS
from tickets.models import SavedView, Ticket
from tickets.reference import TOPICS

_NUMBERS = {"child": Text(max_length=40), "min_length": 1, "max_length": bulk.MOST}


class SavedViewSerializer(serializers.ModelSerializer):
    """A named list. `query` holds the parameters of the inbox's address; `may_change` is about the caller."""

    owner = StaffBriefSerializer()
    query = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    may_change = serializers.SerializerMethodField()

    class Meta:
        model = SavedView
        fields = ["id", "name", "owner", "shared", "query", "sort", "position", "may_change", "created_at"]
        read_only_fields = fields

    def get_may_change(self, view: SavedView) -> bool:
        return saved_views.may_change(view, self.context["request"].user)


class _Query(serializers.DictField):
    """Filters by the names and values that stand in the inbox's address; what means nothing is refused."""

    def __init__(self, **kwargs: Any) -> None:
        values = serializers.ListField(child=Text(max_length=100), max_length=MOST)
        super().__init__(child=values, **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, list[str]]:
        given = super().to_internal_value(data)
        if unknown := sorted(set(given) - {"tampilan", *FACETS}):
            message = exceptions.ErrorDetail(_("Saringan ini tidak dikenal."), "unknown")
            raise exceptions.ValidationError({name[:60]: [message] for name in unknown})
        view = given.get("tampilan", [])
        if len(view) > 1 or (view and view[0] not in VIEWS):
            raise exceptions.ValidationError(
                {"tampilan": [exceptions.ErrorDetail(_("Tampilan ini tidak dikenal."), "unknown")]}
            )
        return given


class SavedViewInput(Input):
    name = Text(max_length=saved_views.LONGEST_NAME)
    query = _Query(help_text='For example {"tampilan": ["terbuka"], "topik": ["DAU", "DBH"]}.')
    sort = serializers.ChoiceField(list(SORTS), required=False)
    shared = Flag(default=False)


class SavedViewChanges(Input):
    name = Text(max_length=saved_views.LONGEST_NAME, required=False)
    query = _Query(required=False)
    sort = serializers.ChoiceField(list(SORTS), required=False)
    shared = Flag(required=False)


class SavedViews(Writing, ListEndpoint):
    """One's own saved views and those that are shared."""

    tag = "views"
    scopes = {"GET": "tickets:read", "POST": WRITE}
    roles = {"GET": READERS, "POST": READERS}
    serializer_class = SavedViewSerializer
    orderings, default_ordering = ("id", "name"), "id"
    queryset = SavedView.objects.none()

    def get_queryset(self) -> QuerySet[SavedView]:
        return saved_views.visible_views(self.request.user)

    @extend_schema(request=SavedViewInput, responses={201: SavedViewSerializer})
    def post(self, request: Request) -> Response:
        """Keep a list under a name, for oneself or for all."""
        return answer(self, self._create)

    def _create(self) -> Response:
        given = self.read(SavedViewInput)
        inbox = _listed(self.request.user, given["query"], given.get("sort", ""), self.at)
        view = saved_views.create_view(
            name=given["name"], shared=given["shared"], query=inbox.stored, sort=inbox.asked.sort, **self.act()
        )
        return Response(self.get_serializer(view).data, status=201)


class OneSavedView(Writing, DetailEndpoint):
    """A saved view."""

    tag = "views"
    scopes = {"GET": "tickets:read", "PATCH": WRITE, "DELETE": WRITE}
    roles = {"GET": READERS, "PATCH": READERS, "DELETE": READERS}
    serializer_class = SavedViewSerializer
    queryset = SavedView.objects.none()

    def get_queryset(self) -> QuerySet[SavedView]:
        return saved_views.visible_views(self.request.user)

    @extend_schema(request=SavedViewChanges, responses={200: SavedViewSerializer})
    def patch(self, request: Request, pk: int) -> Response:
        """Rename, share or change it: the owner, and for a shared one supervisors and administrators."""
        return answer(self, self._change)

    def _change(self) -> Response:
        view, given = self.get_object(), self.read(SavedViewChanges)
        if "query" in given or "sort" in given:
            filters, scope = saved_views.split(view)
            query = given.get("query") or {"tampilan": [scope], **filters}
            inbox = _listed(self.request.user, query, given.get("sort", view.sort), self.at)
            given |= {"query": inbox.stored, "sort": inbox.asked.sort}
        view = saved_views.change_view(view=view, **given, **self.act())
        return Response(self.get_serializer(view).data)

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Delete it."""
        return answer(self, self._delete)

    def _delete(self) -> Response:
        saved_views.delete_view(view=self.get_object(), **self.act())
        return Response(status=204)


class ViewTickets(TicketList):
    """The tickets a saved view holds now, for the caller."""

    tag = "views"
    filterset_class = None

    def get_queryset(self) -> QuerySet[Ticket]:
        if getattr(self, "swagger_fake_view", False):
            return Ticket.objects.none()
        view = get_object_or_404(saved_views.visible_views(self.request.user), pk=self.kwargs["pk"])
        held = Inbox(self.request.user, QueryDict(f"simpanan={view.pk}"), self.at).tickets
        return shown_tickets(self.request.user).filter(pk__in=held.order_by().values("pk"))


class BulkInput(Input):
    """One move, the tickets it is for, and what the move needs: `assignee`, `topic`, `priority` or `tags`."""

    action = serializers.ChoiceField(
        ["assign", "release", "take", "topic", "priority", "tag", "untag", "close", "spam", "read", "unread"]
    )
    tickets = serializers.ListField(**_NUMBERS)
    assignee = RowField(User.objects.filter(is_active=True).all, by="username", required=False)
    topic = KeptField(TOPICS, required=False, help_text="For `topic`; with `close` for tickets that have none.")
    priority = serializers.ChoiceField(Ticket.Priority.names, required=False)
    tags = serializers.ListField(child=Text(max_length=40), required=False, max_length=20)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needs = {"assign": "assignee", "topic": "topic", "priority": "priority", "tag": "tags", "untag": "tags"}
        needed = needs.get(attrs["action"])
        if needed and not attrs.get(needed):
            raise exceptions.ValidationError({needed: [exceptions.ErrorDetail(_("Isi kolom ini."), "required")]})
        return attrs


class SkippedSerializer(serializers.Serializer):
    number = serializers.CharField()
    code = serializers.CharField(help_text="As the verb's own address would answer.")
    reason = serializers.CharField()


class OutcomeSerializer(serializers.Serializer):
    done = serializers.ListField(child=serializers.CharField())
    skipped = SkippedSerializer(many=True)


class Bulk(Writing, Endpoint):
    tag = "tickets"
    scopes = {"POST": WRITE}
    roles = {"POST": WORKERS}
    serializer_class = OutcomeSerializer
    queryset = Ticket.objects.none()

    @extend_schema(operation_id="tickets_bulk", request=BulkInput, responses={200: OutcomeSerializer})
    def post(self, request: Request) -> Response:
        """One move on up to 200 tickets; each is done whole or skipped with the reason."""
        return answer(self, self._run)

    def _run(self) -> Response:
        given = self.read(BulkInput)
        visible = visible_tickets(self.request.user)
        outcome = bulk.run(_move(given), visible=visible, numbers=given["tickets"], **self.act())
        skipped = [{"number": one.number, "code": one.code, "reason": one.reason} for one in outcome.skipped]
        return Response({"done": [row.number for row in outcome.done], "skipped": skipped})


class ReadSerializer(serializers.Serializer):
    read = serializers.BooleanField()


class Reading(Writing, OfTicket):
    scopes = {"POST": WRITE, "DELETE": WRITE}
    roles = {"POST": READERS, "DELETE": READERS}
    serializer_class = ReadSerializer

    @extend_schema(operation_id="tickets_mark_read", request=None, responses={200: ReadSerializer})
    def post(self, request: Request, number: str) -> Response:
        """The caller has read the ticket up to now."""
        return answer(self, lambda: self._mark(read=True))

    @extend_schema(operation_id="tickets_mark_unread", request=None, responses={200: ReadSerializer})
    def delete(self, request: Request, number: str) -> Response:
        """Unread for the caller."""
        return answer(self, lambda: self._mark(read=False))

    def _mark(self, *, read: bool) -> Response:
        verb = reading.mark_read if read else reading.mark_unread
        verb(ticket=self.ticket, **self.act())
        return Response({"read": read})


class TagSerializer(serializers.Serializer):
    tag = serializers.CharField()
    tickets = serializers.IntegerField()


class TagsSerializer(serializers.Serializer):
    results = TagSerializer(many=True)


class Tags(Endpoint):
    """Tags of open tickets and of those of the last 90 days, the most used first; a minute old at most."""

    tag = "tickets"
    scopes = {"GET": "tickets:read"}
    roles = {"GET": READERS}
    query_params = ("prefix",)
    serializer_class = TagsSerializer
    queryset = Ticket.objects.none()

    @extend_schema(
        operation_id="tags",
        parameters=[
            OpenApiParameter(
                "prefix", {"type": "string", "minLength": 1, "maxLength": 40}, description="How the tag begins."
            )
        ],
    )
    def get(self, request: Request) -> Response:
        prefix = request.query_params.get("prefix", "")
        if len(prefix) > 40:
            raise exceptions.ValidationError({"prefix": exceptions.ErrorDetail(_("Nilai tidak sah."), "invalid")})
        found = tags_for(request.user, prefix=prefix, at=self.at)[:100]
        return Response({"results": [{"tag": tag, "tickets": count} for tag, count in found]})


def _listed(user: User, query: dict[str, list[str]], sort: str, at: Any) -> Inbox:
    """The list of these parameters. Raises ValidationError for values that mean nothing."""
    data = QueryDict(mutable=True)
    for name, values in query.items():
        data.setlist(name, values)
    data.setdefault("tampilan", "terbuka")
    data["urut"] = sort
    inbox = Inbox(user, data, at)
    wrong = {
        facet.name: [exceptions.ErrorDetail(why, "unknown") for why in facet.problems]
        for facet in inbox.form.facets
        if any(not choice.known for choice in facet.chosen)
    }
    if wrong:
        raise exceptions.ValidationError({"query": wrong})
    return inbox


def _move(given: dict[str, Any]) -> bulk.Move:
    moves = {
        "assign": lambda: bulk.assign(given["assignee"]),
        "release": lambda: bulk.assign(None),
        "take": bulk.take,
        "topic": lambda: bulk.set_topic(given["topic"]),
        "priority": lambda: bulk.set_priority(Ticket.Priority[given["priority"]]),
        "tag": lambda: bulk.add_tags(given["tags"]),
        "untag": lambda: bulk.remove_tags(given["tags"]),
        "close": lambda: bulk.close(given.get("topic")),
        "spam": bulk.mark_spam,
        "read": bulk.mark_read,
        "unread": bulk.mark_unread,
    }
    return moves[given["action"]]()
