"""Who may play requesters, and where."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from people.access import has_role
from people.models import Role, User


def may_simulate(user: User | AnonymousUser) -> bool:
    """Administrators and supervisors, where the simulator is switched on."""
    return bool(settings.SIMULATOR_URL) and has_role(user, {Role.ADMINISTRATOR, Role.SUPERVISOR})
