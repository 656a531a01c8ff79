"""Attached files as the page lists them: name, size, an icon by what they are, and whether they may be looked at."""

from dataclasses import dataclass

from kernel.models import StoredFile

RASTER = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
PDF = "application/pdf"
_LARGEST_THUMBNAIL = 6 * 1024 * 1024  # bytes; larger pictures are opened on demand
_ICONS = (
    ("image/", "ti-photo"),
    ("video/", "ti-video"),
    ("audio/", "ti-volume"),
    (PDF, "ti-file-type-pdf"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml", "ti-file-spreadsheet"),
    ("application/vnd.oasis.opendocument.spreadsheet", "ti-file-spreadsheet"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml", "ti-file-type-docx"),
    ("application/vnd.oasis.opendocument.text", "ti-file-type-docx"),
    ("application/vnd.openxmlformats-officedocument.presentationml", "ti-presentation"),
    ("application/zip", "ti-file-zip"),
    ("application/gzip", "ti-file-zip"),
    ("application/vnd.rar", "ti-file-zip"),
    ("application/x-7z-compressed", "ti-file-zip"),
    ("text/", "ti-file-text"),
)
_TEXTS = frozenset({"text/plain", "text/calendar"})
_TEXT_NAMES = frozenset({"csv", "tsv", "txt", "log", "md"})  # of old Windows programs, whose letters are no UTF-8
_BY_NAME = {"xls": "ti-file-spreadsheet", "csv": "ti-file-spreadsheet", "doc": "ti-file-type-docx"}


@dataclass(frozen=True, slots=True)
class FileLine:
    """`url` downloads; `view` shows it, empty where that is not safe. `picture` may stand in the page, `text` is read.

    A file that is `held` says why, and has neither.
    """

    pk: int
    name: str
    size: int
    icon: str
    url: str
    view: str = ""
    picture: bool = False
    text: bool = False
    held: str = ""


def line_of(pk: int, name: str, file: StoredFile, url: str, held: str = "") -> FileLine:
    """The line of one file whose download stands at `url`."""
    if held:
        return FileLine(pk, name, file.size, "ti-virus", "", held=held)
    text = may_be_read(file, name)
    view = f"{url}?isi=1" if text else f"{url}?lihat=1" if may_be_viewed(file) else ""
    picture = file.media_type in RASTER and file.size <= _LARGEST_THUMBNAIL
    return FileLine(pk, name, file.size, icon_of(file.media_type, name), url, view, picture, text)


def may_be_viewed(file: StoredFile) -> bool:
    """By its content, never by its name: pictures made of pixels, and PDF."""
    return file.media_type in RASTER or file.media_type == PDF


def may_be_read(file: StoredFile, name: str) -> bool:
    """Whether it is a text: by its content, or by its name where the content is nothing else that is known."""
    ending = name.rpartition(".")[2].lower()
    return file.media_type in _TEXTS or (file.media_type == "application/octet-stream" and ending in _TEXT_NAMES)


def icon_of(media_type: str, name: str) -> str:
    for start, icon in _ICONS[:-1]:
        if media_type.startswith(start):
            return icon
    by_name = _BY_NAME.get(name.rpartition(".")[2].lower())
    return by_name or ("ti-file-text" if media_type.startswith("text/") else "ti-file")
