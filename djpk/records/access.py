"""Who may import, whose imports they see, and what they may export."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from djpk.records.kinds import KINDS
from kernel.models import ImportRun
from people.access import has_role
from people.models import Role, User

IMPORTERS = frozenset({Role.MANAGER, Role.SUPERVISOR, Role.ADMINISTRATOR})
EXPORTERS = {"complaints": frozenset({Role.SUPERVISOR})}
"""Complaints carry the reporter's name, which only handlers and supervisors see (rules 7.4)."""


def may_import(user: User | AnonymousUser) -> bool:
    """Managers, supervisors and administrators."""
    return has_role(user, IMPORTERS)


def may_export(user: User | AnonymousUser, kind: str) -> bool:
    """Whoever may import, where the kind does not ask for more."""
    return kind in KINDS and has_role(user, EXPORTERS.get(kind, IMPORTERS))


def visible_runs(user: User | AnonymousUser) -> QuerySet[ImportRun]:
    """One's own; all for administrators. They show what people wrote."""
    runs = ImportRun.objects.select_related("created_by", "source", "rejected")
    if has_role(user, {Role.ADMINISTRATOR}):
        return runs
    return runs.filter(created_by=user.pk) if may_import(user) else runs.none()
