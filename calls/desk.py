"""An agent writes a call down: the requester, the ticket it makes or goes on with, and how it ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from calls.models import Call
from calls.verbs import begin_logged, call_back, put_on_ticket
from escalation.verbs import escalate
from kernel.errors import Refused
from messaging.models import Channel
from messaging.verbs import take_down_message
from people.contacts import find_or_create_contact, survivor_of
from people.models import Contact, Region, Unit, User, UserGroup
from tickets import sorting, verbs
from tickets.conversation import write_reply
from tickets.intake import CLAIMER, open_ticket, receive_message
from tickets.models import Ticket, Topic

CODE = "PHONE"
NAMELESS = _("Penelepon {number}")


class Outcome(models.TextChoices):
    ANSWERED = "ANSWERED", _("Terjawab, tiket selesai")
    ESCALATED = "ESCALATED", _("Diteruskan ke Layer 2")
    OPEN = "OPEN", _("Perlu tindak lanjut, tiket tetap terbuka")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who called: a known `contact`, or a number and what was told."""

    contact: Contact | None = None
    number: str = ""
    name: str = ""
    user_group: str = UserGroup.LAINNYA
    region: Region | None = None
    organization: str = ""


@transaction.atomic
def log_call(
    *,
    caller: Caller,
    topic: Topic | None,
    question: str,
    answer: str = "",
    outcome: str,
    unit: Unit | None = None,
    ticket: Ticket | None = None,
    call: Call | None = None,
    missed: Call | None = None,
    direction: str = Call.Direction.IN,
    at: datetime,
    actor: User,
) -> tuple[Ticket, Call]:
    """The call and its ticket, all or nothing. The ticket begins when the call did; `at` is the end of the talk.

    `ticket`: the call goes on with that one. `call`: the one that the exchange told of; `missed`: the call that
    is called back by this one.
    """
    if call is not None and call.ticket_id:
        raise Refused("call.has_ticket", _("Panggilan ini sudah dicatat pada tiket lain."))
    if not question.strip():
        raise Refused("call.needs_note", _("Tuliskan inti percakapannya."))
    began = min(call.answered_at or call.started_at, at) if call else at
    channel = Channel.objects.get(code=CODE)
    contact = _contact(caller, at=at, actor=actor)
    if ticket is None:
        made_up = call is not None and call.is_simulated
        ticket = open_ticket(
            channel=channel, contact=contact, text=question, topic=topic, at=began, actor=actor,
            source=Ticket.Source.SIMULATOR if made_up else Ticket.Source.LIVE,
        )  # fmt: skip
    else:
        message = take_down_message(channel=channel, contact=contact, body=question, at=began, claimed_by=CLAIMER)
        ticket = receive_message(ticket=ticket, message=message, at=max(began, ticket.created_at), actor=actor)
    if answer.strip():  # told while they talked: the clock of the first answer has hardly run
        told = max(began, ticket.created_at)
        ticket, _message = write_reply(ticket=ticket, text=answer, channel=channel, at=told, actor=actor)
    elif outcome == Outcome.ANSWERED:
        raise Refused("call.needs_answer", _("Tuliskan jawaban yang diberikan."))
    ticket = _conclude(ticket, outcome, topic, question, unit, at, actor)
    row = call or begin_logged(
        number=caller.number, direction=direction, contact=contact, started_at=began, at=at, actor=actor
    )
    row = put_on_ticket(call=row, ticket=ticket, at=at, actor=actor)
    if missed is not None:
        call_back(call=missed, at=at, actor=actor)
    return ticket, row


def _contact(caller: Caller, *, at: datetime, actor: User) -> Contact:
    if caller.contact is not None:
        return survivor_of(caller.contact)
    known: dict[str, Any] = {"region": caller.region, "organization": caller.organization}
    name = caller.name.strip() or str(NAMELESS).format(number=caller.number or "–")
    return find_or_create_contact(
        name=name, phone=caller.number, user_group=caller.user_group, at=at, actor=actor, **known
    )[0]


def _conclude(
    ticket: Ticket, outcome: str, topic: Topic | None, question: str, unit: Unit | None, at: datetime, actor: User
) -> Ticket:
    if topic is not None and ticket.topic_id != topic.pk and outcome != Outcome.ANSWERED:
        ticket = sorting.set_topic(ticket=ticket, topic=topic, at=at, actor=actor)
    if ticket.assignee_id is None:
        ticket = sorting.take(ticket=ticket, at=at, actor=actor)
    if outcome == Outcome.ANSWERED:
        return verbs.close(ticket=ticket, topic=topic, at=at, actor=actor)
    if outcome == Outcome.ESCALATED:
        if unit is None:
            raise Refused("escalation.needs_unit", _("Pilih unit yang dituju."))
        escalate(ticket, unit=unit, question=question, at=at, actor=actor)
        ticket.refresh_from_db()
    return ticket
