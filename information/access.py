"""Who may see public information requests and complaints, and who sees a reporter's identity (rules 6.8, 7.4)."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from information.models import Complaint, PpidRequest
from people.access import has_role, unit_ids_of
from people.models import Role, User

PPID_READERS = frozenset({Role.PPID_OFFICER, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR})
COMPLAINT_READERS = frozenset({Role.AGENT_L1, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR})


def visible_ppid_requests(user: User | AnonymousUser) -> QuerySet[PpidRequest]:
    """All for the PPID desk, supervisors, managers and administrators; their unit's for Layer 2 agents."""
    if has_role(user, PPID_READERS):
        return PpidRequest.objects.all()
    return PpidRequest.objects.filter(unit__in=unit_ids_of(user))


def visible_complaints(user: User | AnonymousUser) -> QuerySet[Complaint]:
    """All for Layer 1, supervisors, managers and administrators."""
    return Complaint.objects.all() if has_role(user, COMPLAINT_READERS) else Complaint.objects.none()


def may_see_reporter(user: User | AnonymousUser, complaint: Complaint) -> bool:
    """The handler, and supervisors who hand cases out."""
    return complaint.handler_id == user.pk is not None or has_role(user, {Role.SUPERVISOR})
