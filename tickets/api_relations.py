"""How tickets belong together, under /api/v1/tickets/{number}/: merge, splits, children, parent, links, followers."""

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.fields import Input, RowField, Text
from kernel.api.views import ListEndpoint, answer
from tickets import merging, relations, sorting, splitting
from tickets.access import visible_tickets
from tickets.api import READERS, WORKERS, OfTicket, StaffBriefSerializer, TicketSerializer, shown_tickets
from tickets.api_verbs import LONGEST_TEXT, WRITE, Writing
from tickets.models import Ticket, TicketEntry, TicketFollower, Topic

READ_AND_WRITE = {"GET": "tickets:read", "POST": WRITE, "DELETE": WRITE}
ALL_ROLES = {"GET": READERS, "POST": WORKERS, "DELETE": WORKERS}


class MergeInput(Input):
    into = RowField(Ticket.objects.all, by="number", help_text="Number of the ticket that goes on.")
    reason = Text(required=False, allow_blank=True, max_length=1000)


class SplitInput(Input):
    entry = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="Id of the message's entry.")
    subject = Text(required=False, allow_blank=True, max_length=255)
    topic = RowField(Topic.objects.all, required=False, allow_null=True)


class ChildInput(Input):
    text = Text(max_length=LONGEST_TEXT)
    subject = Text(required=False, allow_blank=True, max_length=255)
    topic = RowField(Topic.objects.all, required=False, allow_null=True)


class ParentInput(Input):
    parent = RowField(Ticket.objects.all, by="number", help_text="Number of the ticket it belongs to.")


class LinkInput(Input):
    ticket = RowField(Ticket.objects.all, by="number", help_text="Number of the other ticket.")


class FollowerSerializer(serializers.ModelSerializer):
    user = StaffBriefSerializer()

    class Meta:
        model = TicketFollower
        fields = ["user", "since"]


class _TicketsOfTicket(Writing, OfTicket, ListEndpoint):
    """Visible tickets that belong to the one of the address."""

    scopes, roles = READ_AND_WRITE, ALL_ROLES
    serializer_class = TicketSerializer
    orderings, default_ordering = ("created_at",), "created_at"
    queryset = Ticket.objects.none()


class Merge(Writing, OfTicket):
    scopes, roles = {"POST": WRITE, "DELETE": WRITE}, {"POST": WORKERS, "DELETE": WORKERS}

    @extend_schema(operation_id="tickets_merge", request=MergeInput, responses={200: TicketSerializer})
    def post(self, request: Request, number: str) -> Response:
        """Close the ticket as a part of another one; its entries stay where they are."""
        work = {"ticket": self.ticket, **self.act()}
        return answer(self, lambda: self.shown(merging.merge_tickets(**self.read(MergeInput), **work)))

    @extend_schema(operation_id="tickets_unmerge", request=None, responses={200: TicketSerializer})
    def delete(self, request: Request, number: str) -> Response:
        """Undo the last merge of this ticket: it is as it was before."""
        return answer(self, lambda: self.shown(merging.unmerge_ticket(ticket=self.ticket, **self.act())))


class Splits(Writing, OfTicket):
    scopes, roles = {"POST": WRITE}, {"POST": WORKERS}

    @extend_schema(operation_id="tickets_split", request=SplitInput, responses={201: TicketSerializer})
    def post(self, request: Request, number: str) -> Response:
        """Move a message of the requester to a new ticket that counts from the message's receipt."""
        return answer(self, self._split)

    def _split(self) -> Response:
        given = self.read(SplitInput)
        rows = TicketEntry.objects.select_related("message", "ticket")
        entry = get_object_or_404(rows, pk=given.pop("entry"), ticket=self.ticket)
        return self.shown(splitting.split_message(entry=entry, **given, **self.act()), 201)


