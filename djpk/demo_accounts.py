"""The demonstration accounts that the sign-in page offers: one per role, only where DERING_DEMO is set."""

import os
from dataclasses import dataclass

from djpk.demo.people import PASSWORD, STAFF
from people.models import Role, User

ORDER = [
    Role.MANAGER,
    Role.SUPERVISOR,
    Role.ADMINISTRATOR,
    Role.AGENT_L1,
    Role.AGENT_L2,
    Role.FRONT_DESK,
    Role.PPID_OFFICER,
]


@dataclass(frozen=True, slots=True)
class OfferedAccount:
    """Name and role to choose by; user name and password to sign in with at once."""

    username: str
    name: str
    role: str
    password: str = PASSWORD


def offered_accounts() -> list[OfferedAccount]:
    """The first account of each role that exists; none unless this is the demonstration."""
    if os.environ.get("DERING_DEMO", "").lower() not in {"1", "true", "yes", "on"}:
        return []
    names = [colleague.username for colleague in STAFF]
    there = set(User.objects.filter(username__in=names, is_active=True).values_list("username", flat=True))
    first = {colleague.role: colleague for colleague in reversed(STAFF) if colleague.username in there}
    return [
        OfferedAccount(found.username, found.name, f"{role.label} {found.unit}".strip())
        for role in ORDER
        if (found := first.get(role))
    ]
