"""What went wrong with a server, in words that can be acted on; what the server said stands behind them. Pure."""

import imaplib
import smtplib
import socket
import ssl
import urllib.error

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from imap_tools import MailboxFolderSelectError, MailboxLoginError
from imap_tools.errors import UnexpectedCommandStatusError

from messaging.transports import SendError

_KINDS: tuple[tuple[type[Exception], str | Promise], ...] = (  # the narrower ones first
    (ssl.SSLCertVerificationError, _("Sertifikat server tidak dapat dipercaya.")),
    (ssl.SSLError, _("Server tidak memakai TLS di porta ini. Periksa keamanan dan portanya.")),
    (socket.gaierror, _("Alamat server tidak ditemukan.")),
    (ConnectionRefusedError, _("Server menolak sambungan. Periksa alamat dan portanya, atau server sedang mati.")),
    (TimeoutError, _("Server tidak menjawab.")),
    (MailboxLoginError, _("Nama pengguna atau kata sandi ditolak.")),
    (MailboxFolderSelectError, _("Folder tidak ada di kotak surat.")),
    (imaplib.IMAP4.abort, _("Server memutus sambungan.")),
    (smtplib.SMTPAuthenticationError, _("Nama pengguna atau kata sandi ditolak.")),
    (smtplib.SMTPNotSupportedError, _("Server tidak menawarkan cara ini. Periksa keamanan dan portanya.")),
    (smtplib.SMTPServerDisconnected, _("Server memutus sambungan.")),
    (ConnectionError, _("Server memutus sambungan.")),
)


def plainly(error: Exception) -> str:
    """The reason of an error, whatever library raised it."""
    if isinstance(error, SendError):
        return str(error.reason)
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        return plainly(error.reason)
    words = next((words for kind, words in _KINDS if isinstance(error, kind)), None)
    said = _said(error)
    if words is None:
        return f"{type(error).__name__}: {said}"[:240]
    return f"{words} ({said})"[:240] if said else str(words)


def _said(error: Exception) -> str:
    if isinstance(error, UnexpectedCommandStatusError):
        return " ".join(_text(one) for one in error.command_result[1] if one)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return " ".join(str(error).split())


def _text(said: object) -> str:
    return " ".join((said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)).split())
