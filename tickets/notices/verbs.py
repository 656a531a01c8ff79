"""Telling people, and what they do with it. Nobody is told twice of one thing (`Notification.key`), of their own
deeds, once their account is closed, or of kinds they have switched off."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from people.models import User
from tickets.live.announce import users_have_news
from tickets.models import MutedNotification, Notification, Ticket, TicketEntry

Code = Notification.Code


@transaction.atomic
def notify(
    *,
    ticket: Ticket | None,
    users: Collection[int],
    code: str,
    key: str,
    entry: TicketEntry | None = None,
    at: datetime,
    actor: User | None,
    **data: Any,
) -> list[int]:
    """Tell these users (by key) of one thing about a ticket, or about what `data` names; returns those who take it.

    `key` names the thing, at most 80 characters: whoever has it already is not told again.
    """
    told = _listening(users, code, actor)
    said = {"by": actor.username if actor else "", **data}
    tell(Notification(user_id=user, ticket=ticket, entry=entry, code=code, at=at, key=key, data=said) for user in told)
    return told


def notify_mention(*, entry: TicketEntry, users: Iterable[User], at: datetime, actor: User | None) -> list[int]:
    """Tell those who are named in a note. Who follows the ticket hears it once, as a mention."""
    ids = [user.pk for user in users]
    if not ids:
        return []
    told = notify(
        ticket=entry.ticket,
        users=ids,
        code=Code.MENTION,
        key=f"mention:{entry.pk}",
        entry=entry,
        at=at,
        actor=actor,
    )
    same = Notification.objects.filter(ticket=entry.ticket, at=entry.at, code=Code.FOLLOWED, data__what="ticket.noted")
    same.filter(user__in=told).delete()
    return told


def tell(notices: Iterable[Notification]) -> int:
    """Store notices that are not there yet, and have the pages of those people look; how many were given."""
    rows = list(notices)
    if rows:
        Notification.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
        users_have_news({row.user_id for row in rows})
    return len(rows)


def withdraw(*, key: str) -> None:
    """What was told has been taken back: nobody who has not seen it needs to."""
    gone = Notification.objects.filter(key=key, seen_at=None)
    users_have_news(gone.values_list("user_id", flat=True))
    gone.delete()


def mark_seen(*, user: User, ids: Collection[int], at: datetime) -> int:
    """These notices of the user's own were seen; how many were new. Others' are left alone."""
    return _see(user, Q(pk__in=ids), at)


def mark_all_seen(*, user: User, at: datetime) -> int:
    return _see(user, Q(), at)


def mark_ticket_seen(*, user: User, ticket: Ticket, at: datetime) -> int:
    """The user has opened the ticket: everything told about it is seen."""
    return _see(user, Q(ticket=ticket), at)


def mark_number_seen(*, user: User, number: str, at: datetime) -> int:
    """The user has opened what is no ticket: everything told about it is seen."""
    return _see(user, Q(ticket=None, data__number=number), at)


@transaction.atomic
def choose(*, user: User, codes: Collection[str], among: Collection[str] = tuple(Code)) -> None:
    """Be told of these kinds from now on, and of no others `among` those there were to choose from."""
    muted = set(among) - set(codes)
    MutedNotification.objects.filter(user=user, code__in=among).exclude(code__in=muted).delete()
    MutedNotification.objects.bulk_create(
        [MutedNotification(user=user, code=code) for code in sorted(muted)], ignore_conflicts=True
    )


def forget_before(moment: datetime) -> int:
    """Delete notices older than that; how many."""
    return Notification.objects.filter(at__lt=moment).delete()[0]


def _see(user: User, which: Q, at: datetime) -> int:
    seen = Notification.objects.filter(which, user=user, seen_at=None).update(seen_at=at)
    if seen:
        users_have_news([user.pk])
    return seen


def _listening(users: Collection[int], code: str, actor: User | None) -> list[int]:
    wanted = set(users) - ({actor.pk} if actor else set())
    if not wanted:
        return []
    found = User.objects.filter(pk__in=wanted, is_active=True).exclude(muted_notifications__code=code)
    return list(found.order_by("pk").values_list("pk", flat=True))
