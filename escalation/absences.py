"""Who is away, and who stands in: takes, answers and hears what the other would. Changes nothing about clocks."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from escalation.access import members_of
from escalation.models import Absence
from kernel.errors import Refused
from kernel.kept import Kept
from kernel.locks import lock, lock_names
from kernel.months import JAKARTA
from people.access import unit_codes_of
from people.log import log_access
from people.models import User


def _load() -> tuple[tuple[int, date, date], ...]:
    return tuple(Absence.objects.values_list("user_id", "starts_on", "ends_on"))


ABSENCES = Kept(_load, "escalation.Absence")
"""(user, first day, day after the last), in memory until one changes."""


def away_on(day: date) -> list[int]:
    """The keys of those who are away on that day."""
    return [user for user, starts_on, ends_on in ABSENCES() if starts_on <= day < ends_on]


@transaction.atomic
def enter_absence(
    *,
    user: User,
    starts_on: date,
    ends_on: date,
    deputy: User | None = None,
    reason: str = "",
    at: datetime,
    actor: User | None,
) -> Absence:
    """Away from `starts_on` up to, not including, `ends_on`; `deputy` is an agent of the same unit.

    Refused: `absence.range`, `absence.taken`, `absence.deputy`, `absence.deputy_away`.
    """
    lock_names(f"absence:{user.pk}")
    if ends_on <= starts_on or ends_on <= at.astimezone(JAKARTA).date():
        raise Refused("absence.range", _("Tanggal selesai mendahului tanggal mulai atau hari ini."))
    if _overlapping(user, starts_on, ends_on):
        raise Refused("absence.taken", _("{name} sudah tercatat tidak di tempat pada hari itu."), name=str(user))
    if deputy is not None:
        _check_deputy(user, deputy, starts_on, ends_on)
    row = Absence.objects.create(
        user=user,
        deputy=deputy,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason.strip()[:120],
        entered_at=at,
        entered_by=actor,
    )
    log_access(user=actor, action="absence.entered", record=row, reason=str(user), at=at)
    return row


@transaction.atomic
def end_absence(row: Absence, *, at: datetime, actor: User | None) -> None:
    """Back again: the absence ends today, or never begins."""
    row = lock(row)
    today = at.astimezone(JAKARTA).date()
    log_access(user=actor, action="absence.ended", record=row, reason=str(row.user), at=at)
    if row.starts_on >= today:
        row.delete()
    elif row.ends_on > today:
        row.ends_on = today
        row.save(update_fields=["ends_on"])


def _overlapping(user: User, starts_on: date, ends_on: date) -> bool:
    return Absence.objects.filter(user=user, starts_on__lt=ends_on, ends_on__gt=starts_on).exists()


def _check_deputy(user: User, deputy: User, starts_on: date, ends_on: date) -> None:
    of_units = {row.user_id for code in unit_codes_of(user) for row in members_of(code)}
    if deputy.pk == user.pk or deputy.pk not in of_units:
        raise Refused("absence.deputy", _("Pengganti harus agen lain pada unit yang sama."))
    if _overlapping(deputy, starts_on, ends_on):
        raise Refused("absence.deputy_away", _("{name} juga tidak di tempat pada hari itu."), name=str(deputy))
