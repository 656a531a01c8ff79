"""Connecting a channel: a mailbox, number or desk with its servers and its credentials."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.secrets import seal, unseal
from messaging.models import Channel, Connection
from people.log import log_access
from people.models import User


@transaction.atomic
def connect(
    *,
    channel: Channel,
    address: str,
    name: str = "",
    settings: Mapping[str, object] | None = None,
    secrets: Mapping[str, str] | None = None,
    at: datetime,
    actor: User | None,
) -> Connection:
    """Make the connection of this address, or change it: settings and secrets given replace those of the same name,
    the others stay; an empty one goes. The log names them, never what they hold."""
    if not address.strip():
        raise Refused("connection.address", _("Tuliskan alamat atau nomor sambungan."))
    found = Connection.objects.select_for_update().filter(channel=channel, address=address.strip()).first()
    row = found or Connection(channel=channel, address=address.strip(), name=channel.label)
    row.name = name.strip() or row.name
    row.settings = {key: value for key, value in {**row.settings, **(settings or {})}.items() if value != ""}
    kept = {key: value for key, value in {**unseal(row.secrets), **(secrets or {})}.items() if value != ""}
    row.secrets = seal(kept)
    row.save()
    named = ", ".join(sorted([*(settings or {}), *(secrets or {})]))
    log_access(user=actor, action="connection.set", record=row, reason=named, at=at)
    return row


@transaction.atomic
def pause(*, connection: Connection, paused: bool, at: datetime, actor: User | None) -> Connection:
    """Stop reading and sending by this connection, or go on. What waits stays where it is."""
    row = Connection.objects.select_for_update().get(pk=connection.pk)
    row.paused_at = (row.paused_at or at) if paused else None
    row.save(update_fields=["paused_at"])
    log_access(user=actor, action="connection.paused" if paused else "connection.resumed", record=row, at=at)
    return row
