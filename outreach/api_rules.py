"""By which words lapor mails are recognised, and who of a unit gets them, under /api/v1/."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.fields import Input, RowField, Text
from kernel.api.filters import ChoicesFilter
from kernel.api.views import Endpoint, ListEndpoint, answer
from outreach import lapor
from outreach.models import LaporMail, LaporRule, PersonInCharge
from people.access import TICKET_READERS, TICKET_WORKERS
from people.log import log_access
from people.models import Unit
from tickets.actions import who
from tickets.api_verbs import WRITE, Writing

READ = "tickets:read"


class LaporRuleSerializer(serializers.ModelSerializer):
    region = serializers.CharField(source="region.code", default=None, allow_null=True)
    unit = serializers.CharField(source="unit_code", help_text="Empty for none.")

    class Meta:
        model = LaporRule
        fields = ["id", "kind", "pattern", "document_type", "unit", "region", "learnt_at"]


class LaporRuleInput(Input):
    words = Text(max_length=255, help_text="Comma between them; all of them stand in the mail.")
    document_type = serializers.ChoiceField(LaporMail.DocumentType.choices)
    unit = RowField(lambda: Unit.objects.filter(valid_to=None), required=False, allow_null=True)


class LaporRuleFilter(django_filters.FilterSet):
    kind = ChoicesFilter(choices=LaporRule.Kind)


class LaporRules(Writing, ListEndpoint):  # type: ignore[misc]  # the annotation of `request` only narrows
    """Words that were set, and what was learnt of corrections."""

    tag = "lapor"
    scopes = {"GET": READ, "POST": WRITE}
    roles = {"GET": TICKET_READERS, "POST": TICKET_WORKERS}
    serializer_class = LaporRuleSerializer
    filterset_class = LaporRuleFilter
    orderings, default_ordering = ("position",), "position"
    queryset = LaporRule.objects.select_related("region")

    @extend_schema(operation_id="lapor_rules_add", request=LaporRuleInput, responses={201: LaporRuleSerializer})
    def post(self, request: Request) -> Response:
        """Recognise a document by words; those there are keep what they meant until it is said again."""
        return answer(self, self._add)

    def _add(self) -> Response:
        given = self.read(LaporRuleInput)
        unit = given.get("unit")
        how = {"words": given["words"], "document_type": given["document_type"], "unit_code": unit.code if unit else ""}
        row = lapor.add_rule(**how, **self.act())
        return Response(LaporRuleSerializer(row).data, status=201)


class OneLaporRule(Writing, Endpoint):  # type: ignore[misc]  # the annotation of `request` only narrows
    tag = "lapor"
    scopes, roles = {"DELETE": WRITE}, {"DELETE": TICKET_WORKERS}

    @extend_schema(operation_id="lapor_rules_drop", request=None, responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        """Mails that come from now on are not known by it any more."""
        return answer(self, self._drop)

    def _drop(self) -> Response:
        lapor.drop_rule(rule=get_object_or_404(LaporRule, pk=self.kwargs["pk"]), **self.act())
        return Response(status=204)


class LaporContactSerializer(serializers.ModelSerializer):
    unit = serializers.CharField(source="unit_code")

    class Meta:
        model = PersonInCharge
        fields = ["unit", "name", "email"]


class LaporContactInput(Input):
    name = Text(max_length=120, allow_blank=True, help_text="Empty with an empty email: nobody.")
    email = Text(max_length=254, allow_blank=True)


class LaporContacts(ListEndpoint):
    """Who of each unit gets the documents that are forwarded."""

    tag = "lapor"
    scopes, roles = {"GET": READ}, {"GET": TICKET_WORKERS}
    serializer_class = LaporContactSerializer
    orderings, default_ordering = ("unit_code",), "unit_code"
    queryset = PersonInCharge.objects.all()

    def get_queryset(self) -> QuerySet[PersonInCharge]:
        return PersonInCharge.objects.all()

    def rows_read(self, rows: Any) -> None:
        log_access(user=who(self.request), action="lapor.contacts_read", record=PersonInCharge, at=self.at)


class OneLaporContact(Writing, Endpoint):  # type: ignore[misc]  # the annotation of `request` only narrows
    tag = "lapor"
    scopes, roles = {"PUT": WRITE}, {"PUT": TICKET_WORKERS}

    @extend_schema(operation_id="lapor_contacts_set", request=LaporContactInput, responses={204: None})
    def put(self, request: Request, code: str) -> Response:
        """Say who gets a unit's documents."""
        return answer(self, self._set)

    def _set(self) -> Response:
        unit = Unit.objects.filter(code=self.kwargs["code"], valid_to=None).first()
        if unit is None:
            raise Http404
        lapor.set_person_in_charge(unit_code=unit.code, **self.read(LaporContactInput), **self.act())
        return Response(status=204)
