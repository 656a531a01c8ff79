"""Units come, are renamed and go with each reorganisation; old reports keep the old names (decisions 26)."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.dated import supersede
from kernel.errors import Refused
from kernel.locks import lock
from kernel.months import JAKARTA
from people.log import log_access
from people.models import Unit, User


@transaction.atomic
def open_unit(
    *,
    code: str,
    short: str,
    name: str,
    name_en: str = "",
    valid_from: date,
    at: datetime,
    actor: User | None,
    reason: str = "",
) -> Unit:
    """A new unit, or the same code under another name from that day on."""
    if not (code.strip() and short.strip() and name.strip()):
        raise Refused("unit.needs_name", _("Isi kode, singkatan dan nama unit."))
    unit = supersede(
        Unit,
        key={"code": code.strip().upper()},
        valid_from=valid_from,
        today=at.astimezone(JAKARTA).date(),
        short=short.strip(),
        name=name.strip(),
        name_en=name_en.strip(),
    )
    log_access(user=actor, action="unit.opened", record=unit, reason=reason, at=at)
    return unit


@transaction.atomic
def close_unit(*, unit: Unit, valid_to: date, at: datetime, actor: User | None, reason: str = "") -> Unit:
    """The unit is no more from that day on; what it did stays under its name."""
    unit = lock(unit)
    if unit.valid_to is not None:
        raise Refused("unit.closed", _("Unit {code} sudah berakhir."), code=unit.code)
    if valid_to <= unit.valid_from or valid_to < at.astimezone(JAKARTA).date():
        raise Refused("dated.past", _("Tanggal berakhir tidak boleh di masa lalu."))
    unit.valid_to = valid_to
    unit.save(update_fields=["valid_to"])
    log_access(user=actor, action="unit.closed", record=unit, reason=reason, at=at)
    return unit
