"""What becomes of mails: a new ticket, more on one that is there, a bounce, or nothing anybody must see."""

import email
from datetime import timedelta

import pytest
from django.core.management import call_command

from messaging import outbox
from messaging.claiming import claim_in_order
from messaging.email.outcome import outcome
from messaging.email.plus import plus_address
from messaging.email.receiving import receive_mail
from messaging.models import Message
from outreach.models import LaporMail
from tests import factories as make
from tests.messaging.conftest import mailbox, post  # noqa: F401
from tests.messaging.mails import CALL_CENTRE, bounce, mail
from tickets import conversation, verbs
from tickets.models import Ticket
from tickets.receiving.guessing import guess_priority, guess_topic

NOW = make.NOW


def take(raw: bytes, at=NOW) -> dict:
    received = receive_mail(raw, at=at)
    claim_in_order(message=received.message, at=at)
    return outcome(received.message, received.new)


def test_a_first_mail_makes_a_ticket_of_its_contact_with_a_guess(db):
    told = take(mail("Mohon segera info penyaluran DAU."))
    ticket = Ticket.objects.get()
    assert told == {"message": Message.objects.earliest("id").pk, "ticket": ticket.number, "status": "new", "flags": []}
    assert (ticket.created_at, ticket.topic.code, ticket.priority) == (NOW, "DAU", Ticket.Priority.HIGH)
    assert ticket.contact.handles.get().value == "arung@gowa.example"


def test_the_same_mail_again_changes_nothing(db):
    take(mail())
    assert take(mail())["status"] == "duplicate"
    assert (Ticket.objects.count(), Message.objects.filter(direction="IN").count()) == (1, 1)


def test_the_first_mail_is_acknowledged_with_number_and_next_opening(db):
    make.contact()
    take(mail(), at=make.wib("2024-08-16 19:00"))  # a Friday evening; Gowa is WITA
    answer = Message.objects.get(direction="OUT")
    ticket = Ticket.objects.get()
    assert ticket.number in answer.subject
    assert ticket.number in answer.body
    assert "Senin, 19 Agustus 2024 pukul 09.00 WITA" in answer.body
    assert (ticket.status, ticket.first_answered_at) == ("NEW", None)


def test_machines_and_lists_are_never_acknowledged_and_people_only_thrice_a_day(db):
    take(mail(List_Id="<kabar.example>", Message_ID="<l@x.example>", sender="daftar@kabar.example"))
    assert not Message.objects.filter(direction="OUT").exists()
    for number in range(5):
        at = NOW + timedelta(minutes=number)
        take(mail(Message_ID=f"<{number}@gowa.example>"), at=at)
        verbs.close(ticket=Ticket.objects.latest("id"), topic=make.topic(), at=at, actor=None)
        Ticket.objects.update(is_spam=True)  # keeps each mail from joining the ticket before
    assert Message.objects.filter(direction="OUT").count() == 3


def answered(at=NOW) -> tuple[Ticket, Message]:
    take(mail(), at=at)
    ticket = Ticket.objects.get()
    conversation.post_reply(ticket=ticket, text="Sudah salur.", at=at + make.MINUTE, actor=make.staff("laras"))
    reply = Message.objects.filter(direction="OUT").latest("id")
    Message.objects.filter(pk=reply.pk).update(provider_id="jawaban@djpk.example", delivery="SENT")
    return ticket, reply


@pytest.mark.parametrize(
    "how",
    [
        {"In_Reply_To": "<jawaban@djpk.example>"},
        {"References": "<lain@x.example> <jawaban@djpk.example>"},
        {"In_Reply_To": "<1@gowa.example>", "sender": "Kolega <kolega@lain.example>"},
    ],
)
def test_an_answer_finds_its_ticket_by_what_it_answers(db, how):
    ticket, _reply = answered()
    told = take(
        mail("Terima kasih, satu lagi", Message_ID="<2@gowa.example>", Subject="Re: x", **how), at=NOW + make.HOUR
    )
    assert (told["ticket"], told["status"]) == (ticket.number, "threaded")
    ticket.refresh_from_db()
    assert ticket.status == "OPEN"


def test_a_number_in_the_subject_counts_for_the_contact_and_its_colleagues_only(db):
    ticket, _reply = answered()
    verbs.close(ticket=ticket, topic=make.topic(), at=NOW + make.HOUR, actor=None)

    def from_(sender: str, number: int) -> dict:
        return take(
            mail(Subject=f"Re: [{ticket.number}]", Message_ID=f"<n{number}@x.example>", sender=sender),
            at=NOW + 2 * make.HOUR,
        )

    assert from_("kolega@gowa.example", 1)["ticket"] == ticket.number
    assert from_("orang@lain.example", 2)["status"] == "new"


def test_a_signed_plus_address_is_believed_and_a_made_up_one_not(db):
    ticket, _reply = answered()
    signed = plus_address(CALL_CENTRE, ticket.number)
    told = take(mail(To=signed, Message_ID="<p@x.example>", sender="siapa@lain.example"), at=NOW + make.HOUR)
    assert (told["ticket"], told["status"]) == (ticket.number, "threaded")
    name, _at, domain = signed.partition("@")
    forged = f"{name[:-1]}{'0' if name[-1] != '0' else '1'}@{domain}"
    assert (
        take(mail(To=forged, Message_ID="<q@x.example>", sender="lain@lain2.example"), at=NOW + make.HOUR)["status"]
        == "new"
    )


