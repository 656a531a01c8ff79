"""Which word of the central desk stands for which state of a ticket, both ways: dated rows."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.dated import supersede
from kernel.errors import Refused
from kernel.months import JAKARTA
from messaging.models import HaiStatus
from people.log import log_access
from people.models import User

_IN, _OUT = HaiStatus.Direction.IN, HaiStatus.Direction.OUT


def in_force(at: datetime) -> QuerySet[HaiStatus]:
    day = at.astimezone(JAKARTA).date()
    return HaiStatus.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


def word_for(status: str, at: datetime) -> str:
    """What the central desk is told of a ticket that came into this state; empty for nothing."""
    return in_force(at).filter(direction=_OUT, ours=status).values_list("theirs", flat=True).first() or ""


def state_for(word: str, at: datetime) -> str | None:
    """What a ticket becomes at their word: a state, empty when it is only noted, None for an unknown word."""
    rows = in_force(at).filter(direction=_IN, theirs__iexact=word.strip())
    return rows.values_list("ours", flat=True).first()


@transaction.atomic
def set_mapping(
    *,
    direction: str,
    ours: str,
    theirs: str,
    states: frozenset[str],
    valid_from: date,
    at: datetime,
    actor: User | None,
) -> HaiStatus:
    """From a day on, this word for this state. `states` are those there are. Raises Refused."""
    ours, theirs = ours.strip(), theirs.strip()
    if direction not in HaiStatus.Direction.values or (ours and ours not in states):
        raise Refused("hai_status.unknown", _("Status tiket tidak dikenal."))
    if not (ours if direction == _OUT else theirs):
        raise Refused("hai_status.missing", _("Isi status yang dipetakan."))
    key, value = ({"ours": ours}, {"theirs": theirs}) if direction == _OUT else ({"theirs": theirs}, {"ours": ours})
    day = at.astimezone(JAKARTA).date()
    row = supersede(HaiStatus, valid_from=valid_from, today=day, key={"direction": direction, **key}, **value)
    log_access(user=actor, action="hai_status.set", record=row, reason=f"{direction} {ours} {theirs}", at=at)
    return row
