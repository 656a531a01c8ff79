"""Staff accounts and their roles, written down in the access log."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock, lock_names
from people.log import log_access
from people.models import Role, StaffRole, Unit, User


@dataclass(frozen=True, slots=True)
class Grant:
    """A role to give; Layer 2 agents belong to a unit."""

    role: Role
    unit: Unit | None = None
    is_head: bool = False


@transaction.atomic
def create_staff(
    *,
    username: str,
    display_name: str,
    grants: Iterable[Grant],
    email: str = "",
    phone: str = "",
    password: str | None = None,
    at: datetime,
    actor: User | None,
) -> User:
    """A staff account with its roles; without a password it cannot sign in until one is set."""
    lock_names(f"user:{username.lower()}")
    if User.objects.filter(username__iexact=username).exists():
        raise Refused("staff.name_taken", _("Nama pengguna “{name}” sudah dipakai."), name=username)
    user = User.objects.create_user(username, email, password, display_name=display_name, phone=phone, date_joined=at)
    for grant in grants:
        _give(user, grant)
    _mark_admin(user)
    log_access(user=actor, action="staff.created", record=user, at=at)
    return user


@transaction.atomic
def grant_role(*, user: User, grant: Grant, at: datetime, actor: User | None, reason: str = "") -> StaffRole:
    """Give a role. Refused when the user has it."""
    user = lock(user)
    row = _give(user, grant)
    _mark_admin(user)
    log_access(user=actor, action="role.granted", record=user, reason=f"{grant.role} {reason}".strip(), at=at)
    return row


@transaction.atomic
def revoke_role(*, row: StaffRole, at: datetime, actor: User | None, reason: str = "") -> User:
    """Take a role away. The last active administrator keeps the role."""
    lock_names("role:administrators")
    user = lock(row.user)
    if row.role == Role.ADMINISTRATOR and not _other_administrators(user):
        raise Refused("role.last_administrator", _("Administrator terakhir harus tetap ada. Tunjuk yang lain dahulu."))
    row.delete()
    _mark_admin(user)
    log_access(user=actor, action="role.revoked", record=user, reason=f"{row.role} {reason}".strip(), at=at)
    return user


@transaction.atomic
def close_account(*, user: User, at: datetime, actor: User | None, reason: str = "") -> User:
    """The user can no longer sign in; what they did stays under their name."""
    lock_names("role:administrators")
    user = lock(user)
    if not user.is_active:
        raise Refused("staff.closed", _("Akun ini sudah ditutup."))
    if user.roles.filter(role=Role.ADMINISTRATOR).exists() and not _other_administrators(user):
        raise Refused("role.last_administrator", _("Administrator terakhir harus tetap ada. Tunjuk yang lain dahulu."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    log_access(user=actor, action="staff.closed", record=user, reason=reason, at=at)
    return user


@transaction.atomic
def reopen_account(*, user: User, at: datetime, actor: User | None, reason: str = "") -> User:
    """The user may sign in again, with the roles as they were left."""
    user = lock(user)
    if user.is_active:
        raise Refused("staff.open", _("Akun ini masih aktif."))
    user.is_active = True
    user.save(update_fields=["is_active"])
    log_access(user=actor, action="staff.reopened", record=user, reason=reason, at=at)
    return user


@transaction.atomic
def change_staff(
    *, user: User, display_name: str, email: str, phone: str, at: datetime, actor: User | None, reason: str = ""
) -> User:
    """Correct how a user is called and reached."""
    user = lock(user)
    if not display_name.strip():
        raise Refused("staff.needs_name", _("Tuliskan nama pengguna yang ditampilkan."))
    user.display_name, user.email, user.phone = display_name.strip(), email.strip(), phone.strip()
    user.save(update_fields=["display_name", "email", "phone"])
    log_access(user=actor, action="staff.changed", record=user, reason=reason, at=at)
    return user


@transaction.atomic
def set_password(*, user: User, password: str, at: datetime, actor: User | None, reason: str = "") -> User:
    """Give a user another password, which ends their sessions. Refused: `staff.weak_password`, which says why."""
    user = lock(user)
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise Refused("staff.weak_password", " ".join(weak.messages)) from None
    user.set_password(password)
    user.save(update_fields=["password"])
    log_access(user=actor, action="staff.password_set", record=user, reason=reason, at=at)
    return user


def find_account(name: str) -> User | None:
    """Whose account someone means at sign-in: by user name in any case, else by an e-mail only one account has."""
    name = name.strip()
    users = User.objects.filter(username__iexact=name)[:2]
    if len(users) > 1:
        return User.objects.filter(username=name).first()
    if not users and "@" in name:
        users = User.objects.filter(email__iexact=name, is_active=True)[:2]
    return users[0] if len(users) == 1 else None


def _give(user: User, grant: Grant) -> StaffRole:
    if grant.role == Role.AGENT_L2 and grant.unit is None:
        raise Refused("role.needs_unit", _("Agen Layer 2 harus punya unit. Pilih unitnya."))
    if user.roles.filter(role=grant.role, unit=grant.unit).exists():
        raise Refused("role.held", _("{name} sudah mempunyai peran ini."), name=str(user))
    return StaffRole.objects.create(user=user, role=grant.role, unit=grant.unit, is_head=grant.is_head)


def _mark_admin(user: User) -> None:
    """Administrators, and nobody else but superusers, enter Django's admin."""
    is_staff = user.is_superuser or user.roles.filter(role=Role.ADMINISTRATOR).exists()
    if user.is_staff != is_staff:
        user.is_staff = is_staff
        user.save(update_fields=["is_staff"])


def _other_administrators(user: User) -> bool:
    return StaffRole.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True).exclude(user=user).exists()