def test_another_mail_of_the_contact_joins_the_open_ticket(db):
    take(mail())
    assert (
        take(mail("Tambahan", Message_ID="<2@gowa.example>", Subject="Tambahan"), at=NOW + make.HOUR)["status"]
        == "threaded"
    )
    assert Ticket.objects.count() == 1


def test_long_after_closing_an_answer_makes_a_new_ticket_that_names_the_old_one(db):
    ticket, _reply = answered()
    verbs.close(ticket=ticket, topic=make.topic(), at=NOW + make.HOUR, actor=None)
    late = mail("Masih belum", Message_ID="<3@gowa.example>", In_Reply_To="<jawaban@djpk.example>")
    told = take(late, at=NOW + 30 * make.DAY)
    assert told["status"] == "new"
    assert (
        Ticket.objects.get(number=told["ticket"])
        .events.filter(code="ticket.continues", to_value=ticket.number)
        .exists()
    )


def test_a_bounce_shows_on_the_answer_and_opens_the_ticket(db):
    ticket, reply = answered()
    told = take(bounce("jawaban@djpk.example"), at=NOW + make.HOUR)
    reply.refresh_from_db()
    ticket.refresh_from_db()
    assert (reply.delivery, reply.delivery_reason) == ("BOUNCED", "550 5.1.1 Mailbox does not exist")
    assert (ticket.status, told["ticket"]) == ("OPEN", ticket.number)
    assert "bounce" in told["flags"]


def test_an_out_of_office_note_is_shown_and_changes_nothing(db):
    ticket, _reply = answered()
    away = mail(
        "Saya cuti", Message_ID="<a@gowa.example>", Auto_Submitted="auto-replied", In_Reply_To="<jawaban@djpk.example>"
    )
    assert take(away, at=NOW + make.HOUR)["ticket"] == ticket.number
    ticket.refresh_from_db()
    assert ticket.status == "ANSWERED"
    alone = mail("Saya cuti", Message_ID="<b@x.example>", Auto_Submitted="auto-replied", sender="lain@x.example")
    assert take(alone, at=NOW + make.HOUR)["status"] == "ignored"


def test_spam_is_kept_aside_loops_are_ignored_and_documents_are_no_tickets(db):
    assert take(mail(X_Spam_Flag="YES"))["status"] == "quarantined"
    assert take(mail(sender=CALL_CENTRE, Message_ID="<o@x.example>"))["status"] == "ignored"
    assert take(mail(To="lapor.djpk@kemenkeu.go.id", Message_ID="<l@x.example>"))["status"] == "lapor"
    assert (Ticket.objects.count(), LaporMail.objects.count()) == (0, 1)


def test_a_pipe_and_a_batch_print_a_line_per_mail(db, tmp_path, capsys):
    for number in range(3):
        (tmp_path / f"{number}.eml").write_bytes(mail(Message_ID=f"<{number}@x.example>"))
    call_command("receive_email", batch=tmp_path)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split('"status": ')[1].split(",")[0] for line in lines] == ['"new"', '"threaded"', '"threaded"']


def test_an_answer_of_an_agent_leaves_as_part_of_the_conversation(mailbox, post):  # noqa: F811
    take(mail(References="<0@gowa.example>"))
    ticket = Ticket.objects.get()
    _ticket, reply = conversation.write_reply(
        ticket=ticket, text="Sudah.", at=NOW + make.MINUTE, actor=make.staff("laras")
    )
    for message in Message.objects.filter(direction="OUT").order_by("pk"):
        assert outbox.send(message_id=message.pk, at=NOW + make.HOUR) == "SENT"
    reply.refresh_from_db()
    sent = email.message_from_bytes(post.taken[-1])
    assert (sent["In-Reply-To"], sent["References"]) == ("<1@gowa.example>", "<0@gowa.example> <1@gowa.example>")
    assert sent["Subject"] == f"Re: Penyaluran DAU [{ticket.number}]"
    told = take(
        mail("Baik", Message_ID="<9@lain.example>", In_Reply_To=sent["Message-ID"], sender="Kolega <k@lain.example>"),
        at=NOW + make.HOUR,
    )
    assert (told["ticket"], told["status"]) == (ticket.number, "threaded")


def test_guesses(db):
    assert guess_topic("Kapan DAK Fisik cair?").code.startswith("DAK")
    assert guess_topic("Selamat pagi") is None
    assert guess_priority("biasa saja") == Ticket.Priority.NORMAL


@pytest.mark.parametrize(
    ("box", "text", "status"),
    [
        (CALL_CENTRE, {}, "new"),
        ("lapor.djpk@kemenkeu.go.id", {}, "lapor"),
        (CALL_CENTRE, {"X_Spam_Flag": "YES"}, "quarantined"),
        (CALL_CENTRE, {"In_Reply_To": "<jawaban@djpk.example>"}, "threaded"),
    ],
)
def test_a_mail_whose_turn_failed_says_what_it_is_so_far_and_that_it_waits(db, monkeypatch, box, text, status):
    answered()

    def broken(message, at):
        raise RuntimeError

    monkeypatch.setattr("messaging.claiming.claimers", lambda: (broken,))
    received = receive_mail(
        mail(Message_ID="<lagi@gowa.example>", sender="lain@x.example", **text), mailbox=box, at=NOW
    )
    claim_in_order(message=received.message, at=NOW)
    told = outcome(received.message, received.new)
    assert (told["status"], told["ticket"], "waiting" in told["flags"]) == (status, None, True)
