"""Which escalations someone may see and answer."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from escalation.models import Escalation
from people.access import TICKET_READERS, has_role, unit_codes_of
from people.models import Role, User

ANY_UNIT = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})


def visible_escalations(user: User | AnonymousUser) -> QuerySet[Escalation]:
    """All for Layer 1, supervisors, managers and administrators; their own unit's for Layer 2 agents."""
    if has_role(user, TICKET_READERS):
        return Escalation.objects.all()
    return Escalation.objects.filter(unit__code__in=unit_codes_of(user))


def answerable_escalations(user: User | AnonymousUser) -> QuerySet[Escalation]:
    """Those the user may take, answer, return or hand on: the own unit's, or any for supervisors."""
    if has_role(user, ANY_UNIT):
        return Escalation.objects.all()
    return Escalation.objects.filter(unit__code__in=unit_codes_of(user))
