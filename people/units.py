"""Which row of a dated unit was in force on a day."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from people.models import Unit


def unit_on(code: str, day: dt.date) -> Unit:
    """The unit with this code on that day; where none was in force, the row nearest in time.

    Raises Refused(`unit.unknown`) when no row has the code.
    """
    rows = list(Unit.objects.filter(code=code.strip().upper()).order_by("valid_from"))
    if not rows:
        raise Refused("unit.unknown", _("Unit “{code}” tidak dikenal."), code=code)
    started = [row for row in rows if row.valid_from <= day]
    return started[-1] if started else rows[0]
