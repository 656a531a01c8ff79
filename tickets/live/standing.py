"""Who may hear of which tickets, checked when a socket opens and again while it stays open."""

from collections.abc import Collection, Iterable, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db.models import Prefetch
from django.utils.crypto import constant_time_compare

from people.access import TICKET_READERS, has_role, unit_codes_of
from people.models import StaffRole, User
from people.second_factor import owes_second_factor
from tickets.access import escalated_to, may_be_told

SIGNED_OUT, NOT_ALLOWED = 4401, 4403  # codes with which a socket closes


@dataclass(frozen=True, slots=True)
class Standing:
    """A user's right to hear: of all tickets, or of those that were escalated to these units (the front desk: of none).
    Everybody who hears at all hears of places, as `announce.place_changed` names them, and of their own news."""

    user: int
    name: str
    reads_all: bool
    units: frozenset[str]


def standing_of(user: User | AnonymousUser) -> Standing | int:
    """What the user may hear, or the code to close with."""
    if not isinstance(user, User) or not user.is_active:
        return SIGNED_OUT
    reads_all, units = has_role(user, TICKET_READERS), unit_codes_of(user)
    return Standing(user.pk, str(user), reads_all, units) if may_be_told(user) else NOT_ALLOWED


def entering(user: User | AnonymousUser, session: MutableMapping[str, Any]) -> Standing | int:
    """As `standing_of`, for a page that opens a socket: whoever must set up a second factor first hears nothing."""
    standing = standing_of(user)
    return NOT_ALLOWED if isinstance(standing, Standing) and owes_second_factor(user, session) else standing


def audible(units: Collection[str], tickets: Iterable[int]) -> set[int]:
    """Those of the tickets that Layer 2 agents of these units may see."""
    return set(escalated_to(units).filter(pk__in=list(tickets)).values_list("pk", flat=True))


def standings(session_keys: Collection[str], at: datetime) -> dict[str, Standing | int]:
    """What became of these sessions, by three queries: ended, the password changed, roles given or taken."""
    users: dict[str, tuple[str, str]] = {}
    for session in Session.objects.filter(session_key__in=session_keys, expire_date__gt=at):
        held = session.get_decoded()
        users[session.session_key] = str(held.get(SESSION_KEY, "")), str(held.get(HASH_SESSION_KEY, ""))
    roles = Prefetch("roles", StaffRole.objects.select_related("unit"), to_attr="_role_rows")
    wanted = {user for user, _hash in users.values() if user}
    found = {str(user.pk): user for user in User.objects.filter(pk__in=wanted).prefetch_related(roles)}
    return {
        key: _standing(found.get(users[key][0]), users[key][1]) if key in users else SIGNED_OUT for key in session_keys
    }


def _standing(user: User | None, session_hash: str) -> Standing | int:
    if user is None or not constant_time_compare(session_hash, user.get_session_auth_hash()):
        return SIGNED_OUT
    return standing_of(user)
