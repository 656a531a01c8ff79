"""Why a server cannot be used is said in words, with what the server said behind them."""

import socket
import ssl
import threading
from collections.abc import Iterator

import pytest
from imap_tools import MailboxFolderSelectError

from messaging.email.reasons import plainly
from messaging.lines import trying
from messaging.models import Connection
from messaging.transports import Retryable
from tests import factories as make
from tests.messaging.mails import CALL_CENTRE


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def chatty() -> Iterator[int]:
    """The port of a server that speaks without TLS."""
    server = socket.create_server(("127.0.0.1", 0))

    def greet() -> None:
        while True:
            try:
                line, _address = server.accept()
            except OSError:
                return
            with line:
                line.sendall(b"* OK halo\r\n" * 20)
                line.recv(1000)

    thread = threading.Thread(target=greet, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def tried(**settings) -> list[str]:
    row = Connection(channel=make.channel(), address=CALL_CENTRE, settings=settings)
    return [str(trial.said) for trial in trying.try_connection(row)]


def test_where_nobody_listens(db):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    given = {"imap_host": "127.0.0.1", "imap_port": port, "smtp_host": "127.0.0.1", "smtp_port": port}
    for said in tried(**given):
        assert said.startswith("Server menolak sambungan. Periksa alamat dan portanya")
        assert "refused" in said


def test_where_nobody_answers_the_page_does_not_wait_long(db, silent, monkeypatch):
    monkeypatch.setattr(trying, "TIMEOUT", 0.2)
    given = {"imap_host": "127.0.0.1", "imap_port": silent, "smtp_host": "127.0.0.1", "smtp_port": silent}
    imap, smtp = tried(**given, imap_security="none")
    assert imap.startswith("Server tidak menjawab.")
    assert smtp.startswith("Server ")


def test_where_no_tls_is_spoken(db, chatty):
    [imap, _smtp] = tried(imap_host="127.0.0.1", imap_port=chatty)
    assert imap.startswith("Server tidak memakai TLS di porta ini.")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ssl.SSLCertVerificationError(1, "unable to get local issuer certificate"),
         "Sertifikat server tidak dapat dipercaya. (unable to get local issuer certificate)"),
        (socket.gaierror(-2, "Name or service not known"),
         "Alamat server tidak ditemukan. ([Errno -2] Name or service not known)"),
        (MailboxFolderSelectError(("NO", [b"Mailbox doesn't exist: Arsip"]), "OK"),
         "Folder tidak ada di kotak surat. (Mailbox doesn't exist: Arsip)"),
        (Retryable("Server surat keluar menolak kata sandi.", "535"), "Server surat keluar menolak kata sandi."),
        (KeyError("imap_host"), "KeyError: 'imap_host'"),
    ],
)  # fmt: skip
def test_what_libraries_raise_is_put_in_words(error, said):
    assert plainly(error) == said


def test_it_fits_where_it_is_kept():
    assert len(plainly(OSError("x" * 900))) <= 240
