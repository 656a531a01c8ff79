"""Which unit a question is for: the topic's owner, and the units that answered what was much like it."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from escalation.models import Escalation
from kernel.months import JAKARTA
from people.models import Unit
from people.reference import UNITS
from tickets.models import Ticket

LOOKED_AT = 300  # answers, the latest first
BACK = timedelta(days=365)
ALIKE = 0.25  # of the words of both in common
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A unit with the reasons in words; the first one is what the form chooses."""

    unit: Unit
    reason: str


def propose(ticket: Ticket, at: datetime) -> list[Proposal]:
    """At most three units, the topic's owner first, then by how many similar questions each answered. One query."""
    alike, of_topic = _answered_alike(ticket, at)
    units = {row.code: row for row in units_on(at)}
    owner = units.get(ticket.topic.owner_unit.code) if ticket.topic and ticket.topic.owner_unit else None
    found: dict[str, str] = {}
    if owner:
        found[owner.code] = _("pemilik topik {topic}").format(topic=ticket.topic)
    for code, count in (alike or of_topic).most_common():
        words = _("{count} pertanyaan serupa dijawab di sini") if alike else _("{count} jawaban topik ini setahun")
        said = words.format(count=count)
        found[code] = f"{found[code]}, {said}" if code in found else said
    return [Proposal(units[code], reason) for code, reason in found.items() if code in units][:3]


def units_on(at: datetime) -> list[Unit]:
    """The units in force at `at`, in the order of their codes."""
    day = at.astimezone(JAKARTA).date()
    rows = [row for row in UNITS().values() if row.valid_from <= day and (row.valid_to is None or day < row.valid_to)]
    return sorted(rows, key=lambda row: row.code)


def _answered_alike(ticket: Ticket, at: datetime) -> tuple[Counter[str], Counter[str]]:
    """By unit: answers to questions with similar words, and all of the ticket's topic."""
    rows = Escalation.objects.filter(status=Escalation.Status.ANSWERED, answered_at__gte=at - BACK)
    if ticket.topic_id:
        rows = rows.filter(ticket__topic_id=ticket.topic_id)
    asked = rows.exclude(ticket=ticket).order_by("-answered_at")
    said = asked.values_list("unit__code", "ticket__subject", "question")[:LOOKED_AT]
    own, alike, all_of_them = _words(ticket.subject), Counter[str](), Counter[str]()
    for code, subject, question in said:
        all_of_them[code] += 1
        other = _words(f"{subject} {question}")
        if own and len(own & other) >= ALIKE * len(own | _words(subject)):
            alike[code] += 1
    return alike, all_of_them if ticket.topic_id else Counter()


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))
