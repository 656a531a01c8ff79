"""An escalation as its drawer shows it: the clock, the question with all that belongs to it, what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from escalation.access import answerable_escalations, leads, may_judge, members_of
from escalation.averages import UnitAverage, averages_of
from escalation.files import lines_of
from escalation.handing import handed
from escalation.ladder import Ladder, ladder_of, moment
from escalation.models import Escalation, EscalationFile
from escalation.proposing import units_on
from escalation.scores import Judge
from escalation.ticket_side import UNFINISHED
from kernel.formats import decimal
from kernel.months import JAKARTA, Month
from knowledge.suggesting import suggest
from people.access import unit_codes_of
from people.models import Unit, User
from people.reference import STAFF
from tickets.access import may_work_on_tickets
from tickets.inbox.file_lines import FileLine
from tickets.models import TicketEntry
from tickets.reference import attach
from tickets.slots import Suggestion

_QUOTED = 400  # letters


@dataclass(frozen=True, slots=True)
class Exchange:
    """Data that was asked of Layer 1, and what it said; `reply` is empty while it owes it."""

    asked: str
    who: str
    when: str
    reply: str = ""
    replied: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Drawer:
    escalation: Escalation
    ladder: Ladder | None
    asked: str
    asker: str
    holder: str
    quote: str
    quoted: str
    files: list[FileLine]
    answer_files: list[FileLine]
    exchanges: list[Exchange]
    suggestions: list[Suggestion]
    open: bool
    answers: bool
    may_take: bool
    mine: bool
    leads: bool
    works: bool
    judges: bool
    members: Sequence[User]
    units: Sequence[Unit]
    with_next: str
    answered: str = ""
    answerer: str = ""
    handed: Sequence[str] = ()

    @property
    def title(self) -> str:
        ticket = self.escalation.ticket
        return ticket.subject or self.escalation.question.partition("\n")[0] or ticket.number


def drawer_of(row: Escalation, user: User, now: datetime) -> Drawer:
    """All that the reader may see and do of it."""
    attach([row.ticket])
    judge, people = Judge.now(), STAFF()
    unfinished = row.status in UNFINISHED
    answers = unfinished and answerable_escalations(user).filter(pk=row.pk).exists()
    ladder = ladder_of(judge, row, now) if unfinished else None
    day = now.astimezone(JAKARTA).date()
    quote, quoted = words_of_requester(row)
    asker, holder, answerer = (
        people.get(key or 0) for key in (row.escalated_by_id, row.taken_by_id, row.answered_by_id)
    )
    return Drawer(
        escalation=row,
        ladder=ladder,
        asked=moment(row.escalated_at, now),
        asker=str(asker) if asker else "",
        holder=str(holder) if holder else "",
        quote=quote,
        quoted=quoted,
        files=lines_of(row, EscalationFile.Kind.QUESTION),
        answer_files=lines_of(row, EscalationFile.Kind.ANSWER),
        exchanges=exchanges_of(row, now),
        suggestions=suggest(row.ticket) if answers else [],
        open=unfinished,
        answers=answers,
        may_take=answers and row.status == Escalation.Status.OPEN and row.unit.code in unit_codes_of(user),
        mine=row.taken_by_id == user.pk,
        leads=answers and leads(user, row.unit.code, day),
        works=may_work_on_tickets(user),
        judges=may_judge(user),
        members=[member.user for member in members_of(row.unit.code)] if answers else [],
        units=[unit for unit in units_on(now) if unit.code != row.unit.code] if answers else [],
        with_next=_with_next(row, ladder, now) if answers else "",
        answered=moment(row.answered_at, now) if row.answered_at else "",
        answerer=str(answerer) if answerer else "",
        handed=handed(row, now),
    )


def words_of_requester(row: Escalation) -> tuple[str, str]:
    """The requester's last words when it was asked, and who said them."""
    entries = row.ticket.entries.filter(
        kind=TicketEntry.Kind.MESSAGE, message__direction="IN", at__lte=row.escalated_at
    )
    entry = entries.select_related("message").last()
    if entry is None or entry.message is None:
        return "", ""
    text = entry.message.body.strip()
    who = [row.ticket.contact.name, row.ticket.contact.organization, str(row.ticket.region or ""), row.ticket.zone]
    return text[:_QUOTED] + ("…" if len(text) > _QUOTED else ""), ", ".join(filter(None, who))


def exchanges_of(row: Escalation, now: datetime) -> list[Exchange]:
    """What the unit asked Layer 1 for, and the answers, in order; one query."""
    found: list[Exchange] = []
    for event in row.events.filter(code__in=("escalation.returned", "escalation.resumed")).select_related("actor"):
        who, when = str(event.actor or ""), moment(event.at, now)
        if event.code == "escalation.returned":
            found.append(Exchange(event.reason, who, when))
        elif found:
            last = found[-1]
            found[-1] = Exchange(last.asked, last.who, last.when, event.reason or "–", when, who)
    return found


def _with_next(row: Escalation, ladder: Ladder | None, now: datetime) -> str:
    """The unit's average of the month if this were answered now."""
    if ladder is None:
        return ""
    found = next((one for one in averages_of(Month.of(now)) if one.code == row.unit.code), None)
    average = (found or UnitAverage(row.unit.code, 0, 0)).with_next(ladder.score)
    return decimal(average, 2, language=get_language() or "id")
