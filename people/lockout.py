"""Repeated failures lock sign-in for a while: per account, and per address for those who try many accounts.

Counted in the database, so every web process sees the same. A try of an account is claimed before the password
is looked at: of many tries at once no more go through than the limit allows. API tokens are not concerned.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from people.log import log_access
from people.models import SignInLock, User

Kind = SignInLock.Kind


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries to sign in: the account (None when no account has this name), what was typed, from where."""

    user: User | None
    name: str
    address: str

    @property
    def account_key(self) -> str:
        if self.user:
            return str(self.user.pk)
        return "?" + hashlib.sha256(self.name.strip().lower().encode()).hexdigest()[:40]

    @property
    def address_key(self) -> str:
        """The address; of IPv6 the /64 network, which one customer has to itself."""
        try:
            found = ipaddress.ip_address(self.address)
        except ValueError:
            return "?"
        return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def limit_of(kind: str) -> int:
    """Failures in one window that lock (`DERING_LOCKOUT_TRIES`, `DERING_LOCKOUT_ADDRESS_TRIES`)."""
    return settings.LOCKOUT_TRIES if kind == Kind.ACCOUNT else settings.LOCKOUT_ADDRESS_TRIES


def period() -> timedelta:
    """The window in which failures are counted, and how long a lock holds (`DERING_LOCKOUT_MINUTES`)."""
    return timedelta(minutes=settings.LOCKOUT_MINUTES)


@transaction.atomic
def claim(attempt: Attempt, *, at: datetime) -> None:
    """Count a try of the account before it is made. Refused `sign_in.locked` when account or address is locked."""
    account = _row(Kind.ACCOUNT, attempt, at)
    address = SignInLock.objects.filter(kind=Kind.ADDRESS, key=attempt.address_key, locked_until__gt=at).first()
    rows = [row for row in (account, address) if row]
    locks = list(filter(None, (_until(row, at) for row in rows)))
    if locks:
        raise Refused(
            "sign_in.locked", _("Terlalu banyak percobaan gagal. Coba lagi pukul {clock}."), clock=clock(max(locks))
        )
    _start_again_when_over(account, at)
    account.failures += 1
    account.save(update_fields=["failures", "since", "locked_until"])


@transaction.atomic
def fail(attempt: Attempt, *, at: datetime) -> None:
    """The claimed try went wrong: it stays counted, and counts for the address too."""
    account = _row(Kind.ACCOUNT, attempt, at)
    _lock_at_limit(account, attempt, at)
    address = _row(Kind.ADDRESS, attempt, at)
    _start_again_when_over(address, at)
    address.failures += 1
    address.save(update_fields=["failures", "since", "locked_until"])
    _lock_at_limit(address, attempt, at)


def release(attempt: Attempt) -> None:
    """The claimed try went well and counts no longer; earlier failures do, until the whole sign-in is done."""
    rows = SignInLock.objects.filter(kind=Kind.ACCOUNT, key=attempt.account_key, failures__gt=0)
    rows.update(failures=F("failures") - 1)


def forget(user: User) -> None:
    """The user has signed in: earlier failures of the account are forgotten."""
    SignInLock.objects.filter(kind=Kind.ACCOUNT, key=str(user.pk)).delete()


@transaction.atomic
def lift(*, row: SignInLock, at: datetime, actor: User | None, reason: str = "") -> None:
    """Let the account or address try again at once."""
    row = lock(row)
    if not row.locked_until or row.locked_until <= at:
        raise Refused("sign_in.not_locked", _("Tidak sedang dikunci."))
    name = "staff" if row.user else "address"
    log_access(user=actor, action=f"{name}.unlocked", record=row.user or row, reason=reason or row.key, at=at)
    row.delete()


def locked(*, at: datetime) -> "list[SignInLock]":
    """What is locked now, the latest first."""
    return list(SignInLock.objects.filter(locked_until__gt=at).select_related("user").order_by("-locked_until"))


def sweep(*, at: datetime) -> int:
    """Delete counters whose window and lock are over; returns how many."""
    over = Q(since__lte=at - period()) & (Q(locked_until=None) | Q(locked_until__lte=at))
    return SignInLock.objects.filter(over).delete()[0]


def clock(until: datetime) -> str:
    """The first whole minute after a lock ends: "10.45 WIB"."""
    return f"{timezone.localtime(until + timedelta(seconds=59)):%H.%M} WIB"


def _row(kind: str, attempt: Attempt, at: datetime) -> SignInLock:
    key = attempt.account_key if kind == Kind.ACCOUNT else attempt.address_key
    user = attempt.user if kind == Kind.ACCOUNT else None
    while True:  # a sign-in that succeeds meanwhile deletes the row
        SignInLock.objects.bulk_create([SignInLock(kind=kind, key=key, user=user, since=at)], ignore_conflicts=True)
        row = SignInLock.objects.select_for_update(of=("self",)).filter(kind=kind, key=key).first()
        if row:
            return row


def _until(row: SignInLock, at: datetime) -> datetime | None:
    """Until when the row is locked; also while as many tries as allowed are on their way."""
    if row.locked_until and row.locked_until > at:
        return row.locked_until
    if row.locked_until is None and row.failures >= limit_of(row.kind) and row.since > at - period():
        return row.since + period()
    return None


def _start_again_when_over(row: SignInLock, at: datetime) -> None:
    if row.since <= at - period() or (row.locked_until and row.locked_until <= at):
        row.since, row.failures, row.locked_until = at, 0, None


def _lock_at_limit(row: SignInLock, attempt: Attempt, at: datetime) -> None:
    limit = limit_of(row.kind)
    if row.failures < limit or row.locked_until:
        return
    row.locked_until = at + period()
    row.save(update_fields=["locked_until"])
    name = "address" if row.kind == Kind.ADDRESS else "staff"
    reason = _("{count} kali gagal dari {address}").format(count=limit, address=attempt.address)
    log_access(user=None, action=f"{name}.locked", record=row.user or row, reason=str(reason), at=at)
