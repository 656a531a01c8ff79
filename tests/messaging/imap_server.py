"""An IMAP server of a few commands (RFC 3501, 2177) that can misbehave: TLS, tokens, no IDLE, lines that are cut."""

import base64
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Box:
    """The mailbox, and how the server is to behave. `happened` is set whenever something was said or done."""

    password: str = "sandi"
    tokens: set[str] = field(default_factory=set)
    idles: bool = True
    mails: list[bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    starttls: bool = False
    port: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)
    cut: int = 0  # raised to cut every line that is open

    def put(self, *mails: bytes) -> None:
        with self.changed:
            self.mails += mails
            self.changed.notify_all()

    def cut_lines(self) -> None:
        with self.changed:
            self.cut += 1
            self.changed.notify_all()

    def times(self, command: str) -> int:
        return sum(line.split(" ")[0] == command for line in self.said)

    def await_said(self, command: str, times: int = 1) -> None:
        """Until the command was said so often; fails after half a minute."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.times(command) >= times, 30), (command, self.said)


class _Talk(socketserver.StreamRequestHandler):
    box: Box

    def setup(self) -> None:
        if self.box.tls and not self.box.starttls:
            self.request = self.box.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        self.ends_at, self.signed_in = self.box.cut, False
        self._say("* OK siap")
        while line := self.rfile.readline():
            tag, _blank, rest = line.decode().rstrip("\r\n").partition(" ")
            name, _blank, given = rest.partition(" ")
            name = name.upper()
            if name == "UID":
                more, _blank, given = given.partition(" ")
                name = f"UID-{more.upper()}"
            self._note(f"{name} {given}")
            if name == "STARTTLS":
                self._say(f"{tag} OK mulai")
                self._secure()
                continue
            answer = getattr(self, "do_" + name.replace("-", "_").lower(), lambda _given: "BAD apa")(given)
            if answer is None:
                return
            self._say(f"{tag} {answer}")

    def _secure(self) -> None:
        assert self.box.tls
        self.connection = self.request = self.box.tls.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), socketserver._SocketWriter(self.connection)  # type: ignore[attr-defined]

    def do_capability(self, _given: str) -> str:
        self._say(
            "* CAPABILITY IMAP4rev1"
            + (" IDLE" if self.box.idles and self.signed_in else "")
            + (" STARTTLS" if self.box.starttls else "")
        )
        return "OK selesai"

    def do_login(self, given: str) -> str:
        self.signed_in = given.split(" ")[1].strip('"') == self.box.password
        return "OK masuk" if self.signed_in else "NO [AUTHENTICATIONFAILED] salah"

    def do_authenticate(self, _given: str) -> str:
        self._say("+ ")
        first = base64.b64decode(self.rfile.readline()).decode()
        token = re.search(r"auth=Bearer ([^\x01]*)", first)
        if token and token[1] in self.box.tokens:
            self.signed_in = True
            return "OK masuk"
        self._say("+ " + base64.b64encode(b'{"status":"401"}').decode())
        assert self.rfile.readline() == b"\r\n"
        return "NO [AUTHENTICATIONFAILED] token"

    def do_select(self, _given: str) -> str:
        self._say(f"* {len(self.box.mails)} EXISTS")
        return "OK selesai"

    def do_status(self, given: str) -> str:
        self._say(f"* STATUS {given.partition(' (')[0]} (UIDVALIDITY 7)")
        return "OK selesai"

    def do_uid_search(self, given: str) -> str:
        match = re.search(r"(\d+):\*", given)
        assert match
        count = len(self.box.mails)
        found = [n for n in range(1, count + 1) if n >= int(match[1])] or ([count] if count else [])
        self._say("* SEARCH " + " ".join(map(str, found)))
        return "OK selesai"

    def do_uid_fetch(self, given: str) -> str:
        number = int(given.partition(" ")[0])
        mail = self.box.mails[number - 1]
        self.wfile.write(f"* {number} FETCH (UID {number} BODY[] {{{len(mail)}}}\r\n".encode() + mail + b")\r\n")
        return "OK selesai"

    def do_idle(self, _given: str) -> str | None:
        known = len(self.box.mails)
        self._say("+ menunggu")
        done = threading.Event()
        thread = threading.Thread(target=self._tell, args=(known, done), daemon=True)
        thread.start()
        line = self.rfile.readline()
        done.set()
        thread.join()
        self._note("DONE ")
        return "OK selesai" if line.strip().upper() == b"DONE" else None

    def _tell(self, seen: int, done: threading.Event) -> None:
        """Say how many mails there are whenever it is more."""
        while not done.is_set():
            with self.box.changed:
                self.box.changed.wait(0.1)
            if self.box.cut > self.ends_at:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if len(self.box.mails) > seen:
                seen = len(self.box.mails)
                self._say(f"* {seen} EXISTS")

    def do_logout(self, _given: str) -> None:
        self._say("* BYE")

    def _say(self, line: str) -> None:
        with suppress(OSError):
            self.wfile.write(line.encode() + b"\r\n")

    def _note(self, line: str) -> None:
        with self.box.changed:
            self.box.said.append(line)
            self.box.changed.notify_all()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True

    def handle_error(self, request: object, client_address: object) -> None:
        """Lines that are cut and handshakes that fail are what the tests are about."""


@contextmanager
def imap(box: Box) -> Iterator[Box]:
    """The server on a free port of this machine."""
    with _Server(("127.0.0.1", box.port), type("Talk", (_Talk,), {"box": box})) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield box
        box.cut_lines()
        server.shutdown()
        thread.join()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS with a certificate of its own for 127.0.0.1, and the file by which it can be believed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "surat.example")]), datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(7).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    )
    builder = builder.add_extension(
        x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
    )
    made = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(
        key, hashes.SHA256()
    )
    public, private = folder / "surat.pem", folder / "surat.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, public
