"""Slots under /api/v1/: what is free, the patterns that offer it and their exceptions."""

import datetime as dt
import re
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from consultations import api_fields, slot_verbs
from consultations.access import READERS, SLOT_KEEPERS
from consultations.api_fields import ExceptionSerializer, OfferedSlotsSerializer, PatternSerializer
from consultations.api_verbs import READ, WRITE
from consultations.models import Mode, SlotException, SlotPattern
from consultations.offering import LONGEST, offers
from kernel.api.views import Endpoint, ListEndpoint, answer
from kernel.months import JAKARTA
from people.models import Role
from tickets.api_verbs import Writing

ALL = READERS | {Role.AGENT_L2}
_UNIT = re.compile("[A-Za-z0-9.]{1,10}")
_DAY = {"type": OpenApiTypes.DATE}


class Slots(Endpoint):
    tag = "consultations"
    scopes = {"GET": READ}
    roles = {"GET": ALL}
    serializer_class = OfferedSlotsSerializer
    query_params = ("from", "to", "mode", "unit")

    @extend_schema(
        operation_id="slots_list",
        parameters=[
            OpenApiParameter("from", required=False, description="First day; today when left out.", **_DAY),
            OpenApiParameter("to", required=False, description="Last day, at most 31 days later.", **_DAY),
            OpenApiParameter("mode", enum=Mode.values, required=False, description="VIDEO when left out."),
            OpenApiParameter("unit", {"type": "string", "pattern": "^[A-Za-z0-9.]{1,10}$"}, required=False),
        ],
        responses={200: OfferedSlotsSerializer},
    )
    def get(self, request: Request) -> Response:
        """The slots one may ask for now, full ones with 0 left, in order of time."""
        today = self.at.astimezone(JAKARTA).date()
        first = self._day("from") or today
        last = self._day("to") or first + dt.timedelta(days=14)
        mode, unit = request.query_params.get("mode", Mode.VIDEO), request.query_params.get("unit", "")
        if mode not in Mode.values:
            raise exceptions.ValidationError({"mode": [_("Nilai tidak dikenal: {names}.").format(names=mode[:40])]})
        if unit and not _UNIT.fullmatch(unit):
            raise exceptions.ValidationError({"unit": [_("Unit “{unit}” tidak dikenal.").format(unit=unit[:40])]})
        if not 0 <= (last - first).days <= min(31, LONGEST):
            raise exceptions.ValidationError({"to": [_("Paling lama 31 hari setelah tanggal mulai.")]})
        found = offers(first, last, mode=mode, unit_code=unit, at=self.at)
        return Response(OfferedSlotsSerializer({"results": found}).data)

    def _day(self, name: str) -> dt.date | None:
        text = self.request.query_params.get(name, "")
        if not text:
            return None
        try:
            day = dt.date.fromisoformat(text) if len(text) == 10 else dt.date.min
        except ValueError:
            day = dt.date.min
        if not 2000 <= day.year < 2100:
            raise exceptions.ValidationError({name: [_("Tulis tanggal sebagai 2024-08-01.")]})
        return day


class SlotPatterns(Writing, ListEndpoint):
    """Weekly patterns by which slots are offered."""

    tag = "consultations"
    scopes = {"GET": READ, "POST": WRITE}
    roles = {"GET": ALL, "POST": SLOT_KEEPERS}
    serializer_class = PatternSerializer
    orderings, default_ordering = ("valid_from",), "-valid_from"
    queryset = SlotPattern.objects.none()

    def get_queryset(self) -> QuerySet[SlotPattern]:
        return SlotPattern.objects.select_related("room", "expert")

    @extend_schema(request=api_fields.PatternInput, responses={201: PatternSerializer})
    def post(self, request: Request) -> Response:
        """Offer slots from a day on."""
        return answer(self, self._add)

    def _add(self) -> Response:
        given = self.read(api_fields.PatternInput)
        unit = given.pop("unit_code", None)
        hours = given.pop("opens"), given.pop("closes")
        row = slot_verbs.add_pattern(unit_code=unit.code if unit else "", hours=hours, **given, **self.act())
        return Response(PatternSerializer(row).data, status=201)


class OneSlotPattern(Writing, Endpoint):
    tag = "consultations"
    scopes = {"DELETE": WRITE}
    roles = {"DELETE": SLOT_KEEPERS}
    serializer_class = PatternSerializer

    @extend_schema(operation_id="slot_patterns_end", responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        """Offer nothing from today on; what is booked stays booked."""
        return answer(self, self._end)

    def _end(self) -> Response:
        row = get_object_or_404(SlotPattern, pk=self.kwargs["pk"])
        slot_verbs.end_pattern(pattern=row, valid_to=self.at.astimezone(JAKARTA).date(), **self.act())
        return Response(status=204)


class SlotExceptions(Writing, ListEndpoint):
    """Days on which a pattern, unit, room or expert offers nothing, or other hours."""

    tag = "consultations"
    scopes = {"GET": READ, "POST": WRITE}
    roles = {"GET": ALL, "POST": SLOT_KEEPERS}
    serializer_class = ExceptionSerializer
    orderings, default_ordering = ("starts_on",), "-starts_on"
    queryset = SlotException.objects.none()

    def get_queryset(self) -> QuerySet[SlotException]:
        return SlotException.objects.select_related("room", "expert")

    @extend_schema(request=api_fields.ExceptionInput, responses={201: ExceptionSerializer})
    def post(self, request: Request) -> Response:
        """Offer nothing on those days."""
        return answer(self, self._add)

    def _add(self) -> Response:
        given: dict[str, Any] = self.read(api_fields.ExceptionInput)
        unit, key = given.pop("unit_code", None), given.pop("pattern", None)
        hours = (given.pop("opens"), given.pop("closes")) if "opens" in given else None
        pattern = get_object_or_404(SlotPattern, pk=key) if key else None
        row = slot_verbs.add_exception(
            unit_code=unit.code if unit else "", pattern=pattern, hours=hours, **given, **self.act()
        )
        return Response(ExceptionSerializer(row).data, status=201)


class OneSlotException(Writing, Endpoint):
    tag = "consultations"
    scopes = {"DELETE": WRITE}
    roles = {"DELETE": SLOT_KEEPERS}
    serializer_class = ExceptionSerializer

    @extend_schema(operation_id="slot_exceptions_remove", responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        """Offer as the pattern says again."""
        return answer(self, self._remove)

    def _remove(self) -> Response:
        row = get_object_or_404(SlotException, pk=self.kwargs["pk"])
        slot_verbs.remove_exception(exception=row, **self.act())
        return Response(status=204)
