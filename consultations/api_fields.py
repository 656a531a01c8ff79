"""Shapes of reservations and slots under /api/v1/: what is shown, what may be sent."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request

from consultations.experts import experts
from consultations.models import Mode, Reservation, ReservationGuest, Room, SlotException, SlotPattern
from consultations.rule_lines import stored_results
from kernel.api.fields import Flag, Input, KeptField, RowField, Text
from people.api import RegionBriefSerializer
from people.models import Unit, UserGroup
from people.reference import REGIONS
from tickets.api_verbs import LONGEST_TEXT, ContactInput
from tickets.composer.api_files import FileInput
from tickets.reference import TOPICS

LARGEST = 2**63 - 1
MOST_GUESTS = 30
BOOKED_BY = [("PHONE", "PHONE"), ("FRONT_DESK", "FRONT_DESK")]


class Moment(serializers.DateTimeField):
    """A moment with its offset, in the years that calendars hold."""

    def to_internal_value(self, value: Any) -> dt.datetime:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ss+07:00")
        try:
            moment = super().to_internal_value(value)
            fits = 2000 <= moment.year < 2100
        except OverflowError:
            fits = False
        if not fits:
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ss+07:00")
        return moment


class Day(serializers.DateField):
    def to_internal_value(self, value: Any) -> dt.date:
        day = super().to_internal_value(value) if isinstance(value, str) else None
        if day is None or not 2000 <= day.year < 2100:
            self.fail("invalid", format="YYYY-MM-DD")
        return day


class Whole(serializers.IntegerField):
    """A JSON number without a fraction; nothing that resembles one."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class GuestSerializer(serializers.ModelSerializer):
    class Meta:
        model = ReservationGuest
        fields = ["id", "name", "position", "announced", "arrived_at"]


class RuleSerializer(serializers.Serializer):
    """How one rule of the circular stands."""

    rule = serializers.CharField()
    outcome = serializers.ChoiceField(["MET", "BROKEN", "WAIVED"])
    waived_by = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)


class ReservationSerializer(serializers.ModelSerializer):
    url = serializers.HyperlinkedIdentityField(view_name="api:reservation", lookup_field="number")
    region = RegionBriefSerializer(allow_null=True)
    unit = serializers.CharField(source="unit.code", default=None, allow_null=True)
    room = serializers.CharField(source="room.code", default=None, allow_null=True)
    expert = serializers.CharField(source="expert.username", default=None, allow_null=True)
    ticket = serializers.CharField(source="ticket.number", default=None, allow_null=True)
    contact = serializers.IntegerField(source="contact_id", allow_null=True)
    slot = serializers.IntegerField(source="slot_id", allow_null=True)
    topics = serializers.SerializerMethodField()
    rescheduled_from = serializers.CharField(source="rescheduled_from.number", default=None, allow_null=True)

    class Meta:
        model = Reservation
        fields = [
            "number", "url", "status", "mode", "source", "starts_at", "ends_at", "waiting_since", "organization",
            "user_group", "region", "unit", "room", "expert", "slot", "topics", "contact", "ticket", "requested_at",
            "rescheduled_from",
        ]  # fmt: skip

    def get_topics(self, row: Reservation) -> list[str]:
        return [topic.code for topic in row.topics.all()]


class ReservationDetailSerializer(ReservationSerializer):
    guests = GuestSerializer(many=True)
    rules = serializers.SerializerMethodField()
    follow_ups = serializers.SerializerMethodField(help_text="Numbers of tickets.")

    class Meta(ReservationSerializer.Meta):
        fields = [
            *ReservationSerializer.Meta.fields, "guests", "preferred", "reason_face_to_face", "letter_name",
            "meeting_url", "minutes", "rules", "follow_ups",
        ]  # fmt: skip

    @extend_schema_field(RuleSerializer(many=True))
    def get_rules(self, row: Reservation) -> list[dict[str, str]]:
        return [result.as_data() for result in stored_results(row)]

    def get_follow_ups(self, row: Reservation) -> list[str]:
        return [ticket.number for ticket in row.follow_ups.order_by("pk")]


class GuestInput(Input):
    name = Text(max_length=160)
    position = Text(required=False, allow_blank=True, max_length=120)


class _Asked(Input):
    organization = Text(required=False, allow_blank=True, max_length=160, help_text="Needed without a region.")
    user_group = serializers.ChoiceField(UserGroup.choices)
    region = KeptField(REGIONS, required=False, allow_null=True)
    topics = serializers.ListField(child=KeptField(TOPICS), min_length=1, max_length=20)
    guests = serializers.ListField(child=GuestInput(), required=False, max_length=MOST_GUESTS)
    contact = ContactInput(required=False)


class ReservationInput(_Asked):
    """A consultation that is asked for. With `slot` (a pattern's id) it takes a place there at `starts_at`."""

    mode = serializers.ChoiceField(Mode.choices)
    starts_at = Moment()
    slot = Whole(required=False, min_value=1, max_value=LARGEST)
    may_wait = Flag(default=False, help_text="Join the waiting list where the slot is full.")
    preferred = serializers.ListField(child=Moment(), required=False, max_length=5)
    unit = RowField(lambda: Unit.objects.filter(valid_to=None), required=False)
    reason_face_to_face = Text(required=False, allow_blank=True, max_length=2000)
    letter = FileInput(required=False)
    ticket = Text(required=False, max_length=40, help_text="Number of the ticket that it comes from.")
    source = serializers.ChoiceField(BOOKED_BY, default="PHONE")


class WalkInInput(_Asked):
    """Guests who came without a reservation; what breaks a rule is waived for `reason` under the caller's name."""

    room = RowField(lambda: Room.objects.filter(active=True), required=False)
    reason = Text(max_length=500)


