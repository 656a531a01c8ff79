"""Reference rows in memory: whatever they hold, a change of it is seen."""

import pytest

from people.access import roles_of, unit_codes_of
from people.models import Contact, Region, Role, Unit, User
from people.reference import ACCOUNTS, REGIONS, STAFF, account_of, region_of
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kept", [STAFF, ACCOUNTS])
def test_every_column_that_staff_are_kept_with_gives_the_table_a_new_version(kept):
    user = User.objects.create(username="rina")
    held = {name for name in kept()[user.pk].__dict__ if not name.startswith("_")} - {"id"}
    assert "display_name" in held
    assert ("password" in held) == (kept is ACCOUNTS)
    for name in sorted(held):
        before = kept()
        value = not getattr(user, name) if isinstance(getattr(user, name), bool) else f"x{name}"[:10]
        User.objects.filter(pk=user.pk).update(**{name: value})
        assert kept() is not before, name
        assert getattr(kept()[user.pk], name) == value


def test_an_account_comes_with_its_roles_and_is_the_callers_own(django_assert_num_queries):
    laras, damar = make.staff("laras"), make.staff("damar")
    account_of(laras.pk)
    with django_assert_num_queries(2):  # the versions, twice
        mine, yours = account_of(laras.pk), account_of(damar.pk)
        assert (roles_of(mine), unit_codes_of(mine)) == ({Role.AGENT_L1}, frozenset())
        assert (roles_of(yours), unit_codes_of(yours)) == ({Role.AGENT_L2}, {"PK.2"})
    mine.display_name = "Orang lain"
    mine.save(update_fields=[])
    assert str(account_of(laras.pk)) == "Laras Setyani"
    assert account_of(-1) is None
    User.objects.filter(pk=laras.pk).update(last_login=make.NOW)
    assert account_of(laras.pk).last_login == make.NOW


@pytest.mark.parametrize(
    "change",
    [
        lambda user: user.roles.update(role=Role.MANAGER),
        lambda user: user.roles.all().delete(),
        lambda user: user.roles.create(role=Role.SUPERVISOR),
        lambda user: Unit.objects.filter(code="PK.2").update(code="PK.9"),
    ],
)
def test_a_change_of_roles_or_units_is_one_of_the_account(change):
    damar = make.staff("damar")
    before = roles_of(account_of(damar.pk)), unit_codes_of(account_of(damar.pk))
    change(damar)
    fresh = User.objects.get(pk=damar.pk)
    after = roles_of(account_of(damar.pk)), unit_codes_of(account_of(damar.pk))
    assert after == (roles_of(fresh), unit_codes_of(fresh)) != before


def test_a_region_is_kept_with_its_province(django_assert_num_queries):
    bandung = Region.objects.get(code="32.73")
    contact = Contact(region_id=bandung.pk)
    REGIONS()
    with django_assert_num_queries(1):
        assert region_of(contact).province.code == "32"
    assert region_of(Contact()) is None
