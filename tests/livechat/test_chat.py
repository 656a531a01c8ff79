"""A chat from the first word to the rating: nothing lost, nothing twice, nothing of anybody else."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from chatbot.models import ChatbotSession
from livechat import tasks
from livechat.models import ChatLine, ChatSession
from messaging import outbox
from messaging.models import Connection, DeliveryStep, EarlyReceipt, Message
from messaging.verbs import pass_on_to_original, record_delivery
from people.contacts import change_contact
from tests import factories as make
from tests.livechat.conftest import OPEN, SHUT, Visitor
from tickets import conversation, verbs
from tickets.composer.sending import send_reply
from tickets.inbox.reading import mark_read
from tickets.models import SatisfactionRating, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(OPEN, tick=False) as moved:
        yield moved


@pytest.fixture
def work(django_capture_on_commit_callbacks, run_tasks):
    """Run what waits in the queue; `with work(): …` commits first."""

    class Work:
        def __enter__(self):
            self.catch = django_capture_on_commit_callbacks(execute=True)
            self.catch.__enter__()

        def __exit__(self, *error):
            self.catch.__exit__(*error)
            with django_capture_on_commit_callbacks(execute=True):
                run_tasks()
            with django_capture_on_commit_callbacks(execute=True):
                run_tasks()

    return Work


def asked(visitor, work, text: str = "Kapan DAU bulan Agustus disalurkan?") -> Ticket:
    with work():
        visitor.say(text)
    return Ticket.objects.latest("pk")


def answered(ticket: Ticket, work, text: str, **rest) -> Message:
    with work():
        message = conversation.write_reply(
            ticket=ticket, text=text, at=timezone.now(), actor=make.staff("laras"), **rest
        )[1]
    message.refresh_from_db()
    return message


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


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "' OR 1=1 --", "é" * 43])
def test_a_token_nobody_has_opens_nothing(visitor, token):
    stranger = Visitor(token=token)
    for name in ("kabar", "akhir", "nilai", "transkrip"):
        assert stranger.call(name).status_code == 401
    assert stranger.send("Halo.").status_code == 401


def test_tokens_are_long_and_not_kept(visitor):
    assert len(visitor.token) == 43
    row = ChatSession.objects.get()
    assert visitor.token not in (row.token_hash, row.name)
    assert row.page == "https://pemda.example/a", "without what stands after the question mark"


def test_files_are_sniffed_limited_and_only_the_sessions_own(visitor, work, settings):
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 64
    line = visitor.say("", files=[SimpleUploadedFile("../../bukti.png", png)])
    assert line["text"] == "bukti.png"
    (file,) = line["files"]
    assert (file["name"], file["image"]) == ("bukti.png", True)
    stranger = Client()
    given = stranger.get(f"/obrolan/berkas/{file['key']}/")
    assert b"".join(given.streaming_content) == png
    assert given["Content-Disposition"].startswith("attachment")
    assert stranger.get(f"/obrolan/berkas/{file['key'][:-1]}x/").status_code == 404
    refused = [("virus.png", b"MZ\x90"), ("a.txt", b"<html><script>"), ("kosong.pdf", b"")]
    for name, content in refused:
        assert visitor.send("x", files=[SimpleUploadedFile(name, content)]).status_code in (400, 409)
    settings.CHAT_FILES = 1
    two = [SimpleUploadedFile("a.png", png), SimpleUploadedFile("b.png", png + b"1")]
    assert visitor.send("x", files=two).json()["code"] == "chat.too_many_files"
    assert Message.objects.count() == 1


def test_files_of_an_agent_reach_the_visitor(visitor, work):
    from messaging.files import store_file

    ticket = asked(visitor, work)
    answered(ticket, work, "Terlampir.", files=[(store_file(b"%PDF-1.7 a", at=OPEN), "Surat.pdf")])
    assert [file["name"] for file in visitor.sync(1)["lines"][0]["files"]] == ["Surat.pdf"]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"id": "kecil"},
        {"id": "a/b/c/d/e/f"},
        {"id": "pesan-0001", "text": "  "},
        {"id": "pesan-0001", "text": "x" * 4001},
    ],
)
def test_messages_that_are_none_are_refused(visitor, given):
    answer = visitor.client.post("/obrolan/pesan/", given, headers={"Authorization": f"Bearer {visitor.token}"})
    assert answer.status_code in (400, 409)
    assert answer.json()["message"]
    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"after": "1"}', b'{"after": -1}', b'{"after": true}', b'{"read": 1e400}', b"\xff"]
)
def test_calls_that_are_none_are_refused(visitor, body):
    headers = {"Authorization": f"Bearer {visitor.token}"}
    assert visitor.client.post("/obrolan/kabar/", body, "application/json", headers=headers).status_code == 400


def test_pages_elsewhere_may_not_call(visitor):
    assert visitor.call("kabar", headers={"Origin": "https://djpk.example"}).status_code == 403
    assert visitor.call("kabar", headers={"Origin": "http://testserver"}).status_code == 200, "our own frame"


def test_whoever_hurries_is_told_to_wait(visitor, settings):
    settings.CHAT_LIMITS = {**settings.CHAT_LIMITS, "message": (2, 60), "start": (2, 600)}
    assert [visitor.send("Halo.").status_code for _time in range(3)] == [200, 200, 429]
    other = Visitor().call("mulai", {"name": "A", "email": "a@b.example", "consent": True})
    assert [other.status_code, Visitor().call("mulai", {}).status_code] == [200, 429]
    elsewhere = Visitor().call(
        "mulai", {"name": "A", "email": "a@b.example", "consent": True}, REMOTE_ADDR="198.51.100.9"
    )
    assert elsewhere.status_code == 200


@pytest.mark.parametrize(
    ("given", "code"),
    [({"consent": False}, "chat.consent"), ({"name": " "}, "chat.name"), ({"email": "arung"}, "handle.bad_email")],
)
def test_no_session_without_consent_name_and_address(widget, given, code):
    answer = Visitor().call("mulai", {"name": "Arung", "email": "arung@gowa.example", "consent": True, **given})
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert ChatSession.objects.count() == 0


def test_outside_service_hours_a_question_becomes_a_mail_ticket(widget, mailbox, clock, work):
    make.contact()
    clock.move_to(SHUT)
    assert (
        Visitor().call("mulai", {"name": "A", "email": "a@b.example", "consent": True}).json()["code"] == "chat.closed"
    )
    form = {
        "id": "formulir-01",
        "name": "Arung",
        "email": "arung@gowa.example",
        "text": "Kapan DAU?",
        "consent": True,
        "page": "",
    }
    with work():
        assert [Visitor().call("luring", form).status_code for _time in range(2)] == [200, 200]
    ticket = Ticket.objects.get()
    assert (ticket.channel.code, ticket.service_hours) == ("EMAIL", "OUTSIDE")
    acknowledgement = Message.objects.get(direction="OUT")
    assert "Jumat, 16 Agustus 2024" in acknowledgement.body


def test_after_the_end_answers_go_by_mail(visitor, mailbox, work):
    ticket = asked(visitor, work)
    assert visitor.call("akhir").status_code == 200
    assert ticket.events.filter(code="ticket.chat_ended").count() == 1
    assert visitor.send("Masih?").json()["code"] == "chat.ended"
    answer = answered(ticket, work, "Jawabannya.")
    copy = Message.objects.get(pk=answer.details["by_mail"])
    assert (answer.delivery, copy.channel.code, copy.body, copy.author) == (
        "SENT",
        "EMAIL",
        "Jawabannya.",
        make.staff("laras"),
    )
    assert ticket.number in copy.subject
    Message.objects.filter(pk=answer.pk).update(delivery="SENDING", leased_until=OPEN - timedelta(minutes=1))
    with work():
        outbox.sweep(at=timezone.now())
    assert Message.objects.filter(channel__code="EMAIL").count() == 1, "mailed once"


def test_without_a_mailbox_the_agent_is_told_that_the_visitor_is_gone(visitor, work):
    ticket = asked(visitor, work)
    visitor.call("akhir")
    answer = answered(ticket, work, "Jawabannya.")
    assert answer.delivery == "FAILED"
    assert "meninggalkan obrolan" in answer.delivery_reason


def test_a_bounced_copy_puts_the_ticket_back_on_the_desk(visitor, mailbox, work):
    ticket = asked(visitor, work)
    visitor.call("akhir")
    answer = answered(ticket, work, "Jawabannya.")
    copy = Message.objects.get(pk=answer.details["by_mail"])
    Message.objects.filter(pk=copy.pk).update(delivery="SENT")
    record_delivery(message=copy, delivery="BOUNCED", reason="550 Tidak dikenal", at=timezone.now())
    answer.refresh_from_db()
    assert (answer.delivery, answer.delivery_reason) == ("BOUNCED", "550 Tidak dikenal")


@pytest.mark.parametrize("fate", ["FAILED", "UNKNOWN"])
def test_a_copy_that_did_not_leave_fails_its_original_and_goes_out_again_with_it(visitor, mailbox, work, fate):
    ticket = asked(visitor, work)
    visitor.call("akhir")
    answer = answered(ticket, work, "Jawabannya.")
    copy = Message.objects.get(pk=answer.details["by_mail"])
    Message.objects.filter(pk=copy.pk).update(delivery=fate, delivery_reason="554 Ditolak", next_attempt_at=None)
    pass_on_to_original(Message.objects.get(pk=copy.pk), timezone.now())
    answer.refresh_from_db()
    assert (answer.delivery, answer.delivery_reason) == ("FAILED", "554 Ditolak")
    with work():
        outbox.retry(message=answer, at=timezone.now(), actor=make.staff("laras"))
    copy.refresh_from_db()
    assert (copy.delivery, Message.objects.filter(channel__code="EMAIL").count()) == ("QUEUED", 1)


def test_silence_ends_a_chat_and_what_was_not_fetched_is_mailed(visitor, mailbox, work, clock):
    ticket = asked(visitor, work)
    answered(ticket, work, "Sudah dibaca.")
    visitor.sync(2, 2)
    unread = answered(ticket, work, "Belum dibaca.")
    clock.shift(timedelta(minutes=29))
    assert tasks.end_silent_chats() == 0
    clock.shift(timedelta(minutes=2))
    with work():
        assert (tasks.end_silent_chats(), tasks.end_silent_chats()) == (1, 0)
    assert [copy.body for copy in Message.objects.filter(channel__code="EMAIL")] == ["Belum dibaca."]
    unread.refresh_from_db()
    assert unread.details["by_mail"]
    assert visitor.sync()["ended"], "and can still be read"
    clock.shift(timedelta(days=8))
    assert visitor.call("kabar").status_code == 401


def test_the_transcript_goes_to_the_address_given(visitor, mailbox, work):
    ticket = asked(visitor, work)
    answered(ticket, work, "Paling lambat tanggal 20.")
    with work():
        assert visitor.call("transkrip").json() == {"email": "arung@gowa.example"}
    mail = Message.objects.get(channel__code="EMAIL")
    assert "09.30 WIB, Laras:\nPaling lambat tanggal 20." in mail.body
    assert mail.reply_to.details["answer_to"] == "arung@gowa.example"


def test_a_rating_waits_for_the_ticket_and_counts_once(visitor, work):
    ticket = asked(visitor, work)
    scores = {"service": 5, "substance": 4, "comment": "Cepat."}
    assert visitor.call("nilai", scores).json()["code"] == "rating.too_early"
    visitor.call("akhir")
    assert visitor.sync()["rate"]
    assert visitor.call("nilai", {**scores, "service": 6}).json()["code"] == "rating.out_of_range"
    assert visitor.call("nilai", scores).status_code == 200
    assert visitor.call("nilai", scores).json()["code"] == "rating.given"
    assert tasks.settle_chat_scores() == 0
    verbs.close(ticket=ticket, topic=make.topic(), at=timezone.now(), actor=make.staff("laras"))
    assert (tasks.settle_chat_scores(), tasks.settle_chat_scores()) == (1, 0)
    rating = SatisfactionRating.objects.get()
    assert (rating.service_score, rating.substance_score, rating.comment) == (5, 4, "Cepat.")


def test_a_closed_ticket_is_rated_at_once_and_reopens_when_the_visitor_writes(visitor, work):
    ticket = asked(visitor, work)
    verbs.close(ticket=ticket, topic=make.topic(), at=timezone.now(), actor=make.staff("laras"))
    state = visitor.sync()
    assert (state["closed"], state["rate"], state["ended"]) == (True, True, False)
    visitor.call("nilai", {"service": 5, "substance": 5, "comment": ""})
    assert SatisfactionRating.objects.get().ticket == ticket
    with work():
        visitor.say("Satu lagi.")
    ticket.refresh_from_db()
    assert ticket.status == "OPEN"


def test_a_paused_connection_takes_nobody_and_keeps_answers(visitor, work):
    ticket = asked(visitor, work)
    Connection.objects.update(paused_at=OPEN)
    assert (
        Visitor().call("mulai", {"name": "A", "email": "a@b.example", "consent": True}).json()["code"] == "chat.closed"
    )
    answer = answered(ticket, work, "Nanti.")
    assert answer.delivery == "QUEUED"


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
