"""What other desks lose or misread in mails: raw headers, receipts, words that only look automatic, ids used twice."""

import pytest

from messaging.email.parsing import parse_mail
from messaging.email.receiving import receive_mail
from messaging.models import Message
from tests import factories as make
from tests.messaging.mails import CALL_CENTRE, bounce, mail, raw

OWN = frozenset({CALL_CENTRE})


def lines(*more: str | bytes, sender: str = "orang@gowa.example") -> bytes:
    return raw(f"From: {sender}", f"To: {CALL_CENTRE}", "Message-ID: <w@gowa.example>", *more)


def receipt(subject: str = "Dibaca: Re: Penyaluran DAU") -> bytes:
    """What a mail program sends when the answer was opened (RFC 8098), without Auto-Submitted as Outlook does."""
    return lines(
        f"Subject: {subject}", "Content-Type: multipart/report; report-type=disposition-notification; boundary=B", "",
        "--B", "Content-Type: text/plain", "", "Pesan Anda telah dibaca.",
        "--B", "Content-Type: message/disposition-notification", "", "Final-Recipient: rfc822; orang@gowa.example",
        "Original-Message-ID: <jawaban@djpk.example>", "Disposition: manual-action/MDN-sent-manually; displayed", "", "--B--",
    )  # fmt: skip


@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_headers_that_are_not_encoded_keep_their_letters(charset):
    parsed = parse_mail(lines("Subject: Réalisasi – DAU".encode(charset), "", "x", sender="orang@gowa.example"))
    assert parsed.subject == "Réalisasi – DAU"
    sender = parse_mail(raw('From: "José Mañ" <jose@gowa.example>'.encode(charset), "", "x")).sender
    assert (sender.name, sender.email) == ("José Mañ", "jose@gowa.example")


def test_a_header_that_is_half_encoded_keeps_both_halves():
    parsed = parse_mail(lines("Subject: =?utf-8?q?R=C3=A9alisasi?= – DAU", "", "x"))
    assert parsed.subject == "Réalisasi – DAU"


def test_a_file_name_that_is_not_encoded_keeps_its_letters_and_loses_what_turns_them_round():
    given = [
        'Content-Type: application/pdf; name="Surat – Gowa.pdf"',
        'Content-Disposition: attachment; filename="laporan\u202efdp.exe"',
    ]
    files = [line for one in given for line in ("--B", one, "", "isi")]
    parsed = parse_mail(lines("Content-Type: multipart/mixed; boundary=B", "", *files, "--B--"))
    assert [part.name for part in parsed.parts] == ["Surat – Gowa.pdf", "laporanfdp.exe"]


def test_a_mail_without_the_boundary_it_speaks_of_is_read_as_text():
    parsed = parse_mail(lines("Content-Type: multipart/mixed", "", "Kapan DAU disalurkan?"))
    assert (parsed.body.strip(), parsed.parts, "broken" in parsed.flags) == ("Kapan DAU disalurkan?", [], True)


def test_what_is_wrapped_too_deep_stays_whole_in_a_file():
    nested = b"Content-Type: text/plain\r\n\r\nDalam"
    for number in range(30):
        nested = f"Content-Type: multipart/mixed; boundary=B{number}\r\n\r\n--B{number}\r\n".encode() + nested
        nested += f"\r\n--B{number}--".encode()
    [part] = parse_mail(raw("From: orang@gowa.example", nested)).parts
    assert b"Dalam" in part.content


def test_cells_of_a_table_stay_apart_in_the_text():
    parsed = parse_mail(
        lines("Content-Type: text/html", "", "<table><tr><td>Rp 1.234,5</td><td>DBH</td></tr><tr><th>A<th>B</table>")
    )
    assert parsed.body.splitlines() == ["Rp 1.234,5 DBH", "A B"]


def test_a_file_of_nothing_is_named():
    head = ["Content-Type: multipart/mixed; boundary=B", "", "--B", "Content-Type: text/plain", "", "Terlampir", "--B"]
    parsed = parse_mail(lines(*head, "Content-Disposition: attachment; filename=surat.pdf", "", "", "--B--"))
    assert (parsed.parts, parsed.flags, parsed.details["empty_files"]) == ([], ["empty_file"], ["surat.pdf"])


@pytest.mark.parametrize(
    ("subject", "automatic"),
    [
        ("Automatic reply: Penyaluran DAU", True),
        ("Di luar kantor: Penyaluran DAU", True),
        ("Sedang cuti", True),
        ("Out of Office AutoReply: DAU", True),
        ("Out of office – kembali 5 Desember", True),
        ("Tidak di kantor: DAU", True),
        ("Abwesenheitsnotiz: DAU", False),
        ("Di luar kantor Pemda, bagaimana mengakses SIKD?", False),
        ("Sedang tidak di tempat kerja, bolehkah lapor DAK lewat ponsel?", False),
        ("Sedang cuti bersama, apakah DAU tetap disalurkan?", False),
        ("RE: Automatic reply: DAU", False),
    ],
)
def test_words_are_a_machines_only_where_a_machine_puts_them(subject, automatic):
    assert ("auto_reply" in parse_mail(mail(Subject=subject)).flags) == automatic


