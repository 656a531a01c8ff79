"""What can be done to tickets under /api/v1/. Each address calls one verb; `status` is never a field."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.fields import Input, KeptField, RowField, Text
from kernel.api.views import answer
from messaging.reference import CHANNELS
from people.access import visible_contacts
from people.contacts import find_or_create_contact
from people.models import Contact, User, UserGroup
from people.reference import REGIONS
from tickets import sorting, verbs
from tickets.api import (
    READERS,
    WORKERS,
    OfTicket,
    TicketDetail,
    TicketList,
    TicketSerializer,
    shown_tickets,
)
from tickets.intake import open_ticket
from tickets.models import Ticket
from tickets.reference import TOPICS

LONGEST_TEXT = 50_000
WRITE = "tickets:write"


class ContactInput(Input):
    """Who asks: the `id` of a known contact, or a name with e-mail and phone by which one is found or made."""

    id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    name = Text(required=False, max_length=160)
    email = Text(required=False, allow_blank=True, max_length=254)
    phone = Text(required=False, allow_blank=True, max_length=30)
    user_group = serializers.ChoiceField(UserGroup.choices, required=False)
    region = KeptField(REGIONS, required=False, allow_null=True)
    organization = Text(required=False, allow_blank=True, max_length=160)
    position = Text(required=False, allow_blank=True, max_length=120)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("id" in attrs) == ("name" in attrs) or ("id" in attrs and len(attrs) > 1):
            raise exceptions.ValidationError(_("Isi “id” saja, atau “name” dengan data lainnya."), "contact_ambiguous")
        return attrs


class TicketInput(Input):
    """A new ticket. It is created now; number, status, zone and service hours follow by rule."""

    channel = KeptField(CHANNELS)
    contact = ContactInput()
    subject = Text(required=False, allow_blank=True, max_length=255)
    text = Text(max_length=LONGEST_TEXT, help_text="The question, kept as the first message.")
    topic = KeptField(TOPICS, required=False, allow_null=True)
    priority = serializers.ChoiceField(Ticket.Priority.names, required=False)
    tags = serializers.ListField(child=Text(max_length=40), required=False, max_length=20)


class TicketChanges(Input):
    """What may be corrected on a ticket; each change leaves its own event."""

    subject = Text(required=False, max_length=255)
    topic = KeptField(TOPICS, required=False)
    assignee = RowField(User.objects.filter(is_active=True).all, by="username", required=False, allow_null=True)
    priority = serializers.ChoiceField(Ticket.Priority.names, required=False)
    tags = serializers.ListField(child=Text(max_length=40), required=False, max_length=20)
    user_group = serializers.ChoiceField(UserGroup.choices, required=False)
    region = KeptField(REGIONS, required=False, allow_null=True)


class ClosureInput(Input):
    topic = KeptField(TOPICS, required=False, help_text="Needed when the ticket has none yet.")
    reason = Text(required=False, allow_blank=True, max_length=1000)


class ReasonInput(Input):
    reason = Text(required=False, allow_blank=True, max_length=1000)


NEW_TICKET = OpenApiExample(
    "A question by e-mail",
    value={
        "channel": "EMAIL",
        "contact": {
            "name": "Melati Kusumah",
            "email": "melati@bandung.example",
            "user_group": "PEMDA",
            "region": "32.73",
        },
        "subject": "Penyaluran DAU Agustus",
        "text": "Kapan DAU bulan Agustus disalurkan?",
        "topic": "DAU",
    },
    request_only=True,
)


class Writing:
    """Reading the body, and showing the ticket after the verb."""

    request: Request
    at: Any

    def read(self, shape: type[Input]) -> dict[str, Any]:
        """The checked body. Raises ValidationError."""
        body = shape(data=self.request.data, context={"request": self.request})
        body.is_valid(raise_exception=True)
        return body.validated_data

    def act(self) -> dict[str, Any]:
        """Who does it, and when."""
        return {"at": self.at, "actor": self.request.user}

    def shown(self, ticket: Ticket, status: int = 200) -> Response:
        row = shown_tickets(self.request.user).get(pk=ticket.pk)
        return Response(TicketSerializer(row, context={"request": self.request}).data, status=status)


class Tickets(Writing, TicketList):
    __doc__ = TicketList.__doc__
    scopes = {"GET": "tickets:read", "POST": WRITE}
    roles = {"GET": READERS, "POST": WORKERS}

    @extend_schema(request=TicketInput, responses={201: TicketSerializer}, examples=[NEW_TICKET])
    def post(self, request: Request) -> Response:
        """Open a ticket with its first message."""
        return answer(self, self._open)

    def _open(self) -> Response:
        given = self.read(TicketInput)
        priority = Ticket.Priority[given.pop("priority", "NORMAL")]
        contact = self._contact(given.pop("contact"))
        ticket = open_ticket(contact=contact, priority=priority, **given, **self.act())
        return Response(TicketSerializer(ticket, context={"request": self.request}).data, status=201)

    def _contact(self, given: dict[str, Any]) -> Contact:
        if "id" not in given:
            return find_or_create_contact(**given, **self.act())[0]
        contact = visible_contacts(self.request.user).filter(pk=given["id"]).first()
        if contact is None:
            unknown = exceptions.ErrorDetail(_("Tidak ada kontak dengan id ini."), "unknown")
            raise exceptions.ValidationError({"contact": {"id": [unknown]}})
        return contact


class OneTicket(Writing, TicketDetail):
    __doc__ = TicketDetail.__doc__
    scopes = {"GET": "tickets:read", "PATCH": WRITE}
    roles = {"GET": READERS, "PATCH": WORKERS}

    @extend_schema(request=TicketChanges, responses={200: TicketSerializer})
    def patch(self, request: Request, number: str) -> Response:
        """Correct subject, topic, assignee, priority, tags, user group or region; zone and service hours follow."""
        return answer(self, self._change)

    def _change(self) -> Response:
        ticket, given = self.get_object(), self.read(TicketChanges)
        if "subject" in given:
            ticket = sorting.set_subject(ticket=ticket, subject=given["subject"], **self.act())
        if "topic" in given:
            ticket = sorting.set_topic(ticket=ticket, topic=given["topic"], **self.act())
        if "assignee" in given:
            ticket = sorting.assign(ticket=ticket, to=given["assignee"], **self.act())
        if "priority" in given:
            ticket = sorting.set_priority(ticket=ticket, priority=Ticket.Priority[given["priority"]], **self.act())
        if "tags" in given:
            ticket = sorting.set_tags(ticket=ticket, tags=given["tags"], **self.act())
        if "user_group" in given:
            ticket = sorting.set_group(ticket=ticket, user_group=given["user_group"], **self.act())
        if "region" in given:
            ticket = sorting.set_region(ticket=ticket, region=given["region"], **self.act())
        return self.shown(ticket)


class Closure(Writing, OfTicket):
    scopes = {"POST": WRITE, "DELETE": WRITE}
    roles = {"POST": WORKERS, "DELETE": WORKERS}

    @extend_schema(operation_id="tickets_close", request=ClosureInput, responses={200: TicketSerializer})
    def post(self, request: Request, number: str) -> Response:
        """Close the ticket; refused while another unit still owes an answer or without a topic."""
        return answer(
            self, lambda: self.shown(verbs.close(ticket=self.ticket, **self.read(ClosureInput), **self.act()))
        )

    @extend_schema(operation_id="tickets_reopen", request=None, responses={200: TicketSerializer})
    def delete(self, request: Request, number: str) -> Response:
        """Reopen the ticket, within the working days that the rule gives."""
        return answer(self, lambda: self.shown(verbs.reopen(ticket=self.ticket, **self.act())))


class Spam(Writing, OfTicket):
    scopes = {"POST": WRITE, "DELETE": WRITE}
    roles = {"POST": WORKERS, "DELETE": WORKERS}

    @extend_schema(operation_id="tickets_mark_spam", request=ReasonInput, responses={200: TicketSerializer})
    def post(self, request: Request, number: str) -> Response:
        """Mark the ticket as spam: out of the inbox and out of every count."""
        work = {"ticket": self.ticket, **self.act()}
        return answer(self, lambda: self.shown(verbs.mark_spam(**self.read(ReasonInput), **work)))

    @extend_schema(operation_id="tickets_unmark_spam", request=None, responses={200: TicketSerializer})
    def delete(self, request: Request, number: str) -> Response:
        """Not spam after all: the ticket is as it was before."""
        return answer(self, lambda: self.shown(verbs.unmark_spam(ticket=self.ticket, **self.act())))
