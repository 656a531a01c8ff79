"""Issuing, listing and revoking tokens from the command line."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from people.tokens import find_token
from tests import factories as make


def test_a_token_is_issued_listed_and_revoked(db, capsys):
    make.staff("laras")
    call_command("api_token", "add", "Gudang data", "--user", "laras", "--scope", "tickets:read", "--days", "2")
    secret = capsys.readouterr().out.strip()
    token = find_token(secret, at=timezone.now())
    assert (token.scopes, token.user.username) == (["tickets:read"], "laras")
    assert 1 <= (token.expires_at - timezone.now()).days <= 2
    call_command("api_token", "list")
    shown = capsys.readouterr().out
    assert token.prefix in shown
    assert secret not in shown
    call_command("api_token", "revoke", token.prefix)
    assert find_token(secret, at=timezone.now()) is None
    with pytest.raises(CommandError, match="0 token"):
        call_command("api_token", "revoke", token.prefix)


def test_nobody_gets_a_token_who_is_not_there_or_for_a_scope_that_is_none(db):
    with pytest.raises(CommandError, match="tidak ada"):
        call_command("api_token", "add", "X", "--user", "siapa", "--scope", "tickets:read")
    make.staff("laras")
    with pytest.raises(CommandError):
        call_command("api_token", "add", "X", "--user", "laras", "--scope", "everything")
    with pytest.raises(CommandError, match="masa depan"):
        call_command("api_token", "add", "X", "--user", "laras", "--scope", "tickets:read", "--days", "0")
