"""Trying a connection: signing in at its servers without reading or sending anything."""

import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.secrets import unseal
from messaging.email.mailbox import open_mailbox
from messaging.email.reasons import plainly
from messaging.email.sending import connect_smtp
from messaging.models import Connection
from messaging.whatsapp.sending import fetch

TIMEOUT = 10  # seconds; somebody waits for the page


@dataclass(frozen=True, slots=True)
class Trial:
    """One server: what was tried, whether it went well, and what the server said."""

    what: str | Promise
    ok: bool
    said: str | Promise


def try_connection(connection: Connection) -> list[Trial]:
    """Every server of the connection; empty settings say what is missing. Never raises."""
    given = connection.settings
    match connection.channel.code:
        case "EMAIL" | "LAPOR":
            return [
                _try(_("Surat masuk (IMAP)"), bool(given.get("imap_host")), lambda: _imap(connection)),
                _try(_("Surat keluar (SMTP)"), bool(given.get("smtp_host")), lambda: _smtp(connection)),
            ]
        case "WHATSAPP":
            return [_try(_("Graph API"), bool(given.get("phone_number_id")), lambda: _graph(connection))]
        case "HAI":
            url = str(given.get("callback_url", ""))
            return [_try(_("Alamat panggilan balik"), url.startswith(("http://", "https://")), lambda: _callback(url))]
        case "LIVE_CHAT":
            sites = str(given.get("sites", "")).strip()
            return [Trial(_("Situs yang boleh memuat jendela"), True, sites or _("hanya situs ini sendiri"))]
        case "PHONE":
            return [_exchange(connection)]
    return []


def _try(what: str | Promise, filled: bool, attempt: Callable[[], str | Promise]) -> Trial:
    if not filled:
        return Trial(what, False, _("Belum diisi."))
    try:
        return Trial(what, True, attempt())
    except Exception as error:  # whatever the libraries raise: network, protocol, credentials
        return Trial(what, False, plainly(error))


def _exchange(connection: Connection) -> Trial:
    """The exchange calls us and cannot be called: what it said last proves the key."""
    what, last = _("Sentral telepon"), connection.last_in_at
    if not unseal(connection.secrets).get("secret"):
        return Trial(what, False, _("Kunci tanda tangan belum diisi."))
    if last is None:
        return Trial(what, False, _("Belum ada peristiwa yang tanda tangannya cocok."))
    said = _("Peristiwa terakhir yang tanda tangannya cocok: {at}.")
    return Trial(what, True, said.format(at=date_format(timezone.localtime(last), "j M Y H.i")))


def _imap(connection: Connection) -> str | Promise:
    with open_mailbox(connection, TIMEOUT):
        return _("Berhasil masuk.")


def _smtp(connection: Connection) -> str | Promise:
    with connect_smtp(connection, TIMEOUT) as server:
        server.noop()
    return _("Berhasil masuk.")


def _graph(connection: Connection) -> str | Promise:
    number = connection.settings["phone_number_id"]
    found = fetch(
        connection, "GET", f"{settings.WHATSAPP_GRAPH_URL}/{number}?fields=verified_name,display_phone_number"
    )
    return " ".join(str(found[key]) for key in ("verified_name", "display_phone_number") if found.get(key))


def _callback(url: str) -> str | Promise:
    """Any answer will do: a HEAD is no message. Servers that know no HEAD say 501."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=TIMEOUT) as answer:  # noqa: S310
            return f"HTTP {answer.status}"
    except urllib.error.HTTPError as error:
        if error.code >= 500 and error.code != HTTPStatus.NOT_IMPLEMENTED:
            raise
        return f"HTTP {error.code}"
