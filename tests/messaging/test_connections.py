"""Connecting a channel from the command line; what is secret is neither shown nor logged."""

import pytest
from django.core.management import CommandError, call_command

from kernel.secrets import unseal
from messaging.models import Connection
from people.models import AccessLog
from tests import factories as make

ADDRESS = "callcenter@djpk.example"


def run(capsys, *argv: str) -> str:
    call_command("channel_connection", "EMAIL", ADDRESS, *argv)
    return capsys.readouterr().out.strip()


def test_a_mailbox_is_connected_changed_paused_and_resumed(db, capsys, monkeypatch):
    monkeypatch.setenv("DERING_SECRET_IMAP_PASSWORD", "sangat rahasia")
    said = run(capsys, "--name", "Contact Center", "--set", "imap_host=imap.djpk.example", "--secret", "imap_password")
    assert said == f"EMAIL {ADDRESS}: connected"
    row = Connection.objects.get()
    assert (row.name, row.settings) == ("Contact Center", {"imap_host": "imap.djpk.example"})
    assert "rahasia" not in row.secrets
    assert unseal(row.secrets) == {"imap_password": "sangat rahasia"}
    assert "rahasia" not in AccessLog.objects.get(action="connection.set").reason
    assert run(capsys, "--set", "smtp_host=smtp.djpk.example", "--pause").endswith("paused")
    assert run(capsys, "--set", "smtp_host=", "--resume").endswith("connected")
    row.refresh_from_db()
    assert (row.settings, unseal(row.secrets)) == (
        {"imap_host": "imap.djpk.example"},
        {"imap_password": "sangat rahasia"},
    )


def test_what_cannot_be_understood_is_said(db):
    with pytest.raises(CommandError, match="no channel FAX; there are"):
        call_command("channel_connection", "FAX", "1")
    with pytest.raises(CommandError, match="NAME=VALUE"):
        call_command("channel_connection", "EMAIL", ADDRESS, "--set", "imap_host")


@pytest.mark.parametrize(
    "argv",
    [
        ["--set", "imap_hots=imap.djpk.example"],
        ["--secret", "imap_pasword"],
        ["--set", "imap_port=banyak"],
        ["--set", "imap_security=ssl"],
    ],
)
def test_a_setting_that_nobody_knows_or_that_cannot_be_is_refused(db, monkeypatch, argv):
    monkeypatch.setenv("DERING_SECRET_IMAP_PASWORD", "x")
    with pytest.raises(CommandError):
        call_command("channel_connection", "EMAIL", ADDRESS, *argv)
    assert not Connection.objects.exists()


def test_what_only_the_command_line_sets_is_taken_and_old_names_go(db, capsys):
    Connection.objects.create(channel=make.channel("EMAIL"), address=ADDRESS, settings={"imap_hots": "x"})
    run(capsys, "--set", "chatbot=off", "--set", "imap_hots=")
    assert Connection.objects.get().settings == {"chatbot": "off"}
