"""Regions, units and staff as they are now, without a query each time (`kernel.kept`); nobody may change them."""

from collections import defaultdict
from copy import copy

from django.db.models import QuerySet

from kernel.kept import Kept
from people.access import roles_of
from people.models import Contact, Region, StaffRole, Unit, User


def _regions() -> dict[int, Region]:
    """Each with its province, which is one of them."""
    rows = {row.pk: row for row in Region.objects.all()}
    for row in rows.values():
        row.province = rows[row.province_id] if row.province_id else None
    return rows


REGIONS = Kept(_regions, "people.Region")
UNITS = Kept(lambda: {row.pk: row for row in Unit.objects.all()}, "people.Unit")


def _staff() -> dict[int, User]:
    rows: QuerySet[User] = User.objects.defer("password", "last_login", "date_joined")
    return {row.pk: row for row in rows}


STAFF = Kept(_staff, "people.User")


def _accounts() -> dict[int, User]:
    """Each with its roles; when somebody signed in last is left to a query of its own."""
    held: dict[int, list[StaffRole]] = defaultdict(list)
    for role in StaffRole.objects.select_related("unit"):
        held[role.user_id].append(role)
    rows = {row.pk: row for row in User.objects.defer("last_login", "date_joined")}
    for row in rows.values():
        row._role_rows = held[row.pk]  # type: ignore[attr-defined]  # as `people.access` remembers them
        roles_of(row)
    return rows


ACCOUNTS = Kept(_accounts, "people.User", "people.StaffRole", "people.Unit")


def account_of(pk: int) -> User | None:
    """The user with roles, whom the caller may change: a copy of what is in memory."""
    kept = ACCOUNTS().get(pk)
    return copy(kept) if kept else None


def region_of(contact: Contact) -> Region | None:
    """The contact's region, without reading it."""
    return REGIONS().get(contact.region_id) if contact.region_id else None
