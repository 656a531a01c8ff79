"""What administrators may set about a channel. Which channels there are, and which make tickets, is code."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.locks import lock
from messaging import targets
from messaging.models import Channel
from people.log import log_access
from people.models import User


@transaction.atomic
def change_channel(
    channel: Channel,
    *,
    label: str,
    label_en: str,
    address: str,
    open_outside_hours: bool,
    first_answer_minutes: int | None,
    active: bool,
    reason: str = "",
    at: datetime,
    actor: User | None,
) -> Channel:
    """Set names, address, target of the first answer (service minutes of Jakarta, 0 at once, None no target)
    and whether the channel is in use. Refused: `channel.label`, `channel.last`."""
    channel = lock(channel)
    if not label.strip():
        raise Refused("channel.label", _("Tuliskan nama kanal."))
    others = Channel.objects.filter(active=True, makes_tickets=True).exclude(pk=channel.pk)
    if channel.makes_tickets and not active and not others.exists():
        raise Refused("channel.last", _("Sedikitnya satu kanal konsultasi harus aktif."))
    values = {
        "label": label.strip(),
        "label_en": label_en.strip(),
        "address": address.strip(),
        "open_outside_hours": open_outside_hours,
        "first_answer_minutes": first_answer_minutes,
        "active": active,
    }
    changed = {name: value for name, value in values.items() if getattr(channel, name) != value}
    if not changed:
        return channel
    moves = ", ".join(f"{name}: {getattr(channel, name)} → {value}" for name, value in changed.items())
    for name, value in changed.items():
        setattr(channel, name, value)
    channel.save(update_fields=list(changed))
    if "first_answer_minutes" in changed:
        targets.changed(channel, at, actor)
    log_access(user=actor, action="channel.changed", record=channel, reason=f"{reason} ({moves})".strip(), at=at)
    return channel
