"""Topics, tickets and their entries under /api/v1/: reading. Writing is in `api_verbs.py`."""

from typing import Any

import django_filters
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, TextChoices
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers

from kernel.api.filters import ChoicesFilter, FlagFilter, IdFilter, MomentFilter, RowsFilter, WordsFilter
from kernel.api.views import DetailEndpoint, Endpoint, ListEndpoint
from messaging.api import MessageSerializer
from messaging.models import Attachment, Channel
from people.access import TICKET_READERS, TICKET_WORKERS
from people.api import ANY_ROLE, RegionBriefSerializer
from people.log import log_access
from people.models import Contact, Region, Role, Unit, User, UserGroup, Zone
from tickets.access import visible_tickets
from tickets.inbox.facets import written_since_read
from tickets.intake import tags_of
from tickets.models import ServiceHours, Ticket, TicketEntry, TicketEvent, Topic
from tickets.quotes import QUOTE, answers_one
from tickets.splitting import not_taken_back

READERS = TICKET_READERS | {Role.AGENT_L2}
WORKERS = TICKET_WORKERS
PRIORITIES = {priority.value: priority.name for priority in Ticket.Priority}
SHOWN_WITH = ("channel", "contact", "topic", "assignee", "region", "merged_into", "parent")


class TopicSerializer(serializers.ModelSerializer):
    owner_unit = serializers.CharField(source="owner_unit.code", default=None, allow_null=True)

    class Meta:
        model = Topic
        fields = ["code", "label", "label_en", "category", "owner_unit", "definition", "active"]


class TopicFilter(django_filters.FilterSet):
    category = ChoicesFilter(choices=Topic.Category)
    owner_unit = RowsFilter(rows=Unit)
    active = FlagFilter()


class TopicList(ListEndpoint):
    """What tickets are about, and which unit answers an escalation of each topic."""

    tag = "reference"
    scopes = {"GET": "reference:read"}
    roles = {"GET": ANY_ROLE}
    serializer_class = TopicSerializer
    filterset_class = TopicFilter
    orderings, default_ordering = ("position", "code"), "position"
    queryset = Topic.objects.select_related("owner_unit")


class StaffBriefSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="__str__")

    class Meta:
        model = User
        fields = ["username", "name"]


class ContactBriefSerializer(serializers.ModelSerializer):
    class Meta:
        model = Contact
        fields = ["id", "name", "organization"]


class TicketSerializer(serializers.ModelSerializer):
    """A ticket as read. Nothing here can be written: tickets change by what is posted to them."""

    url = serializers.HyperlinkedIdentityField(view_name="api:ticket", lookup_field="number")
    channel = serializers.CharField(source="channel.code")
    topic = serializers.CharField(source="topic.code", default=None, allow_null=True)
    priority = serializers.SerializerMethodField()
    contact = ContactBriefSerializer()
    assignee = StaffBriefSerializer(allow_null=True)
    region = RegionBriefSerializer(allow_null=True)
    merged_into = serializers.CharField(source="merged_into.number", default=None, allow_null=True)
    parent = serializers.CharField(source="parent.number", default=None, allow_null=True)

    class Meta:
        model = Ticket
        fields = [
            "number",
            "url",
            "status",
            "subject",
            "channel",
            "topic",
            "priority",
            "tags",
            "contact",
            "user_group",
            "region",
            "zone",
            "service_hours",
            "assignee",
            "created_at",
            "first_answered_at",
            "last_message_at",
            "closed_at",
            "first_answer_due_at",
            "resolution_due_at",
            "due_at",
            "merged_into",
            "parent",
            "is_spam",
            "source",
        ]
        read_only_fields = fields

    def get_priority(self, ticket: Ticket) -> str:
        return PRIORITIES[ticket.priority]


PriorityNames = TextChoices("PriorityNames", [(one.name, one.name) for one in Ticket.Priority])


class TicketFilter(django_filters.FilterSet):
    status = ChoicesFilter(choices=Ticket.Status)
    channel = RowsFilter(rows=Channel)
    topic = RowsFilter(rows=Topic)
    region = RowsFilter(rows=Region)
    province = RowsFilter(rows=Region, method="in_province")
    zone = ChoicesFilter(choices=Zone)
    service_hours = ChoicesFilter(choices=ServiceHours)
    user_group = ChoicesFilter(choices=UserGroup)
    unit = RowsFilter(rows=Unit, method="escalated_to")
    assignee = RowsFilter(rows=User, by="username")
    contact = IdFilter(field_name="contact_id")
    source = ChoicesFilter(choices=Ticket.Source)
    is_spam = FlagFilter()
    tag = WordsFilter(method="with_tags")
    priority = ChoicesFilter(choices=PriorityNames, method="of_priority")
    unread = FlagFilter(method="is_unread", label="By the caller.")
    overdue = FlagFilter(method="is_overdue")
    split_undone = FlagFilter(method="is_split_undone", label="Made by a split that was undone; left out unless asked.")
    created_from = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_to = MomentFilter(field_name="created_at", lookup_expr="lt")
    changed_from = MomentFilter(method="changed_since")
    due_to = MomentFilter(field_name="due_at", lookup_expr="lt")

    def with_tags(self, rows: QuerySet[Ticket], name: str, tags: list[str]) -> QuerySet[Ticket]:
        return rows.filter(tags__overlap=tags_of(tags)) if tags else rows

    def of_priority(self, rows: QuerySet[Ticket], name: str, names: list[str]) -> QuerySet[Ticket]:
        return rows.filter(priority__in=[Ticket.Priority[one] for one in names]) if names else rows

    def is_unread(self, rows: QuerySet[Ticket], name: str, wanted: bool | None) -> QuerySet[Ticket]:
        unread = ~Q(status=Ticket.Status.CLOSED) & written_since_read(self.request.user)
        return rows if wanted is None else rows.filter(unread if wanted else ~unread)

    def is_overdue(self, rows: QuerySet[Ticket], name: str, wanted: bool | None) -> QuerySet[Ticket]:
        late = Q(due_at__lt=timezone.now())
        return rows if wanted is None else rows.filter(late) if wanted else rows.filter(~late | Q(due_at=None))

    def is_split_undone(self, rows: QuerySet[Ticket], name: str, wanted: bool | None) -> QuerySet[Ticket]:
        return rows if wanted is None else rows.filter(~not_taken_back() if wanted else not_taken_back())

    def in_province(self, rows: QuerySet[Ticket], name: str, provinces: list[Region]) -> QuerySet[Ticket]:
        return rows.filter(Q(region__in=provinces) | Q(region__province__in=provinces))

    def escalated_to(self, rows: QuerySet[Ticket], name: str, units: list[Unit]) -> QuerySet[Ticket]:
        return rows.filter(pk__in=Ticket.objects.filter(escalations__unit__in=units).values("pk"))

    def changed_since(self, rows: QuerySet[Ticket], name: str, moment: Any) -> QuerySet[Ticket]:
        events = TicketEvent.objects.filter(ticket=OuterRef("pk"), at__gte=moment)
        return rows.filter(Q(created_at__gte=moment) | Exists(events))


