"""Which calls someone may see and work on."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from calls.models import Call
from people.access import TICKET_READERS, TICKET_WORKERS, has_role
from people.models import Role, User


def may_read_calls(user: User | AnonymousUser) -> bool:
    """Those who see all tickets; Layer 2 agents have no telephone desk."""
    return has_role(user, TICKET_READERS)


def may_work_on_calls(user: User | AnonymousUser) -> bool:
    """Who may log calls and call back."""
    return has_role(user, TICKET_WORKERS)


def may_set_extensions(user: User | AnonymousUser) -> bool:
    return has_role(user, {Role.SUPERVISOR, Role.ADMINISTRATOR})


def visible_calls(user: User | AnonymousUser) -> QuerySet[Call]:
    return Call.objects.all() if may_read_calls(user) else Call.objects.none()
