"""Consultations on the ticket page: what this requester has booked, and what was held with its region."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from consultations.access import READERS, may_book, visible_conferences, visible_visits
from consultations.models import HeldStatus, Mode, Reservation, VideoConference, Visit
from kernel.compiled import Compiled
from kernel.months import JAKARTA
from people.access import has_role
from people.models import UserGroup
from tickets.models import Ticket
from tickets.slots import Panel

_MOST = 6
_OVER = (Reservation.Status.CANCELLED, Reservation.Status.RESCHEDULED, Reservation.Status.HELD)


@dataclass(frozen=True, slots=True)
class Line:
    """One consultation: by video or face to face, what it was, and its day."""

    video: bool
    text: str
    day: date
    status: str
    booked: bool
    number: str


def panel(request: HttpRequest, ticket: Ticket, at: datetime, works: bool) -> Panel:
    """One query: what is booked, and what was held face to face or by video."""
    number = ticket.number if works and may_book(request.user) else ""
    return Panel(lambda: _drawn(_lines(request, ticket), number), _("Konsultasi"), "", "", "")


def _drawn(lines: list[Line], number: str) -> str:
    """Nothing where there is nothing to show and nobody to book."""
    if not lines and not number:
        return ""
    return render_to_string("consultations/_ticket_panel.html", {"lines": lines, "number": number}, using="jinja2")


def _lines(request: HttpRequest, ticket: Ticket) -> list[Line]:
    """Of the requester's own reservations; for a Pemda everything held with the same region too. Newest first."""
    given: dict[str, Any] = {"contact": ticket.contact_id, "ticket": ticket.pk}
    if ticket.region_id and ticket.user_group == UserGroup.PEMDA:
        given["region"] = ticket.region_id
    if has_role(request.user, READERS):
        found = (_ALL_OF_PEMDA if "region" in given else _ALL)(Visit.objects.all(), **given)
    else:
        found = list(_newest(visible_visits(request.user), visible_conferences(request.user), **given))
    labels = {str(code): str(label) for code, label in [*HeldStatus.choices, *Reservation.Status.choices]}
    return [Line(video, text, day, labels[state], booked, key) for day, text, state, video, booked, key in found]


def _everything(rows: Any, **given: Any) -> Any:
    return _newest(rows, VideoConference.objects.all(), booked=True, **given)


def _newest(visits: Any, conferences: Any, *, booked: bool = False, **given: Any) -> Any:
    rows = _held(visits, video=False, **given).union(_held(conferences, video=True, **given), all=True)
    if booked:
        rows = rows.union(_booked(given["contact"], given["ticket"]), all=True)
    return rows.order_by("-day")[:_MOST]


_ALL = Compiled(_everything, "contact", "ticket")
_ALL_OF_PEMDA = Compiled(_everything, "contact", "ticket", "region")


def _held(rows: Any, *, video: bool, contact: Any, ticket: Any, region: Any = None) -> Any:
    mine = Q(reservation__contact_id=contact) | Q(reservation__ticket_id=ticket)
    if region is not None:
        mine |= Q(region_id=region, user_group=UserGroup.PEMDA)
    return _columns(
        rows.filter(mine),
        day=F("held_on"),
        text=F("visitor"),
        video=Value(video),
        booked=Value(False),
        key=Coalesce("reservation__number", Value("")),
    )


def _booked(contact: Any, ticket: Any) -> Any:
    rows = Reservation.objects.filter(Q(contact_id=contact) | Q(ticket_id=ticket)).exclude(status__in=_OVER)
    video = Case(When(mode=Mode.VIDEO, then=Value(True)), default=Value(False))
    day = TruncDate("starts_at", tzinfo=JAKARTA)
    return _columns(rows, day=day, text=F("organization"), video=video, booked=Value(True), key=F("number"))


def _columns(rows: Any, **columns: Any) -> Any:
    return (
        rows.annotate(state=F("status"), **columns)
        .order_by()
        .values_list("day", "text", "state", "video", "booked", "key")
    )