def shown_tickets(user: User | AnonymousUser) -> QuerySet[Ticket]:
    """Visible tickets with everything their serializer shows, in one query."""
    return visible_tickets(user).select_related(*SHOWN_WITH)


class TicketList(ListEndpoint):
    """Tickets, newest first. Merged-away tickets are listed too and name their survivor; a ticket whose split was
    undone holds nothing any more and is listed with `split_undone=true` only."""

    tag = "tickets"
    scopes = {"GET": "tickets:read"}
    roles = {"GET": READERS}
    serializer_class = TicketSerializer
    filterset_class = TicketFilter
    orderings, default_ordering = ("created_at", "number", "priority"), "-created_at"
    queryset = Ticket.objects.none()

    def get_queryset(self) -> QuerySet[Ticket]:
        rows = shown_tickets(self.request.user)
        return rows if "split_undone" in self.request.query_params else rows.filter(not_taken_back())

    def rows_read(self, rows: Any) -> None:
        reason = self.request.META.get("QUERY_STRING", "")
        log_access(user=self.request.user, action="ticket.listed", record=Ticket, reason=reason, at=self.at)


class TicketDetail(DetailEndpoint):
    """One ticket by its number."""

    tag = "tickets"
    scopes = {"GET": "tickets:read"}
    roles = {"GET": READERS}
    serializer_class = TicketSerializer
    queryset = Ticket.objects.none()
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Ticket]:
        return shown_tickets(self.request.user)

    def row_read(self, row: Ticket) -> None:
        log_access(user=self.request.user, action="ticket.read", record=row, reason="API", at=self.at)


class OfTicket(Endpoint):
    """An address below /tickets/{number}/."""

    tag = "tickets"

    @property
    def ticket(self) -> Ticket:
        """The visible ticket of this address, or 404."""
        if not hasattr(self, "_ticket"):
            self._ticket = get_object_or_404(visible_tickets(self.request.user), number=self.kwargs["number"])
        return self._ticket


class TicketEventSerializer(serializers.ModelSerializer):
    class Meta:
        model = TicketEvent
        fields = ["code", "from_value", "to_value", "reason"]


_ANSWERED = TicketEntry.objects.filter(message=OuterRef("message__reply_to"), ticket=OuterRef("ticket"))
ANSWERS = Subquery(_ANSWERED.values("pk")[:1])
"""The entry on the same ticket whose message this one's answers."""


class EntrySerializer(serializers.ModelSerializer):
    author = StaffBriefSerializer(allow_null=True)
    message = MessageSerializer(allow_null=True)
    event = TicketEventSerializer(allow_null=True)
    quoted_entry = serializers.SerializerMethodField(help_text="The entry this one answers by name.")

    class Meta:
        model = TicketEntry
        fields = ["id", "kind", "at", "author", "message", "note", "event", "quoted_entry"]

    def get_quoted_entry(self, row: TicketEntry) -> int | None:
        if row.message is None or not answers_one(row.message):
            return None
        if quoted := row.message.details.get(QUOTE):
            return int(quoted) if isinstance(quoted, int) and not isinstance(quoted, bool) else None
        if not hasattr(row, "answers"):
            row = TicketEntry.objects.annotate(answers=ANSWERS).get(pk=row.pk)
        return row.answers


class EntryFilter(django_filters.FilterSet):
    kind = ChoicesFilter(choices=TicketEntry.Kind)


class EntryList(OfTicket, ListEndpoint):
    """What was said, noted and done on a ticket, oldest first."""

    scopes = {"GET": "tickets:read"}
    roles = {"GET": READERS}
    serializer_class = EntrySerializer
    filterset_class = EntryFilter
    orderings, default_ordering = ("at",), "at"
    queryset = TicketEntry.objects.none()

    def get_queryset(self) -> QuerySet[TicketEntry]:
        attachments = Prefetch("message__attachments", Attachment.objects.select_related("file"))
        rows = self.ticket.entries.select_related("author", "event", "message__channel")
        return rows.annotate(answers=ANSWERS).prefetch_related(attachments)

    def rows_read(self, rows: Any) -> None:
        log_access(user=self.request.user, action="ticket.read", record=self.ticket, reason="API entries", at=self.at)
