"""Which visits and video conferences someone may see."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from consultations.models import VideoConference, Visit
from people.access import has_role, unit_codes_of
from people.models import Role, User

READERS = frozenset({Role.AGENT_L1, Role.FRONT_DESK, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR})


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
