"""Visits and video conferences under /api/v1/: reading."""

import django_filters
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from consultations.access import READERS, visible_conferences, visible_visits
from consultations.models import HeldStatus, VideoConference, VideoConferenceTopic, Visit, VisitTopic
from kernel.api.filters import ChoicesFilter, DayFilter, FlagFilter, RowsFilter
from kernel.api.views import DetailEndpoint, ListEndpoint
from people.api import RegionBriefSerializer
from people.models import Region, Role, UserGroup
from tickets.models import Topic

ROLES = READERS | {Role.AGENT_L2}
SHARED = ["number", "url", "status", "held_on", "visitor", "user_group", "region", "topics", "note"]


class _HeldSerializer(serializers.ModelSerializer):
    region = RegionBriefSerializer(allow_null=True)
    topics = serializers.SerializerMethodField(help_text="Topic codes, in the order of the register.")

    def get_topics(self, row: Visit | VideoConference) -> list[str]:
        return [link.topic.code for link in row.topic_rows.all()]


class VisitSerializer(_HeldSerializer):
    url = serializers.HyperlinkedIdentityField(view_name="api:visit", lookup_field="number")

    class Meta:
        model = Visit
        fields = [*SHARED, "guest_count", "over_limit"]


class ConferenceSerializer(_HeldSerializer):
    url = serializers.HyperlinkedIdentityField(view_name="api:video-conference", lookup_field="number")

    class Meta:
        model = VideoConference
        fields = SHARED


class _HeldFilter(django_filters.FilterSet):
    status = ChoicesFilter(choices=HeldStatus)
    user_group = ChoicesFilter(choices=UserGroup)
    region = RowsFilter(rows=Region)
    topic = RowsFilter(rows=Topic, method="about")
    held_from = DayFilter(field_name="held_on", lookup_expr="gte")
    held_to = DayFilter(field_name="held_on", lookup_expr="lt")

    def about(self, rows: QuerySet, name: str, topics: list[Topic]) -> QuerySet:
        return rows.filter(pk__in=rows.model.objects.filter(topics__in=topics).values("pk"))


class VisitFilter(_HeldFilter):
    over_limit = FlagFilter()


class ConferenceFilter(_HeldFilter):
    pass


class _Visits:
    tag = "consultations"
    scopes = {"GET": "visits:read"}
    roles = {"GET": ROLES}
    serializer_class = VisitSerializer
    queryset = Visit.objects.none()

    def get_queryset(self) -> QuerySet[Visit]:
        topics = Prefetch("topic_rows", VisitTopic.objects.select_related("topic"))
        return visible_visits(self.request.user).select_related("region").prefetch_related(topics)


class VisitList(_Visits, ListEndpoint):
    """The register of face-to-face consultations. Only HELD ones count in the report."""

    filterset_class = VisitFilter
    orderings, default_ordering = ("held_on", "number"), "-held_on"


class VisitDetail(_Visits, DetailEndpoint):
    """One visit by its register number."""

    lookup_field = "number"


class _Conferences:
    tag = "consultations"
    scopes = {"GET": "visits:read"}
    roles = {"GET": ROLES}
    serializer_class = ConferenceSerializer
    queryset = VideoConference.objects.none()

    def get_queryset(self) -> QuerySet[VideoConference]:
        topics = Prefetch("topic_rows", VideoConferenceTopic.objects.select_related("topic"))
        return visible_conferences(self.request.user).select_related("region").prefetch_related(topics)


class ConferenceList(_Conferences, ListEndpoint):
    """The register of video conferences."""

    filterset_class = ConferenceFilter
    orderings, default_ordering = ("held_on", "number"), "-held_on"


class ConferenceDetail(_Conferences, DetailEndpoint):
    """One video conference by its register number."""

    lookup_field = "number"
