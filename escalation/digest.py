"""The morning's mail to each person of a unit: what is theirs, what nobody has, what stands, how the month goes."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from escalation import letters
from escalation.access import away_on, members_of
from escalation.averages import averages_of
from escalation.ladder import ladder_of
from escalation.models import Escalation, Letter
from escalation.proposing import units_on
from escalation.queue import unit_ids
from escalation.scores import Judge
from escalation.ticket_side import UNFINISHED
from kernel.months import JAKARTA, Month
from people.models import Unit, User
from worktime.clock import is_working_day

MOST = 30


def mail_digests(*, at: datetime) -> int:
    """One letter a day to everybody of a unit that has something open; how many. Safe to repeat."""
    judge, today = Judge.now(), at.astimezone(JAKARTA).date()
    rule = judge.rule_at(at)
    if rule is None or not letters.mail_on() or not is_working_day(judge.calendar_of(rule).calendar, today):
        return 0
    away, sent = away_on(today), 0
    with override("id"):
        averages = {row.code: row for row in averages_of(Month.of(at - timedelta(hours=8)))}
        for unit in units_on(at):
            rows = list(
                Escalation.objects.filter(unit_id__in=unit_ids(unit), status__in=UNFINISHED)
                .select_related("ticket")
                .prefetch_related("pauses")
                .order_by(F("drops_at").asc(nulls_last=True), "pk")
            )
            for member in members_of(unit.code) if rows else ():
                if member.user_id in away:
                    continue
                average = averages[unit.code].words() if unit.code in averages else "–"
                body = _body(unit, member.user, rows, judge, average, at)
                subject = _("Layer 2 {unit}: {count} pertanyaan terbuka").format(unit=unit.code, count=len(rows))
                key = f"digest:{unit.code}:{today}"
                given = {"key": key, "subject": subject, "body": body}
                kind = Letter.Kind.DIGEST
                sent += letters.write_letter(user=member.user, kind=kind, **given, escalation=None, at=at)
    return sent


def _body(unit: Unit, user: User, rows: list[Escalation], judge: Judge, average: str, at: datetime) -> str:
    groups = [
        (_("Anda tangani"), [row for row in rows if row.taken_by_id == user.pk]),
        (_("Belum diambil"), [row for row in rows if row.taken_by_id is None]),
        (_("Ditangani rekan"), [row for row in rows if row.taken_by_id not in (None, user.pk)]),
    ]
    lines = [_("Yth. {name},").format(name=user), "", _("Rata-rata bulan ini: {average}").format(average=average)]
    for label, found in groups:
        if found:
            lines += ["", f"{label} ({len(found)})", *(_line(row, judge, at) for row in found[:MOST])]
    return "\n".join([*lines, "", letters.queue_address()])


def _line(row: Escalation, judge: Judge, at: datetime) -> str:
    ladder = ladder_of(judge, row, at)
    title = letters.urgent_mark(row) + (row.ticket.subject or row.question.partition("\n")[0])
    if ladder is None or ladder.paused_since:
        return f"- {row.ticket.number} {title}: {_('jam berhenti')}"
    until = ladder.current.until
    worth = letters.worth(ladder.score, letters.on_its_day(until, at)) if until else _("nilai terendah")
    return f"- {row.ticket.number} {title}: {worth}"
