"""Which escalations someone may see and answer, and whose queue they may look at."""

from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from escalation.models import Absence, Escalation
from kernel.kept import Kept
from kernel.months import JAKARTA
from people.access import TICKET_READERS, has_role, unit_codes_of
from people.models import Role, StaffRole, Unit, User
from people.reference import UNITS

ANY_UNIT = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
_OVERSEERS = ANY_UNIT | {Role.MANAGER}
_MEMBERS = Kept(
    lambda: list(StaffRole.objects.filter(role=Role.AGENT_L2).select_related("unit", "user").order_by("user_id")),
    "people.StaffRole",
    "people.User",
    "people.Unit",
)
_ABSENCES = Kept(lambda: list(Absence.objects.select_related("user", "deputy")), "escalation.Absence", "people.User")


def visible_escalations(user: User | AnonymousUser) -> QuerySet[Escalation]:
    """All for Layer 1, supervisors, managers and administrators; their own unit's for Layer 2 agents."""
    if has_role(user, TICKET_READERS):
        return Escalation.objects.all()
    return Escalation.objects.filter(unit__code__in=unit_codes_of(user))


def answerable_escalations(user: User | AnonymousUser) -> QuerySet[Escalation]:
    """Those the user may take, answer, return or hand on: the own unit's, or any for supervisors."""
    if has_role(user, ANY_UNIT):
        return Escalation.objects.all()
    return Escalation.objects.filter(unit__code__in=unit_codes_of(user))


def may_see_queue(user: User | AnonymousUser) -> bool:
    """Whether there is a unit's queue for the user: the own one, or any for those who oversee."""
    return has_role(user, _OVERSEERS) or bool(unit_codes_of(user))


def may_judge(user: User | AnonymousUser) -> bool:
    """Who may leave an answer out of the averages."""
    return has_role(user, ANY_UNIT)


def may_try_rules(user: User | AnonymousUser) -> bool:
    """Who may try a draft of the score table on a past month."""
    return has_role(user, {Role.ADMINISTRATOR})


def queue_units(user: User | AnonymousUser, at: datetime) -> list[Unit]:
    """The units whose queues the user may look at, as in force at `at`, in the order of their codes."""
    day = at.astimezone(JAKARTA).date()
    rows = [row for row in UNITS().values() if row.valid_from <= day and (row.valid_to is None or day < row.valid_to)]
    if not has_role(user, _OVERSEERS):
        own = unit_codes_of(user)
        rows = [row for row in rows if row.code in own]
    return sorted(rows, key=lambda row: row.code)


def members_of(code: str) -> list[StaffRole]:
    """The Layer 2 agents of a unit whose accounts are open, heads first."""
    rows = [row for row in _MEMBERS() if row.unit and row.unit.code == code and row.user.is_active]
    return sorted(rows, key=lambda row: (not row.is_head, str(row.user)))


def away_on(day: date) -> dict[int, Absence]:
    """Who is away on that day, by their key."""
    return {row.user_id: row for row in _ABSENCES() if row.starts_on <= day < row.ends_on}


def stands_in_for(user: User | AnonymousUser, day: date) -> frozenset[int]:
    """Those whose work the user does on that day."""
    return frozenset(row.user_id for row in away_on(day).values() if row.deputy_id == user.pk)


def leads(user: User | AnonymousUser, code: str, day: date) -> bool:
    """Whether the user decides for the unit: its head, whoever stands in for the head, or a supervisor."""
    if has_role(user, ANY_UNIT):
        return True
    heads = {row.user_id for row in members_of(code) if row.is_head}
    return user.pk in heads or not heads.isdisjoint(stands_in_for(user, day))
