"""A reorganisation starts on a day; before it everything has its old name."""

from datetime import date

import pytest

from kernel.errors import Refused
from people.models import AccessLog, Unit
from people.organisation import close_unit, open_unit
from people.units import unit_on
from tests import factories as make

AT = {"at": make.NOW, "actor": None}
NEW_YEAR = date(2025, 1, 1)


def test_a_renamed_unit_keeps_its_old_name_on_old_days(db):
    new = open_unit(code="pk.7", short="SITD", name="Direktorat Sistem Informasi TD", valid_from=NEW_YEAR, **AT)
    assert unit_on("PK.7", date(2024, 12, 31)).short == "SIPT"
    assert unit_on("PK.7", NEW_YEAR) == new
    assert AccessLog.objects.get().action == "unit.opened"


def test_a_closed_unit_ends_on_its_day(db):
    unit = close_unit(unit=make.unit("PK.6"), valid_to=NEW_YEAR, **AT)
    assert unit.valid_to == NEW_YEAR
    with pytest.raises(Refused, match=r"unit\.closed"):
        close_unit(unit=unit, valid_to=NEW_YEAR, **AT)


def test_the_past_stays(db):
    for day, code in ((date(2024, 8, 14), "dated.past"), (date(2024, 8, 15), "dated.taken")):
        if code == "dated.taken":
            open_unit(code="PK.1", short="S", name="Sekretariat", valid_from=NEW_YEAR, **AT)
        with pytest.raises(Refused, match=code):
            open_unit(code="PK.1", short="S", name="Sekretariat", valid_from=day, **AT)
    assert Unit.objects.filter(code="PK.1").count() == 2


def test_an_unknown_code_is_named(db):
    with pytest.raises(Refused) as refused:
        unit_on("PK.99", NEW_YEAR)
    assert refused.value.message == "Unit “PK.99” tidak dikenal."
