"""Difficult mails by the way they come in, `receive_email`: each gives exactly one line and exactly one message."""

import base64
import io
import json
import mailbox
import time
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import OperationalError

from messaging.management.commands import receive_email
from messaging.models import Message
from tests.messaging.mails import bounce, mail, raw
from tests.messaging.test_mail_parts import CALENDAR, forwarded, winmail, with_part
from tickets.models import Ticket

LAPOR = "lapor.djpk@kemenkeu.go.id"


def plain(number: int, *lines: str | bytes, sender: str = "") -> bytes:
    """A mail of a sender of its own, so that no two join one ticket."""
    return raw(
        f"From: {sender or f'orang{number}@daerah{number}.example'}", f"Message-ID: <k{number}@x.example>", *lines
    )


def images(count: int) -> list[str]:
    made = ["Content-Type: multipart/related; boundary=M", "", "--M", "Content-Type: text/plain", "", "Lihat gambar"]
    for number in range(count):
        made += ["--M", "Content-Type: image/png", f"Content-ID: <g{number}>", "Content-Transfer-Encoding: base64", "",
                 base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes([number])).decode()]  # fmt: skip
    return [*made, "--M--"]


BIG = base64.encodebytes(b"%PDF-1.4" + b"0123456789abcdef" * 1_150_000)  # 25 MB as it travels
# name: (mail, status, flags, subject, first line of the text, names of files)
CORPUS = {
    "01 charset": (plain(1, "Subject: =?iso-8859-1?q?Pertanyaan_na=EFf?=", "Content-Type: text/plain; charset=windows-1252", "Content-Transfer-Encoding: 8bit", "", "“Kapan” – DAU".encode("cp1252")),
                   "new", [], "Pertanyaan naïf", "“Kapan” – DAU", []),
    "02 nested": (forwarded(), "new", [], "Fwd: Tanya DAU", "Terlampir", ["surat.pdf", "lampiran-2.eml", "lampiran-3.eml"]),
    "03 no date": (plain(3, "Subject: Tanpa tanggal", "", "Halo"), "new", [], "Tanpa tanggal", "Halo", []),
    "04 no from": (raw("Subject: Tanpa pengirim", "Message-ID: <k4@x.example>", "", "Halo"), "new", [], "Tanpa pengirim", "Halo", []),
    "05 images": (plain(5, "Subject: Gambar", *images(40)), "new", [], "Gambar", "Lihat gambar", [f"lampiran-{n}.png" for n in range(1, 41)]),
    "06 large": (plain(6, "Subject: Besar", "Content-Type: multipart/mixed; boundary=M", "", "--M", "Content-Type: text/plain", "", "Terlampir", "--M", "Content-Type: application/pdf; name=besar.pdf", "Content-Transfer-Encoding: base64", "", BIG, "--M--"),
                 "new", [], "Besar", "Terlampir", ["besar.pdf"]),
    "07 invitation": (plain(7, "Subject: Undangan", "Content-Type: text/calendar; method=REQUEST; charset=utf-8", "", CALENDAR),
                      "new", [], "Undangan", "Undangan: Rapat penyaluran DAU, triwulan III", ["lampiran-1.ics"]),
    "08 forwarded inline": (plain(8, "Subject: Fw: DBH", "", "---------- Forwarded message ---------\r\nDari: Dewi\r\n\r\nKapan DBH?"),
                            "new", [], "Fw: DBH", "---------- Forwarded message ---------", []),
    "09 bounced": (bounce("tidak-dikenal@djpk.example"), "ignored", ["auto_reply", "bounce", "machine"], "Undelivered Mail Returned to Sender", "Surat Anda tidak terkirim.", ["lampiran-1.bin"]),
    "10 away": (plain(10, "Subject: Balasan otomatis: cuti", "Auto-Submitted: auto-replied", "", "Saya cuti"), "ignored", ["auto_reply"], "Balasan otomatis: cuti", "Saya cuti", []),
    "11 list": (plain(11, "Subject: Kabar", "List-Id: <kabar.example>", "Precedence: bulk", "", "Kabar pekan ini"), "new", ["list"], "Kabar", "Kabar pekan ini", []),
    "12 encrypted": (plain(12, "Subject: Rahasia", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "Content-Transfer-Encoding: base64", "", "MIIB"),
                     "new", ["encrypted"], "Rahasia", "", ["smime.p7m"]),
    "13 outlook": (with_part("application/ms-tnef; name=winmail.dat", winmail()), "threaded", ["tnef"], "Uji", "Isi dari Outlook", ["Kertas kerja DAU – final.xlsx", "foto.png"]),
    "14 spam": (plain(14, "Subject: Menang undian", "X-Spam-Flag: YES", "", "Klik"), "quarantined", ["spam"], "Menang undian", "Klik", []),
    "15 lapor": (plain(15, f"To: {LAPOR}", "Subject: Laporan APBD Kab. Gowa Agustus 2024", "", "Terlampir"), "lapor", [], "Laporan APBD Kab. Gowa Agustus 2024", "Terlampir", []),
    "16 broken": (plain(16, "Subject: Rusak", "Content-Type: multipart/mixed; boundary=M", "", "--M", "Content-Type: text/plain", "", "Setengah"), "new", [], "Rusak", "Setengah", []),
}  # fmt: skip


def lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def check(told: dict, name: str) -> None:
    _raw, status, flags, subject, first, files = CORPUS[name]
    assert list(told) == ["message", "ticket", "status", "flags"], name
    assert (told["status"], told["flags"]) == (status, flags), name
    row = Message.objects.get(pk=told["message"])
    assert (row.subject, (row.body.strip().splitlines() or [""])[0]) == (subject, first), name
    assert [one.name for one in row.attachments.order_by("position")] == files, name
    on_ticket = status in ("new", "threaded")
    assert (told["ticket"] is not None) == on_ticket, name
    if on_ticket:
        assert Ticket.objects.get(number=told["ticket"]).entries.filter(message=row).count() == 1, name


def test_a_folder_of_them_gives_a_line_each_and_again_only_duplicates(db, tmp_path, capsys):
    for name, one in CORPUS.items():
        (tmp_path / f"{name}.eml").write_bytes(one[0])
    call_command("receive_email", batch=tmp_path)
    told = lines(capsys)
    assert len(told) == len(CORPUS)
    for one, name in zip(told, CORPUS, strict=True):
        check(one, name)
    assert Message.objects.filter(direction="IN").count() == len(CORPUS)
    tickets = Ticket.objects.count()
    call_command("receive_email", batch=tmp_path)
    again = lines(capsys)
    assert [(one["message"], one["status"]) for one in again] == [(one["message"], "duplicate") for one in told]
    assert (Message.objects.filter(direction="IN").count(), Ticket.objects.count()) == (len(CORPUS), tickets)


def test_an_mbox_file_and_a_maildir_give_the_same(db, tmp_path, capsys):
    box, folder = mailbox.mbox(tmp_path / "a.mbox"), mailbox.Maildir(tmp_path / "b")
    for one in (mail(Message_ID="<1@x.example>"), mail("From here on", Message_ID="<2@x.example>")):
        box.add(one)
    folder.add(mail(Message_ID="<3@x.example>"))
    box.close()
    call_command("receive_email", batch=tmp_path / "a.mbox")
    assert [one["status"] for one in lines(capsys)] == ["new", "threaded"]
    call_command("receive_email", batch=tmp_path / "b")
    assert [one["status"] for one in lines(capsys)] == ["threaded"]


class Pipe:
    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def test_one_mail_from_a_pipe(db, capsys):
    with patch("sys.stdin", Pipe(mail())):
        call_command("receive_email")
    [told] = lines(capsys)
    assert told == {
        "message": Message.objects.get(direction="IN").pk, "ticket": Ticket.objects.get().number, "status": "new", "flags": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    "error", [OperationalError("server closed the connection"), OSError(28, "No space left"), RuntimeError("?")]
)
def test_what_fails_for_now_ends_with_75_and_what_was_taken_before_is_said(db, tmp_path, capsys, error):
    for number in range(3):
        (tmp_path / f"{number}.eml").write_bytes(mail(Message_ID=f"<{number}@x.example>"))
    plainly, tried = receive_email.receive_mail, []

    def failing(content, **how):
        tried.append(content)
        if len(tried) == 2:
            raise error
        return plainly(content, **how)

    with patch.object(receive_email, "receive_mail", failing), pytest.raises(SystemExit) as ended:
        call_command("receive_email", batch=tmp_path)
    assert ended.value.code == 75
    assert len(lines(capsys)) == (2 if isinstance(error, RuntimeError) else 1)
    call_command("receive_email", batch=tmp_path)
    assert Message.objects.filter(direction="IN").count() == 3


def test_lines_that_an_mbox_file_marked_are_as_they_were_written(db, tmp_path, capsys):
    box = mailbox.mbox(tmp_path / "a.mbox")
    box.add(mail("From awal tahun.\n> kutipan"))
    box.flush()
    assert b"\n>From awal" in (tmp_path / "a.mbox").read_bytes()
    call_command("receive_email", batch=tmp_path / "a.mbox")
    assert Message.objects.get(direction="IN").body == "From awal tahun.\n> kutipan\n"


def test_an_empty_file_in_a_folder_stops_nothing(db, tmp_path, capsys):
    for name, content in (("1", mail()), ("2", b""), ("3", mail(Message_ID="<3@x.example>"))):
        (tmp_path / f"{name}.eml").write_bytes(content)
    call_command("receive_email", batch=tmp_path)
    assert [one["status"] for one in lines(capsys)] == ["new", "threaded"]


def test_25_megabytes_are_read_within_two_seconds_of_work(db):
    from messaging.email.parsing import parse_mail

    began = time.process_time()
    parsed = parse_mail(CORPUS["06 large"][0])
    assert time.process_time() - began < 2
    assert len(parsed.parts[0].content) == 8 + 16 * 1_150_000
