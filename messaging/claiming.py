"""Who takes a message: claimers are asked in the order of the settings until one does (decisions 3).

Messages of one contact on one channel are asked about in the order in which they came, by one worker at a
time. Each is taken in a transaction of its own: a crash leaves it unclaimed, and the sweep asks again.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.module_loading import import_string

from kernel.compiled import Compiled
from kernel.kept import asking_once
from kernel.locks import lock_names
from messaging.models import Message

Claimer = Callable[[Message, datetime], bool]
"""claimer(message, at) -> whether it took it; it sets `claimed_by` by `claim_message` in the same transaction."""

RETRY = timedelta(seconds=20)
LONGEST = timedelta(hours=1)
_ALL = Message.objects.all()
_ROW = ("channel", "contact__merged_into", "reply_to", "connection")


def _unclaimed(rows: QuerySet[Message], **which: Any) -> QuerySet[Message]:
    rows = rows.filter(claimed_by="", direction=Message.Direction.IN, **which)
    return rows.select_related(*_ROW).defer("search", "html").order_by("received_at", "id")


_ALONE = Compiled(lambda rows, pk: _unclaimed(rows, pk=pk), "pk")
_WAITING = Compiled(
    lambda rows, contact, channel: _unclaimed(rows, contact_id=contact, channel_id=channel)[:2], "contact", "channel"
)
_HEARD = Compiled(
    lambda rows, contact, channel: (
        rows.filter(contact_id=contact, channel_id=channel, direction=Message.Direction.IN)
        .exclude(claimed_by="")
        .order_by("-received_at")
        .values_list("received_at", flat=True)[:1]
    ),
    "contact",
    "channel",
)
log = structlog.get_logger()


@cache
def claimers() -> tuple[Claimer, ...]:
    return tuple(import_string(path) for path in settings.MESSAGE_CLAIMERS)


def waiting(at: datetime) -> "list[tuple[int, int | None, int]]":
    """(channel, contact, first message) of those that have unclaimed messages due at `at`."""
    due = Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=at)
    rows = Message.objects.filter(due, claimed_by="", direction=Message.Direction.IN).order_by("received_at", "id")
    found: dict[tuple[int, int], tuple[int, int | None, int]] = {}
    for channel, contact, pk in rows.values_list("channel_id", "contact_id", "pk")[:2000]:
        found.setdefault((channel, contact or -pk), (channel, contact, pk))
    return list(found.values())


def claim_in_order(*, message: Message, at: datetime) -> int:
    """Have the messages of this one's contact and channel claimed, oldest first; how many were."""
    done, more = 0, True
    while more:
        with asking_once():
            claimed, more = claim_next(message=message, at=at)
        done += claimed
    return done


@transaction.atomic
def claim_next(*, message: Message, at: datetime) -> tuple[bool, bool]:
    """Ask about the contact's oldest unclaimed message: whether it was claimed, and whether others wait behind it.

    A message that was stored when a later one had been claimed counts as received at that one's moment: what has
    been said to a ticket or the chatbot stays in the order in which they heard it.
    """
    lock_names(f"claim:{message.channel_id}:{message.contact_id or -message.pk}")
    if message.contact_id:
        first, more = _first_of(message.contact_id, message.channel_id)
    else:
        first, more = next(iter(_ALONE(_ALL, pk=message.pk)), None), False
    if first is None or (first.next_attempt_at and first.next_attempt_at > at):
        return False, False
    try:
        with transaction.atomic():
            claimed = any(claimer(first, at) for claimer in claimers()) or _later(first, at)
    except Exception:  # a claimer that fails must not lose the message nor stop those of other contacts
        log.exception("claim_failed", message=first.pk)
        claimed = _later(first, at)
    return claimed, claimed and more


def _first_of(contact: int, channel: int) -> tuple[Message | None, bool]:
    """The message whose turn it is, and whether others wait behind it."""
    waiting = _WAITING(_ALL, contact=contact, channel=channel)
    if not waiting:
        return None, False
    heard = _HEARD(_ALL, contact=contact, channel=channel)
    first: Message = waiting[0]
    if heard and first.received_at < heard[0]:  # late ones count as received just then: the first that was stored
        late = _unclaimed(_ALL, contact_id=contact, channel_id=channel, received_at__lte=heard[0])
        first = late.order_by("id")[0]
        first.received_at = heard[0]
        first.save(update_fields=["received_at"])
    return first, len(waiting) > 1


def _later(message: Message, at: datetime) -> bool:
    wait = min(RETRY * 2 ** min(message.attempts, 10), LONGEST)
    Message.objects.filter(pk=message.pk, claimed_by="").update(attempts=F("attempts") + 1, next_attempt_at=at + wait)
    return False
