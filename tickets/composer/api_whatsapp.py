"""WhatsApp's rules under /api/v1/: the window of a ticket, answers by template, who wants no messages."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.fields import Input, KeptField, Text
from kernel.api.views import Endpoint, answer
from messaging.models import MessageTemplate
from messaging.permission import opt_in, opt_out, opted_out
from messaging.reference import CHANNELS
from people.access import visible_contacts
from people.models import Contact
from tickets.api import READERS, WORKERS, EntrySerializer, OfTicket
from tickets.api_verbs import WRITE, Writing
from tickets.composer.templated import offers, send_template, standing_of


class StandingSerializer(serializers.Serializer):
    """Whether free text may leave now; both null for channels without a window."""

    open = serializers.BooleanField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    opted_out = serializers.BooleanField()


class OfferSerializer(serializers.Serializer):
    """An approved template, with the values known for the ticket."""

    id = serializers.IntegerField(source="template.pk")
    name = serializers.CharField(source="template.name")
    language = serializers.CharField(source="template.language")
    variables = serializers.ListField(child=serializers.CharField(), source="template.variables")
    values = serializers.DictField(child=serializers.CharField())
    preview = serializers.CharField()


class TemplateInput(Input):
    template = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="`id` of one that is offered.")
    values = serializers.DictField(
        child=Text(max_length=1024, allow_blank=True), required=False, help_text="Instead of the values offered."
    )


class OptOutInput(Input):
    channel = KeptField(CHANNELS, help_text="WHATSAPP")


class OptInInput(OptOutInput):
    reason = Text(max_length=255, help_text="When and how the person asked for it.")


class OptOutSerializer(serializers.Serializer):
    channel = serializers.CharField()
    opted_out = serializers.BooleanField()


class _OfTicket(Writing, OfTicket):  # type: ignore[misc]  # the annotation of `request` only narrows
    scopes, roles = {"GET": "tickets:read", "POST": WRITE}, {"GET": WORKERS, "POST": WORKERS}


class Window(_OfTicket):
    scopes, roles = {"GET": "tickets:read"}, {"GET": READERS}

    @extend_schema(operation_id="tickets_window", responses={200: StandingSerializer})
    def get(self, request: Request, number: str) -> Response:
        """WhatsApp's 24-hour window, and whether the requester has opted out."""
        standing = standing_of(self.ticket, self.at)
        window = standing.window
        told = {"open": window.open, "closes_at": window.closes_at} if window else {"open": None, "closes_at": None}
        return Response(StandingSerializer({**told, "opted_out": standing.opted_out}).data)


class Templates(_OfTicket):
    @extend_schema(operation_id="tickets_templates", responses={200: OfferSerializer(many=True)})
    def get(self, request: Request, number: str) -> Response:
        """Approved templates as they would say it on this ticket."""
        found = offers(self.ticket, at=self.at, actor=self.act()["actor"])
        return Response(OfferSerializer(found, many=True).data)

    @extend_schema(operation_id="tickets_send_template", request=TemplateInput, responses={201: EntrySerializer})
    def post(self, request: Request, number: str) -> Response:
        """Answer by a template; allowed whether the window is open or not."""
        return answer(self, self._send)

    def _send(self) -> Response:
        given = self.read(TemplateInput)
        found = offers(self.ticket, **self.act())
        offer = next((one for one in found if one.template.pk == given["template"]), None)
        template = offer.template if offer else get_object_or_404(MessageTemplate.objects.none())
        values = (offer.values if offer else {}) | given.get("values", {})
        message = send_template(ticket=self.ticket, template=template, values=values, **self.act())[1]
        return Response(EntrySerializer(message.ticket_entry, context={"request": self.request}).data, status=201)


class _OfContact(Writing, Endpoint):  # type: ignore[misc]  # as above
    scopes, roles = {"POST": WRITE}, {"POST": WORKERS}
    tag = "contacts"

    @property
    def contact(self) -> Contact:
        return get_object_or_404(visible_contacts(self.request.user), pk=self.kwargs["pk"])

    def told(self, contact: Contact, channel: Any) -> Response:
        told = {"channel": channel.code, "opted_out": opted_out(contact, channel).exists()}
        return Response(OptOutSerializer(told).data)


class OptOuts(_OfContact):
    @extend_schema(operation_id="contacts_opt_out", request=OptOutInput, responses={200: OptOutSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """The person wants no more messages by this channel."""
        return answer(self, self._out)

    def _out(self) -> Response:
        channel, contact = self.read(OptOutInput)["channel"], self.contact
        opt_out(channel=channel, contact=contact, **self.act())
        return self.told(contact, channel)


class OptIns(_OfContact):
    @extend_schema(operation_id="contacts_opt_in", request=OptInInput, responses={200: OptOutSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """The person wants messages again."""
        return answer(self, self._in)

    def _in(self) -> Response:
        given, contact = self.read(OptInInput), self.contact
        opt_in(contact=contact, **given, **self.act())
        return self.told(contact, given["channel"])
