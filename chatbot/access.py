"""Who edits the chatbot, and who reads how it is used."""

from django.contrib.auth.models import AnonymousUser

from people.access import has_role
from people.models import Role, User

EDITORS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
READERS = EDITORS | {Role.MANAGER}


def may_edit_chatbot(user: User | AnonymousUser) -> bool:
    return has_role(user, EDITORS)


def may_read_chatbot(user: User | AnonymousUser) -> bool:
    return has_role(user, READERS)
