"""Who someone is by role, and which people's records they may see. Pages, forms and the API start here."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from people.models import Contact, Role, StaffRole, User

TICKET_WORKERS = frozenset({Role.AGENT_L1, Role.SUPERVISOR, Role.ADMINISTRATOR})
TICKET_READERS = TICKET_WORKERS | {Role.MANAGER}


def roles_of(user: User | AnonymousUser) -> frozenset[Role]:
    """The user's roles, read once per user object; none for strangers and closed accounts."""
    rows = _role_rows(user)
    if not rows:
        return frozenset()
    if not hasattr(user, "_roles"):
        user._roles = frozenset(Role(row.role) for row in rows)  # type: ignore[union-attr]
    return user._roles  # type: ignore[union-attr]


def unit_ids_of(user: User | AnonymousUser) -> frozenset[int]:
    """The units for which the user is a Layer 2 agent."""
    return frozenset(row.unit_id for row in _role_rows(user) if row.role == Role.AGENT_L2 and row.unit_id)


def unit_codes_of(user: User | AnonymousUser) -> frozenset[str]:
    """Codes of those units: a row that a reorganisation closed hands its agents on to the next with its code."""
    return frozenset(row.unit.code for row in _role_rows(user) if row.role == Role.AGENT_L2 and row.unit)


def has_role(user: User | AnonymousUser, roles: Iterable[Role]) -> bool:
    """Whether the user holds one of the roles; an active superuser holds all of them."""
    if not user.is_active:
        return False
    return user.is_superuser or not roles_of(user).isdisjoint(roles)


def visible_contacts(user: User | AnonymousUser) -> QuerySet[Contact]:
    """All contacts for those who work on or read all tickets, merged-away ones included; else none.

    Layer 2 agents meet a contact only inside a ticket that was escalated to them.
    """
    return Contact.objects.all() if has_role(user, TICKET_READERS) else Contact.objects.none()


def _role_rows(user: User | AnonymousUser) -> list[StaffRole]:
    if not isinstance(user, User) or not user.is_active:
        return []
    if not hasattr(user, "_role_rows"):
        user._role_rows = list(user.roles.select_related("unit"))  # type: ignore[attr-defined]
    return user._role_rows  # type: ignore[attr-defined]
