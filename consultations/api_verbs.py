"""Reservations under /api/v1/: reading, booking, and each step by one verb; `status` is never a field."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from consultations import afterwards, api_fields, booking, desk, verbs
from consultations.access import BOOKERS, READERS, visible_reservations
from consultations.api_fields import ReservationDetailSerializer, ReservationSerializer, full, guests_of, waivers_of
from consultations.booking import Wish
from consultations.models import Mode, Reservation, Room, SlotPattern
from kernel.api.filters import ChoicesFilter, FlagFilter, MomentFilter, RowsFilter
from kernel.api.strict import FileJSONParser
from kernel.api.views import DetailEndpoint, Endpoint, ListEndpoint, answer
from messaging.files import store_file
from people.access import visible_contacts
from people.contacts import find_or_create_contact
from people.log import log_access
from people.models import Contact, Role, User
from tickets.access import visible_tickets
from tickets.api_verbs import Writing

READ, WRITE = "visits:read", "visits:write"
ALL = READERS | {Role.AGENT_L2}
CONDUCTORS = BOOKERS | {Role.AGENT_L2}


class ReservationFilter(django_filters.FilterSet):
    status = ChoicesFilter(choices=Reservation.Status)
    mode = ChoicesFilter(choices=Mode)
    room = RowsFilter(rows=Room)
    expert = RowsFilter(rows=User, by="username")
    starts_from = MomentFilter(field_name="starts_at", lookup_expr="gte")
    starts_to = MomentFilter(field_name="starts_at", lookup_expr="lt")
    waiting = FlagFilter(method="wait", label="Whether it waits for a place.")

    def wait(self, rows: QuerySet[Reservation], name: str, waiting: bool) -> QuerySet[Reservation]:
        return rows.filter(waiting_since__isnull=not waiting)


def shown_reservations(user: Any) -> QuerySet[Reservation]:
    rows = visible_reservations(user).select_related("region", "unit", "room", "expert", "ticket", "rescheduled_from")
    return rows.prefetch_related("topics", "guests")


class _Booking(Writing):
    """Who asks, of which ticket, with which letter."""

    def wish_of(self, given: dict[str, Any], **more: Any) -> Wish:
        region = given.get("region")
        contact = self._contact(given.get("contact"))
        organization = given.get("organization", "") or (region.display_name if region else "")
        return Wish(
            organization=organization, user_group=given["user_group"], region=region, contact=contact,
            topics=given["topics"], guests=guests_of(given.get("guests", [])), **more,
        )  # fmt: skip

    def _contact(self, given: dict[str, Any] | None) -> Contact | None:
        if not given:
            return None
        if "id" in given:
            return get_object_or_404(visible_contacts(self.request.user), pk=given["id"])
        return find_or_create_contact(**given, **self.act())[0]


class Reservations(_Booking, ListEndpoint):
    """Consultations that were asked for, face to face and by video."""

    tag = "consultations"
    scopes = {"GET": READ, "POST": WRITE}
    roles = {"GET": ALL, "POST": BOOKERS}
    serializer_class = ReservationSerializer
    filterset_class = ReservationFilter
    orderings, default_ordering = ("starts_at", "requested_at"), "-starts_at"
    queryset = Reservation.objects.none()

    def get_parsers(self) -> list[BaseParser]:
        return [FileJSONParser()]

    def get_queryset(self) -> QuerySet[Reservation]:
        return shown_reservations(self.request.user)

    def rows_read(self, rows: Any) -> None:
        log_access(user=self.request.user, action="reservation.listed", record=Reservation, at=self.at)

    @extend_schema(request=api_fields.ReservationInput, responses={201: ReservationDetailSerializer})
    def post(self, request: Request) -> Response:
        """Ask for a consultation. What breaks a rule is taken down all the same; whoever checks it waives it or not."""
        return answer(self, self._book)

    def _book(self) -> Response:
        given = self.read(api_fields.ReservationInput)
        slot = get_object_or_404(SlotPattern, pk=given["slot"]) if "slot" in given else None
        ticket = None
        if number := given.get("ticket"):
            ticket = get_object_or_404(visible_tickets(self.request.user), number=number)
        letter = given.get("letter")
        wish = self.wish_of(
            given, mode=given["mode"], starts_at=given["starts_at"], slot=slot, may_wait=given["may_wait"],
            preferred=given.get("preferred", ()), unit=given.get("unit"), ticket=ticket,
            reason_face_to_face=given.get("reason_face_to_face", ""), source="TICKET" if ticket else given["source"],
            letter=store_file(letter["content"], at=self.at) if letter else None,
            letter_name=letter["name"] if letter else "",
        )  # fmt: skip
        row = booking.request_reservation(wish=wish, **self.act())
        return Response(full(self.request, row), status=201)


class WalkIns(_Booking, Endpoint):
    tag = "consultations"
    scopes = {"POST": WRITE}
    roles = {"POST": BOOKERS}
    serializer_class = ReservationDetailSerializer

    @extend_schema(
        operation_id="reservations_walk_in",
        request=api_fields.WalkInInput,
        responses={201: ReservationDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Guests who came without a reservation: booked, waived and checked in at once."""
        return answer(self, self._take_in)

    def _take_in(self) -> Response:
        given = self.read(api_fields.WalkInInput)
        reason = given["reason"]
        wish = self.wish_of(given, mode=Mode.FACE_TO_FACE, starts_at=self.at, reason_face_to_face=reason)
        row = desk.walk_in(wish=wish, room=given.get("room"), reason=reason, **self.act())
        return Response(full(self.request, row), status=201)


