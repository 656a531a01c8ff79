"""Resolution targets as administrators change them: dated rows, empty by default (decisions 33); each change is logged.

A target holds for tickets received on its days, so a change moves only the open ones received from its first day on.
"""

from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.dated import supersede, withdraw
from kernel.errors import Refused
from kernel.locks import lock
from kernel.months import JAKARTA
from messaging.models import Channel
from people.log import log_access
from people.models import User
from tickets.deadlines import LONGEST, move_open
from tickets.models import ResolutionTarget, Ticket


@transaction.atomic
def set_resolution_target(
    *,
    valid_from: date,
    minutes: int,
    channel: Channel | None = None,
    priority: int | None = None,
    basis: str = "",
    at: datetime,
    actor: User | None,
) -> ResolutionTarget:
    """How soon tickets of this channel and priority (None: of all) are to be closed, from that day on."""
    if not 0 < minutes <= LONGEST:
        raise Refused("resolution_target.minutes", _("Isi 1 sampai {most} menit."), most=LONGEST)
    target = supersede(
        ResolutionTarget,
        key={"channel": channel, "priority": Ticket.Priority(priority).value if priority is not None else None},
        valid_from=valid_from,
        today=at.astimezone(JAKARTA).date(),
        minutes=minutes,
        basis=basis.strip(),
    )
    _follow(target, valid_from, "target.set", at, actor, basis)
    return target


@transaction.atomic
def end_resolution_target(
    *, target: ResolutionTarget, valid_to: date, at: datetime, actor: User | None, reason: str = ""
) -> ResolutionTarget:
    """No such target for tickets received from that day on."""
    target = lock(target)
    if target.valid_to is not None:
        raise Refused("resolution_target.ended", _("Target ini sudah berakhir."))
    if valid_to <= target.valid_from or valid_to < at.astimezone(JAKARTA).date():
        raise Refused("dated.past", _("Tanggal berakhir tidak boleh di masa lalu."))
    target.valid_to = valid_to
    target.save(update_fields=["valid_to"])
    _follow(target, valid_to, "target.ended", at, actor, reason)
    return target


@transaction.atomic
def withdraw_resolution_target(*, target: ResolutionTarget, at: datetime, actor: User | None, reason: str = "") -> None:
    """Take back a target that has not begun; the one before it goes on."""
    target = lock(target)
    said = f"{target.valid_from} {reason}".strip()
    log_access(user=actor, action="target.withdrawn", record=target, reason=said, at=at)
    key = {"channel": target.channel, "priority": target.priority}
    withdraw(target, today=at.astimezone(JAKARTA).date(), key=key)


def _follow(target: ResolutionTarget, day: date, action: str, at: datetime, actor: User | None, reason: str) -> None:
    move_open(Ticket.objects.filter(created_at__gte=datetime.combine(day, time(), JAKARTA)))
    log_access(user=actor, action=action, record=target, reason=reason, at=at)
