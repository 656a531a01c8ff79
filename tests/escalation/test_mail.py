"""Layer 2 by mail: questions with a link of one's own, answers by reply, reminders, the morning's digest."""

import re
from datetime import date
from email.message import EmailMessage

import pytest
from django.test import Client

from escalation import digest, letters, reminding, verbs
from escalation.absences import enter_absence
from escalation.handing import handed
from escalation.links import issue_link, opened, revoke_links
from escalation.models import AnswerLink, Escalation, Letter
from messaging.claiming import claim_in_order
from messaging.email.plus import plus_address
from messaging.email.receiving import receive_mail
from messaging.files import store_file
from messaging.models import Connection, Message
from people.models import Role, StaffRole
from tests import factories as make
from tests.factories import HOUR, MINUTE, NOW, staff, unit, wib
from tickets.models import Notification, Ticket

pytestmark = pytest.mark.django_db
BOX = "callcenter@djpk.example"


@pytest.fixture(autouse=True)
def mailbox(settings, tmp_path):
    settings.MEDIA_ROOT, settings.PUBLIC_URL = tmp_path, "https://dering.example"
    Connection.objects.create(channel=make.channel(), address=BOX, name="Contact Center")
    for name in ("damar", "tirta"):
        user = staff(name)
        user.email = f"{name}@djpk.example"
        user.save()


def escalated(code="PK.2", at=NOW, **more):
    ticket = make.ticket(topic=make.topic("DAU"), at=at)
    return verbs.escalate(ticket, unit=unit(code), question="Mohon jadwal salur.", at=at, actor=staff("laras"), **more)


def second_of_unit(name="bima"):
    user = staff(name)
    user.email = f"{name}@djpk.example"
    user.save()
    StaffRole.objects.create(user=user, role=Role.AGENT_L2, unit=unit("PK.2"))
    return user


def sent_to(name):
    return list(Message.objects.filter(details__to=f"{name}@djpk.example").order_by("id"))


def link_in(message):
    return re.search(r"https://dering\.example(/jawab/\S+/)", message.body)[1]


def reply(to_message, text, sender="damar@djpk.example", at=NOW + HOUR, address=BOX, **headers):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, address, f"Re: {to_message.subject}"
    mail["Message-ID"] = f"<balas-{Message.objects.count()}@djpk.example>"
    if to_message.provider_id:
        mail["In-Reply-To"] = f"<{to_message.provider_id}>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    quoted = "\n".join(f"> {line}" for line in to_message.body.splitlines())
    mail.set_content(f"{text}\n\nPada Kam, 15 Agt 2024 pukul 09.30 Contact Center <{BOX}> menulis:\n{quoted}\n")
    message = receive_mail(mail.as_bytes(), at=at).message
    claim_in_order(message=message, at=at)
    message.refresh_from_db()
    return message


def as_sent(message):
    Message.objects.filter(pk=message.pk).update(provider_id="out.1@djpk.example", delivery="SENT")
    message.refresh_from_db()
    return message


def test_a_question_goes_to_everybody_of_the_unit_once():
    second_of_unit()
    row = escalated(urgent=True)
    assert letters.mail_questions(at=NOW + MINUTE) == 2
    assert letters.mail_questions(at=NOW + 2 * MINUTE) == 0
    (message,) = sent_to("damar")
    assert message.subject == f"[Mendesak] Pertanyaan Layer 1: Penyaluran DAU Agustus [{row.ticket.number}]"
    assert "120 bila dijawab s.d. Jum 09.30 WIB" in message.body
    assert link_in(message) != link_in(sent_to("bima")[0])
    assert sent_to("tirta") == []


def test_who_is_away_gets_nothing_and_the_deputy_one_letter():
    second_of_unit()
    days = {"starts_on": date(2024, 8, 15), "ends_on": date(2024, 8, 17)}
    enter_absence(user=staff("damar"), deputy=staff("bima"), **days, at=NOW, actor=None)
    escalated()
    letters.mail_questions(at=NOW + MINUTE)
    assert (len(sent_to("damar")), len(sent_to("bima"))) == (0, 1)


def test_nothing_is_written_without_a_mailbox_or_for_old_questions():
    escalated()
    Connection.objects.update(paused_at=NOW)
    assert letters.mail_questions(at=NOW + MINUTE) == 0
    Connection.objects.update(paused_at=None)
    assert letters.mail_questions(at=NOW + 21 * HOUR) == 0


