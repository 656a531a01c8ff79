"""Who sees the roster and who edits it."""

from django.contrib.auth.models import AnonymousUser

from people.access import TICKET_READERS, has_role
from people.models import Role, User

KEEPERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})


def may_see_roster(user: User | AnonymousUser) -> bool:
    return has_role(user, TICKET_READERS)


def may_edit_roster(user: User | AnonymousUser) -> bool:
    return has_role(user, KEEPERS)
