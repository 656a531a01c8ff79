"""What happened to a ticket, and taking it back, under /api/v1/; and a requester's addresses for a reason."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.fields import Input, Text
from kernel.api.views import Endpoint, ListEndpoint, answer
from people.access import visible_contacts
from people.log import log_access
from people.models import ContactHandle
from tickets.api import READERS, WORKERS, OfTicket, StaffBriefSerializer, TicketSerializer
from tickets.api_verbs import WRITE, Writing
from tickets.inbox.history import changes_of
from tickets.models import TicketEvent
from tickets.undo import undo


class EventSerializer(serializers.ModelSerializer):
    actor = StaffBriefSerializer(allow_null=True)
    data = serializers.DictField(help_text="What else the event keeps.")

    class Meta:
        model = TicketEvent
        fields = ["id", "at", "actor", "code", "from_value", "to_value", "reason", "data"]


class ChangeSerializer(serializers.Serializer):
    at = serializers.DateTimeField()
    column = serializers.CharField(help_text="In words.")
    before = serializers.CharField()
    after = serializers.CharField()


class UndoInput(Input):
    event = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="Id of one's own last event.")


class RevealInput(Input):
    reason = Text(max_length=200, help_text="What the addresses are needed for; kept in the access log.")


class RevealedSerializer(serializers.ModelSerializer):
    class Meta:
        model = ContactHandle
        fields = ["kind", "value", "verified"]


class RevealedHandles(serializers.Serializer):
    handles = RevealedSerializer(many=True)


class Changes(serializers.Serializer):
    changes = ChangeSerializer(many=True)


class Events(OfTicket, ListEndpoint):
    """Every event of a ticket, oldest first."""

    scopes, roles = {"GET": "tickets:read"}, {"GET": READERS}
    serializer_class = EventSerializer
    orderings, default_ordering = ("at",), "at"
    queryset = TicketEvent.objects.none()

    def get_queryset(self) -> QuerySet[TicketEvent]:
        return self.ticket.events.select_related("actor")

    def rows_read(self, rows: Any) -> None:
        log_access(user=self.request.user, action="ticket.read", record=self.ticket, reason="API events", at=self.at)


class History(OfTicket):
    scopes, roles = {"GET": "tickets:read"}, {"GET": READERS}

    @extend_schema(operation_id="tickets_history", responses={200: Changes})
    def get(self, request: Request, number: str) -> Response:
        """Earlier values of the ticket's columns, newest first, in words."""
        log_access(user=request.user, action="ticket.read", record=self.ticket, reason="API history", at=self.at)
        return Response(Changes({"changes": changes_of(self.ticket)}).data)


class Undo(Writing, OfTicket):
    scopes, roles = {"POST": WRITE}, {"POST": WORKERS}

    @extend_schema(operation_id="tickets_undo", request=UndoInput, responses={200: TicketSerializer})
    def post(self, request: Request, number: str) -> Response:
        """Take back one's own last move: within a minute, and while nothing else of its kind has happened."""
        return answer(self, self._undo)

    def _undo(self) -> Response:
        event = get_object_or_404(TicketEvent, ticket=self.ticket, pk=self.read(UndoInput)["event"])
        return self.shown(undo(ticket=self.ticket, event=event, **self.act()))


class Reveal(Writing, Endpoint):
    tag = "contacts"
    scopes, roles = {"POST": "contacts:personal"}, {"POST": WORKERS}

    @extend_schema(operation_id="contacts_reveal", request=RevealInput, responses={200: RevealedHandles})
    def post(self, request: Request, pk: str) -> Response:
        """A contact's addresses in full, for a reason that goes into the access log."""
        return answer(self, lambda: self._reveal(pk))

    def _reveal(self, pk: str) -> Response:
        contact = get_object_or_404(visible_contacts(self.request.user), pk=pk)
        reason = self.read(RevealInput)["reason"]
        log_access(user=self.request.user, action="contact.revealed", record=contact, reason=reason, at=self.at)
        return Response(RevealedHandles({"handles": contact.handles.all()}).data)
