"""The demonstration accounts: invented staff, one password for all."""

from datetime import datetime

from django.contrib.auth.hashers import make_password

from djpk.demo.people import PASSWORD, STAFF, Colleague
from people.models import Role, StaffRole, Unit, User


def create_accounts(units: dict[str, Unit], at: datetime) -> dict[str, User]:
    """All demonstration accounts by username; accounts that exist are left as they are."""
    known = {user.username: user for user in User.objects.filter(username__in=[c.username for c in STAFF])}
    password = make_password(PASSWORD)  # hashed once: hashing is slow on purpose
    fresh = [colleague for colleague in STAFF if colleague.username not in known]
    users = User.objects.bulk_create(_user(colleague, password, at) for colleague in fresh)
    StaffRole.objects.bulk_create(
        StaffRole(user=user, role=colleague.role, unit=units.get(colleague.unit), is_head=colleague.is_head)
        for user, colleague in zip(users, fresh, strict=True)
    )
    return known | {user.username: user for user in users}


def describe() -> list[tuple[str, str, str]]:
    """(username, name, role and unit) of every account, for showing."""
    return [(c.username, c.name, _role(c)) for c in STAFF]


def _user(colleague: Colleague, password: str, at: datetime) -> User:
    administrator = colleague.role == Role.ADMINISTRATOR
    return User(
        username=colleague.username, display_name=colleague.name, email=f"{colleague.username}@djpk.example",
        password=password, is_staff=administrator, is_superuser=administrator, date_joined=at,
    )  # fmt: skip


def _role(colleague: Colleague) -> str:
    parts = [str(Role(colleague.role).label), colleague.unit, "kepala" if colleague.is_head else ""]
    return " ".join(filter(None, parts))
