"""Spellings of regions and accounts, changed by verbs that leave their trace."""

import pytest

from kernel.errors import Refused
from people.models import AccessLog, RegionAlias, User
from people.region_verbs import add_region_alias, remove_region_alias
from people.regions import RegionIndex
from people.staff import change_staff, close_account, reopen_account, set_password
from tests import factories as make

pytestmark = pytest.mark.django_db
AT = {"at": make.NOW, "actor": None}


def test_another_spelling_finds_its_region_until_it_is_removed():
    gowa = make.region("73.06")
    row = add_region_alias(gowa, alias="Kab. Gowwa", reason="salah ketik lama", **AT)
    assert RegionIndex.load().resolve("kabupaten gowwa") == gowa
    for taken in ("Kab. Gowwa", "Kota Bandung"):
        with pytest.raises(Refused, match=r"region\.name_taken"):
            add_region_alias(gowa, alias=taken, **AT)
    with pytest.raises(Refused, match=r"region\.alias"):
        add_region_alias(gowa, alias="Kab. --", **AT)
    remove_region_alias(row, **AT)
    assert not RegionAlias.objects.filter(alias="Kab. Gowwa").exists()
    lines = AccessLog.objects.filter(record_id=gowa.pk).order_by("id").values_list("action", "reason")
    assert list(lines) == [("alias.added", "Kab. Gowwa salah ketik lama"), ("alias.removed", "Kab. Gowwa")]


def test_accounts_are_corrected_closed_and_reopened():
    laras = make.staff("laras")
    change_staff(user=laras, display_name="Laras S.", email="laras@djpk.example", phone="", **AT)
    set_password(user=laras, password="kopi-tubruk-hangat", **AT)
    with pytest.raises(Refused, match=r"staff\.weak_password"):
        set_password(user=laras, password="12345", **AT)
    close_account(user=laras, **AT)
    reopen_account(user=laras, **AT)
    with pytest.raises(Refused, match=r"staff\.open"):
        reopen_account(user=laras, **AT)
    again = User.objects.get(pk=laras.pk)
    assert (str(again), again.is_active, again.check_password("kopi-tubruk-hangat")) == ("Laras S.", True, True)
    actions = AccessLog.objects.filter(record_id=laras.pk).order_by("id").values_list("action", flat=True)
    assert list(actions)[1:] == ["staff.changed", "staff.password_set", "staff.closed", "staff.reopened"]
