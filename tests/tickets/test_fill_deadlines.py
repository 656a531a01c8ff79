"""The migration that gives open tickets their pauses and deadlines reads from events what verbs would have written."""

from importlib import import_module

import pytest
from django.apps import apps

from escalation.verbs import escalate
from tests import factories as make
from tickets import conversation, merging, verbs
from tickets.models import Ticket, TicketPause

pytestmark = pytest.mark.django_db
fill = import_module("tickets.migrations.0011_fill_deadlines").fill


def _state() -> list[tuple]:
    names = ("pk", "status", "first_answer_due_at", "due_at")
    rows = list(Ticket.objects.exclude(status="CLOSED").order_by("pk").values_list(*names))
    pauses = TicketPause.objects.exclude(ticket__status="CLOSED").order_by("ticket", "from_at")
    return [rows, list(pauses.values_list("ticket", "from_at", "to_at"))]


def test_what_was_stored_by_verbs_is_found_again():
    laras, later = make.staff("laras"), make.NOW + make.HOUR
    waiting, back, spam, merged, reopened, answered = (make.ticket(topic=make.topic()) for _ in range(6))
    escalate(make.ticket(topic=make.topic()), unit=make.unit("PK.2"), at=later, actor=laras)
    make.ticket(channel=make.channel("PHONE"))
    for ticket in (waiting, back, spam, merged, reopened):
        verbs.mark_waiting_requester(ticket=ticket, at=later, actor=laras)
    escalate(back, unit=make.unit("PK.2"), at=later + make.HOUR, actor=laras)
    verbs.mark_spam(ticket=spam, at=later + make.HOUR, actor=laras)
    verbs.unmark_spam(ticket=spam, at=later + 2 * make.HOUR, actor=laras)
    merging.merge_tickets(ticket=merged, into=waiting, at=later + make.HOUR, actor=laras)
    merging.unmerge_ticket(ticket=merged, at=later + 2 * make.HOUR, actor=laras)
    verbs.close(ticket=reopened, at=later + make.HOUR, actor=laras)
    verbs.reopen(ticket=reopened, at=later + 2 * make.HOUR, actor=laras)
    conversation.post_reply(ticket=answered, text="Ya.", at=later, actor=laras)
    before = _state()
    TicketPause.objects.all().delete()
    Ticket.objects.update(first_answer_due_at=None, due_at=None)
    history = Ticket.history.rel.related_model.objects.count()
    fill(apps, None)
    assert _state() == before
    assert Ticket.history.rel.related_model.objects.count() == history, "a migration is no change of a ticket"
