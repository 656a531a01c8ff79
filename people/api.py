"""Regions, units and contacts under /api/v1/."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request

from kernel.api.filters import ChoicesFilter, DayFilter, FlagFilter, MomentFilter, ParsedFilter, RowsFilter
from kernel.api.views import DetailEndpoint, ListEndpoint
from people.access import TICKET_READERS, TICKET_WORKERS, has_role, visible_contacts
from people.authentication import holds_scope
from people.handles import normalise_email, normalise_phone
from people.log import log_access
from people.masking import mask
from people.models import Contact, ContactHandle, Region, Role, Unit, UserGroup, Zone
from people.units import unit_on

ANY_ROLE = frozenset(Role)
REFERENCE = {"scopes": {"GET": "reference:read"}, "roles": {"GET": ANY_ROLE}}


def shows_personal(request: Request) -> bool:
    """Whether addresses are shown in full: with the scope, and only to those who work on tickets."""
    return holds_scope(request, "contacts:personal") and has_role(request.user, TICKET_WORKERS)


class RegionBriefSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="display_name")

    class Meta:
        model = Region
        fields = ["code", "name"]


class RegionSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="display_name", help_text="As printed in the report.")
    province = serializers.CharField(source="province.code", default=None, allow_null=True)

    class Meta:
        model = Region
        fields = ["code", "type", "name", "full_name", "province", "zone", "is_autonomous"]


class RegionFilter(django_filters.FilterSet):
    zone = ChoicesFilter(choices=Zone)
    province = RowsFilter(rows=Region)
    is_autonomous = FlagFilter()


class RegionList(ListEndpoint):
    """Provinces, kabupaten and kota with their Kemendagri code and time zone."""

    tag = "reference"
    scopes, roles = REFERENCE["scopes"], REFERENCE["roles"]
    serializer_class = RegionSerializer
    filterset_class = RegionFilter
    orderings, default_ordering = ("code",), "code"
    queryset = Region.objects.select_related("province")


class RegionDetail(DetailEndpoint):
    """One region by its Kemendagri code."""

    tag = "reference"
    scopes, roles = REFERENCE["scopes"], REFERENCE["roles"]
    serializer_class = RegionSerializer
    queryset = Region.objects.select_related("province")
    lookup_field = "code"


class UnitSerializer(serializers.ModelSerializer):
    class Meta:
        model = Unit
        fields = ["code", "short", "name", "name_en", "valid_from", "valid_to"]


class UnitFilter(django_filters.FilterSet):
    valid_on = DayFilter(method="in_force", label="Units in force on that day.")

    def in_force(self, rows: QuerySet[Unit], name: str, day: Any) -> QuerySet[Unit]:
        return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)


class UnitList(ListEndpoint):
    """Echelon II units, dated: a reorganisation ends one row and begins another with the same or a new code."""

    tag = "reference"
    scopes, roles = REFERENCE["scopes"], REFERENCE["roles"]
    serializer_class = UnitSerializer
    filterset_class = UnitFilter
    orderings, default_ordering = ("code",), "code"
    queryset = Unit.objects.all()


class UnitDetail(DetailEndpoint):
    """The unit that has this code today."""

    tag = "reference"
    scopes, roles = REFERENCE["scopes"], REFERENCE["roles"]
    serializer_class = UnitSerializer
    queryset = Unit.objects.all()
    lookup_field = "code"

    def get_object(self) -> Unit:
        get_object_or_404(Unit.objects.filter(code=self.kwargs["code"])[:1])
        return unit_on(self.kwargs["code"], self.at.date())


class HandleSerializer(serializers.ModelSerializer):
    value = serializers.SerializerMethodField(help_text="Masked unless the token has contacts:personal.")

    class Meta:
        model = ContactHandle
        fields = ["kind", "value", "verified"]

    def get_value(self, handle: ContactHandle) -> str:
        return handle.value if shows_personal(self.context["request"]) else mask(handle.kind, handle.value)


class ContactSerializer(serializers.ModelSerializer):
    url = serializers.HyperlinkedIdentityField(view_name="api:contact")
    region = RegionBriefSerializer(allow_null=True)
    handles = HandleSerializer(many=True)
    merged_into = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)

    class Meta:
        model = Contact
        fields = [
            "id",
            "url",
            "name",
            "user_group",
            "region",
            "organization",
            "position",
            "handles",
            "merged_into",
            "created_at",
            "anonymised_at",
        ]


class ContactFilter(django_filters.FilterSet):
    user_group = ChoicesFilter(choices=UserGroup)
    region = RowsFilter(rows=Region)
    province = RowsFilter(rows=Region, field_name="region__province")
    created_from = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_to = MomentFilter(field_name="created_at", lookup_expr="lt")
    email = ParsedFilter(method="by_email", parse=normalise_email, label="Exactly this address.")
    phone = ParsedFilter(method="by_phone", parse=normalise_phone, label="Exactly this number.")

    def by_email(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        return rows.filter(handles__kind=ContactHandle.Kind.EMAIL, handles__value=value)

    def by_phone(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        return rows.filter(handles__kind=ContactHandle.Kind.PHONE, handles__value=value)


class ContactList(ListEndpoint):
    """People who ask; those merged into another are left out. Addresses are masked by default."""

    tag = "contacts"
    scopes = {"GET": "contacts:read"}
    roles = {"GET": TICKET_READERS}
    serializer_class = ContactSerializer
    filterset_class = ContactFilter
    orderings, default_ordering = ("id", "created_at", "name"), "-id"
    queryset = Contact.objects.none()

    def get_queryset(self) -> QuerySet[Contact]:
        rows = visible_contacts(self.request.user).filter(merged_into__isnull=True)
        return rows.select_related("region").prefetch_related("handles")

    def rows_read(self, rows: Any) -> None:
        reason = self.request.META.get("QUERY_STRING", "")
        log_access(user=self.request.user, action="contact.listed", record=Contact, reason=reason, at=self.at)


class ContactDetail(DetailEndpoint):
    """One contact. A merged one names the survivor in `merged_into`."""

    tag = "contacts"
    scopes = {"GET": "contacts:read"}
    roles = {"GET": TICKET_READERS}
    serializer_class = ContactSerializer
    queryset = Contact.objects.none()

    def get_queryset(self) -> QuerySet[Contact]:
        return visible_contacts(self.request.user).select_related("region").prefetch_related("handles")

    def row_read(self, row: Contact) -> None:
        log_access(user=self.request.user, action="contact.read", record=row, reason="API", at=self.at)
