"""Lapor mails under /api/v1/: the register, setting one right, forwarding it, making it a ticket."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.fields import Input, KeptField, RowField, Text
from kernel.api.filters import ChoicesFilter, FlagFilter, MomentFilter, RowsFilter
from kernel.api.views import DetailEndpoint, Endpoint, ListEndpoint, answer
from outreach import lapor
from outreach.access import visible_lapor_mails
from outreach.forms import PERIOD
from outreach.models import LaporMail
from outreach.views import ticket_of
from people.access import TICKET_READERS, TICKET_WORKERS
from people.api import shows_personal
from people.log import log_access
from people.masking import mask
from people.models import Region, Unit
from people.reference import REGIONS
from tickets.api import TicketSerializer, shown_tickets
from tickets.api_verbs import WRITE, Writing

READ = "tickets:read"


class LaporMailSerializer(serializers.ModelSerializer):
    sender = serializers.SerializerMethodField(help_text="Masked unless the token has contacts:personal.")
    region = serializers.CharField(source="region.code", default=None, allow_null=True)
    unit = serializers.CharField(source="unit.code", default=None, allow_null=True)
    ticket = serializers.CharField(source="ticket.number", default=None, allow_null=True)

    class Meta:
        model = LaporMail
        fields = [
            "id", "external_id", "received_at", "sender", "subject", "document_type", "period", "region", "unit",
            "ticket", "forwarded_at",
        ]  # fmt: skip

    def get_sender(self, mail: LaporMail) -> str:
        return mail.sender if shows_personal(self.context["request"]) else mask("EMAIL", mail.sender)


class LaporMailFilter(django_filters.FilterSet):
    document_type = ChoicesFilter(choices=LaporMail.DocumentType)
    region = RowsFilter(rows=Region)
    forwarded = FlagFilter(method="were_forwarded")
    since = MomentFilter(field_name="received_at", lookup_expr="gte")
    until = MomentFilter(field_name="received_at", lookup_expr="lt")

    def were_forwarded(self, rows: QuerySet[LaporMail], name: str, done: bool) -> QuerySet[LaporMail]:
        return rows.filter(forwarded_at__isnull=not done)


def shown_mails(user: Any) -> QuerySet[LaporMail]:
    return visible_lapor_mails(user).select_related("region", "unit", "ticket")


class MailChanges(Input):
    """What was recognised wrongly; the next mail of its kind is known by it."""

    document_type = serializers.ChoiceField(LaporMail.DocumentType.choices, required=False)
    period = serializers.RegexField(PERIOD, required=False, allow_blank=True, max_length=20)
    region = KeptField(REGIONS, required=False, allow_null=True)
    unit = RowField(lambda: Unit.objects.filter(valid_to=None), required=False, allow_null=True)


class ForwardInput(Input):
    note = Text(required=False, allow_blank=True, max_length=2000)


class LaporMails(ListEndpoint):
    """Routine documents that came by Email Lapor."""

    tag = "lapor"
    scopes = {"GET": READ}
    roles = {"GET": TICKET_READERS}
    serializer_class = LaporMailSerializer
    filterset_class = LaporMailFilter
    orderings, default_ordering = ("received_at",), "-received_at"
    queryset = LaporMail.objects.none()

    def get_queryset(self) -> QuerySet[LaporMail]:
        return shown_mails(self.request.user)

    def rows_read(self, rows: Any) -> None:
        log_access(user=self.request.user, action="lapor.read", record=LaporMail, at=self.at)


class OneLaporMail(Writing, DetailEndpoint):
    """One document."""

    tag = "lapor"
    scopes = {"GET": READ, "PATCH": WRITE}
    roles = {"GET": TICKET_READERS, "PATCH": TICKET_WORKERS}
    serializer_class = LaporMailSerializer
    queryset = LaporMail.objects.none()

    def get_queryset(self) -> QuerySet[LaporMail]:
        return shown_mails(self.request.user)

    def row_read(self, row: LaporMail) -> None:
        log_access(user=self.request.user, action="lapor.opened", record=row, at=self.at)

    @extend_schema(operation_id="lapor_mails_correct", request=MailChanges, responses={200: LaporMailSerializer})
    def patch(self, request: Request, pk: str) -> Response:
        """Set right what was recognised."""
        return answer(self, self._correct)

    def _correct(self) -> Response:
        row = self.get_object()
        lapor.classify_lapor_mail(mail=row, **self.read(MailChanges), **self.act())
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data)


class _Doing(Writing, Endpoint):
    tag = "lapor"
    scopes = {"POST": WRITE}
    roles = {"POST": TICKET_WORKERS}
    serializer_class = LaporMailSerializer

    @property
    def mail(self) -> LaporMail:
        return get_object_or_404(shown_mails(self.request.user), pk=self.kwargs["pk"])


class Forwarding(_Doing):
    @extend_schema(operation_id="lapor_mails_forward", request=ForwardInput, responses={200: LaporMailSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """Send it with its files to the unit's person in charge."""
        return answer(self, self._forward)

    def _forward(self) -> Response:
        row = lapor.forward(mail=self.mail, note=self.read(ForwardInput).get("note", ""), **self.act())
        return Response(self.get_serializer(shown_mails(self.request.user).get(pk=row.pk)).data)


class MailTicket(_Doing):
    serializer_class = TicketSerializer

    @extend_schema(operation_id="lapor_mails_make_ticket", request=None, responses={200: TicketSerializer})
    def post(self, request: Request, pk: str) -> Response:
        """It asks something after all: make it a ticket."""
        return answer(self, self._make)

    def _make(self) -> Response:
        made = ticket_of(self.mail, **self.act())
        return Response(self.get_serializer(shown_tickets(self.request.user).get(pk=made.pk)).data)