class Children(_TicketsOfTicket):
    """Tickets that stand under this one, oldest first."""

    scopes = {"GET": "tickets:read", "POST": WRITE}
    roles = {"GET": READERS, "POST": WORKERS}

    def get_queryset(self) -> QuerySet[Ticket]:
        return shown_tickets(self.request.user).filter(parent=self.ticket)

    @extend_schema(operation_id="tickets_create_child", request=ChildInput, responses={201: TicketSerializer})
    def post(self, request: Request, number: str) -> Response:
        """Open a ticket of the same requester and channel under this one."""
        work = {"parent": self.ticket, **self.act()}
        return answer(self, lambda: self.shown(relations.create_child(**self.read(ChildInput), **work), 201))


class Parent(Writing, OfTicket):
    scopes, roles = {"POST": WRITE, "DELETE": WRITE}, {"POST": WORKERS, "DELETE": WORKERS}

    @extend_schema(operation_id="tickets_set_parent", request=ParentInput, responses={200: TicketSerializer})
    def post(self, request: Request, number: str) -> Response:
        """Put the ticket under another one."""
        work = {"ticket": self.ticket, **self.act()}
        return answer(self, lambda: self.shown(sorting.set_parent(**self.read(ParentInput), **work)))

    @extend_schema(operation_id="tickets_leave_parent", request=None, responses={200: TicketSerializer})
    def delete(self, request: Request, number: str) -> Response:
        """Take the ticket out from under its parent."""
        return answer(self, lambda: self.shown(sorting.set_parent(ticket=self.ticket, parent=None, **self.act())))


class Links(_TicketsOfTicket):
    """Tickets that have to do with this one, oldest first."""

    scopes = {"GET": "tickets:read", "POST": WRITE}
    roles = {"GET": READERS, "POST": WORKERS}

    def get_queryset(self) -> QuerySet[Ticket]:
        linked = Q(links_in__ticket=self.ticket) | Q(links_out__other=self.ticket)
        return shown_tickets(self.request.user).filter(linked)

    @extend_schema(operation_id="tickets_link", request=LinkInput, responses={201: TicketSerializer})
    def post(self, request: Request, number: str) -> Response:
        """Link with another ticket; once is enough."""
        return answer(self, self._link)

    def _link(self) -> Response:
        other = self.read(LinkInput)["ticket"]
        relations.link_tickets(ticket=self.ticket, other=other, **self.act())
        return self.shown(other, 201)


class OneLink(Writing, OfTicket):
    scopes, roles = {"DELETE": WRITE}, {"DELETE": WORKERS}

    @extend_schema(operation_id="tickets_unlink", request=None, responses={200: TicketSerializer})
    def delete(self, request: Request, number: str, other: str) -> Response:
        """Take the link with the other ticket away."""
        return answer(self, lambda: self._unlink(other))

    def _unlink(self, other: str) -> Response:
        row = get_object_or_404(visible_tickets(self.request.user), number=other)
        relations.unlink_tickets(ticket=self.ticket, other=row, **self.act())
        return self.shown(self.ticket)


class Followers(Writing, OfTicket, ListEndpoint):
    """Who is told what happens to the ticket."""

    scopes, roles = READ_AND_WRITE, ALL_ROLES
    serializer_class = FollowerSerializer
    orderings, default_ordering = ("since",), "since"
    queryset = TicketFollower.objects.none()

    def get_queryset(self) -> QuerySet[TicketFollower]:
        return TicketFollower.objects.filter(ticket=self.ticket).select_related("user")

    @extend_schema(operation_id="tickets_follow", request=None, responses={200: TicketSerializer})
    def post(self, request: Request, number: str) -> Response:
        """Follow the ticket oneself."""
        return answer(self, lambda: self.shown(relations.follow(ticket=self.ticket, **self.act())))

    @extend_schema(operation_id="tickets_unfollow", request=None, responses={200: TicketSerializer})
    def delete(self, request: Request, number: str) -> Response:
        """Not follow it any longer."""
        return answer(self, lambda: self.shown(relations.unfollow(ticket=self.ticket, **self.act())))
