"""Staff, their roles and the tokens of other systems."""

import pytest

from kernel.errors import Refused
from people.access import has_role, unit_ids_of
from people.models import AccessLog, ApiToken, Role, User
from people.staff import Grant, close_account, create_staff, grant_role, revoke_role
from people.tokens import find_token, issue_token, revoke_token
from tests import factories as make

AT = {"at": make.NOW, "actor": None}


def logged(row):
    return list(AccessLog.objects.filter(record_id=row.pk).order_by("id").values_list("action", flat=True))


def test_a_layer_2_agent_belongs_to_a_unit(db):
    with pytest.raises(Refused, match=r"role\.needs_unit"):
        create_staff(username="damar", display_name="Damar", grants=[Grant(Role.AGENT_L2)], **AT)
    assert not User.objects.filter(username="damar").exists()
    assert unit_ids_of(make.staff("damar")) == {make.unit("PK.2").pk}


def test_user_names_differ_in_more_than_case(db):
    make.staff("laras")
    with pytest.raises(Refused, match=r"staff\.name_taken"):
        create_staff(username="Laras", display_name="Laras Lain", grants=[], **AT)


def test_roles_come_and_go_and_only_administrators_enter_the_admin(db):
    laras, nala = make.staff("laras"), make.staff("nala")
    row = grant_role(user=laras, grant=Grant(Role.ADMINISTRATOR), at=make.NOW, actor=nala)
    assert User.objects.get(pk=laras.pk).is_staff
    with pytest.raises(Refused, match=r"role\.held"):
        grant_role(user=laras, grant=Grant(Role.ADMINISTRATOR), at=make.NOW, actor=nala)
    revoke_role(row=row, at=make.NOW, actor=nala)
    again = User.objects.get(pk=laras.pk)
    assert not again.is_staff
    assert not has_role(again, {Role.ADMINISTRATOR})
    assert logged(laras) == ["staff.created", "role.granted", "role.revoked"]


def test_the_last_administrator_stays(db):
    nala = make.staff("nala")
    with pytest.raises(Refused, match=r"role\.last_administrator"):
        revoke_role(row=nala.roles.get(), **AT)
    with pytest.raises(Refused, match=r"role\.last_administrator"):
        close_account(user=nala, **AT)


def test_a_token_is_kept_as_a_hash_and_ends_by_time_revocation_or_account(db):
    laras = make.staff("laras")
    until = make.NOW + make.DAY
    token, secret = issue_token(name="Portal", user=laras, scopes=["tickets:read"], expires_at=until, **AT)
    assert secret not in str(ApiToken.objects.values().get())
    assert find_token(secret, at=make.NOW) == token
    assert find_token(secret + "x", at=make.NOW) is None
    assert find_token(secret, at=until) is None
    revoke_token(token=token, **AT)
    assert find_token(secret, at=make.NOW) is None
    with pytest.raises(Refused, match=r"token\.revoked"):
        revoke_token(token=token, **AT)
    other, other_secret = issue_token(name="Portal", user=laras, scopes=[], **AT)
    close_account(user=laras, **AT)
    assert find_token(other_secret, at=make.NOW) is None
    assert logged(other)[0] == "token.issued"
