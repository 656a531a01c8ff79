"""From the composer to the ticket: sent with what follows, or not at all; taken back in time; crossing asks first."""

from datetime import timedelta

import pytest

from escalation.verbs import answer, escalate
from kernel.errors import Refused
from messaging.files import store_file
from messaging.models import Message
from messaging.verbs import record_delivery, store_message
from tests import factories as make
from tests.tickets.test_at_once import at_once
from tickets import conversation, sorting, verbs
from tickets.composer import drafts, sending, uploads
from tickets.composer.crossing import Crossed
from tickets.inbox.conversation import conversation_of
from tickets.intake import receive_message
from tickets.models import Draft, Ticket

pytestmark = pytest.mark.django_db
REPLY = Draft.Kind.REPLY
SECOND = timedelta(seconds=1)


@pytest.fixture
def laras():
    return make.staff("laras")


@pytest.fixture
def ticket():
    return make.ticket(topic=make.topic())


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def send(ticket, actor, at=make.NOW + make.MINUTE, **more):
    return sending.send_reply(ticket=ticket, text="Disalurkan besok.", at=at, actor=actor, **more)


def last_entry(ticket):
    return ticket.entries.latest("pk").pk


def asked_again(ticket, at):
    given = {"channel": ticket.channel, "external_id": f"in:{at}", "contact": ticket.contact, "at": at}
    message, _new = store_message(body="Ada tambahan.", **given)
    return receive_message(ticket=ticket, message=message, at=at)


def test_a_reply_waits_for_six_seconds_before_it_may_be_sent(ticket, laras):
    message = send(ticket, laras).message
    assert (message.delivery, message.send_after) == ("QUEUED", make.NOW + make.MINUTE + 6 * SECOND)
    assert fresh(ticket).status == Ticket.Status.ANSWERED


def test_send_and_close_is_one_step_and_needs_a_topic(laras):
    ticket = make.ticket()
    with pytest.raises(Refused) as refused:
        send(ticket, laras, then=sending.CLOSE)
    assert refused.value.code == "ticket.needs_topic"
    assert not ticket.entries.filter(message__direction="OUT").exists()
    send(ticket, laras, then=sending.CLOSE, topic=make.topic())
    assert fresh(ticket).status == Ticket.Status.CLOSED
    assert [event.code for event in ticket.events.all()][-2:] == ["ticket.replied", "ticket.closed"]


def test_the_draft_and_its_files_go_with_the_reply(ticket, laras):
    drafts.save_draft(ticket=ticket, kind=REPLY, text="Disal", at=make.NOW, actor=laras)
    uploads.add_file(ticket=ticket, kind=REPLY, content=b"%PDF-1.7 x", name="surat.pdf", at=make.NOW, actor=laras)
    message = send(ticket, laras).message
    assert [one.name for one in message.attachments.all()] == ["surat.pdf"]
    assert not Draft.objects.exists()


def test_what_was_sent_comes_back_as_a_draft_and_the_ticket_is_as_before(ticket, laras):
    uploads.add_file(ticket=ticket, kind=REPLY, content=b"%PDF-1.7 x", name="surat.pdf", at=make.NOW, actor=laras)
    before = {
        name: getattr(fresh(ticket), name) for name in ("status", "first_answered_at", "last_message_at", "closed_at")
    }
    at = make.NOW + make.MINUTE
    message = send(ticket, laras, then=sending.CLOSE).message
    sending.take_back(ticket=ticket, message=message, at=at + 5 * SECOND, actor=laras)
    assert {name: getattr(fresh(ticket), name) for name in before} == before
    draft = Draft.objects.get()
    assert (draft.text, [one.name for one in draft.files.all()]) == ("Disalurkan besok.", ["surat.pdf"])
    shown = conversation_of(fresh(ticket)).items
    assert "Disalurkan besok." not in [item.text for item in shown]
    assert shown[-1].text == "Balasan dibatalkan"


def test_a_pause_that_the_reply_ended_or_began_is_as_before(ticket, laras):
    verbs.mark_waiting_requester(ticket=ticket, at=make.NOW, actor=laras)
    pauses = list(ticket.pauses.values_list("from_at", "to_at"))
    for number, then in enumerate(("", sending.WAIT, sending.CLOSE), 1):
        at = make.NOW + number * make.HOUR
        message = send(ticket, laras, at=at, then=then).message
        sending.take_back(ticket=ticket, message=message, at=at + SECOND, actor=laras)
        assert fresh(ticket).status == Ticket.Status.WAITING_REQUESTER
        assert list(ticket.pauses.values_list("from_at", "to_at")) == pauses, then


def test_what_others_did_meanwhile_stays(ticket, laras):
    at = make.NOW + make.MINUTE
    message = send(ticket, laras, at=at).message
    asked_again(ticket, at + SECOND)
    conversation.post_reply(ticket=ticket, text="Saya bantu.", at=at + 2 * SECOND, actor=make.staff("bima"))
    sending.take_back(ticket=ticket, message=message, at=at + 3 * SECOND, actor=laras)
    after = fresh(ticket)
    assert (after.status, after.first_answered_at) == (Ticket.Status.ANSWERED, at + 2 * SECOND)
    assert after.last_message_at == at + 2 * SECOND


