"""What became of replies, under /api/v1/tickets/{number}/entries/{id}/: steps, again, decide, by another channel."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.fields import Flag, Input, Text
from kernel.api.views import answer
from messaging.api import DeliverySerializer, RouteSerializer
from messaging.models import Message
from messaging.routes import routes_of
from people.log import log_access
from tickets.actions import who
from tickets.api import READERS, WORKERS, EntrySerializer, OfTicket
from tickets.api_verbs import WRITE, Writing
from tickets.redelivery import decide_delivery, resend_reply, send_elsewhere


class DecisionInput(Input):
    sent = Flag(help_text="Whether the uncertain reply was sent; what was not can be sent again.")


class RouteInput(Input):
    route = Text(max_length=60, help_text="`key` of one of the routes.")


class _OfReply(Writing, OfTicket):  # type: ignore[misc]  # the annotation of `request` only narrows
    scopes, roles = {"POST": WRITE}, {"POST": WORKERS}

    def message(self) -> Message:
        rows = Message.objects.filter(direction=Message.Direction.OUT, ticket_entry__ticket=self.ticket)
        return get_object_or_404(rows.select_related("channel"), ticket_entry=self.kwargs["pk"])

    def told(self, message: Message, status: int = 200) -> Response:
        message.refresh_from_db()
        return Response(DeliverySerializer(message).data, status=status)


class Delivery(_OfReply):
    scopes, roles = {"GET": "tickets:read"}, {"GET": READERS}

    @extend_schema(operation_id="tickets_delivery", responses={200: DeliverySerializer})
    def get(self, request: Request, number: str, pk: str) -> Response:
        """What became of a reply, step by step."""
        return self.told(self.message())


class Resending(_OfReply):
    @extend_schema(operation_id="tickets_resend", request=None, responses={200: DeliverySerializer})
    def post(self, request: Request, number: str, pk: str) -> Response:
        """Send a reply that failed, or is uncertain, once more."""
        return answer(self, self._resend)

    def _resend(self) -> Response:
        return self.told(resend_reply(ticket=self.ticket, message=self.message(), **self.act()))


class Decision(_OfReply):
    @extend_schema(operation_id="tickets_decide_delivery", request=DecisionInput, responses={200: DeliverySerializer})
    def post(self, request: Request, number: str, pk: str) -> Response:
        """Say of an uncertain reply whether it was sent."""
        return answer(self, self._decide)

    def _decide(self) -> Response:
        given = self.read(DecisionInput)
        return self.told(decide_delivery(ticket=self.ticket, message=self.message(), **given, **self.act()))


class Routes(_OfReply):
    scopes = {"GET": "tickets:read", "POST": WRITE}
    roles = {"GET": WORKERS, "POST": WORKERS}

    @extend_schema(operation_id="tickets_routes", responses={200: RouteSerializer(many=True)})
    def get(self, request: Request, number: str, pk: str) -> Response:
        """By which channels and addresses the contact can be written to now; addresses masked."""
        self.message()
        return Response(RouteSerializer(routes_of(self.ticket.contact), many=True).data)

    @extend_schema(operation_id="tickets_send_elsewhere", request=RouteInput, responses={201: EntrySerializer})
    def post(self, request: Request, number: str, pk: str) -> Response:
        """Send what a lost reply said by one of these ways; the lost one stays as it is."""
        return answer(self, self._send)

    def _send(self) -> Response:
        key = self.read(RouteInput)["route"]
        route = next((one for one in routes_of(self.ticket.contact) if one.key == key), None)
        if route is None:
            unknown = exceptions.ErrorDetail(_("Tidak ada jalur dengan kode ini."), "unknown")
            raise exceptions.ValidationError({"route": [unknown]})
        entry = send_elsewhere(ticket=self.ticket, message=self.message(), route=route, **self.act())
        return Response(EntrySerializer(entry, context={"request": self.request}).data, status=201)


class MessageHtmlSerializer(serializers.Serializer):
    """A mail as it was made. Pictures name their part (`data-cid`) or their address (`data-remote`), none loads."""

    html = serializers.CharField(help_text="Harmless tags only; show it in a document of its own all the same.")
    remote = serializers.IntegerField(help_text="Pictures that lie elsewhere; asking for one tells the sender.")


class MessageHtml(OfTicket):
    scopes, roles = {"GET": "tickets:read"}, {"GET": READERS}

    @extend_schema(operation_id="tickets_message_html", responses={200: MessageHtmlSerializer})
    def get(self, request: Request, number: str, pk: str) -> Response:
        """The HTML of a message; 404 for one that has none."""
        rows = Message.objects.exclude(html="").filter(ticket_entry__ticket=self.ticket)
        message = get_object_or_404(rows, ticket_entry=pk)
        log_access(
            user=who(self.request),
            action="ticket.mail_read",
            record=self.ticket,
            reason=f"API {message.pk}",
            at=self.at,
        )
        return Response({"html": message.html, "remote": message.html.count(" data-remote=")})