@pytest.mark.parametrize(
    ("headers", "flag"),
    [
        ({"Return_Path": "<>"}, "auto_reply"),
        ({"X_Loop": CALL_CENTRE}, "loop"),
        ({"sender": f"DJPK <{CALL_CENTRE.replace('@', '+drg-24-00001.0123456789abcdef@')}>"}, "loop"),
        ({"Reply_To": "no-reply@aplikasi.example"}, "machine"),
        ({"X_Spam": "Yes"}, "spam"),
        ({"X_Spam_Status": "Yes, score=12.1 required=5.0"}, "spam"),
    ],
)
def test_more_signs_of_machines_loops_and_spam(headers, flag):
    assert flag in parse_mail(mail(**headers), own=OWN).flags


@pytest.mark.parametrize(
    "headers", [{"X_Spam_Status": "No, score=-1"}, {"X_Spam": "no"}, {"X_Loop": "lain@gowa.example"}]
)
def test_what_only_looks_like_such_a_sign(headers):
    assert list(parse_mail(mail(**headers), own=OWN).flags) == []


def test_a_receipt_is_automatic_and_names_what_was_read():
    parsed = parse_mail(receipt())
    assert (parsed.flags, parsed.references[0]) == (["auto_reply"], "jawaban@djpk.example")


def test_a_report_of_exchange_that_is_plain_text_is_a_bounce():
    parsed = parse_mail(
        mail(
            "Pesan tidak sampai ke orang@gowa.example: 550 5.1.1 RESOLVER.ADR.RecipNotFound",
            sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@gowa.example>",
            Subject="Tidak terkirim: Re: DAU",
            In_Reply_To="<jawaban@djpk.example>",
        )
    )
    assert {"bounce", "machine"} <= set(parsed.flags)
    assert (parsed.details["bounce"]["of"], parsed.details["bounce"]["status"]) == (["jawaban@djpk.example"], "5.1.1")


def test_a_server_that_gave_up_has_given_up_whatever_its_number():
    given_up = parse_mail(bounce("jawaban@djpk.example", status="4.4.7"))
    assert (given_up.details["bounce"]["status"], given_up.details["bounce"]["permanent"]) == ("4.4.7", True)


@pytest.mark.parametrize(
    ("subject", "permanent"),
    [("Undelivered Mail Returned to Sender", True), ("Delivery Status Notification (Delay)", False)],
)
def test_reports_without_their_part_say_by_their_subject_whether_they_are_final(subject, permanent):
    text = "451 4.4.1 orang@gowa.example: connection timed out"
    parsed = parse_mail(mail(text, sender="MAILER-DAEMON@mx.example", Subject=subject))
    assert parsed.details["bounce"]["permanent"] is permanent


def test_who_wants_answers_sent_to_us_is_answered_themselves():
    parsed = parse_mail(mail(Reply_To=f"{CALL_CENTRE}, lain@gowa.example"), own=OWN)
    assert parsed.sender.email == "lain@gowa.example"
    assert parse_mail(mail(Reply_To=CALL_CENTRE), own=OWN).details["answer_to"] == "arung@gowa.example"


def take(content: bytes) -> tuple[Message, bool]:
    received = receive_mail(content, wake=False, at=make.NOW)
    return received.message, received.new


def test_another_mail_under_the_same_id_is_another_message(db):
    first, _new = take(mail("Surat pertama"))
    second, new = take(mail("Surat kedua"))
    assert (new, second.body.strip(), second.details["message_id"]) == (True, "Surat kedua", "1@gowa.example")
    assert take(mail("Surat kedua")) == (second, False)
    assert take(mail("Surat pertama")) == (first, False)
    assert Message.objects.count() == 2


def test_the_same_mail_by_another_way_stays_one(db):
    first, _new = take(mail("Surat pertama"))
    assert take(mail("Surat pertama", Received="from mx2.gowa.example", X_Spam_Score="0.1")) == (first, False)


def test_the_copy_of_a_list_is_the_same_mail_whatever_the_list_added(db):
    first, _new = take(mail("Surat pertama"))
    copy = mail(
        "Surat pertama\n\n-- \nMilis Keuangan", Subject="[keuangan] Penyaluran DAU", List_Id="<keuangan.example>"
    )
    assert take(copy) == (first, False)


def test_files_tell_two_mails_apart(db):
    made = [
        lines("Content-Type: multipart/mixed; boundary=B", "", "--B", "Content-Disposition: attachment; filename=a.txt",
              "", text, "--B--")
        for text in ("satu", "dua")
    ]  # fmt: skip
    assert [take(content)[1] for content in [*made, *made]] == [True, True, False, False]
