"""What a transport makes of whatever came in, and how it is stored: once, with its original and its sender."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from kernel.compiled import Compiled
from kernel.errors import Refused
from kernel.models import StoredFile
from messaging.files import store_file
from messaging.models import Attachment, Channel, Connection, Message
from messaging.scanning.verbs import first_state
from messaging.verbs import store_message
from messaging.waking import wake_claimers, wake_scanner
from people.contacts import Handles, contact_with, survivor_of
from people.models import Contact

NOBODY, NAMELESS = "Tanpa nama", "lampiran"
_STORED = Compiled(
    lambda rows, channel, name: rows.filter(channel_id=channel, external_id=name).defer("search", "html")[:1],
    "channel",
    "name",
)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote: a mail address or phone number as given, and a name if there was one."""

    email: str = ""
    phone: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A file that came along; `content_id` when the text shows it in place."""

    name: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A parsed message. `external_id` is the channel's own id: the same one again is the same message.

    `references` are ids of earlier messages it answers, nearest first. `details` holds what only the
    transport understands; flags: auto_reply, bounce, list, loop, encrypted, broken, cut, spam, unverified.
    `contact` where the transport knows who it is; `details["conversation"]` where it keeps conversations apart.
    """

    external_id: str
    sender: Sender
    body: str = ""
    subject: str = ""
    html: str = ""
    raw: bytes = b""
    parts: Sequence[Part] = ()
    references: Sequence[str] = ()
    flags: Sequence[str] = ()
    details: dict[str, Any] = field(default_factory=dict)
    contact: Contact | None = None


def receive(
    incoming: Incoming, *, channel: Channel, connection: Connection | None = None, wake: bool = True, at: datetime
) -> tuple[Message, bool]:
    """Store one message received `at`, and whether it is new. Safe to repeat and to run at once.

    Without `wake` no worker is woken: the caller has it claimed at once.

    Files are written first, by content: a crash before the transaction leaves at most an unused file.
    """
    name = name_of(incoming.external_id)
    found = _STORED(Message.objects.all(), channel=channel.pk, name=name)
    if found:
        return found[0], False
    raw = store_file(incoming.raw, at=at, limit=10**9) if incoming.raw else None
    files = [(store_file(part.content, at=at, limit=10**9), part) for part in incoming.parts if part.content]
    with transaction.atomic():
        message, created = store_message(
            channel=channel,
            external_id=name,
            contact=_contact(incoming, at),
            subject=fit(incoming.subject),
            body=fit(incoming.body),
            raw=raw,
            transport={
                "connection": connection,
                "html": fit(incoming.html),
                "flags": sorted(set(incoming.flags)),
                "details": fit(incoming.details),
                "reply_to": _answered(incoming, channel),
            },
            at=at,
        )
        if created:
            if files:
                Attachment.objects.bulk_create(_attachment(message, *file, n) for n, file in enumerate(files))
            if wake:
                transaction.on_commit(lambda: wake_claimers(message.contact_id, message.pk))
            if files and settings.CLAMD:
                transaction.on_commit(wake_scanner)
    return message, created


def _attachment(message: Message, row: StoredFile, part: Part, position: int) -> Attachment:
    return Attachment(
        message=message,
        file=row,
        name=fit(part.name)[:255] or NAMELESS,
        position=position,
        content_id=fit(part.content_id)[:255],
        scan=first_state(),
    )


def _contact(incoming: Incoming, at: datetime) -> Contact | None:
    """The sender's contact; None for senders that are no person: bounces, and addresses nobody can answer."""
    if incoming.contact is not None:
        return survivor_of(incoming.contact)
    sender = incoming.sender
    if "bounce" in incoming.flags or not (sender.email or sender.phone):
        return None
    name = fit(sender.name)[:160] or sender.email.partition("@")[0] or sender.phone or NOBODY
    for given in ((sender.email, sender.phone), (sender.email, ""), ("", sender.phone)):
        try:
            handles = Handles.read(email=given[0], phone=given[1])
        except Refused:  # one of the two is no address: by the other, if there is one
            continue
        if handles.pairs():
            return survivor_of(contact_with(handles, name=name, at=at, actor=None)[0])
    return None


def _answered(incoming: Incoming, channel: Channel) -> Message | None:
    """The nearest message of ours or theirs that this one names."""
    wanted = [name_of(reference) for reference in incoming.references][:50]
    if not wanted:
        return None
    rows = Message.objects.filter(channel=channel)
    ours = {row.provider_id: row for row in rows.filter(direction="OUT", provider_id__in=wanted)}
    theirs = {row.external_id: row for row in rows.filter(external_id__in=wanted)}
    return next((row for name in wanted if (row := ours.get(name) or theirs.get(name))), None)


def name_of(external_id: str) -> str:
    """The channel's id as it is kept: a longer one ends in its fingerprint, so that no two become one."""
    name: str = fit(external_id)
    return name if len(name) <= 255 else f"{name[:190]}:{hashlib.sha256(name.encode()).hexdigest()}"


def fit(value: Any) -> Any:
    """The same value as PostgreSQL can keep it: no NUL, no lone surrogate of broken decoding, at any depth."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {fit(str(key)): fit(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [fit(one) for one in value]
    return value
