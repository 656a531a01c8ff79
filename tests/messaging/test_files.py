"""Files are kept once by content and named by what they are."""

import io
import zipfile
from unittest.mock import patch

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from kernel.errors import Refused
from kernel.models import StoredFile
from messaging.files import read_file, store_file
from messaging.sniffing import sniff
from tests import factories as make


@pytest.fixture(autouse=True)
def own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n0000", "image/png"),
        (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"),
        (b"RIFF0000WEBPVP8 ", "image/webp"),
        (zipped("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (zipped("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (zipped("surat.pdf"), "application/zip"),
        (b"PK\x03\x04 broken", "application/zip"),
        ("Surat permohonan – DAU".encode(), "text/plain"),
        (b"<!DOCTYPE html><script>", "text/html"),
        (b"<?xml version='1.0'?><svg onload='x'/>", "image/svg+xml"),
        (b"MZ\x90\x00", "application/x-msdownload"),
        (b"\x00\x01\x02", "application/octet-stream"),
    ],
)
def test_what_it_is_by_its_bytes(content, media_type):
    assert sniff(content) == media_type


def test_the_same_content_is_kept_once(db):
    first = store_file(b"%PDF-1.7 surat", at=make.NOW)
    again = store_file(b"%PDF-1.7 surat", at=make.NOW + make.DAY)
    assert first == again
    assert StoredFile.objects.count() == 1
    assert first.path.startswith(first.sha256[:2] + "/")
    assert default_storage.exists(first.path)
    assert read_file(first) == b"%PDF-1.7 surat"


def test_empty_and_huge_files_are_refused(db):
    with pytest.raises(Refused, match=r"file\.empty"):
        store_file(b"", at=make.NOW)
    with pytest.raises(Refused, match=r"file\.too_large"):
        store_file(b"12345", at=make.NOW, limit=4)


def test_a_process_that_dies_while_it_writes_leaves_no_half_file(db):
    def half(self, chunk_size=None):
        yield self.file.getvalue()[:4]
        raise KeyboardInterrupt

    with patch.object(ContentFile, "chunks", half), pytest.raises(KeyboardInterrupt):
        store_file(b"%PDF-1.7 surat", at=make.NOW)
    row = store_file(b"%PDF-1.7 surat", at=make.NOW)
    assert read_file(row) == b"%PDF-1.7 surat"