def test_the_link_opens_the_answer_page_without_signing_in_and_nothing_else(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + HOUR)
    row = escalated()
    letters.mail_questions(at=NOW + MINUTE)
    browser, address = Client(), link_in(sent_to("damar")[0])
    page = browser.get(address)
    assert "Mohon jadwal salur." in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert browser.get("/layer2/").headers["Location"].startswith("/masuk/")
    assert "Jawaban wajib diisi." in browser.post(address, {"jawaban": " "}).content.decode()
    assert "Sudah dijawab." in browser.post(address, {"jawaban": "Tanggal 20.", "dasar": "PMK 1"}).content.decode()
    row.refresh_from_db()
    assert (row.status, row.answered_by, row.answered_at, row.legal_basis) == (
        "ANSWERED", staff("damar"), NOW + HOUR, ["PMK 1"],
    )  # fmt: skip
    assert "Langkah ini tidak berlaku" in browser.post(address, {"jawaban": "Lagi."}).content.decode()
    assert AnswerLink.objects.get().used_at == NOW + HOUR


def test_the_answer_page_holds_all_that_belongs_to_the_question(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + HOUR)
    ticket, files = make.ticket(topic=make.topic("DAU")), [(store_file(b"SK", at=NOW), "SK.txt")]
    given = {"urgent": True, "files": files, "at": NOW, "actor": staff("laras")}
    row = verbs.escalate(ticket, unit=unit("PK.2"), **given)
    other = escalated(files=[(store_file(b"KTP", at=NOW), "KTP.txt")])
    address = issue_link(escalation=row, user=staff("damar"), at=NOW).removeprefix("https://dering.example")
    browser = Client()
    body = browser.get(address).content.decode()
    assert "Mendesak" in body
    assert "DAU" in body
    assert "Kapan DAU bulan Agustus disalurkan?" in body, "Layer 1 wrote no question: the requester's own words stand"
    file = f"{address}berkas/{row.files.get().pk}/"
    assert f'href="{file}"' in body
    answer = browser.get(file)
    assert b"".join(answer.streaming_content) == b"SK"
    assert answer["Referrer-Policy"] == "same-origin"
    assert browser.get(f"{address}berkas/{other.files.get().pk}/").status_code == 404
    revoke_links(escalation=row, at=NOW, actor=None)
    assert browser.get(file).status_code == 404


def test_who_answers_second_by_link_sees_who_was_first_and_keeps_the_text(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + HOUR)
    row = escalated()
    address = issue_link(escalation=row, user=staff("damar"), at=NOW).removeprefix("https://dering.example")
    verbs.answer(row, answer="Tanggal 20.", at=NOW + MINUTE, actor=second_of_unit())
    body = Client().post(address, {"jawaban": "Tanggal 21, menurut saya."}).content.decode()
    assert "Langkah ini tidak berlaku" in body
    assert "Tanggal 20." in body
    assert f"{staff('bima')}, 09.31" in body
    assert "Tanggal 21, menurut saya." in body
    assert "Terima kasih" not in body, "it was not this answer that was taken"


@pytest.mark.parametrize(
    "end",
    [
        lambda row: AnswerLink.objects.update(expires_at=NOW),
        lambda row: revoke_links(escalation=row, at=NOW, actor=None),
        lambda row: verbs.transfer(row, unit=unit("PK.4"), reason="x", at=NOW, actor=None),
        lambda row: verbs.recall(row, reason="x", at=NOW, actor=None),
        lambda row: StaffRole.objects.filter(user=staff("damar")).delete(),
        lambda row: type(staff("damar")).objects.filter(username="damar").update(is_active=False),
        lambda row: issue_link(escalation=row, user=staff("damar"), at=NOW),
    ],
)
def test_a_link_ends(end):
    row = escalated()
    secret = issue_link(escalation=row, user=staff("damar"), at=NOW).rstrip("/").rpartition("/")[2]
    assert opened(secret, NOW).user == staff("damar")
    end(row)
    assert opened(secret, NOW + MINUTE) is None
    assert Client().get(f"/jawab/{secret}/").status_code == 404


def test_a_reply_answers():
    row = escalated()
    letters.mail_questions(at=NOW + MINUTE)
    message = reply(as_sent(sent_to("damar")[0]), "Disalurkan tanggal 20.")
    row.refresh_from_db()
    assert (row.status, row.answer, row.answered_by, row.answered_at) == (
        "ANSWERED", "Disalurkan tanggal 20.", staff("damar"), NOW + HOUR,
    )  # fmt: skip
    assert (message.claimed_by, Ticket.objects.count()) == ("layer2", 1)


