"""Which reservations, visits and video conferences someone may see and work on."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from consultations.models import Reservation, VideoConference, Visit
from people.access import has_role, unit_codes_of
from people.models import Role, User

BOOKERS = frozenset({Role.AGENT_L1, Role.FRONT_DESK, Role.SUPERVISOR, Role.ADMINISTRATOR})
"""Who books, checks, confirms and receives."""
READERS = BOOKERS | {Role.MANAGER}
SLOT_KEEPERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})


def may_read_consultations(user: User | AnonymousUser) -> bool:
    """Who has the calendar: readers see all of it, Layer 2 agents their units' part."""
    return has_role(user, READERS | {Role.AGENT_L2})


def may_book(user: User | AnonymousUser) -> bool:
    return has_role(user, BOOKERS)


def may_keep_slots(user: User | AnonymousUser) -> bool:
    """Who says when consultations are offered."""
    return has_role(user, SLOT_KEEPERS)


def may_see_ratings(user: User | AnonymousUser) -> bool:
    """Who reads how a visitor rated; those who serve visitors do not see who rated (rules 5.4)."""
    return has_role(user, SLOT_KEEPERS | {Role.MANAGER})


def may_conduct(user: User | AnonymousUser, reservation: Reservation) -> bool:
    """Who says that it was held and writes its notes: who books, its expert, Layer 2 agents of its unit."""
    unit = reservation.unit.code if reservation.unit else ""
    return may_book(user) or reservation.expert_id == user.pk or (unit != "" and unit in unit_codes_of(user))


def visible_reservations(user: User | AnonymousUser) -> QuerySet[Reservation]:
    """All for readers; for Layer 2 agents those of their unit, with a topic of it, or where they are the expert."""
    if has_role(user, READERS):
        return Reservation.objects.all()
    codes = unit_codes_of(user)
    if not codes:
        return Reservation.objects.none()
    own = Q(unit__code__in=codes) | Q(topics__owner_unit__code__in=codes) | Q(expert_id=user.pk)
    return Reservation.objects.filter(pk__in=Reservation.objects.filter(own).values("pk"))


def visible_visits(user: User | AnonymousUser) -> QuerySet[Visit]:
    """All for the front desk, Layer 1, supervisors, managers and administrators; for Layer 2 agents the
    visits with a topic of their unit."""
    if has_role(user, READERS):
        return Visit.objects.all()
    return Visit.objects.filter(
        pk__in=Visit.objects.filter(topics__owner_unit__code__in=unit_codes_of(user)).values("pk")
    )


def visible_conferences(user: User | AnonymousUser) -> QuerySet[VideoConference]:
    """As `visible_visits`."""
    if has_role(user, READERS):
        return VideoConference.objects.all()
    own = VideoConference.objects.filter(topics__owner_unit__code__in=unit_codes_of(user))
    return VideoConference.objects.filter(pk__in=own.values("pk"))
