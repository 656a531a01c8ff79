"""Virus checks against a daemon that speaks clamd's protocol: files are held until they are clean, messages never."""

import base64
import socketserver
import struct
import threading

import pytest
from django.test import Client
from django.utils import timezone

from kernel.errors import Refused
from messaging.claiming import claim_in_order
from messaging.email.receiving import receive_mail
from messaging.models import Attachment, Message
from messaging.scanning.clamd import Unreachable, Verdict, ping, scan
from messaging.scanning.verbs import scan_waiting
from messaging.tasks import scan_files
from outreach import lapor
from outreach.models import LaporMail
from people.models import Unit
from tests import factories as make
from tests.messaging.mails import mail, raw
from tickets.models import Ticket

NOW = make.NOW
TEST_VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
LIMIT = 100_000


class Daemon:
    """What it was sent; `says` overrides its answer."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.says, self.address = "", ""


@pytest.fixture
def daemon():
    known = Daemon()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            command = b""
            while not command.endswith(b"\0"):
                command += self.rfile.read(1)
            if command == b"zVERSION\0":
                self.wfile.write(b"ClamAV 1.4.1/27400\0")
                return
            assert command == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack("!L", self.rfile.read(4))[0]:
                content += self.rfile.read(size)
                if len(content) > LIMIT:
                    self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            known.seen.append(content)
            found = b"stream: Eicar-Test-Signature FOUND\0" if TEST_VIRUS in content else b"stream: OK\0"
            self.wfile.write(known.says.encode() + b"\0" if known.says else found)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address, daemon_threads = True, True

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    known.address = f"tcp://127.0.0.1:{server.server_address[1]}"
    yield known
    server.shutdown()
    server.server_close()


def with_file(content: bytes, name: str = "surat.pdf", number: int = 1, **headers) -> bytes:
    given = {"From": "arung@gowa.example", "Message-ID": f"<{number}@gowa.example>", **headers}
    return raw(
        *(f"{key}: {value}" for key, value in given.items()), "Subject: Berkas", 'Content-Type: multipart/mixed; boundary="M"', "",
        "--M", "Content-Type: text/plain", "", "Terlampir",
        "--M", f"Content-Type: application/pdf; name={name}", "Content-Transfer-Encoding: base64", "", base64.encodebytes(content), "--M--",
    )  # fmt: skip


def take(content: bytes, **how) -> Message:
    message = receive_mail(content, at=NOW, **how).message
    claim_in_order(message=message, at=NOW)
    return Message.objects.get(pk=message.pk)


def page(ticket: Ticket) -> str:
    return _client().get(f"/tiket/{ticket.number}/").content.decode()


def _client(name: str = "laras") -> Client:
    client = Client()
    client.force_login(make.staff(name))
    return client


def address(row: Attachment) -> str:
    return f"/tiket/{Ticket.objects.get().number}/berkas/{row.pk}/"


def test_the_daemon_is_asked_by_its_protocol(daemon):
    assert scan(daemon.address, b"bersih") == Verdict()
    assert scan(daemon.address, b"x" * 90_000 + TEST_VIRUS) == Verdict(found="Eicar-Test-Signature")
    assert scan(daemon.address, b"x" * 3_000_000) == Verdict(skipped="INSTREAM size limit exceeded. ERROR")
    assert ping(daemon.address) == "ClamAV 1.4.1/27400"


@pytest.mark.parametrize("where", ["tcp://127.0.0.1:1", "unix:///tidak/ada", "bukan alamat"])
def test_a_daemon_that_is_away_is_unreachable(where):
    with pytest.raises(Unreachable):
        scan(where, b"isi")
    with pytest.raises(Unreachable):
        ping(where)


def test_an_answer_that_is_none_is_no_verdict(daemon):
    daemon.says = "stream: Can't allocate memory ERROR"
    with pytest.raises(Unreachable, match="allocate"):
        scan(daemon.address, b"isi")


def test_without_a_daemon_nothing_is_held(db):
    take(with_file(b"%PDF-1.4"))
    row = Attachment.objects.get()
    assert (row.scan, _client().get(address(row)).status_code) == ("", 200)


def test_a_clean_file_is_given_out_once_it_was_checked(db, settings, daemon):
    settings.CLAMD = daemon.address
    take(with_file(b"%PDF-1.4"))
    row, client = Attachment.objects.get(), _client()
    assert row.scan == "WAITING"
    held = client.get(address(row))
    assert (held.status_code, held.content.decode()) == (
        423, "Berkas surat.pdf tidak dapat dibuka (menunggu pemeriksaan virus)."
    )  # fmt: skip
    shown = page(Ticket.objects.get())
    assert "Terlampir" in shown
    assert "menunggu pemeriksaan virus" in shown
    assert scan_waiting(at=NOW) == 1
    assert (Attachment.objects.get().scan, client.get(address(row)).status_code) == ("CLEAN", 200)
    assert scan_waiting(at=NOW) == 0
    assert daemon.seen == [b"%PDF-1.4"]


def test_an_infected_file_stays_held_and_so_does_the_mail_as_a_whole(db, settings, daemon):
    settings.CLAMD = daemon.address
    message = take(with_file(b"%PDF-1.4" + TEST_VIRUS))
    scan_waiting(at=NOW)
    row, ticket = Attachment.objects.get(), Ticket.objects.get()
    assert (row.scan, row.scan_said) == ("INFECTED", "Eicar-Test-Signature")
    shown = page(ticket)
    assert "Terlampir" in shown
    assert "ditahan: Eicar-Test-Signature" in shown
    assert address(row) not in shown
    client = _client()
    assert client.get(address(row)).status_code == 423
    assert client.get(f"/tiket/{ticket.number}/pesan/{message.pk}/surat/").status_code == 423
    refused = client.get(f"/api/v1/tickets/{ticket.number}/attachments/{row.pk}/content/")
    assert (refused.status_code, refused.json()["code"]) == (409, "file.held")
    [told] = client.get(f"/api/v1/tickets/{ticket.number}/attachments/").json()
    assert told["scan"] == "INFECTED"


def test_while_the_daemon_is_away_the_message_is_kept_and_its_file_waits(db, settings, daemon):
    settings.CLAMD = "tcp://127.0.0.1:1"
    take(with_file(b"%PDF-1.4"))
    assert scan_files() == 0
    assert (Ticket.objects.count(), Attachment.objects.get().scan) == (1, "WAITING")
    shown = _client("nala").get("/kanal/").content.decode()
    assert "1 lampiran ditahan sejak" in shown
    settings.CLAMD = daemon.address
    assert scan_files() == 1
    assert Attachment.objects.get().scan == "CLEAN"
    assert "lampiran ditahan" not in _client("nala").get("/kanal/").content.decode()


def test_a_file_too_large_to_check_is_given_out_and_says_so(db, settings, daemon):
    settings.CLAMD = daemon.address
    take(with_file(b"%PDF-1.4" + b"x" * (LIMIT + 1)))
    scan_waiting(at=NOW)
    row = Attachment.objects.get()
    assert (row.scan, _client().get(address(row)).status_code) == ("SKIPPED", 200)


def test_the_same_content_is_checked_once_however_often_it_came(db, settings, daemon):
    settings.CLAMD = daemon.address
    for number in range(3):
        take(with_file(b"%PDF-1.4", number=number))
    assert scan_waiting(at=NOW) == 3
    assert len(daemon.seen) == 1


def test_switching_the_checks_off_lets_go_of_what_waits(db, settings):
    settings.CLAMD = "tcp://127.0.0.1:1"
    take(with_file(b"%PDF-1.4"))
    settings.CLAMD = ""
    assert scan_waiting(at=NOW) == 1
    assert Attachment.objects.get().scan == ""


def test_a_lapor_mail_is_not_forwarded_before_its_files_are_clean(db, settings, daemon):
    settings.CLAMD = daemon.address
    take(with_file(b"%PDF-1.4", To="lapor.djpk@kemenkeu.go.id"), mailbox="lapor.djpk@kemenkeu.go.id")
    row = LaporMail.objects.get()
    unit = Unit.objects.get(code="PK.2")
    lapor.set_person_in_charge(unit_code="PK.2", name="Dewi", email="dewi@djpk.example", at=NOW, actor=None)
    lapor.classify_lapor_mail(mail=row, unit=unit, at=NOW, actor=make.staff("laras"))
    with pytest.raises(Refused, match=r"file\.held"):
        lapor.forward(mail=row, at=timezone.now(), actor=make.staff("laras"))
    scan_waiting(at=NOW)
    assert lapor.forward(mail=row, at=timezone.now(), actor=make.staff("laras")).forwarded_at is not None


def test_receiving_wakes_the_check(db, settings, daemon, run_tasks, django_capture_on_commit_callbacks):
    settings.CLAMD = daemon.address
    with django_capture_on_commit_callbacks(execute=True):
        receive_mail(with_file(b"%PDF-1.4"), at=NOW)
        receive_mail(mail(), at=NOW)
    assert "messaging.tasks.scan_files" in run_tasks()
    assert Attachment.objects.get().scan == "CLEAN"
