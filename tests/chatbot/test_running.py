"""Messages on a channel with a chatbot: taken once and in order, until an agent is there."""

from datetime import timedelta

import pytest

from chatbot.models import ChatbotSession, ChatbotStep
from chatbot.timing import end_idle
from messaging.claiming import claim_in_order
from messaging.models import Message
from people.models import Contact
from tests import factories as make
from tests.chatbot.talk import publish_seeded, whatsapp
from tickets.models import Ticket
from tickets.verbs import close

PHONE = "+62 000 1000 0777"


@pytest.fixture(autouse=True)
def tree(db):
    publish_seeded()


def said(contact=None):
    """What the chatbot has written, oldest first."""
    rows = Message.objects.filter(direction="OUT", flags__contains=["chatbot"]).order_by("pk")
    return [row.body for row in (rows.filter(contact=contact) if contact else rows)]


def tell(text, minutes=0, **more):
    message = whatsapp(text, at=make.NOW + timedelta(minutes=minutes), **{"phone": PHONE, **more})
    claim_in_order(message=message, at=message.received_at)
    message.refresh_from_db()
    return message


def introduce():
    for minute, text in enumerate(
        [
            "Halo",
            "Rangga Aditya",
            "Kab. Gowa",
            "ya",
            "BPKAD Kab. Gowa",
            "rangga@gowa.example",
            "Mengapa hibah kami batal?",
        ]
    ):
        tell(text, minute)


def test_the_whole_way_to_an_agent():
    introduce()
    tell("Informasi Pajak dan Retribusi Daerah", 8, choice="m:PDRD")
    last = tell("Chat Agent", 9, choice="agent")
    ticket, session = Ticket.objects.get(), ChatbotSession.objects.get()
    contact = Contact.objects.get(name="Rangga Aditya")
    assert (session.outcome, session.ticket, session.menu.code) == ("HANDED_OVER", ticket, "PDRD")
    assert (ticket.created_at, ticket.contact, ticket.topic.code) == (last.received_at, contact, "PDRD")
    assert (contact.region.code, contact.organization, contact.user_group) == ("73.06", "BPKAD Kab. Gowa", "PEMDA")
    assert set(contact.handles.values_list("value", flat=True)) == {"+6200010000777", "rangga@gowa.example"}
    shown = [entry.message.body for entry in ticket.entries.exclude(message=None).order_by("pk")]
    assert shown == ["Mengapa hibah kami batal?", said()[-1]]
    assert f"Nomor tiket: {ticket.number}\nAntrean Anda nomor 1." in said()[-1]
    assert not session.state
    assert list(ChatbotStep.objects.values_list("kind", "menu__code")) == [("OPENED", "PDRD")]


def test_an_open_ticket_keeps_it_silent():
    make.ticket(channel=make.channel("WHATSAPP"))
    message = tell("Bagaimana kabarnya?", phone="+62 000 1000 0001")
    assert (message.claimed_by, said(), ChatbotSession.objects.count()) == ("tickets", [], 0)


def test_after_the_hand_over_what_is_written_goes_to_the_ticket():
    introduce()
    tell("agen", 8)
    before = len(said())
    assert tell("Mohon segera dijawab", 9).claimed_by == "tickets"
    assert (len(said()), Ticket.objects.count()) == (before, 1)


def test_outside_hours_the_next_opening_is_told_by_their_own_clock():
    night = 60 * 11  # 20.30 WIB on a Thursday; Friday is a day of work
    introduce()
    tell("selesai", 8)
    tell("Mengapa DBH kami belum disalurkan?", night)
    tell("agen", night + 1)
    assert "Layanan buka kembali Jumat, 16 Agustus 2024 pukul 09.00 WITA." in said()[-1]


