"""What a file is, by its first bytes; the name a sender gave it is not believed. Pure."""

import io
import zipfile

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"MZ", "application/x-msdownload"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_IN_ZIP = (
    ("word/", _OFFICE + "wordprocessingml.document"),
    ("xl/", _OFFICE + "spreadsheetml.sheet"),
    ("ppt/", _OFFICE + "presentationml.presentation"),
)
UNKNOWN = "application/octet-stream"


def sniff(content: bytes) -> str:
    """The media type by content; `text/plain` for UTF-8 text, `application/octet-stream` when unknown."""
    if content.startswith(b"PK\x03\x04"):
        return _inside_zip(content)
    for offset, magic, media_type in _MAGIC:
        if content[offset : offset + len(magic)] == magic:
            return media_type
    return _text(content)


def _inside_zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if "mimetype" in names:
                declared = archive.read("mimetype")[:80].decode("ascii", "replace").strip()
                if declared.startswith("application/vnd.oasis.opendocument."):
                    return declared
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
        return "application/zip"
    for folder, media_type in _IN_ZIP:
        if any(name.startswith(folder) for name in names):
            return media_type
    return "application/zip"


def _text(content: bytes) -> str:
    head = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"\x00" in content[:4096]:
        return UNKNOWN
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return UNKNOWN
    if head.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    if head.startswith(b"begin:vcalendar"):
        return "text/calendar"
    return "image/svg+xml" if b"<svg" in head[:512] else "text/plain"
