"""Servers for mail: a real SMTP server that can misbehave, and a mailbox of our own."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from kernel.secrets import seal
from messaging.models import Connection
from tests import factories as make
from tests.messaging.mails import CALL_CENTRE


@dataclass
class Post:
    """What the server took, and how it is to behave: codes for RCPT and DATA, `drop` closes the line after DATA."""

    taken: list[bytes] = field(default_factory=list)
    rcpt: str = "250 OK"
    data: str = "250 OK"
    drop: bool = False
    port: int = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session, envelope):
        if self.drop:
            self.taken.append(envelope.content)
            server.transport.abort()
            return "250 OK"
        if self.data.startswith("2"):
            self.taken.append(envelope.content)
        return self.data


@pytest.fixture
def post() -> Iterator[Post]:
    handler = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def mailbox(db, post) -> Connection:
    """The call centre's mailbox, sending through `post`."""
    return Connection.objects.create(
        channel=make.channel(),
        name="Contact Center DJPK",
        address=CALL_CENTRE,
        settings={"smtp_host": "127.0.0.1", "smtp_port": post.port, "smtp_security": "none"},
        secrets=seal({"smtp_password": "tidak dipakai"}),
    )