def test_how_a_conversation_ends_is_how_it_counts():
    tell("Halo", phone="+62 000 1000 0001")
    tell("Halo", phone="+62 000 1000 0002")
    make_known = Contact.objects.get(handles__value="+6200010000001")
    assert make_known.chatbot_sessions.get().outcome == "RUNNING"
    assert end_idle(at=make.NOW + timedelta(minutes=29)) == 0
    assert end_idle(at=make.NOW + timedelta(minutes=31)) == 2
    assert set(ChatbotSession.objects.values_list("outcome", "ended_at")) == {
        ("DROPPED", make.NOW + timedelta(minutes=30))
    }
    assert "Percakapan kami akhiri" in said()[-1]
    assert end_idle(at=make.NOW + timedelta(hours=3)) == 0


def test_a_late_message_begins_anew_whether_or_not_the_sweep_came():
    introduce()
    tell("1", 8)
    tell("Halo", 60)
    first, second = ChatbotSession.objects.order_by("pk")
    assert (first.outcome, first.menu.code, first.ended_at) == (
        "ANSWERED", "ANGGARAN_TKD", make.NOW + timedelta(minutes=38),
    )  # fmt: skip
    assert (second.outcome, second.started_at) == ("RUNNING", make.NOW + timedelta(minutes=60))
    assert "Selamat datang kembali, Rangga Aditya." in said()[-2]


def test_the_sweep_waits_for_messages_that_came_in_time():
    tell("Halo")
    whatsapp("Rangga Aditya", phone=PHONE, at=make.NOW + timedelta(minutes=20))
    assert end_idle(at=make.NOW + timedelta(minutes=40)) == 0


def test_redelivery_changes_nothing():
    for _ in range(3):
        tell("Halo", id="wamid.same")
    assert (ChatbotSession.objects.count(), len(said())) == (1, 2)


def test_messages_are_taken_in_the_order_they_came():
    later = whatsapp("Rangga Aditya", phone=PHONE, at=make.NOW + timedelta(seconds=9))
    whatsapp("Halo", phone=PHONE, at=make.NOW)
    assert claim_in_order(message=later, at=make.NOW + make.HOUR) == 2
    assert ChatbotSession.objects.get().state["form"]["name"] == "Rangga Aditya"


def test_an_address_of_someone_else_leads_to_nobody_elses_ticket():
    owner = make.contact("arung")
    for minute, text in enumerate(
        ["Halo", "Orang Lain", "Kab. Gowa", "ya", "BPKAD", "arung@gowa.example", "Mengapa hibah kami batal?", "agen"]
    ):
        tell(text, minute)
    assert Ticket.objects.get().contact != owner
    assert ChatbotSession.objects.get().state == {"email_elsewhere": True}
    agent = make.staff("laras")
    close(ticket=Ticket.objects.get(), topic=make.topic(), at=make.NOW + make.HOUR, actor=agent)
    tell("Halo", 90)
    assert "Selamat datang kembali" in said()[-2]


def test_reactions_are_kept_without_an_answer():
    message = tell("👍", flags=["reaction"])
    assert (message.claimed_by, said()) == ("chatbot", [])


@pytest.mark.parametrize("change", ["channel", "off", "spam"])
def test_what_it_leaves_to_others(change, settings):
    from messaging.models import Connection

    line = Connection.objects.create(
        channel=make.channel("WHATSAPP"), name="N", address="1", settings={"chatbot": "off"} if change == "off" else {}
    )
    message = whatsapp("Halo", phone=PHONE, flags=["spam"] if change == "spam" else [])
    if change == "channel":
        Message.objects.filter(pk=message.pk).update(channel=make.channel("HAI"))
    if change == "off":
        Message.objects.filter(pk=message.pk).update(connection=line)
    message.refresh_from_db()
    claim_in_order(message=message, at=make.NOW)
    assert (ChatbotSession.objects.count(), said()) == (0, [])


def test_choices_reach_whatsapp_as_lists(db):
    tell("Halo", phone="+62 000 1000 0001")
    introduce()
    menu = Message.objects.filter(direction="OUT", details__has_key="interactive").latest("pk")
    assert menu.details["interactive"]["type"] == "list"
    assert menu.details["options"][0] == ["m:ANGGARAN_TKD", "Informasi Anggaran Transfer ke Daerah"]
    assert menu.body.count("\n") > 9
