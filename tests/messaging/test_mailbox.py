"""A real IMAP server: what is new is fetched once, whatever happens in between."""

import socket
import subprocess
import sys
import time
from unittest.mock import patch

import imap_tools
import pytest

from kernel.secrets import seal
from messaging.email import mailbox as reading
from messaging.email.mailbox import read_mailbox
from messaging.models import Connection, Message
from tests import factories as make
from tests.messaging.mails import CALL_CENTRE, mail

USER, PASSWORD = "demouser", "demopass"


@pytest.fixture(scope="module")
def server():
    """pymap with its in-memory back-end, on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", "from pymap.main import main; main()", "--no-service", "admin", "--no-service", "managesieve", "--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict", "--demo-data"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    for _try in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            assert process.poll() is None, process.stderr.read().decode()
            time.sleep(0.05)
    yield port
    process.terminate()
    process.wait(10)


@pytest.fixture
def line(db, server) -> Connection:
    row = Connection.objects.create(
        channel=make.channel(), name="Contact Center", address=CALL_CENTRE,
        settings={"imap_host": "127.0.0.1", "imap_port": server, "imap_user": USER, "imap_security": "none"},
        secrets=seal({"imap_password": PASSWORD}),
    )  # fmt: skip
    read_mailbox(connection=row, at=make.NOW)  # what the server brings along
    Message.objects.all().delete()
    row.refresh_from_db()
    return row


def put(port: int, *mails: bytes) -> None:
    with imap_tools.MailBoxUnencrypted("127.0.0.1", port=port).login(USER, PASSWORD) as box:
        for content in mails:
            box.append(content, "INBOX")


def test_new_mails_are_fetched_once_and_stay_unseen(line, server):
    put(server, mail(Message_ID="<a1@x.example>"), mail(Message_ID="<a2@x.example>"))
    assert read_mailbox(connection=line, at=make.NOW) == 2
    line.refresh_from_db()
    assert read_mailbox(connection=line, at=make.NOW) == 0
    assert list(Message.objects.values_list("external_id", "connection")) == [
        ("a1@x.example", line.pk), ("a2@x.example", line.pk),
    ]  # fmt: skip
    assert line.last_in_at == make.NOW


def test_a_crash_after_storing_loses_nothing_and_doubles_nothing(line, server):
    put(server, mail(Message_ID="<b1@x.example>"), mail(Message_ID="<b2@x.example>"))
    with patch.object(reading, "_move", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        read_mailbox(connection=line, at=make.NOW)
    line.refresh_from_db()
    assert read_mailbox(connection=line, at=make.NOW) == 1
    assert Message.objects.filter(external_id__startswith="b").count() == 2


def test_a_rebuilt_folder_is_read_again_without_doubling(line, server):
    put(server, mail(Message_ID="<c1@x.example>"))
    read_mailbox(connection=line, at=make.NOW)
    Connection.objects.update(place={"uidvalidity": 1, "uid": 9999})
    line.refresh_from_db()
    read_mailbox(connection=line, at=make.NOW)
    assert Message.objects.filter(external_id="c1@x.example").count() == 1


def test_a_wrong_password_is_said_on_the_channel(line, run_tasks):
    from messaging.tasks import read_one_mailbox

    Connection.objects.update(secrets=seal({"imap_password": "salah"}))
    read_one_mailbox(connection_id=line.pk)
    line.refresh_from_db()
    assert line.last_error
    assert line.last_error_at is not None