class WaiverInput(Input):
    rule = serializers.ChoiceField(["guests", "letter", "lead_time", "slot", "reason", "frequency"])
    reason = Text(max_length=500)


class CheckInput(Input):
    waivers = serializers.ListField(child=WaiverInput(), required=False, max_length=10)


class ConfirmationInput(Input):
    room = RowField(lambda: Room.objects.filter(active=True), required=False)
    expert = RowField(experts, by="username", required=False)
    meeting_url = serializers.URLField(required=False, max_length=200)

    def validate_meeting_url(self, value: str) -> str:
        return https(value)


class MeetingLinkInput(Input):
    meeting_url = serializers.URLField(max_length=200)

    def validate_meeting_url(self, value: str) -> str:
        return https(value)


class MoveInput(CheckInput):
    starts_at = Moment()
    slot = Whole(required=False, min_value=1, max_value=LARGEST)
    room = RowField(lambda: Room.objects.filter(active=True), required=False)
    reason = Text(required=False, allow_blank=True, max_length=500)


class CancellationInput(Input):
    reason = Text(max_length=500)


class NoShowInput(Input):
    reason = Text(required=False, allow_blank=True, max_length=500)


class ArrivalInput(Input):
    """Who came: `present` are ids of guests, `others` those nobody announced; or a `guest_count` alone."""

    present = serializers.ListField(child=Whole(min_value=1, max_value=LARGEST), required=False, max_length=200)
    others = serializers.ListField(child=GuestInput(), required=False, max_length=MOST_GUESTS)
    guest_count = Whole(required=False, min_value=1, max_value=200)


class MinutesInput(Input):
    text = Text(max_length=LONGEST_TEXT)


class FollowUpInput(MinutesInput):
    topic = KeptField(TOPICS, required=False)


class OfferedSlotSerializer(serializers.Serializer):
    """A slot: the pattern that offers it, when, where, and how many places are left."""

    slot = serializers.IntegerField(source="slot.pattern.key")
    starts_at = serializers.DateTimeField(source="slot.starts_at")
    ends_at = serializers.DateTimeField(source="slot.ends_at")
    mode = serializers.CharField(source="slot.pattern.mode")
    room = serializers.CharField(source="room.code", default=None, allow_null=True)
    expert = serializers.CharField(source="expert.username", default=None, allow_null=True)
    left = serializers.IntegerField()


class OfferedSlotsSerializer(serializers.Serializer):
    results = OfferedSlotSerializer(many=True)


class PatternSerializer(serializers.ModelSerializer):
    room = serializers.CharField(source="room.code", default=None, allow_null=True)
    expert = serializers.CharField(source="expert.username", default=None, allow_null=True)

    class Meta:
        model = SlotPattern
        fields = [
            "id", "mode", "unit_code", "room", "expert", "weekdays", "opens", "closes", "slot_minutes",
            "buffer_minutes", "capacity", "lead_working_days", "cutoff", "valid_from", "valid_to",
        ]  # fmt: skip


class _Minutes(Whole):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": 1440, **options})


class PatternInput(Input):
    """Times are minutes from midnight in Jakarta; weekdays 0 (Monday) to 6."""

    mode = serializers.ChoiceField(Mode.choices)
    unit_code = RowField(lambda: Unit.objects.filter(valid_to=None), required=False)
    room = RowField(lambda: Room.objects.filter(active=True), required=False)
    expert = RowField(experts, by="username", required=False)
    weekdays = serializers.ListField(child=Whole(min_value=0, max_value=6), min_length=1, max_length=7)
    opens, closes = _Minutes(), _Minutes()
    slot_minutes = _Minutes(min_value=1)
    buffer_minutes = _Minutes(required=False)
    capacity = Whole(required=False, min_value=1, max_value=50)
    lead_working_days = Whole(required=False, min_value=0, max_value=60)
    cutoff = _Minutes(required=False)
    valid_from = Day()


class ExceptionSerializer(serializers.ModelSerializer):
    room = serializers.CharField(source="room.code", default=None, allow_null=True)
    expert = serializers.CharField(source="expert.username", default=None, allow_null=True)
    pattern = serializers.IntegerField(source="pattern_id", allow_null=True)

    class Meta:
        model = SlotException
        fields = ["id", "starts_on", "ends_on", "pattern", "unit_code", "room", "expert", "opens", "closes", "reason"]


class ExceptionInput(Input):
    """Days on which nothing is offered; with `opens` and `closes` those hours alone, or a pattern's own hours then."""

    starts_on, ends_on = Day(), Day()
    pattern = Whole(required=False, min_value=1, max_value=LARGEST)
    unit_code = RowField(lambda: Unit.objects.filter(valid_to=None), required=False)
    room = RowField(Room.objects.all, required=False)
    expert = RowField(experts, by="username", required=False)
    opens, closes = _Minutes(required=False), _Minutes(required=False)
    reason = Text(max_length=150)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("opens" in attrs) != ("closes" in attrs):
            message = _("Isi jam mulai dan jam selesai, atau kosongkan keduanya.")
            raise exceptions.ValidationError(message, "half_hours")
        return attrs


def https(value: str) -> str:
    if not value.startswith("https://"):
        raise serializers.ValidationError(_("Tautan rapat harus diawali https://."), "not_https")
    return value


def guests_of(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(row["name"], row.get("position", "")) for row in rows]


def waivers_of(rows: list[dict[str, str]]) -> dict[str, str]:
    return {row["rule"]: row["reason"] for row in rows}


def full(request: Request, row: Reservation) -> dict[str, Any]:
    """The reservation with everything, as every verb answers."""
    return ReservationDetailSerializer(row, context={"request": request}).data