def test_a_reply_is_known_by_the_signed_address_too():
    row = escalated()
    address = plus_address(BOX, letters.thread_of(row, staff("damar")))
    reply(Message(subject="Pertanyaan", body=""), "Tanggal 20.", address=address)
    row.refresh_from_db()
    assert row.answer == "Tanggal 20."


def test_somebody_else_may_not_answer_with_the_letter():
    row = escalated()
    letters.mail_questions(at=NOW + MINUTE)
    message = reply(as_sent(sent_to("damar")[0]), "Tanggal 1.", sender="orang@lain.example")
    row.refresh_from_db()
    assert (row.status, message.claimed_by) == ("OPEN", "tickets")


def test_an_out_of_office_note_is_no_answer_and_a_late_reply_is_told_why():
    row = escalated()
    letters.mail_questions(at=NOW + MINUTE)
    letter = as_sent(sent_to("damar")[0])
    note = reply(letter, "Saya cuti.", Auto_Submitted="auto-replied")
    assert note.claimed_by == "layer2"
    assert Escalation.objects.get().status == "OPEN"
    verbs.answer(row, answer="Sudah.", at=NOW + HOUR, actor=staff("damar"))
    reply(letter, "Tanggal 20.", at=NOW + 2 * HOUR)
    assert "Balasan Anda belum menjadi jawaban" in sent_to("damar")[-1].body
    assert Escalation.objects.get().answer == "Sudah."


def test_reminders_before_each_step_at_the_target_and_to_the_head_after(monkeypatch):
    head = second_of_unit()
    StaffRole.objects.filter(user=head, role=Role.AGENT_L2).update(is_head=True)
    row = escalated()
    verbs.take(row, at=NOW, actor=staff("damar"))
    kinds = lambda: list(Letter.objects.order_by("id").values_list("user__username", "kind"))  # noqa: E731
    assert reminding.remind(at=wib("2024-08-15 15:00")) == 0
    assert reminding.remind(at=wib("2024-08-15 15:31")) == 1
    assert reminding.remind(at=wib("2024-08-16 08:30")) == 0, "told once"
    assert kinds() == [("damar", "STEP")]
    assert Letter.objects.get().message.subject.startswith("Skor 120 sampai Jum 09.30 WIB")
    assert reminding.remind(at=wib("2024-08-19 08:30")) == 1, "110 ends at 09.30"
    assert reminding.remind(at=wib("2024-08-20 08:30")) == 1
    assert reminding.remind(at=wib("2024-08-20 09:30")) == 1, "the target"
    assert reminding.remind(at=wib("2024-08-20 09:31")) == 1, "passed: the head"
    assert kinds()[-2:] == [("damar", "TARGET"), ("bima", "LATE")]
    assert list(Notification.objects.filter(user=head).values_list("code", flat=True)) == ["overdue"]
    Escalation.objects.get()
    assert Escalation.objects.get().drops_at == wib("2024-08-21 09:30")


def test_a_stopped_clock_reminds_of_nothing():
    row = escalated()
    verbs.return_to_layer1(row, reason="Data?", at=NOW, actor=staff("damar"))
    assert reminding.remind(at=wib("2024-08-22 09:30")) == 0


def test_the_digest_of_a_working_day():
    mine, free = escalated(), escalated()
    verbs.take(mine, at=NOW, actor=staff("damar"))
    assert digest.mail_digests(at=wib("2024-08-16 07:30")) == 1
    assert digest.mail_digests(at=wib("2024-08-16 07:31")) == 0
    (message,) = sent_to("damar")
    assert message.subject == "Layer 2 PK.2: 2 pertanyaan terbuka"
    assert message.body.index("Anda tangani (1)") < message.body.index(mine.ticket.number)
    assert "Belum diambil (1)" in message.body
    assert free.ticket.number in message.body
    assert digest.mail_digests(at=wib("2024-08-17 07:30")) == 0, "a Saturday"


def test_a_reply_with_nothing_above_the_quotation_is_no_answer():
    escalated()
    letters.mail_questions(at=NOW + MINUTE)
    message = reply(as_sent(sent_to("damar")[0]), "")
    assert (Escalation.objects.get().status, message.claimed_by) == ("OPEN", "layer2")
    assert "Balasan Anda belum menjadi jawaban: Jawaban wajib diisi." in sent_to("damar")[-1].body


