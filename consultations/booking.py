"""A consultation is asked for, checked against the circular's rules, and moved to another time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consultations.inviting import take_back
from consultations.journal import append, consultation_rule_on, day_of, lock_reservation, move
from consultations.models import (
    ConsultationRule,
    HeldStatus,
    Mode,
    Reservation,
    ReservationGuest,
    Room,
    SlotPattern,
    Visit,
)
from consultations.moving_up import give_place_on
from consultations.occupying import occupying
from consultations.places import take_place
from consultations.rules import MESSAGES, Facts, Limits, Result, check, waive
from consultations.verbs import confirm
from kernel.errors import Refused
from kernel.models import StoredFile
from kernel.numbering import next_number
from people.models import Contact, Region, Unit, User, UserGroup
from tickets.models import Ticket, Topic
from worktime.loading import OFFICE, load_calendar

_S = Reservation.Status
Guests = Sequence[tuple[str, str]]  # (name, post)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. Without `ends_at` it lasts one slot; without `unit` the first topic's owner serves.

    With `slot` it takes a place there, or with `may_wait` a place in the queue where the slot is full.
    """

    mode: str
    organization: str
    user_group: str
    starts_at: datetime
    topics: Sequence[Topic]
    guests: Guests = ()
    ends_at: datetime | None = None
    region: Region | None = None
    contact: Contact | None = None
    ticket: Ticket | None = None
    unit: Unit | None = None
    reason_face_to_face: str = ""
    letter: StoredFile | None = None
    letter_name: str = ""
    slot: SlotPattern | None = None
    may_wait: bool = False
    preferred: Sequence[datetime] = ()
    source: str = Reservation.Source.TICKET


@transaction.atomic
def request_reservation(*, wish: Wish, at: datetime, actor: User | None = None) -> Reservation:
    """Book a consultation. The booking form (no actor) refuses whatever breaks a rule, also too many guests;
    staff may enter it all the same, and whoever checks it has to waive what is broken."""
    return _book(wish, at=at, actor=actor)


@transaction.atomic
def check_reservation(
    *, reservation: Reservation, waivers: Mapping[str, str] | None = None, at: datetime, actor: User
) -> Reservation:
    """Look at the request: every rule is met, or waived with a reason (rule -> reason) by this actor."""
    reservation = lock_reservation(reservation, {_S.REQUESTED})
    rule = reservation.rule or consultation_rule_on(day_of(reservation.starts_at))
    results = waive(rule_results(reservation, rule), waivers or {}, actor.username)
    _refuse_broken(results, rule)
    data = {"rules": [result.as_data() for result in results]}
    return move(reservation, _S.CHECKED, "reservation.checked", at=at, actor=actor, data=data)


@transaction.atomic
def reschedule(
    *,
    reservation: Reservation,
    starts_at: datetime,
    ends_at: datetime | None = None,
    slot: SlotPattern | None = None,
    at: datetime,
    actor: User | None,
    reason: str = "",
) -> Reservation:
    """Close this reservation and make a new one, requested again, that points back (decisions 28)."""
    old = lock_reservation(reservation, {_S.REQUESTED, _S.CHECKED, _S.CONFIRMED})
    before = old.status
    if starts_at == old.starts_at:
        raise Refused("reservation.same_time", _("Pilih waktu lain untuk dijadwalkan ulang."))
    until = ends_at or (None if slot else starts_at + (old.ends_at - old.starts_at))
    wish = replace(wish_of(old), starts_at=starts_at, ends_at=until, slot=slot)
    old.status = _S.RESCHEDULED  # its room and expert are free for the new one
    old.save(update_fields=["status"])
    new = _book(wish, at=at, actor=actor, old=old)
    append(old, "reservation.rescheduled", at=at, actor=actor, reason=reason, from_value=before, to_value=new.number)
    take_back(old, reason, successor=new, at=at, actor=actor)
    give_place_on(old, at=at)
    return new


@transaction.atomic
def move_reservation(
    *,
    reservation: Reservation,
    starts_at: datetime,
    slot: SlotPattern | None = None,
    room: Room | None = None,
    waivers: Mapping[str, str] | None = None,
    reason: str = "",
    at: datetime,
    actor: User,
) -> Reservation:
    """As `reschedule`, and as far as it had come before: checked again for the new time, confirmed and invited.

    Raises Refused for a rule that the new time breaks, unless it is waived with a reason.
    """
    old = lock_reservation(reservation, {_S.REQUESTED, _S.CHECKED, _S.CONFIRMED})
    before = old.status
    new = reschedule(reservation=old, starts_at=starts_at, slot=slot, at=at, actor=actor, reason=reason)
    if before == _S.REQUESTED:
        return new
    new = check_reservation(reservation=new, waivers=waivers, at=at, actor=actor)
    if before == _S.CONFIRMED:
        new = confirm(
            reservation=new,
            room=room or new.room or old.room,
            expert=new.expert or old.expert,
            meeting_url="" if old.meeting_key else old.meeting_url,  # one that was made belongs to its time
            at=at,
            actor=actor,
        )
    return new


def rule_results(reservation: Reservation, rule: ConsultationRule) -> list[Result]:
    """How a stored reservation stands with the rules, waivers apart."""
    return _results(wish_of(reservation), rule, reservation.requested_at, reservation)


