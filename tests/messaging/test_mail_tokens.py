"""Signing in at mail servers: tokens renewed against a token server, certificates always checked."""

import base64
import json
import smtplib
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.test import Client
from django.utils import timezone

from kernel.secrets import seal, unseal
from messaging import outbox
from messaging.connection_verbs import connect
from messaging.email import oauth
from messaging.email.mailbox import open_mailbox, read_mailbox
from messaging.email.oauth import access_token
from messaging.email.sending import connect_smtp
from messaging.models import Connection, Message
from messaging.transports import Permanent, Retryable
from messaging.verbs import write_message
from tests import factories as make
from tests.messaging.imap_server import Box, certificate, imap
from tests.messaging.mails import CALL_CENTRE, mail

CODE = "EMAIL"


class Tokens:
    """A token server: what it was asked; each answer a new token. `status` and `error` make it refuse."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.status, self.error, self.seconds, self.rotates, self.url = 200, "invalid_grant", 3600, False, ""

    def answer(self, form: dict[str, str]) -> tuple[int, dict]:
        self.asked.append(form)
        if self.status != 200:
            return self.status, {"error": self.error}
        said = {"access_token": f"token-{len(self.asked)}", "token_type": "Bearer", "expires_in": self.seconds}
        return 200, said | ({"refresh_token": f"segar-{len(self.asked)}"} if self.rotates else {})


@pytest.fixture
def tokens():
    known = Tokens()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            status, said = known.answer(form)
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    known.url = f"http://127.0.0.1:{server.server_address[1]}/token"
    yield known
    server.shutdown()
    server.server_close()


def line(tokens: Tokens, **settings) -> Connection:
    given = {
        "oauth_token_url": tokens.url,
        "oauth_client_id": "dering",
        "oauth_scope": "IMAP.AccessAsUser.All",
        **settings,
    }
    secrets = {"oauth_client_secret": "rahasia", "oauth_refresh_token": "segar-0"}
    return connect(
        channel=make.channel(CODE), address=CALL_CENTRE, settings=given, secrets=secrets, at=make.NOW, actor=None
    )


def test_a_token_is_asked_for_once_and_again_shortly_before_it_ends(db, tokens, time_machine):
    time_machine.move_to(make.NOW, tick=False)
    row = line(tokens)
    assert [access_token(row), access_token(row)] == ["token-1", "token-1"]
    assert tokens.asked == [
        {"grant_type": "refresh_token", "client_id": "dering", "client_secret": "rahasia", "refresh_token": "segar-0",
         "scope": "IMAP.AccessAsUser.All"}
    ]  # fmt: skip
    time_machine.move_to(make.NOW + make.HOUR - 3 * make.MINUTE, tick=False)
    assert access_token(row) == "token-1"
    time_machine.move_to(make.NOW + make.HOUR - make.MINUTE, tick=False)
    assert access_token(row) == "token-2"


def test_a_refresh_token_that_may_be_used_once_is_replaced(db, tokens):
    tokens.rotates = True
    row = line(tokens)
    access_token(row)
    access_token(row)
    access_token(row, fresh=True)
    assert [asked["refresh_token"] for asked in tokens.asked] == ["segar-0", "segar-1"]


def test_without_a_refresh_token_the_client_asks_for_itself(db, tokens):
    row = line(tokens)
    connect(channel=row.channel, address=row.address, secrets={"oauth_refresh_token": ""}, at=make.NOW, actor=None)
    access_token(row)
    assert (tokens.asked[0]["grant_type"], "refresh_token" in tokens.asked[0]) == ("client_credentials", False)


def test_new_credentials_make_the_kept_token_void(db, tokens):
    row = line(tokens)
    access_token(row)
    connect(channel=row.channel, address=row.address, secrets={"oauth_client_secret": "baru"}, at=make.NOW, actor=None)
    assert (access_token(row), tokens.asked[1]["client_secret"]) == ("token-2", "baru")


@pytest.mark.parametrize(
    ("status", "error", "kind", "said"),
    [
        (400, "invalid_grant", Permanent, "Server token menolak izin (invalid_grant)."),
        (401, "invalid_client", Permanent, "Server token menolak izin (invalid_client)."),
        (503, "unavailable", Retryable, "Server token menolak izin (unavailable)."),
    ],
)
def test_what_the_token_server_says_decides(db, tokens, status, error, kind, said):
    tokens.status, tokens.error = status, error
    with pytest.raises(kind) as refused:
        access_token(line(tokens))
    assert str(refused.value.reason) == said


def test_a_token_that_somebody_else_renewed_meanwhile_is_taken(db, tokens, monkeypatch):
    row, ask = line(tokens), oauth._ask

    def too_late(*given):
        monkeypatch.setattr(oauth, "_ask", ask)
        access_token(row)
        raise Permanent("terpakai", "invalid_grant")

    monkeypatch.setattr(oauth, "_ask", too_late)
    assert access_token(row) == "token-1"
    assert len(tokens.asked) == 1


def test_tokens_are_kept_encrypted_and_never_told(db, tokens):
    row = line(tokens)
    access_token(row)
    row.refresh_from_db()
    assert "token-1" not in row.secrets
    assert unseal(row.secrets)["oauth_access_token"] == "token-1"
    client = Client()
    client.force_login(make.staff("nala"))
    shown = client.get(f"/kanal/{row.pk}/").content.decode()
    assert "token-1" not in shown
    assert client.get(f"/api/v1/connections/{row.pk}/").json()["secrets"] == [
        "oauth_client_secret",
        "oauth_refresh_token",
    ]


def test_a_mailbox_is_opened_with_a_token_and_with_a_new_one_when_that_was_taken_back(db, tokens):
    with imap(Box(tokens={"token-1"}, mails=[mail()])) as box:
        row = line(tokens, imap_host="127.0.0.1", imap_port=box.port, imap_security="none")
        assert read_mailbox(connection=row, at=make.NOW) == 1
        box.tokens = {"token-2"}
        assert read_mailbox(connection=row, at=make.NOW) == 0
        assert (len(tokens.asked), box.times("AUTHENTICATE"), box.times("LOGIN")) == (2, 3, 0)


class Post:
    """An SMTP server that takes one token."""

    def __init__(self) -> None:
        self.token, self.taken, self.tried = "token-1", [], []

    async def auth_XOAUTH2(self, server, args):
        said = base64.b64decode(args[1]).decode()
        self.tried.append(said)
        if said == f"user={CALL_CENTRE}\x01auth=Bearer {self.token}\x01\x01":
            return AuthResult(success=True)
        await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)

    async def handle_DATA(self, server, session, envelope):
        self.taken.append(envelope.content)
        return "250 OK"


@pytest.fixture
def post():
    handler = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, auth_require_tls=False)
    controller.start()
    yield handler
    controller.stop()


def reply(row: Connection) -> Message:
    return write_message(channel=row.channel, contact=make.contact(), body="Tanggal 20.", at=timezone.now(),
                         actor=make.staff("laras"), claimed_by="tickets")  # fmt: skip


def test_answers_leave_with_a_token_renewed_when_it_was_taken_back(db, tokens, post):
    row = line(tokens, smtp_host="127.0.0.1", smtp_port=post.port, smtp_security="none", smtp_user=CALL_CENTRE)
    assert outbox.send(message_id=reply(row).pk, at=timezone.now()) == "SENT"
    post.token = "token-2"
    assert outbox.send(message_id=reply(row).pk, at=timezone.now()) == "SENT"
    assert (len(post.taken), len(post.tried), len(tokens.asked)) == (2, 3, 2)


def test_an_answer_waits_while_our_own_credentials_are_void(db, tokens, post):
    tokens.status = 400
    row = line(tokens, smtp_host="127.0.0.1", smtp_port=post.port, smtp_security="none", smtp_user=CALL_CENTRE)
    message = reply(row)
    assert outbox.send(message_id=message.pk, at=timezone.now()) == "QUEUED"
    message.refresh_from_db()
    assert message.delivery_reason == "Server token menolak izin (invalid_grant)."


@pytest.fixture(scope="module")
def own_tls(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_mail_server_nobody_vouches_for_is_not_given_the_password(db, settings, own_tls, security):
    context, public = own_tls
    with imap(Box(tls=context, starttls=security == "starttls", mails=[mail()])) as box:
        row = Connection.objects.create(
            channel=make.channel(), address=CALL_CENTRE, secrets=seal({"imap_password": box.password}),
            settings={"imap_host": "127.0.0.1", "imap_port": box.port, "imap_security": security},
        )  # fmt: skip
        with pytest.raises(ssl.SSLCertVerificationError):
            open_mailbox(row)
        assert box.times("LOGIN") == 0
        settings.CA_FILE = str(public)
        assert read_mailbox(connection=row, at=make.NOW) == 1
        assert box.times("LOGIN") == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_same_for_the_server_that_sends(db, settings, own_tls, security):
    context, public = own_tls
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    how = {"ssl_context": context} if security == "tls" else {"tls_context": context, "require_starttls": True}
    controller = Controller(Post(), hostname="127.0.0.1", port=port, **how)
    controller.ssl_context = how.get("ssl_context")
    settings.CA_FILE = str(public)
    controller.start()
    row = Connection.objects.create(
        channel=make.channel(), address=CALL_CENTRE,
        settings={"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": security},
    )  # fmt: skip
    try:
        with connect_smtp(row) as server:
            assert server.noop()[0] == 250
        settings.CA_FILE = ""
        with pytest.raises((ssl.SSLCertVerificationError, smtplib.SMTPException)) as refused:
            connect_smtp(row)
        assert "CERTIFICATE_VERIFY_FAILED" in str(refused.value)
    finally:
        controller.stop()