def test_whose_letter_it_was_hears_of_a_reply_from_another_address():
    row = escalated()
    letters.mail_questions(at=NOW + MINUTE)
    reply(as_sent(sent_to("damar")[0]), "Tanggal 1.", sender="orang@lain.example")
    told = sent_to("damar")[-1]
    assert told.subject == f"Balasan tidak diterima [{row.ticket.number}]"
    assert "orang@lain.example bukan alamat Anda" in told.body
    assert "> Tanggal 1." in told.body


@pytest.mark.parametrize("name", ["bima", "tirta"])
def test_a_colleague_cannot_answer_with_anothers_letter_and_is_told(name):
    second_of_unit()
    escalated()
    letters.mail_questions(at=NOW + MINUTE)
    message = reply(as_sent(sent_to("damar")[0]), "Tanggal 1.", sender=f"{name}@djpk.example")
    assert (Escalation.objects.get().status, message.claimed_by) == ("OPEN", "layer2")
    assert Ticket.objects.count() == 1
    assert f"Surat ini hanya dapat dijawab oleh {staff('damar')}." in sent_to(name)[-1].body


def test_a_second_press_on_the_answer_of_a_link_is_the_first_one(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + HOUR)
    row = escalated()
    address = issue_link(escalation=row, user=staff("damar"), at=NOW).removeprefix("https://dering.example")
    bodies = [
        Client().post(address, {"jawaban": "Tanggal 20. ", "dasar": "PMK 1; PMK 2"}).content.decode() for _ in "ab"
    ]
    for body in bodies:
        assert "Sudah dijawab. Terima kasih." in body
        assert "Langkah ini tidak berlaku" not in body
        assert f"{staff('damar')}, 10.30 WIB" in body
        assert "PMK 1" in body
        assert "PMK 2" in body


def test_a_reminder_says_what_is_asked_and_what_comes_next():
    row = escalated()
    reminding.remind(at=wib("2024-08-15 15:31"))
    body = sent_to("damar")[-1].body
    assert "Skor 120 sampai Jum 09.30 WIB" in body
    assert "Mohon jadwal salur." in body
    assert "110 bila dijawab s.d. Sen 09.30 WIB" in body
    assert f"https://dering.example/layer2/{row.pk}/" in body
    assert "Atau balas surat ini." in body
    verbs.take(row, at=NOW, actor=staff("damar"))
    reminding.remind(at=wib("2024-08-20 09:30"))
    target = sent_to("damar")[-1]
    assert target.subject.startswith("Target jawaban jatuh tempo Sel 09.30 WIB"), "a mail is read on another day, too"
    assert f"Ditangani {staff('damar')}" in target.body


def test_the_digest_begins_with_what_drops_first_and_says_until_when():
    later, sooner = escalated(at=NOW), escalated(at=NOW - HOUR, urgent=True)
    digest.mail_digests(at=wib("2024-08-16 07:30"))
    body = sent_to("damar")[-1].body
    assert body.index(sooner.ticket.number) < body.index(later.ticket.number)
    assert f"- {sooner.ticket.number} [Mendesak] Penyaluran DAU Agustus: 120 bila dijawab s.d. Jum 08.30 WIB" in body


def test_who_gets_it_handed_on_reads_from_whom_and_why():
    row = escalated()
    new = verbs.transfer(row, unit=unit("PK.4"), reason="Soal Dana Desa.", at=NOW + MINUTE, actor=staff("damar"))
    letters.mail_questions(at=NOW + 2 * MINUTE)
    said = f"Dialihkan dari PK.2, {staff('damar')}, 09.31: Soal Dana Desa."
    assert said in sent_to("tirta")[-1].body
    assert handed(new, NOW + HOUR) == [said]
    row.refresh_from_db()
    assert handed(row, NOW + HOUR) == [f"Dialihkan ke PK.4, {staff('damar')}, 09.31: Soal Dana Desa."]
    verbs.recall(new, reason="Sudah terjawab.", at=NOW + HOUR, actor=staff("laras"))
    new.refresh_from_db()
    assert handed(new, NOW + HOUR)[-1] == f"Ditarik, {staff('laras')}, 10.30: Sudah terjawab."


def test_one_that_stays_where_it_was_asked_costs_no_query_about_that(django_assert_num_queries):
    row = escalated()
    with django_assert_num_queries(0):
        assert handed(row, NOW) == []
