"""A chat as it goes: nothing lost, nothing twice, nothing of anybody else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatbot.models import ChatbotSession
from livechat.models import ChatLine
from messaging import outbox
from messaging.models import DeliveryStep, EarlyReceipt, Message
from people.contacts import change_contact
from tests import factories as make
from tests.livechat.conftest import OPEN, Visitor, answered, asked
from tickets.composer.sending import send_reply
from tickets.inbox.reading import mark_read
from tickets.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_question_makes_a_ticket_and_its_answer_comes_back(visitor, work):
    ticket = asked(visitor, work)
    assert (ticket.channel.code, ticket.contact, ticket.status) == ("LIVE_CHAT", make.contact(), "NEW")
    answer = answered(ticket, work, "Paling lambat tanggal 20.")
    assert answer.delivery == "SENT"
    said = visitor.sync()
    assert [(line["mine"], line["who"], line["text"]) for line in said["lines"]] == [
        (True, "", "Kapan DAU bulan Agustus disalurkan?"),
        (False, "Laras", "Paling lambat tanggal 20."),
    ]
    assert said["ticket"] == ticket.number
    with work():
        visitor.say("Terima kasih.")
    assert Ticket.objects.count() == 1
    assert ticket.entries.filter(kind="MESSAGE").count() == 3


def test_the_same_id_again_is_the_same_message(visitor, work):
    with work():
        lines = [visitor.say("Halo.", id="browser-0001") for _time in range(5)]
    assert {line["seq"] for line in lines} == {1}
    assert Message.objects.filter(direction="IN").count() == 1
    assert Ticket.objects.count() == 1


def test_a_message_that_lost_its_line_in_a_crash_gets_it_when_the_browser_asks_again(visitor, work, monkeypatch):
    def crash(*_given, **_named):
        raise ConnectionError

    monkeypatch.setattr("livechat.verbs.add_line", crash)
    with pytest.raises(ConnectionError):
        visitor.send("Halo.", id="browser-0001")
    assert (Message.objects.count(), ChatLine.objects.count()) == (1, 0)
    monkeypatch.undo()
    assert visitor.say("Halo.", id="browser-0001")["seq"] == 1
    assert Message.objects.count() == 1


def test_sending_an_answer_twice_makes_one_line(visitor, work):
    ticket = asked(visitor, work)
    answer = answered(ticket, work, "Segera.")
    Message.objects.filter(pk=answer.pk).update(delivery="SENDING", leased_until=timezone.now() - timedelta(minutes=1))
    with work():
        outbox.sweep(at=timezone.now())
    answer.refresh_from_db()
    assert answer.delivery == "SENT"
    assert visitor.texts() == ["Kapan DAU bulan Agustus disalurkan?", "Segera."]


def test_marks_go_forward_only(visitor, work):
    ticket = asked(visitor, work)
    answer = answered(ticket, work, "Segera.")
    states = []
    for after, read in ((1, 1), (2, 0), (2, 2), (0, 0), (99, 99)):
        visitor.sync(after, read)
        answer.refresh_from_db()
        states.append(answer.delivery)
    assert states == ["SENT", "DELIVERED", "READ", "READ", "READ"]
    assert [step.delivery for step in DeliveryStep.objects.filter(message=answer)] == ["SENT", "DELIVERED", "READ"]


def test_a_mark_that_overtakes_the_sender_is_kept_for_it(visitor, work):
    """The browser fetches the line between its making and the end of the sending."""
    ticket = asked(visitor, work)
    answer = answered(ticket, work, "Segera.")
    Message.objects.filter(pk=answer.pk).update(delivery="SENDING")
    visitor.sync(2, 2)
    assert EarlyReceipt.objects.count() == 1
    Message.objects.filter(pk=answer.pk).update(leased_until=timezone.now() - timedelta(minutes=1))
    with work():
        outbox.sweep(at=timezone.now())
    answer.refresh_from_db()
    assert answer.delivery == "READ"


def test_the_visitor_sees_that_an_agent_has_read(visitor, work):
    ticket = asked(visitor, work)
    assert visitor.sync()["seen"] == ""
    mark_read(ticket=ticket, at=OPEN, actor=make.staff("laras"))
    assert visitor.sync()["seen"].startswith("2024-08-15T02:30:00")


def test_nothing_of_another_session_is_visible_even_under_the_same_address(visitor, work):
    """Whoever says to be Pak Arung gets neither his lines nor his ticket nor the answers to it."""
    ticket = asked(visitor, work)
    other = Visitor().begin()
    with work():
        other.say("Saya juga Arung.")
    theirs = Ticket.objects.latest("pk")
    assert theirs != ticket
    assert theirs.contact == ticket.contact
    answered(ticket, work, "Untuk Arung yang benar.")
    answered(theirs, work, "Untuk yang lain.")
    assert visitor.texts() == ["Kapan DAU bulan Agustus disalurkan?", "Untuk Arung yang benar."]
    assert other.texts() == ["Saya juga Arung.", "Untuk yang lain."]


def test_an_answer_never_reaches_the_session_of_another_contact(visitor, work):
    ticket = asked(visitor, work)
    other = Visitor().begin(name="Melati Kusumah", email="melati@bandung.example")
    theirs = asked(other, work, "Pertanyaan Melati.")
    from tickets.merging import merge_tickets

    merge_tickets(ticket=theirs, into=ticket, at=timezone.now(), actor=make.staff("sekar"))
    with work():
        other.say("Lagi.")
    ticket.refresh_from_db()
    answered(ticket, work, "Untuk Arung.")
    assert "Untuk Arung." not in other.texts()
    assert "Untuk Arung." in visitor.texts()


def test_files_of_an_agent_reach_the_visitor(visitor, work):
    from messaging.files import store_file

    ticket = asked(visitor, work)
    answered(ticket, work, "Terlampir.", files=[(store_file(b"%PDF-1.7 a", at=OPEN), "Surat.pdf")])
    assert [file["name"] for file in visitor.sync(1)["lines"][0]["files"]] == ["Surat.pdf"]


def test_typing_is_passed_on_both_ways(visitor, work):
    from livechat import telling
    from tickets.live import bus
    from tickets.live.presence import Line

    ticket = asked(visitor, work)
    visitor.sync(types=True)
    (line,) = telling.lines()
    assert (line.ticket, line.user, line.name, line.writes) == (ticket.pk, 0, "Arung Mappatunru", "chat")
    visitor.sync(types=False)
    assert telling.lines() == []
    for writes, seen in (("note", False), ("reply", True)):
        bus.client().zadd(
            bus.presence_key(), {Line("s", ticket.pk, 1, "Laras", writes).text(): timezone.now().timestamp() + 99}
        )
        assert visitor.sync()["types"] is seen


def test_the_chatbot_speaks_in_its_own_conversation_and_offers_choices(widget, work):
    """Two browsers under one address: neither goes on with what the other began, nor learns what we know."""
    from chatbot.versions import change_settings
    from tests.chatbot.talk import publish_seeded

    change_settings(changes={"channels": ["WHATSAPP", "LIVE_CHAT"]}, at=make.NOW - 2 * make.DAY, actor=None)
    publish_seeded()
    change_contact(contact=make.contact(), changes={"organization": "BPKAD"}, at=OPEN, actor=None)
    visitor, other = Visitor().begin(name="Pak A."), Visitor().begin(name="Bukan Arung")
    for browser in (visitor, other):
        with work():
            browser.say("Halo")
    first, second = visitor.sync()["lines"], other.sync()["lines"]
    assert ChatbotSession.objects.filter(outcome="RUNNING").count() == 2
    assert "Mappatunru" not in "".join(line["text"] for line in second)
    offered = next(line for line in reversed(first) if line["choices"])
    assert offered["bot"]
    chosen = offered["choices"][0]
    with work():
        visitor.say(chosen["title"], choice=chosen["id"])
    assert len(visitor.sync(first[-1]["seq"])["lines"]) >= 2
    assert other.sync(second[-1]["seq"])["lines"] == []


def test_an_answer_shows_the_visitor_what_it_answers(visitor, work):
    ticket = asked(visitor, work)
    first = ticket.entries.filter(kind="MESSAGE").get()
    with work():
        send_reply(ticket=ticket, text="Tanggal 20.", quoted=first.pk, at=timezone.now(), actor=make.staff("laras"))
    line = visitor.sync()["lines"][-1]
    assert (line["text"], line["quote"]) == ("Tanggal 20.", {"who": "", "text": "Kapan DAU bulan Agustus disalurkan?"})
    with work():
        own = Message.objects.get(direction="OUT", body="Tanggal 20.").ticket_entry
        send_reply(ticket=ticket, text="Bukan, 21.", quoted=own.pk, at=timezone.now(), actor=make.staff("laras"))
    assert visitor.sync()["lines"][-1]["quote"] == {"who": "Laras", "text": "Tanggal 20."}
