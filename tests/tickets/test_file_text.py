"""Texts and tables that came as files, read in the page: as words, a beginning of them, and nothing that runs."""

import pytest

from messaging.files import store_file
from messaging.models import Attachment
from tests import factories as make
from tests.tickets.test_inbox import signed_in
from tickets.composer.texts import LONGEST_TEXT, MOST_BYTES, MOST_ROWS, read_shown

NOW = make.NOW


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def attached(content: bytes, name: str) -> tuple[str, Attachment]:
    ticket = make.ticket()
    row = Attachment.objects.create(
        message=ticket.entries.first().message, file=store_file(content, at=NOW), name=name, position=1
    )
    return f"/tiket/{ticket.number}/berkas/{row.pk}/", row


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b'kode;nama;nilai\r\n73.06;Kab. Gowa;"1.234,5"\r\n', (("kode", "nama", "nilai"), ("73.06", "Kab. Gowa", "1.234,5"))),
        ("\ufeffa,b\nDé,2".encode(), (("a", "b"), ("Dé", "2"))),
        ("a\tb\nDé\t2".encode("utf-16"), (("a", "b"), ("Dé", "2"))),
        ("a;b\nDé – x;2".encode("cp1252"), (("a", "b"), ("Dé – x", "2"))),
        (b'a;b\n"baris\nkedua";2\n\n3', (("a", "b"), ("baris\nkedua", "2"), ("3", ""))),
    ],
)  # fmt: skip
def test_tables_are_read_as_their_program_wrote_them(content, rows):
    assert read_shown(content, "data.CSV").rows == rows


def test_what_is_no_table_is_text():
    assert read_shown(b"satu kolom\nsaja", "data.csv").text == "satu kolom\nsaja"
    assert read_shown(b"a;b", "surat.txt").text == "a;b"
    assert read_shown(b"MZ\x00\x01", "laporan.txt").strange


def test_only_a_beginning_is_shown_and_says_so():
    long = read_shown(b"a;b\n" * (MOST_ROWS + 1), "data.csv")
    assert (len(long.rows), long.cut) == (MOST_ROWS, True)
    assert not read_shown(b"a;b\n" * MOST_ROWS, "data.csv").cut
    text = read_shown(b"x" * (LONGEST_TEXT + 1), "a.txt")
    assert (len(text.text), text.cut) == (LONGEST_TEXT, True)
    assert read_shown("é".encode() + "é".encode()[:1], "a.txt", more=True).text == "é"


def test_a_file_is_linked_and_shown_escaped(db, media):
    address, _row = attached(b"nama;isi\n<script>alert(1)</script>;=1+1\n", "data.csv")
    client = signed_in("laras")
    page = client.get(address.partition("berkas/")[0]).content.decode()
    assert f'href="{address}?isi=1"' in page
    assert "data-text" in page
    shown = client.get(f"{address}?isi=1")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown.content.decode()
    assert "<script>alert" not in shown.content.decode()
    assert "unsafe-inline" not in shown["Content-Security-Policy"].partition("script-src")[2].partition(";")[0]


def test_a_file_larger_than_is_read_is_shown_in_part(db, media):
    address, _row = attached(b"baris\n" * (MOST_BYTES // 6 + 10), "catatan.txt")
    assert "Hanya bagian awal yang ditampilkan" in signed_in("laras").get(f"{address}?isi=1").content.decode()


@pytest.mark.parametrize(
    ("content", "name"), [(b"%PDF-1.7", "data.csv"), (b"<!doctype html><p>x", "a.txt"), (b"\x01\x02\x00", "a.bin")]
)
def test_what_is_known_to_be_something_else_is_not_read(db, media, content, name):
    address, _row = attached(content, name)
    client = signed_in("laras")
    assert "data-text" not in client.get(address.partition("berkas/")[0]).content.decode()
    assert client.get(f"{address}?isi=1").status_code == 404


def test_what_is_held_is_not_read(db, media):
    address, row = attached(b"a;b\n1;2", "data.csv")
    Attachment.objects.filter(pk=row.pk).update(scan=Attachment.Scan.WAITING)
    assert signed_in("laras").get(f"{address}?isi=1").status_code == 423
