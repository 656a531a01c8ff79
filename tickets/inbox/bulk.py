"""One move on many tickets: each by its own verb and whole or not at all, with a reason for each that was skipped."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kernel.errors import Refused
from kernel.locks import lock
from people.models import User
from tickets import sorting, verbs
from tickets import undo as undoing
from tickets.inbox import reading
from tickets.intake import clean_tags, tags_of
from tickets.models import Ticket, TicketEvent, Topic

MOST = 200
Act = Callable[[Ticket, datetime, User], None]


@dataclass(frozen=True, slots=True)
class Move:
    """What is done to each ticket; `code` names it in results."""

    code: str
    act: Act


@dataclass(frozen=True, slots=True)
class Skipped:
    """A ticket that stayed as it was: a stable `code` and a sentence. `pk` is None for one that cannot be seen."""

    number: str
    code: str
    reason: str
    pk: int | None = None


@dataclass(slots=True)
class Outcome:
    """`done` in the order they were done, and what was skipped."""

    move: Move
    at: datetime
    done: list[Ticket] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def reasons(self) -> list[tuple[str, list[Skipped]]]:
        """What was skipped by why, the most frequent reason first."""
        found: dict[str, list[Skipped]] = {}
        for one in self.skipped:
            found.setdefault(str(one.reason), []).append(one)
        return sorted(found.items(), key=lambda item: -len(item[1]))


def run(move: Move, *, visible: QuerySet[Ticket], numbers: Sequence[str], at: datetime, actor: User) -> Outcome:
    """Do it to these tickets as far as they are visible, in an order that no two runs can lock each other out by.

    Raises Refused when none or more than MOST are named.
    """
    wanted = list(dict.fromkeys(numbers))
    if not wanted:
        raise Refused("bulk.none", _("Pilih tiket dahulu."))
    if len(wanted) > MOST:
        raise Refused("bulk.too_many", _("Paling banyak {most} tiket sekali jalan."), most=MOST)
    outcome, found = Outcome(move, at), {row.number: row for row in visible.filter(number__in=wanted).order_by("pk")}
    for ticket in found.values():
        _try(outcome, ticket, lambda row: move.act(row, at, actor))
    unseen = str(_("Tiket ini tidak ada, atau tidak dapat Anda buka."))
    outcome.skipped += [Skipped(number, "ticket.unknown", unseen) for number in wanted if number not in found]
    return outcome


def undo(*, visible: QuerySet[Ticket], steps: Sequence[int], at: datetime, actor: User) -> Outcome:
    """Take back `steps`, the keys of events of one's own run, ticket by ticket."""
    outcome = Outcome(Move("undo", _nothing), at)
    events = TicketEvent.objects.filter(pk__in=steps[:MOST], ticket__in=visible).select_related("ticket")
    for event in events.order_by("ticket_id", "-pk"):
        _try(outcome, event.ticket, partial(_take_back, event=event, at=at, actor=actor))
    return outcome


def steps_of(outcome: Outcome, actor: User) -> list[int]:
    """The keys of what a run did, as far as it can be taken back: at most one for each ticket that changed."""
    rows = TicketEvent.objects.filter(ticket__in=outcome.done, at=outcome.at, actor=actor).order_by("pk")
    return list({event.ticket_id: event.pk for event in rows if undoing.may_undo(event.code)}.values())


def summary(outcome: Outcome) -> str:
    """ "18 ditugaskan, 2 dilewati"."""
    done, skipped = len(outcome.done), len(outcome.skipped)
    parts = [_DONE[outcome.move.code].format(n=done)] if done or not skipped else []
    if skipped:
        parts.append(ngettext("{n} dilewati", "{n} dilewati", skipped).format(n=skipped))
    return ", ".join(str(part) for part in parts)


def assign(to: User | None) -> Move:
    return Move("assign", lambda row, at, actor: _do(sorting.assign, row, at, actor, to=to))


def take() -> Move:
    return Move("take", lambda row, at, actor: _do(sorting.take, row, at, actor))


def set_topic(topic: Topic) -> Move:
    return Move("topic", lambda row, at, actor: _do(sorting.set_topic, row, at, actor, topic=topic))


def set_priority(priority: int) -> Move:
    return Move("priority", lambda row, at, actor: _do(sorting.set_priority, row, at, actor, priority=priority))


def add_tags(tags: Iterable[str]) -> Move:
    wanted = _some(tags)
    return Move("tag", lambda row, at, actor: _retag(row, at, actor, lambda now: [*now, *wanted]))


def remove_tags(tags: Iterable[str]) -> Move:
    gone = _some(tags, tags_of)
    return Move(
        "untag", lambda row, at, actor: _retag(row, at, actor, lambda now: [tag for tag in now if tag not in gone])
    )


def close(topic: Topic | None) -> Move:
    """Close; `topic` for those without one, which are skipped otherwise."""

    def act(row: Ticket, at: datetime, actor: User) -> None:
        fresh = lock(row)
        verbs.close(ticket=fresh, topic=topic if fresh.topic_id is None else None, at=at, actor=actor)

    return Move("close", act)


def mark_spam() -> Move:
    return Move("spam", lambda row, at, actor: _do(verbs.mark_spam, row, at, actor))


def mark_read() -> Move:
    return Move("read", lambda row, at, actor: _do(reading.mark_read, row, at, actor))


def mark_unread() -> Move:
    return Move("unread", lambda row, at, actor: _do(reading.mark_unread, row, at, actor))


def _try(outcome: Outcome, ticket: Ticket, act: Callable[[Ticket], None]) -> None:
    try:
        with transaction.atomic():
            act(ticket)
    except Refused as refusal:
        outcome.skipped.append(Skipped(ticket.number, refusal.code, refusal.message, ticket.pk))
    else:
        outcome.done.append(ticket)


def _do(verb: Callable[..., Any], row: Ticket, at: datetime, actor: User, **more: Any) -> None:
    verb(ticket=row, at=at, actor=actor, **more)


def _retag(row: Ticket, at: datetime, actor: User, change: Callable[[list[str]], list[str]]) -> None:
    fresh = lock(row)
    sorting.set_tags(ticket=fresh, tags=change(fresh.tags), at=at, actor=actor)


def _some(tags: Iterable[str], read: Callable[[Iterable[str]], list[str]] = clean_tags) -> list[str]:
    wanted = read(tags)
    if not wanted:
        raise Refused("bulk.needs_tag", _("Tulis tanda dahulu."))
    return wanted


def _take_back(row: Ticket, *, event: TicketEvent, at: datetime, actor: User) -> None:
    undoing.undo(ticket=row, event=event, at=at, actor=actor)


def _nothing(row: Ticket, at: datetime, actor: User) -> None:
    """An undo says for itself what it does."""


_DONE = {
    "assign": _("{n} ditugaskan"),
    "take": _("{n} diambil"),
    "topic": _("{n} diberi topik"),
    "priority": _("{n} diubah prioritasnya"),
    "tag": _("{n} diberi tanda"),
    "untag": _("{n} dilepas tandanya"),
    "close": _("{n} diselesaikan"),
    "spam": _("{n} ditandai spam"),
    "read": _("{n} ditandai sudah dibaca"),
    "unread": _("{n} ditandai belum dibaca"),
    "undo": _("{n} dikembalikan"),
}
