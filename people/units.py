"""Which row of a dated unit was in force on a day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from people.models import Unit


def unit_on(code: str, day: dt.date) -> Unit:
    """The unit with this code on that day; where none was in force, the row nearest in time.

    Raises Refused(`unit.unknown`) when no row has the code.
    """
    rows = list(Unit.objects.filter(code=code.strip().upper()).order_by("valid_from"))
    return _in_force(rows, code, day)


@dataclass
class UnitIndex:
    """All rows of all units, read once (one query), for many look-ups."""

    by_code: dict[str, list[Unit]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def load(cls) -> "UnitIndex":
        index = cls()
        for row in Unit.objects.order_by("code", "valid_from"):
            index.by_code[row.code].append(row)
        return index

    def on(self, code: str, day: dt.date) -> Unit:
        """As `unit_on`."""
        return _in_force(self.by_code.get(code.strip().upper(), ()), code, day)


def _in_force(rows: Sequence[Unit], code: str, day: dt.date) -> Unit:
    if not rows:
        raise Refused("unit.unknown", _("Unit “{unit}” tidak dikenal."), unit=code)
    started = [row for row in rows if row.valid_from <= day]
    return started[-1] if started else rows[0]
