"""Answers by mail: an own Message-ID, the whole chain of references, and what RFC 3834 asks of machines."""

import re
import smtplib
import ssl
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from django.utils.translation import gettext_lazy as _

from kernel.months import JAKARTA
from kernel.secrets import unseal
from messaging.email.oauth import access_token, uses_oauth, xoauth2
from messaging.email.plus import plus_address
from messaging.email.reasons import plainly
from messaging.email.signs import MARK
from messaging.email.tls import context
from messaging.models import Connection, Message
from messaging.transports import Permanent, Retryable, Sent, Unknown
from people.models import ContactHandle

TIMEOUT = 30
MOST_REFERENCES = 20
_METHOD = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)


class EmailTransport:
    """SMTP. The server cannot tell a second sending from a first: a broken line leaves the mail uncertain."""

    repeatable = False

    def prepare(self, message: Message, connection: Connection) -> str:
        domain = connection.address.rpartition("@")[2] or "localhost"
        return f"{message.external_id.removeprefix('out:')}.{message.pk}@{domain}"

    def send(self, message: Message, connection: Connection, files: Sequence[tuple[str, str, bytes]]) -> Sent:
        to = _address_of(message)
        mail = build(message, connection, to, files)
        _deliver(mail, connection, to)
        return Sent()


def build(message: Message, connection: Connection, to: str, files: Sequence[tuple[str, str, bytes]]) -> EmailMessage:
    """The mail as it leaves."""
    mail = EmailMessage()
    name, _at, domain = connection.address.partition("@")
    mail["From"] = Address(connection.name, name, domain)
    mail["To"] = to
    mail["Subject"] = " ".join(message.subject.split()) or connection.name
    mail["Date"] = format_datetime(message.received_at.astimezone(JAKARTA))
    mail["Message-ID"] = f"<{message.provider_id}>"
    mail[MARK] = str(message.pk)
    chain = references_of(message)
    if chain:
        mail["In-Reply-To"], mail["References"] = f"<{chain[-1]}>", " ".join(f"<{one}>" for one in chain)
    if connection.settings.get("plus_addressing") and (thread := message.details.get("thread")):
        mail["Reply-To"] = plus_address(connection.address, str(thread))
    if message.author_id is None:
        mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"] = "auto-replied", "All"
    mail.set_content(message.body)
    for file_name, media_type, content in files:
        kind, _slash, sub = media_type.partition("/")
        params = _of_calendar(content) if media_type == "text/calendar" else None
        mail.add_attachment(content, maintype=kind, subtype=sub or "octet-stream", filename=file_name, params=params)
    return mail


def _of_calendar(content: bytes) -> dict[str, str]:
    """What makes mail programs take a calendar file for an invitation (RFC 6047, 2.4)."""
    try:
        method = _METHOD.search(content.decode())
    except UnicodeDecodeError:
        return {}
    return {"charset": "utf-8", **({"method": method[1]} if method else {})}


def references_of(message: Message) -> list[str]:
    """Ids of the chain, oldest first, ending with the message that is answered."""
    before = message.reply_to
    if before is None:
        return []
    own = before.provider_id if before.direction == Message.Direction.OUT else before.details.get("message_id", "")
    earlier = [str(one) for one in before.details.get("references", [])]
    return list(dict.fromkeys([*earlier, own] if own else earlier))[-MOST_REFERENCES:]


def _address_of(message: Message) -> str:
    if wanted := message.details.get("to"):
        return str(wanted)
    before = message.reply_to
    asked_from = str(before.details.get("answer_to", "")) if before and before.direction == "IN" else ""
    handles = ContactHandle.objects.filter(contact=message.contact, kind=ContactHandle.Kind.EMAIL)
    known = list(handles.order_by("pk").values_list("value", flat=True))
    if asked_from in known or (asked_from and not known):
        return asked_from
    if not known:
        raise Permanent(_("Alamat email pemohon tidak diketahui."), "no_address")
    return known[0]


def _deliver(mail: EmailMessage, connection: Connection, to: str) -> None:
    """One SMTP talk. Only after the text was handed over and before the server's word is the outcome uncertain."""
    handed_over = False
    try:
        with connect_smtp(connection) as server:
            _expect(server.mail(connection.address), (250,))
            _expect(server.rcpt(to), (250, 251))
            handed_over = True
            _expect(server.data(mail.as_bytes()), (250,))
    except _Answer as answer:
        raise _meaning(answer.code, answer.text) from None
    except smtplib.SMTPResponseException as error:
        raise _meaning(error.smtp_code, _said(error.smtp_error)) from error
    except (OSError, smtplib.SMTPException) as error:
        if handed_over:
            raise Unknown(
                _("Sambungan terputus saat mengirim. Periksa apakah sudah sampai."), "line_dropped"
            ) from error
        raise Retryable(_unused(error), type(error).__name__) from error


def _unused(error: Exception) -> str:
    """Why nothing was handed over: a server that answers, but not as it was to be used, is not away."""
    answers = isinstance(error, (ssl.SSLError, smtplib.SMTPNotSupportedError))
    return plainly(error) if answers else str(_("Server surat keluar tidak dapat dihubungi."))


class _Answer(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def _expect(answer: tuple[int, bytes], wanted: tuple[int, ...]) -> None:
    code, text = answer
    if code not in wanted:
        raise _Answer(code, _said(text))


def connect_smtp(connection: Connection, timeout: float = TIMEOUT) -> smtplib.SMTP:
    """A signed-in SMTP server."""
    given = connection.settings
    host, port = str(given.get("smtp_host", "")), int(given.get("smtp_port") or 587)
    security = given.get("smtp_security", "starttls")
    server: smtplib.SMTP
    if security == "tls":
        server = smtplib.SMTP_SSL(host, port, timeout=timeout, context=context())
    else:
        server = smtplib.SMTP(host, port, timeout=timeout)
    try:
        if security == "starttls":
            server.starttls(context=context())
        server.ehlo_or_helo_if_needed()
        _sign_in(server, connection)
    except BaseException:
        server.close()
        raise
    return server


def _sign_in(server: smtplib.SMTP, connection: Connection) -> None:
    user = str(connection.settings.get("smtp_user") or "")
    if not user:
        return
    if not uses_oauth(connection):
        server.login(user, str(unseal(connection.secrets).get("smtp_password", "")))
        return
    try:
        try:
            _with_token(server, user, access_token(connection))
        except smtplib.SMTPAuthenticationError:  # a token that was taken back before its time
            _with_token(server, user, access_token(connection, fresh=True))
    except Permanent as refusal:  # our own credentials: an administrator can set it right
        raise Retryable(refusal.reason, refusal.code) from refusal


def _with_token(server: smtplib.SMTP, user: str, token: str) -> None:
    """XOAUTH2: the token at once; an empty answer to the server's explanation of why not."""
    server.auth("XOAUTH2", lambda challenge=None: xoauth2(user, token) if challenge is None else "")


def _meaning(code: int, text: str) -> Permanent | Retryable:
    reason = f"{code} {text}"[:255]
    if code in (530, 534, 535, 538):  # our own credentials: an administrator can set it right
        return Retryable(_("Server surat keluar menolak kata sandi."), str(code))
    return Permanent(reason, str(code)) if 500 <= code < 600 else Retryable(reason, str(code))


def _said(text: object) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