def test_a_new_draft_stays_below_what_comes_back(ticket, laras):
    message = send(ticket, laras).message
    drafts.save_draft(ticket=ticket, kind=REPLY, text="Tambahan", at=make.NOW + make.MINUTE, actor=laras)
    sending.take_back(ticket=ticket, message=message, at=make.NOW + make.MINUTE, actor=laras)
    assert Draft.objects.get().text == "Disalurkan besok.\n\nTambahan"


@pytest.mark.parametrize(
    ("who", "after", "sent", "code"),
    [
        ("laras", 6, False, "message.already_sent"),
        ("laras", 1, True, "message.already_sent"),
        ("bima", 1, False, "message.not_own"),
    ],
)
def test_too_late_or_not_ones_own(ticket, laras, who, after, sent, code):
    at = make.NOW + make.MINUTE
    message = send(ticket, laras, at=at).message
    if sent:
        record_delivery(message=message, delivery=Message.Delivery.SENDING, at=make.NOW)
    with pytest.raises(Refused) as refused:
        sending.take_back(ticket=ticket, message=message, at=at + after * SECOND, actor=make.staff(who))
    assert refused.value.code == code
    assert fresh(ticket).status == Ticket.Status.ANSWERED


def test_withdrawn_is_final(ticket, laras):
    at = make.NOW + make.MINUTE
    message = send(ticket, laras, at=at).message
    sending.take_back(ticket=ticket, message=message, at=at, actor=laras)
    with pytest.raises(Refused) as refused:
        sending.take_back(ticket=ticket, message=message, at=at, actor=laras)
    assert refused.value.code == "message.withdrawn"
    assert record_delivery(message=message, delivery=Message.Delivery.SENDING, at=make.NOW) is False


def test_withdrawing_and_sending_at_once_do_one_of_both(transactional_db):
    laras, ticket = make.staff("laras"), make.ticket(topic=make.topic())
    at = make.NOW + make.MINUTE
    for _round in range(5):
        message = send(ticket, laras, at=at).message
        results = at_once(
            lambda one=message: record_delivery(message=one, delivery=Message.Delivery.SENDING, at=make.NOW),
            lambda one=message: bool(sending.take_back(ticket=ticket, message=one, at=at, actor=laras)),
        )
        message.refresh_from_db()
        assert (results, message.delivery) in (
            ([True, "message.already_sent"], "SENDING"),
            ([False, True], "WITHDRAWN"),
        )


def test_two_agents_replying_at_once_cross_once(transactional_db):
    ticket = make.ticket(topic=make.topic())
    seen, people = last_entry(ticket), [make.staff("laras"), make.staff("bima")]
    results = at_once(*[lambda who=who: bool(send(ticket, who, seen=seen)) for who in people])
    assert sorted(map(str, results)) == ["True", "reply.crossed"]


def news(ticket, what, at):
    bima = make.staff("bima")
    if what == "reply":
        conversation.post_reply(ticket=ticket, text="Sudah saya jawab.", at=at, actor=bima)
    if what == "question":
        asked_again(ticket, at)
    if what == "layer 2":
        answer(ticket.escalations.get(), answer="Tanggal 5.", at=at, actor=make.staff("damar"))
    if what == "note":
        conversation.add_note(ticket=ticket, text="Catatan.", at=at, actor=bima)
    if what == "sorting":
        sorting.assign(ticket=ticket, to=bima, at=at, actor=bima)
    if what == "own reply":
        conversation.post_reply(ticket=ticket, text="Sebentar.", at=at, actor=make.staff("laras"))


@pytest.mark.parametrize("what", ["reply", "question", "layer 2", "own reply"])
def test_a_reply_that_crosses_news_asks_first(ticket, laras, what):
    make.staff("damar")
    escalate(ticket, unit=make.unit("PK.2"), at=make.NOW, actor=laras)
    seen = last_entry(ticket)
    news(ticket, what, make.NOW + make.MINUTE)
    with pytest.raises(Crossed):
        send(ticket, laras, at=make.NOW + 2 * make.MINUTE, seen=seen)
    send(ticket, laras, at=make.NOW + 2 * make.MINUTE, seen=last_entry(ticket))


@pytest.mark.parametrize("what", ["note", "sorting"])
def test_what_needs_no_second_thought_does_not_ask(ticket, laras, what):
    seen = last_entry(ticket)
    news(ticket, what, make.NOW + make.MINUTE)
    send(ticket, laras, at=make.NOW + 2 * make.MINUTE, seen=seen)


def test_notes_take_files_too_and_name_colleagues(ticket, laras):
    bima, damar = make.staff("bima"), make.staff("damar")
    file = store_file(b"isi", at=make.NOW)
    text = "@bima dan @damar, mohon cek. @tidak.ada @laras"
    conversation.add_note(ticket=ticket, text=text, files=[(file, "isi.txt")], at=make.NOW, actor=laras)
    item = conversation_of(ticket).items[-1]
    assert [one.name for one in item.files] == ["isi.txt"]
    assert [row.user for row in ticket.notifications.all()] == [bima], "Damar's unit has nothing to do with it"
    assert '<span class="dr-mention">@bima</span>' in item.pieces[0].html
    escalate(ticket, unit=make.unit("PK.2"), at=make.NOW, actor=laras)
    conversation.add_note(ticket=ticket, text="@damar", at=make.NOW, actor=laras)
    assert [row.user for row in ticket.notifications.filter(user=damar)] == [damar]