class OneReservation(DetailEndpoint):
    """One reservation with its guests and how it stands with each rule."""

    tag = "consultations"
    scopes = {"GET": READ}
    roles = {"GET": ALL}
    serializer_class = ReservationDetailSerializer
    lookup_field = "number"
    queryset = Reservation.objects.none()

    def get_queryset(self) -> QuerySet[Reservation]:
        return shown_reservations(self.request.user)

    def row_read(self, row: Reservation) -> None:
        log_access(user=self.request.user, action="reservation.read", record=row, at=self.at)


class _Step(Writing, Endpoint):
    tag = "consultations"
    scopes = {"POST": WRITE}
    roles = {"POST": BOOKERS}
    serializer_class = ReservationDetailSerializer

    @property
    def row(self) -> Reservation:
        return get_object_or_404(visible_reservations(self.request.user), number=self.kwargs["number"])

    def after(self, row: Reservation, status: int = 200) -> Response:
        return Response(full(self.request, shown_reservations(self.request.user).get(pk=row.pk)), status=status)


def _doc(name: str, shape: Any, status: int = 200) -> Any:
    responses = {status: ReservationDetailSerializer}
    return extend_schema(operation_id=f"reservations_{name}", request=shape, responses=responses)


class Checking(_Step):
    @_doc("check", api_fields.CheckInput)
    def post(self, request: Request, number: str) -> Response:
        """Look at the request: every rule is met, or waived with a reason under the caller's name."""
        return answer(self, self._check)

    def _check(self) -> Response:
        waivers = waivers_of(self.read(api_fields.CheckInput).get("waivers", []))
        return self.after(booking.check_reservation(reservation=self.row, waivers=waivers, **self.act()))


class Confirmation(_Step):
    @_doc("confirm", api_fields.ConfirmationInput)
    def post(self, request: Request, number: str) -> Response:
        """Give it room and expert, and send the invitation."""
        return answer(self, self._confirm)

    def _confirm(self) -> Response:
        return self.after(verbs.confirm(reservation=self.row, **self.read(api_fields.ConfirmationInput), **self.act()))


class MeetingLink(_Step):
    @_doc("set_link", api_fields.MeetingLinkInput)
    def post(self, request: Request, number: str) -> Response:
        """The link of a confirmed video conference; the invitation goes out with it."""
        return answer(self, self._link)

    def _link(self) -> Response:
        return self.after(
            verbs.set_meeting(reservation=self.row, **self.read(api_fields.MeetingLinkInput), **self.act())
        )


class Moving(_Step):
    @_doc("move", api_fields.MoveInput, 201)
    def post(self, request: Request, number: str) -> Response:
        """Another time: the answer is a new reservation that points back, as far as the old one had come."""
        return answer(self, self._move)

    def _move(self) -> Response:
        given = self.read(api_fields.MoveInput)
        slot = get_object_or_404(SlotPattern, pk=given.pop("slot")) if "slot" in given else None
        waivers = waivers_of(given.pop("waivers", []))
        return self.after(
            booking.move_reservation(reservation=self.row, slot=slot, waivers=waivers, **given, **self.act()), 201
        )


class Cancellation(_Step):
    @_doc("cancel", api_fields.CancellationInput)
    def post(self, request: Request, number: str) -> Response:
        """Not wanted any more; its place goes to who waits."""
        return answer(self, self._cancel)

    def _cancel(self) -> Response:
        return self.after(verbs.cancel(reservation=self.row, **self.read(api_fields.CancellationInput), **self.act()))


class CheckIn(_Step):
    @_doc("check_in", api_fields.ArrivalInput)
    def post(self, request: Request, number: str) -> Response:
        """The guests are at the front desk, as many as came; again when more come later."""
        return answer(self, self._arrive)

    def _arrive(self) -> Response:
        given = self.read(api_fields.ArrivalInput)
        others = guests_of(given.pop("others", []))
        return self.after(desk.check_in(reservation=self.row, others=others, **given, **self.act()))


class NoShow(_Step):
    @_doc("no_show", api_fields.NoShowInput)
    def post(self, request: Request, number: str) -> Response:
        """Nobody came; it does not count."""
        return answer(self, self._miss)

    def _miss(self) -> Response:
        return self.after(verbs.no_show(reservation=self.row, **self.read(api_fields.NoShowInput), **self.act()))


class _Conducting(_Step):
    """Steps of those who conduct it: Layer 2 agents too, for their own."""

    roles = {"POST": CONDUCTORS}


class Holding(_Conducting):
    @_doc("hold", None)
    def post(self, request: Request, number: str) -> Response:
        """It took place: it enters the register and counts."""
        return answer(self, self._hold)

    def _hold(self) -> Response:
        row = self.row
        verbs.hold(reservation=row, **self.act())
        return self.after(row)


class Minutes(_Conducting):
    @_doc("write_minutes", api_fields.MinutesInput)
    def post(self, request: Request, number: str) -> Response:
        """What was discussed and agreed; replaces what stood there."""
        return answer(self, self._write)

    def _write(self) -> Response:
        given = self.read(api_fields.MinutesInput)
        return self.after(afterwards.write_minutes(reservation=self.row, **given, **self.act()))


class FollowUps(_Conducting):
    @_doc("follow_up", api_fields.FollowUpInput, 201)
    def post(self, request: Request, number: str) -> Response:
        """What is still to be done, as a ticket."""
        return answer(self, self._follow)

    def _follow(self) -> Response:
        row = self.row
        afterwards.open_follow_up(reservation=row, **self.read(api_fields.FollowUpInput), **self.act())
        return self.after(row, 201)
