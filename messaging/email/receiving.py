"""Mail in, whatever brought it: an IMAP folder or a pipe. One way in for all (`messaging.incoming.receive`)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from kernel.compiled import Compiled
from messaging.email.parsing import parse_mail
from messaging.email.plus import base_of
from messaging.email.sameness import named_apart, same_mail
from messaging.incoming import Incoming, Part, Sender, receive
from messaging.models import Channel, Connection, Message

MAIL_CHANNELS = ("EMAIL", "LAPOR")
_LINES = Compiled(lambda rows: rows.filter(channel__code__in=MAIL_CHANNELS).select_related("channel").order_by("pk"))
_CHANNELS = Compiled(lambda rows: rows.filter(code__in=MAIL_CHANNELS))
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Received:
    message: Message
    new: bool


def receive_mail(
    raw: bytes, *, mailbox: str = "", connection: Connection | None = None, wake: bool = True, at: datetime
) -> Received:
    """Store a mail that came `at` for a mailbox: the one given, else the first of ours among its recipients.

    `wake` as for `messaging.incoming.receive`.
    """
    lines, channels = _LINES(Connection.objects.all()), _CHANNELS(Channel.objects.all())
    parsed = _parsed(raw, own_addresses(lines, channels), trusted_servers(lines))
    to = [mailbox.lower()] if mailbox else [str(one) for one in parsed.details.get("to", [])]
    line = connection or connection_of(to, lines)
    channel = line.channel if line else channel_of(to, channels)
    message, new = receive(parsed, channel=channel, connection=line, wake=wake, at=at)
    if not new and not same_mail(message, parsed):
        parsed = replace(parsed, external_id=named_apart(parsed))
        message, new = receive(parsed, channel=channel, connection=line, wake=wake, at=at)
    return Received(message, new)


def _parsed(raw: bytes, own: frozenset[str], trusted: frozenset[str]) -> Incoming:
    """The parsed mail; one that no parser of ours can read is kept whole, marked broken, for an agent to open."""
    try:
        return parse_mail(raw, own=own, trusted=trusted)
    except Exception:
        log.exception("mail_unreadable")
        name = f"sha256:{hashlib.sha256(raw).hexdigest()}"
        original = Part("surat.eml", raw)
        return Incoming(name, Sender(), raw=raw, parts=[original], flags=["broken"])


def own_addresses(lines: Iterable[Connection], channels: Iterable[Channel]) -> frozenset[str]:
    """Our mailboxes: what comes from one of them is a loop."""
    named = [*(line.address for line in lines), *(channel.address for channel in channels)]
    return frozenset(address.lower() for address in named if address)


def trusted_servers(lines: Iterable[Connection]) -> frozenset[str]:
    """The names under which our mail servers write Authentication-Results: the setting `authserv_id`, by blanks."""
    return frozenset(name for line in lines for name in str(line.settings.get("authserv_id", "")).lower().split())


def connection_of(to: list[str], lines: Iterable[Connection]) -> Connection | None:
    """The mailbox among these addresses; plus-addresses belong to theirs."""
    known = {line.address.lower(): line for line in lines}
    return next((known[base] for address in to if (base := base_of(address)) in known), None)


def channel_of(to: list[str], channels: Iterable[Channel]) -> Channel:
    """The channel whose address is among these; the call centre's when none is."""
    rows = {row.address.lower(): row for row in channels}
    found = next((rows[base] for address in to if (base := base_of(address)) in rows), None)
    return found or next(row for row in channels if row.code == "EMAIL")
