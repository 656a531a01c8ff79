"""Mail to the people of a unit, through the outbox: a row first, sent after commit, once per person and thing."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from escalation.access import away_on, members_of
from escalation.handing import handed
from escalation.ladder import Ladder, ladder_of, moment
from escalation.links import VALID, issue_link
from escalation.models import Escalation, Letter
from escalation.scores import Judge
from escalation.ticket_side import RUNNING
from kernel.locks import lock_names
from kernel.months import JAKARTA
from messaging.models import Channel, Connection
from messaging.verbs import write_message
from people.models import User

CLAIMER = "layer2"
CHANNEL = "EMAIL"
RECENT = timedelta(hours=20)  # older questions came by an import or while mail was off; the digest tells of them
_BATCH = 200


def mail_on() -> bool:
    """Whether a mailbox is connected to send from, and it is known where links lead."""
    return bool(settings.PUBLIC_URL) and Connection.objects.filter(channel__code=CHANNEL, paused_at=None).exists()


def mail_questions(*, at: datetime) -> int:
    """Send each new question to its unit's people, with a link of their own; how many letters. Safe to repeat."""
    if not mail_on():
        return 0
    rows = Escalation.objects.filter(status__in=RUNNING, via_app=True, escalated_at__gt=at - RECENT)
    fresh = rows.exclude(letters__kind=Letter.Kind.ASKED).select_related("ticket__topic", "unit")
    return sum(_ask(row, at) for row in fresh.order_by("pk")[:_BATCH])


def write_letter(
    *, user: User, kind: Letter.Kind, key: str, subject: str, body: str, escalation: Escalation | None, at: datetime
) -> bool:
    """Write it once; False when the person has it already, or no address."""
    if not user.email:
        return False
    with transaction.atomic():
        lock_names(f"letter:{user.pk}:{key}")
        if Letter.objects.filter(user=user, key=key).exists():
            return False
        message = write_message(
            channel=Channel.objects.get(code=CHANNEL),
            contact=None,  # type: ignore[arg-type]  # staff are no contacts; `to` says where it goes
            subject=subject,
            body=body,
            thread=thread_of(escalation, user) if escalation else "",
            details={"to": user.email},
            at=at,
            actor=None,
            claimed_by=CLAIMER,
        )
        Letter.objects.create(user=user, escalation=escalation, kind=kind, key=key, at=at, message=message)
    return True


def thread_of(escalation: Escalation, user: User) -> str:
    """By which a reply is known where its mailbox takes plus-addresses."""
    return f"ESK-{escalation.pk}-{user.pk}"


def recipients(escalation: Escalation, at: datetime) -> list[User]:
    """Whoever has it, or everybody of the unit; who is away is left out, and a deputy gets it instead."""
    away = away_on(at.astimezone(JAKARTA).date())
    members = {row.user_id: row.user for row in members_of(escalation.unit.code)}
    wanted = [escalation.taken_by_id] if escalation.taken_by_id in members else list(members)
    return _present(wanted, members, away)


def heads(escalation: Escalation, at: datetime) -> list[User]:
    """The unit's heads, or who stands in for them."""
    away = away_on(at.astimezone(JAKARTA).date())
    rows = members_of(escalation.unit.code)
    return _present([row.user_id for row in rows if row.is_head], {row.user_id: row.user for row in rows}, away)


def _present(wanted: Iterable[int | None], members: dict[int, User], away: dict) -> list[User]:
    found: dict[int, User] = {}
    for key in wanted:
        if key not in away and key in members:
            found[key] = members[key]
        elif (absence := away.get(key)) and absence.deputy_id in members:
            found[absence.deputy_id] = members[absence.deputy_id]
    return list(found.values())


@transaction.atomic
def _ask(row: Escalation, at: datetime) -> int:
    ladder = ladder_of(Judge.now(), row, at)
    sent = 0
    with override("id"):
        for user in recipients(row, at):
            link = issue_link(escalation=row, user=user, at=at)
            subject, body = _question(row, user, link, ladder, at)
            given = {"key": f"asked:{row.pk}", "subject": subject, "body": body}
            sent += write_letter(user=user, kind=Letter.Kind.ASKED, **given, escalation=row, at=at)
    return sent


def _question(row: Escalation, user: User, link: str, ladder: Ladder | None, at: datetime) -> tuple[str, str]:
    ticket = row.ticket
    title = ticket.subject or row.question.partition("\n")[0] or ticket.number
    lines = [_("Yth. {name},").format(name=user), "", row.question or title]
    if row.tried:
        lines += ["", _("Yang sudah dicoba: {text}").format(text=row.tried)]
    for line in handed(row, at):
        lines += ["", line]
    lines += ["", *clock_lines(ladder)]
    lines += ["", _("Jawab di halaman ini (hanya untuk Anda, berlaku sampai {day}):").format(day=_day(at)), link]
    lines += ["", by_reply()]
    lines += ["", _("Tiket {number}, {unit}").format(number=ticket.number, unit=row.unit)]
    return f"{urgent_mark(row)}{_('Pertanyaan Layer 1')}: {title} [{ticket.number}]"[:255], "\n".join(lines)


def clock_lines(ladder: Ladder | None) -> list[str]:
    """Until when which score holds."""
    if ladder is None or ladder.paused_since:
        return []
    return [worth(rung.score, rung.ends) for rung in ladder.shown if rung.ends]


def worth(score: int, until: str) -> str:
    return _("{score} bila dijawab s.d. {when} WIB").format(score=score, when=until)


def by_reply() -> str:
    return _("Atau balas surat ini. Teks di atas kutipan menjadi jawaban kepada Layer 1.")


def urgent_mark(row: Escalation) -> str:
    return _("[Mendesak] ") if row.urgent else ""


def on_its_day(at: datetime, now: datetime) -> str:
    """As `moment`, also today with the weekday: a mail is read on another day, too."""
    if at.astimezone(JAKARTA).date() != now.astimezone(JAKARTA).date():
        return moment(at, now)
    return moment(at, at - timedelta(days=1))


def queue_address() -> str:
    return settings.PUBLIC_URL + reverse("layer2")


def _day(at: datetime) -> str:
    return moment(at + VALID, at)
