"""Reminders of Layer 2: before each step of the score is lost, at the target, and to the head once that has passed.

One sweep over all open clocks sets the stored moments right and tells what has not been told: in the bell and by mail.
A step is told of when a quarter of a day is left of it; its key holds the moment, so one that has moved is told anew.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from escalation import letters
from escalation.ladder import SOON, ladder_of
from escalation.models import Escalation, Letter
from escalation.scores import Judge
from escalation.scoring import Pause, reached_at
from escalation.winding import Wound, rewind, wind_all
from kernel.kept import asking_once
from people.models import User
from people.reference import STAFF, UNITS
from tickets.clocks import LAYER2
from tickets.models import MutedNotification, Notification, Ticket
from tickets.notices.verbs import tell

LATEST = timedelta(days=1)  # a target that passed longer ago is left to the queue


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to tell of an escalation; `due` is the moment it is about."""

    escalation: Escalation
    kind: Letter.Kind
    due: datetime
    score: int
    pauses: Sequence[Pause] = ()

    @property
    def key(self) -> str:
        return f"l2:{self.kind}:{self.escalation.pk}:{int(self.due.timestamp())}"


def remind(*, at: datetime) -> int:
    """Wind all open clocks and tell of them; how many reminders were due. Safe to repeat."""
    judge, units = Judge.load(), UNITS()
    wound = list(wind_all(judge, at))
    rewind(wound)
    due = [one for found in wound for one in _due(judge, found, at)]
    for one in due:
        if one.escalation.unit_id in units:
            one.escalation.unit = units[one.escalation.unit_id]
    with override("id"), transaction.atomic(), asking_once():
        return _tell(due, judge, at)


def _due(judge: Judge, found: Wound, at: datetime) -> Iterator[Reminder]:
    row, standing, rule = found.escalation, found.standing, judge.rule_at(at)
    if rule is None:
        return
    rubric = judge.rubrics[rule.pk]
    if found.drops_at and standing.left is not None and standing.left <= rubric.limit(1) * SOON:
        yield Reminder(row, Letter.Kind.STEP, found.drops_at, standing.score, found.pauses)
    if found.used < rubric.target:
        return
    reached = reached_at(judge.calendar_of(rule).calendar, row.escalated_at, rubric.target, found.pauses)
    if reached is None or at - reached > LATEST:
        return
    yield Reminder(row, Letter.Kind.TARGET, reached, standing.score, found.pauses)
    if found.used > rubric.target:
        yield Reminder(row, Letter.Kind.LATE, reached, standing.score, found.pauses)


def _tell(due: list[Reminder], judge: Judge, at: datetime) -> int:
    """What nobody was told yet, in the bell and by mail; how many."""
    new = _untold([(one, user) for one in due for user in _audience(one, at)])
    if not new:
        return 0
    codes = {_code(one) for one, _user in new}
    muted = set(MutedNotification.objects.filter(code__in=codes).values_list("user_id", "code"))
    tell(_notice(one, user, at) for one, user in new if (user.pk, _code(one)) not in muted)
    if letters.mail_on():
        tickets = Ticket.objects.in_bulk({one.escalation.ticket_id for one, _user in new})
        for one, user in new:
            _write(one, user, tickets[one.escalation.ticket_id], judge, at)
    return len(new)


def _untold(wanted: list[tuple[Reminder, User]]) -> list[tuple[Reminder, User]]:
    """Those that neither a letter nor the bell has told; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT user_id, key FROM unnest(%s::bigint[], %s::text[]) AS w (user_id, key)
               WHERE NOT EXISTS (SELECT 1 FROM escalation_letter AS l WHERE l.user_id = w.user_id AND l.key = w.key)
                 AND NOT EXISTS (SELECT 1 FROM tickets_notification AS n
                                 WHERE n.user_id = w.user_id AND n.key = w.key)""",
            [[user.pk for _one, user in wanted], [one.key for one, _user in wanted]],
        )
        untold = set(cursor.fetchall())
    return [(one, user) for one, user in wanted if (user.pk, one.key) in untold]


def _audience(one: Reminder, at: datetime) -> Iterable[User]:
    return letters.heads(one.escalation, at) if one.kind == Letter.Kind.LATE else letters.recipients(one.escalation, at)


def _code(one: Reminder) -> str:
    return Notification.Code.OVERDUE if one.kind == Letter.Kind.LATE else Notification.Code.DUE_SOON


def _notice(one: Reminder, user: User, at: datetime) -> Notification:
    data = {"by": "", "clock": LAYER2, "due": one.due.isoformat()}
    ticket = one.escalation.ticket_id
    return Notification(user_id=user.pk, ticket_id=ticket, code=_code(one), at=at, key=one.key, data=data)


def _write(one: Reminder, user: User, ticket: Ticket, judge: Judge, at: datetime) -> None:
    row, title = one.escalation, ticket.subject or ticket.number
    said = {"score": one.score, "when": letters.on_its_day(one.due, at), "title": title}
    subject = {
        Letter.Kind.STEP: _("Skor {score} sampai {when} WIB: {title}"),
        Letter.Kind.TARGET: _("Target jawaban jatuh tempo {when} WIB: {title}"),
        Letter.Kind.LATE: _("Lewat target sejak {when} WIB: {title}"),
    }[one.kind].format(**said)
    holder = _("Ditangani {who}").format(who=STAFF().get(row.taken_by_id)) if row.taken_by_id else _("Belum diambil")
    body = [
        *(_("Yth. {name},").format(name=user), "", subject, ""),
        *([row.question, ""] if row.question else []),
        *(*letters.clock_lines(ladder_of(judge, row, at, one.pauses)), ""),
        *(_("Jawab di antrean unit:"), settings.PUBLIC_URL + reverse("layer2-one", args=[row.pk]), letters.by_reply()),
        *("", f"{ticket.number}, {row.unit}. {holder}."),
    ]
    letters.write_letter(
        user=user, kind=one.kind, key=one.key, subject=f"{subject} [{ticket.number}]"[:255], body="\n".join(body),
        escalation=row, at=at,
    )  # fmt: skip
