"""How a ticket moves from new to closed, and which moves are refused."""

import pytest

from kernel.errors import Refused
from tests import factories as make
from tickets import slots, verbs
from tickets.conversation import add_note, post_reply
from tickets.models import Ticket
from tickets.sorting import assign, take

LATER = make.NOW + make.HOUR


def codes(ticket):
    return list(ticket.events.values_list("code", flat=True))


@pytest.fixture
def laras(db):
    return make.staff("laras")


def test_the_usual_life_of_a_ticket(laras):
    at = {"at": LATER, "actor": laras}
    ticket = make.ticket()
    assert take(ticket=ticket, **at).status == "OPEN"
    assert (
        post_reply(ticket=ticket, text="Akan kami cek.", waits_for_requester=True, **at).status == "WAITING_REQUESTER"
    )
    assert verbs.mark_waiting_layer2(ticket=ticket, data={"unit": "PK.2"}, **at).status == "WAITING_LAYER2"
    assert verbs.layer2_answered(ticket=ticket, **at).status == "OPEN"
    answered = post_reply(ticket=ticket, text="Disalurkan 20 Agustus.", at=LATER + make.HOUR, actor=laras)
    assert answered.status == "ANSWERED"
    closed = verbs.close(ticket=ticket, topic=make.topic(), at=LATER + make.HOUR, actor=laras)
    assert (closed.status, closed.first_answered_at) == ("CLOSED", LATER)
    assert codes(ticket) == [
        "ticket.opened",
        "ticket.assigned",
        "ticket.replied",
        "ticket.escalated",
        "ticket.layer2_answered",
        "ticket.replied",
        "ticket.closed",
    ]
    assert [event.from_value for event in ticket.events.all()][-3:] == ["WAITING_LAYER2", "OPEN", "ANSWERED"]


def test_a_reply_goes_out_and_stands_on_the_ticket(laras):
    ticket = post_reply(ticket=make.ticket(), text="Disalurkan 20 Agustus.", at=LATER, actor=laras)
    entry = ticket.entries.last()
    assert (entry.kind, entry.author, entry.message.direction, entry.message.delivery) == (
        "MESSAGE",
        laras,
        "OUT",
        "QUEUED",
    )


def test_an_automatic_reply_is_no_first_answer(db):
    ticket = post_reply(ticket=make.ticket(), text="Pesan Anda kami terima.", at=LATER, actor=None)
    assert (ticket.status, ticket.first_answered_at) == ("NEW", None)


def test_a_reply_leaves_a_ticket_waiting_for_layer_2(laras):
    ticket = verbs.mark_waiting_layer2(ticket=make.ticket(), at=LATER, actor=laras)
    assert post_reply(ticket=ticket, text="Sedang dikaji.", at=LATER, actor=laras).status == "WAITING_LAYER2"
    with pytest.raises(Refused, match=r"ticket\.waits_for_layer2"):
        verbs.mark_waiting_requester(ticket=ticket, at=LATER, actor=laras)


def test_the_ticket_waits_for_the_last_unit(laras):
    at = {"at": LATER, "actor": laras}
    ticket = make.ticket()
    verbs.mark_waiting_layer2(ticket=ticket, **at)
    verbs.mark_waiting_layer2(ticket=ticket, **at)
    assert verbs.layer2_answered(ticket=ticket, still_waiting=True, **at).status == "WAITING_LAYER2"
    assert verbs.layer2_released(ticket=ticket, **at).status == "OPEN"


def test_closing_needs_a_topic_and_nobodys_objection(laras):
    ticket = make.ticket()
    with pytest.raises(Refused, match=r"ticket\.needs_topic"):
        verbs.close(ticket=ticket, at=LATER, actor=laras)
    slots.register_veto("escalation", lambda _: Refused("ticket.open_escalation", "Masih ada eskalasi."))
    for verb in (verbs.close, verbs.mark_spam):
        extra = {"topic": make.topic()} if verb is verbs.close else {}
        with pytest.raises(Refused, match=r"ticket\.open_escalation"):
            verb(ticket=ticket, at=LATER, actor=laras, **extra)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.topic, codes(ticket)) == ("NEW", None, ["ticket.opened"])


def test_a_closed_ticket_takes_notes_only(laras):
    at = {"at": LATER, "actor": laras}
    ticket = verbs.close(ticket=make.ticket(topic=make.topic()), **at)
    for move in (
        lambda: post_reply(ticket=ticket, text="Satu lagi.", **at),
        lambda: assign(ticket=ticket, to=laras, **at),
        lambda: verbs.close(ticket=ticket, **at),
        lambda: verbs.mark_waiting_layer2(ticket=ticket, **at),
    ):
        with pytest.raises(Refused, match=r"ticket\.closed"):
            move()
    add_note(ticket=ticket, text="Dikonfirmasi lewat telepon.", **at)
    assert ticket.entries.last().note == "Dikonfirmasi lewat telepon."
    assert codes(ticket) == ["ticket.opened", "ticket.closed", "ticket.noted"]


def test_reopening_by_an_agent_has_the_same_limit(laras):
    ticket = make.ticket(topic=make.topic())
    with pytest.raises(Refused, match=r"ticket\.not_closed"):
        verbs.reopen(ticket=ticket, at=LATER, actor=laras)
    verbs.close(ticket=ticket, at=LATER, actor=laras)
    with pytest.raises(Refused, match=r"ticket\.too_late"):
        verbs.reopen(ticket=ticket, at=make.wib("2024-08-21 08:00"), actor=laras)
    ticket = verbs.reopen(ticket=ticket, at=make.wib("2024-08-20 08:00"), actor=laras, reason="belum lengkap")
    assert (ticket.status, ticket.closed_at, ticket.events.last().reason) == ("OPEN", None, "belum lengkap")


@pytest.mark.parametrize("closed", [False, True])
def test_spam_leaves_the_counts_and_comes_back_as_it_was(laras, closed):
    ticket = make.ticket(topic=make.topic())
    if closed:
        ticket = verbs.close(ticket=ticket, at=LATER, actor=laras)
    before = (ticket.status, ticket.closed_at)
    spam = verbs.mark_spam(ticket=ticket, at=LATER + make.HOUR, actor=laras)
    assert (spam.status, spam.is_spam) == ("CLOSED", True)
    assert not Ticket.objects.consultations().exists()
    with pytest.raises(Refused, match=r"ticket\.is_spam"):
        verbs.reopen(ticket=ticket, at=LATER + make.HOUR, actor=laras)
    ticket = verbs.unmark_spam(ticket=ticket, at=LATER + make.HOUR, actor=laras)
    assert (ticket.status, ticket.closed_at) == before
    with pytest.raises(Refused, match=r"ticket\.not_spam"):
        verbs.unmark_spam(ticket=ticket, at=LATER, actor=laras)


def test_nothing_happens_before_the_ticket_is_there(laras):
    with pytest.raises(Refused, match=r"ticket\.before_creation"):
        verbs.close(ticket=make.ticket(topic=make.topic()), at=make.NOW - make.MINUTE, actor=laras)
