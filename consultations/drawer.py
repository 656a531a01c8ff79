"""What the panel of one reservation shows, and which steps it offers to whom."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from consultations import wording
from consultations.access import may_book, may_conduct, may_see_ratings
from consultations.afterwards import mark_of
from consultations.booking import rule_check, rule_results, wish_of
from consultations.counting import counted
from consultations.experts import experts
from consultations.journal import consultation_rule_on, day_of
from consultations.models import Mode, Reservation, Room
from consultations.rating import rating_of
from consultations.rule_lines import lines_of, stored_results
from kernel.admin_events import in_words
from kernel.errors import Refused
from kernel.months import JAKARTA
from people.masking import mask
from people.models import ContactHandle

_S = Reservation.Status
TONES = {"REQUESTED": "warn", "CHECKED": "brand", "CONFIRMED": "brand", "CHECKED_IN": "brand", "HELD": "ok"}


@dataclass(frozen=True, slots=True)
class Steps:
    """Which steps are open now; the page shows their forms."""

    check: bool
    confirm: bool
    link: bool
    move: bool
    cancel: bool
    arrive: bool
    hold: bool
    no_show: bool
    notes: bool
    follow_up: bool


def drawer(request: HttpRequest, row: Reservation, now: datetime, moved_to: datetime | None = None) -> dict[str, Any]:
    """The panel's context; with `moved_to` also how the reservation would stand at that time."""
    rule = consultation_rule_on(day_of(row.starts_at))
    guests = list(row.guests.all())
    results = rule_results(row, rule) if row.status == _S.REQUESTED else stored_results(row)
    steps = steps_of(request, row, now)
    lines = lines_of(wish_of(row), rule, results, row.letter_name)
    events = list(row.events.select_related("actor").order_by("-id")[:30])
    return {
        "row": row, "steps": steps, "tone": TONES.get(row.status, "line"), "guests": _marked(guests, rule.guest_limit),
        "came": counted(row), "limit": rule.guest_limit, "lines": lines, "rule": rule,
        "broken": [line for line in lines if line.state == "fail"],
        "when": f"{wording.day(row)}, {wording.span(row.starts_at, row.ends_at)} WIB", "there": wording.there(row),
        "place": wording.place(row), "visitor": wording.visitor(row), "topics": row.topics.all(),
        "contact": _contact(row), "rooms": Room.objects.filter(active=True) if steps.confirm or steps.move else [],
        "experts": experts(row.unit.code if row.unit else "") if steps.confirm else [],
        "events": [(event, in_words(event.code)) for event in events],
        "follow_ups": row.follow_ups.all(), "moved": _moved(row, moved_to, now) if moved_to and steps.move else None,
        "rating": rating_of(row) if row.status == _S.HELD and may_see_ratings(request.user) else None,
        "video": row.mode == Mode.VIDEO, "minutes_mark": mark_of(row.minutes),
    }  # fmt: skip


def steps_of(request: HttpRequest, row: Reservation, now: datetime) -> Steps:
    books, conducts = may_book(request.user), may_conduct(request.user, row)
    begun, face = now >= row.starts_at, row.mode == Mode.FACE_TO_FACE
    today = day_of(now) >= day_of(row.starts_at)
    open_ = row.status in (_S.REQUESTED, _S.CHECKED, _S.CONFIRMED)
    return Steps(
        check=books and row.status == _S.REQUESTED,
        confirm=books and row.status == _S.CHECKED and row.waiting_since is None and not begun,
        link=books and row.status == _S.CONFIRMED and not face,
        move=books and open_,
        cancel=books and open_,
        arrive=books and face and today and row.status in (_S.CONFIRMED, _S.CHECKED_IN),
        hold=conducts and begun and (row.status == _S.CHECKED_IN or (row.status == _S.CONFIRMED and not face)),
        no_show=books and begun and row.status == _S.CONFIRMED,
        notes=conducts and row.status in (_S.CONFIRMED, _S.CHECKED_IN, _S.HELD),
        follow_up=conducts and row.status in (_S.CHECKED_IN, _S.HELD),
    )


def _moved(row: Reservation, to: datetime, now: datetime) -> dict[str, Any]:
    """How it would stand with the rules at another time."""
    wish = replace(wish_of(row), starts_at=to, ends_at=to + (row.ends_at - row.starts_at))
    try:
        rule, results = rule_check(wish, now)
    except Refused as refusal:
        return {"at": to.astimezone(JAKARTA), "trouble": refusal.message, "lines": []}
    lines = lines_of(wish, rule, results, row.letter_name)
    return {"at": to.astimezone(JAKARTA), "lines": lines, "broken": [line for line in lines if line.state == "fail"]}


def _marked(guests: list[Any], limit: int) -> list[tuple[Any, bool]]:
    """Guests, and whether they are beyond the limit."""
    return [(guest, place >= limit) for place, guest in enumerate(guests)]


def _contact(row: Reservation) -> str:
    """Name and masked addresses: "Arung Mappatunru, a•••@gowa.example"."""
    if row.contact is None:
        return _("Tanpa kontak")
    handles = ContactHandle.objects.filter(contact=row.contact_id).order_by("pk")
    return ", ".join([row.contact.name, *(mask(handle.kind, handle.value) for handle in handles[:2])])
