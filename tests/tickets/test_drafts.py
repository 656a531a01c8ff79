"""Drafts and the files in them: kept, never over newer text, within limits; files are given out safely."""

import pytest

from kernel.errors import Refused
from tests import factories as make
from tests.tickets.test_inbox import signed_in
from tickets.clocks import Clocks
from tickets.composer import drafts, uploads
from tickets.inbox.facets import Reader
from tickets.inbox.rows import Row, rows_of
from tickets.models import Draft, Ticket

pytestmark = pytest.mark.django_db
REPLY = Draft.Kind.REPLY
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def ticket():
    return make.ticket()


def save(ticket, text, version="", at=make.NOW, who="laras"):
    return drafts.save_draft(ticket=ticket, kind=REPLY, text=text, version=version, at=at, actor=make.staff(who))


def add(ticket, content=PNG, name="gambar.png", at=make.NOW):
    return uploads.add_file(ticket=ticket, kind=REPLY, content=content, name=name, at=at, actor=make.staff("laras"))


def row_of(ticket, user) -> Row:
    (row,) = rows_of(Ticket.objects.all(), [ticket.pk], Reader(user, Clocks.load(), make.NOW))
    return row


def test_a_draft_never_overwrites_newer_text(ticket):
    first = drafts.version_of(save(ticket, "Satu"))
    second = drafts.version_of(save(ticket, "Satu dua", first, at=make.NOW + make.MINUTE))
    with pytest.raises(Refused) as refused:
        save(ticket, "Satu lain", first)
    assert refused.value.code == "draft.newer"
    assert save(ticket, "Satu dua", first).text == "Satu dua", "the same text is no conflict"
    assert save(ticket, "Satu dua tiga", second).text == "Satu dua tiga"
    assert save(ticket, "Punya Bima", who="bima").text == "Punya Bima"
    assert save(ticket, "Timpa", None).text == "Timpa"


def test_an_emptied_draft_is_gone_unless_it_holds_a_file(ticket):
    version = drafts.version_of(save(ticket, "Satu"))
    assert save(ticket, " ", version) is None
    assert not Draft.objects.exists()
    row = add(ticket)
    save(ticket, "", "")
    assert Draft.objects.get().files.count() == 1
    uploads.remove_file(row=row, actor=make.staff("laras"))
    assert not Draft.objects.exists()


def test_limits_of_size_number_and_type(ticket, settings):
    settings.COMPOSER_FILES = 2
    for content, code in (
        (b"MZ" + b"0" * 20, "file.bad_type"),
        (b"<html></html>", "file.bad_type"),
        (b"", "file.empty"),
    ):
        with pytest.raises(Refused) as refused:
            add(ticket, content, "surat.pdf")
        assert refused.value.code == code
    add(ticket)
    add(ticket, b"isi")
    with pytest.raises(Refused) as refused:
        add(ticket, b"lagi")
    assert refused.value.code == "file.too_many"
    settings.COMPOSER_FILES, settings.COMPOSER_FILES_MB = 9, 1
    with pytest.raises(Refused) as refused:
        add(ticket, b"0" * 1024 * 1024)
    assert refused.value.code == "file.too_large_together"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\surat\\DAU.pdf", "DAU.pdf"),
        ("laporan\u202efdp.exe", "laporanfdp.exe"),
        ("\x00", "berkas"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
    ],
)
def test_names_hide_nothing(given, kept):
    assert uploads.clean_name(given) == kept


@pytest.mark.parametrize(
    ("content", "name", "inline", "media_type"),
    [
        (PNG, "gambar.png", True, "image/png"),
        (b"%PDF-1.7", "surat.pdf", True, "application/pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "gambar.png", False, "application/octet-stream"),
        (b"<!doctype html><script>1</script>", "gambar.png", False, "application/octet-stream"),
        (b"biasa", "biasa.txt", False, "application/octet-stream"),
    ],
)
def test_only_pixels_and_pdf_are_shown_and_nothing_may_run(ticket, settings, content, name, inline, media_type):
    settings.COMPOSER_REFUSED_TYPES = []
    row = add(ticket, content, name)
    answer = signed_in("laras").get(f"/tiket/{ticket.number}/draf/berkas/{row.pk}/?lihat=1")
    assert answer["Content-Disposition"].startswith("inline" if inline else "attachment")
    assert answer["Content-Type"] == media_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert ("sandbox" in policy) == (media_type != "application/pdf")
    assert signed_in("bima").get(f"/tiket/{ticket.number}/draf/berkas/{row.pk}/").status_code == 404


def test_the_row_of_the_list_says_that_there_is_a_draft(ticket):
    save(ticket, "Satu")
    laras, bima = make.staff("laras"), make.staff("bima")
    assert [mark.label for mark in row_of(ticket, laras).marks] == ["Draf"]
    assert row_of(ticket, bima).marks == []
