"""Rows stored by statements that are made once are the rows that `save()` would have stored."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.forms import model_to_dict

from kernel.writing import insert, update
from messaging.models import Channel, Message
from tests import factories as make
from tickets.models import Ticket, TicketEvent

pytestmark = pytest.mark.django_db


def _message(external_id: str) -> Message:
    return Message(
        channel=Channel.objects.get(code="EMAIL"),
        external_id=external_id,
        direction=Message.Direction.OUT,
        contact=make.contact(),
        body="100 % 'kutipan' \\ {}",
        flags=["AUTO", "BULK"],
        details={"to": "a@b.example", "n": [1, None]},
        received_at=make.NOW,
        send_after=make.NOW + timedelta(seconds=6),
        delivery=Message.Delivery.QUEUED,
    )


def test_a_row_is_stored_as_save_would_store_it():
    one, other = _message("a"), _message("b")
    assert insert(one) is one
    other.save(force_insert=True)
    stored = [model_to_dict(Message.objects.get(pk=row.pk), exclude=["id", "external_id"]) for row in (one, other)]
    assert stored[0] == stored[1]
    assert (one._state.adding, one._state.db) == (False, "default")
    assert one.search == other.search, "what the database computes is read when it is used"
    one.delivery = Message.Delivery.SENT
    one.save()
    assert Message.objects.get(pk=one.pk).delivery == "SENT"


def test_what_the_database_refuses_is_refused():
    insert(_message("a"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(_message("a"))


def test_only_the_fields_named_are_stored_and_history_is_kept():
    ticket = make.ticket()
    kept, ticket.subject, ticket.tags, ticket.priority = ticket.history.count(), "Baru", ["a", "b"], 40
    update(ticket, {"subject", "tags"})
    row = Ticket.objects.get(pk=ticket.pk)
    assert (row.subject, row.tags, row.priority) == ("Baru", ["a", "b"], Ticket.Priority.NORMAL)
    assert ticket.history.count() == kept + 1
    with pytest.raises(ValueError, match="not all of nothing, subject are fields"):
        update(ticket, {"subject", "nothing"})


def test_a_row_that_is_gone_cannot_be_changed():
    with pytest.raises(TicketEvent.DoesNotExist):
        update(TicketEvent(pk=0, reason="x"), {"reason"})