def wish_of(reservation: Reservation) -> Wish:
    """The wish a reservation was made of."""
    return Wish(
        mode=reservation.mode,
        organization=reservation.organization,
        user_group=reservation.user_group,
        starts_at=reservation.starts_at,
        ends_at=reservation.ends_at,
        topics=list(reservation.topics.all()),
        guests=list(reservation.guests.values_list("name", "position")),
        region=reservation.region,
        contact=reservation.contact,
        ticket=reservation.ticket,
        unit=reservation.unit,
        reason_face_to_face=reservation.reason_face_to_face,
        letter=reservation.letter,
        letter_name=reservation.letter_name,
        source=reservation.source,
    )


def _book(wish: Wish, *, at: datetime, actor: User | None, old: Reservation | None = None) -> Reservation:
    if not wish.organization.strip() and wish.region is None:
        raise Refused("reservation.needs_visitor", _("Isi daerah atau instansi pemohon."))
    rule = consultation_rule_on(day_of(wish.starts_at))
    results = _results(wish, rule, at, old)
    _refuse_broken(results, rule, only_hard=actor is not None)
    reservation = _stored(wish, rule, at, old)
    append(
        reservation,
        "reservation.requested",
        at=at,
        actor=actor,
        from_value=old.number if old else "",
        to_value=reservation.status,
        data={"rules": [result.as_data() for result in results]},
    )
    return reservation


def _stored(wish: Wish, rule: ConsultationRule, at: datetime, old: Reservation | None) -> Reservation:
    place = take_place(wish.slot, wish.starts_at, may_wait=wish.may_wait, at=at) if wish.slot else {}
    given = {"ends_at": _end(wish, rule), **place}
    with occupying():
        reservation = Reservation.objects.create(
            number=next_number("RSV", at, model=Reservation),
            ticket=wish.ticket,
            mode=wish.mode,
            organization=wish.organization.strip(),
            user_group=wish.user_group,
            region=wish.region,
            contact=wish.contact,
            unit=wish.unit or wish.topics[0].owner_unit,
            starts_at=wish.starts_at,
            reason_face_to_face=wish.reason_face_to_face.strip(),
            letter=wish.letter,
            letter_name=wish.letter_name,
            rule=rule,
            requested_at=at,
            rescheduled_from=old,
            preferred=list(wish.preferred),
            source=wish.source,
            **given,
        )
    reservation.topics.set(wish.topics)
    ReservationGuest.objects.bulk_create(
        ReservationGuest(reservation=reservation, name=name.strip(), position=position.strip())
        for name, position in wish.guests
    )
    return reservation


def rule_check(wish: Wish, at: datetime) -> tuple[ConsultationRule, list[Result]]:
    """How a wish of `at` would stand with the rules, before anything is stored. Raises Refused."""
    rule = consultation_rule_on(day_of(wish.starts_at))
    return rule, _results(wish, rule, at, None)


def _results(wish: Wish, rule: ConsultationRule, requested_at: datetime, itself: Reservation | None) -> list[Result]:
    facts = Facts(
        face_to_face=wish.mode == Mode.FACE_TO_FACE,
        requested_at=requested_at,
        starts_at=wish.starts_at,
        ends_at=_end(wish, rule),
        guests=len(wish.guests),
        named_guests=sum(bool(name.strip()) for name, _position in wish.guests),
        has_letter=wish.letter is not None,
        topics=len(wish.topics),
        has_reason=bool(wish.reason_face_to_face.strip()),
        others_in_month=_others_in_month(wish, itself) if rule.month_limit else 0,
    )
    return check(facts, limits_of(rule), load_calendar(OFFICE).calendar)


def limits_of(rule: ConsultationRule) -> Limits:
    return Limits(
        rule.guest_limit,
        rule.lead_working_days,
        rule.letter_required,
        rule.slot_opens,
        rule.slot_closes,
        rule.slot_minutes,
        rule.month_limit,
    )


def _others_in_month(wish: Wish, itself: Reservation | None) -> int:
    """Visits of the same region, or else organisation, in that month: booked, held or registered."""
    day, of_region = day_of(wish.starts_at), wish.region is not None and wish.user_group == UserGroup.PEMDA
    booked = {"region": wish.region} if of_region else {"organization__iexact": wish.organization.strip()}
    held = {"region": wish.region} if of_region else {"visitor__iexact": wish.organization.strip()}
    rows = Reservation.objects.filter(
        **booked, mode=Mode.FACE_TO_FACE, status__in=Reservation.OCCUPYING,
        starts_at__year=day.year, starts_at__month=day.month,
    )  # fmt: skip
    registered = Visit.objects.filter(
        **held, reservation=None, status=HeldStatus.HELD, held_on__year=day.year, held_on__month=day.month
    )
    if itself is not None:
        rows = rows.exclude(pk=itself.pk)
    return rows.count() + registered.count()


def _end(wish: Wish, rule: ConsultationRule) -> datetime:
    return wish.ends_at or wish.starts_at + timedelta(minutes=rule.slot_minutes)


def _refuse_broken(results: list[Result], rule: ConsultationRule, *, only_hard: bool = False) -> None:
    hard = {"topics", "order"}
    for result in results:
        if result.outcome == "BROKEN" and (result.rule in hard or not only_hard):
            raise Refused(f"reservation.rule.{result.rule}", MESSAGES[result.rule], **limits_of(rule).words())
