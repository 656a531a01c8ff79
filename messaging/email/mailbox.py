"""Reading an IMAP mailbox: what is new since the last time, each mail stored before the place is moved on."""

import imaplib
from collections.abc import Iterator
from datetime import datetime

import structlog
from django.db import transaction
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from kernel.locks import lock
from kernel.secrets import unseal
from messaging.email.oauth import access_token, uses_oauth, xoauth2
from messaging.email.reasons import plainly
from messaging.email.receiving import receive_mail
from messaging.email.tls import context
from messaging.models import Connection

FOLDER = "INBOX"
MOST = 200  # a run
TIMEOUT = 30
ERROR = "IMAP: "
log = structlog.get_logger()


def read_mailbox(*, connection: Connection, at: datetime) -> int:
    """Fetch and store new mails; how many were new. Mails are neither deleted nor marked.

    The place (uidvalidity, uid) is written after each mail is stored: a crash fetches the last one again,
    which changes nothing. A folder that was rebuilt (another uidvalidity) is read from the start.
    """
    with open_mailbox(connection) as box:
        new = read_new(box, connection=connection, at=at)
    readable(connection)
    return new


def read_new(box: BaseMailBox, *, connection: Connection, at: datetime) -> int:
    """What is new in an open mailbox; how many were."""
    new = 0
    for validity, uid, raw in _waiting(box, connection):
        new += receive_mail(raw, connection=connection, at=at).new
        _move(connection, validity, uid, at)
    return new


def unreadable(connection: Connection, error: Exception, at: datetime) -> None:
    """Say on the channel's page why it cannot be read."""
    log.warning("mailbox_unreadable", connection=connection.pk, exc_info=error)
    said = f"{ERROR}{plainly(error)}"[:255]
    Connection.objects.filter(pk=connection.pk).update(last_error=said, last_error_at=at)


def readable(connection: Connection) -> None:
    """It can be read again: what was said of that is over."""
    rows = Connection.objects.filter(pk=connection.pk, last_error__startswith=ERROR)
    rows.update(last_error="", last_error_at=None)


def open_mailbox(connection: Connection, timeout: float = TIMEOUT) -> BaseMailBox:
    """A signed-in mailbox with the folder chosen. Raises OSError, SendError and imaplib's and imap_tools' errors."""
    if not uses_oauth(connection):
        return _signed_in(connection, str(unseal(connection.secrets).get("imap_token") or ""), timeout)
    try:
        return _signed_in(connection, access_token(connection), timeout)
    except imaplib.IMAP4.error:  # a token that was taken back before its time
        return _signed_in(connection, access_token(connection, fresh=True), timeout)


def _signed_in(connection: Connection, token: str, timeout: float) -> BaseMailBox:
    box = _connected(connection, timeout)
    try:
        folder, user = _folder(connection), str(connection.settings.get("imap_user") or connection.address)
        if not token:
            return box.login(user, str(unseal(connection.secrets).get("imap_password", "")), initial_folder=folder)
        first = xoauth2(user, token).encode()
        box.client.authenticate("XOAUTH2", lambda challenge: b"" if challenge else first)
        box.folder.set(folder)
    except BaseException:
        box.client.shutdown()
        raise
    return box


def _connected(connection: Connection, timeout: float) -> BaseMailBox:
    host, security = str(connection.settings["imap_host"]), connection.settings.get("imap_security", "tls")
    port = int(connection.settings.get("imap_port") or (993 if security == "tls" else 143))
    if security == "none":
        return MailBoxUnencrypted(host, port=port, timeout=timeout)
    kind = MailBoxStartTls if security == "starttls" else MailBox
    return kind(host, port=port, timeout=timeout, ssl_context=context())


def _folder(connection: Connection) -> str:
    return str(connection.settings.get("imap_folder") or FOLDER)


def _waiting(box: BaseMailBox, connection: Connection) -> Iterator[tuple[int, int, bytes]]:
    """(uidvalidity, uid, mail) of those after the place, oldest first."""
    validity = int(box.folder.status(_folder(connection), ["UIDVALIDITY"])["UIDVALIDITY"])
    place = Connection.objects.values_list("place", flat=True).get(pk=connection.pk)
    after = int(place.get("uid", 0)) if place.get("uidvalidity") == validity else 0
    # "n:*" always names the last mail, too, even when its uid is below n.
    uids = sorted(int(uid) for uid in box.uids(f"UID {after + 1}:*") if int(uid) > after)
    for uid in uids[:MOST]:
        raw = _fetch(box, uid)
        if raw:
            yield validity, uid, raw


def _fetch(box: BaseMailBox, uid: int) -> bytes:
    """The mail as it is, without marking it as seen."""
    _state, data = box.client.uid("fetch", str(uid), "(BODY.PEEK[])")
    return next((part[1] for part in data if isinstance(part, tuple) and isinstance(part[1], bytes)), b"")


@transaction.atomic
def _move(connection: Connection, validity: int, uid: int, at: datetime) -> None:
    """On, never back: two readers may be at it."""
    row = lock(connection)
    same = row.place.get("uidvalidity") == validity
    uid = max(uid, int(row.place.get("uid", 0))) if same else uid
    row.place, row.last_in_at = {"uidvalidity": validity, "uid": uid}, at
    row.save(update_fields=["place", "last_in_at"])
