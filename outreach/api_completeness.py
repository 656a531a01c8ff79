"""The completeness of documents under /api/v1/: which Pemda has handed in a document for which period."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.api.views import Endpoint
from kernel.months import JAKARTA
from outreach.completeness import Line, complete, matrix
from outreach.models import LaporMail
from people.access import TICKET_READERS
from people.log import log_access
from people.reference import REGIONS
from tickets.actions import who


class HandedInSerializer(serializers.Serializer):
    period = serializers.CharField()
    mails = serializers.IntegerField(help_text="How many mails brought it.")
    last = serializers.DateTimeField(help_text="When the last of them came.")


class PemdaLineSerializer(serializers.Serializer):
    region = serializers.CharField(source="region.code")
    name = serializers.CharField(source="region.display_name")
    missing = serializers.IntegerField(help_text="Periods without the document.")
    received = serializers.SerializerMethodField()

    @extend_schema_field(HandedInSerializer(many=True))
    def get_received(self, line: Line) -> Any:
        return HandedInSerializer([cell for cell in line.cells if cell], many=True).data


class CompletenessSerializer(serializers.Serializer):
    document_type = serializers.ChoiceField(LaporMail.DocumentType.choices)
    year = serializers.CharField()
    periods = serializers.ListField(
        child=serializers.CharField(), help_text="Those of the year in which anybody handed it in."
    )
    total = serializers.IntegerField(help_text="Pemda asked about.")
    complete = serializers.IntegerField(help_text="Those of them without a missing period.")
    results = PemdaLineSerializer(many=True)


class Completeness(Endpoint):
    tag = "lapor"
    scopes = {"GET": "tickets:read"}
    roles = {"GET": TICKET_READERS}
    serializer_class = CompletenessSerializer
    query_params = ("document_type", "year", "province", "missing")

    @extend_schema(
        operation_id="lapor_completeness",
        parameters=[
            OpenApiParameter("document_type", enum=LaporMail.DocumentType.values, required=True),
            OpenApiParameter(
                "year",
                {"type": "string", "pattern": "^[0-9]{4}$"},
                required=False,
                description="This one when left out.",
            ),
            OpenApiParameter("province", {"type": "string", "pattern": "^[0-9]{2}$"}, required=False),
            OpenApiParameter("missing", bool, required=False, description="true: only Pemda that lack a period."),
        ],
        responses={200: CompletenessSerializer},
    )
    def get(self, request: Request) -> Response:
        """Per Pemda the periods for which the document came, in the order of the regions' codes."""
        asked = request.query_params
        kind = self._one("document_type", asked.get("document_type", ""), LaporMail.DocumentType.values)
        year = asked.get("year") or str(self.at.astimezone(JAKARTA).year)
        if not (year.isascii() and year.isdigit() and len(year) == 4):
            self._refuse("year", year)
        provinces = [row.code for row in REGIONS().values() if row.province_id is None]
        province = self._one("province", asked["province"], provinces) if "province" in asked else ""
        only = self._one("missing", asked.get("missing", "false"), ["true", "false"]) == "true"
        periods, lines = matrix(kind, year, province)
        log_access(user=who(request._request), action="lapor.read", record=LaporMail, reason="completeness", at=self.at)
        found = {
            "document_type": kind, "year": year, "periods": periods, "total": len(lines),
            "complete": complete(periods, lines), "results": [line for line in lines if line.missing or not only],
        }  # fmt: skip
        return Response(CompletenessSerializer(found).data)

    def _one(self, name: str, value: str, known: list[str]) -> str:
        if value not in known:
            self._refuse(name, value)
        return value

    def _refuse(self, name: str, value: str) -> None:
        raise exceptions.ValidationError({name: [_("Nilai tidak dikenal: {names}.").format(names=value[:40])]})
