"""A text or table that came as a file, shown as words in the page: nothing of it is ever markup. Pure but the view."""

import codecs
import csv
from collections import Counter
from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kernel.models import StoredFile
from tickets.inbox.file_lines import may_be_read
from tickets.models import Ticket

MOST_BYTES = 256 * 1024
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 200, 30, 200
LONGEST_TEXT = 60_000
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DELIMITERS = ";,\t|"
_TABLES = ("csv", "tsv")


@dataclass(frozen=True, slots=True)
class Shown:
    """`rows` of a table, else `text`; `cut` when the file holds more than is shown; `strange` when it is no text."""

    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    cut: bool = False
    strange: bool = False


def read_shown(content: bytes, name: str, *, more: bool = False) -> Shown:
    """The beginning of a file; `more` when it goes on behind `content`."""
    if b"\x00" in content and not content.startswith(_UTF16):
        return Shown(strange=True)
    text = _decoded(content, more).replace("\x00", "")
    if name.rpartition(".")[2].lower() in _TABLES:
        rows = _rows(text, more)
        if rows is not None:
            return rows
    return Shown(text[:LONGEST_TEXT], cut=more or len(text) > LONGEST_TEXT)


def _decoded(content: bytes, more: bool) -> str:
    """UTF-16 by its mark, else UTF-8, else what old Windows programs write; half a letter at the end is left out."""
    if content.startswith(_UTF16):
        return content.decode("utf-16", "replace")
    try:
        return codecs.getincrementaldecoder("utf-8-sig")().decode(content, final=not more)
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _rows(text: str, more: bool) -> Shown | None:
    """The table; None when it cannot be read as one."""
    found: list[tuple[str, ...]] = []
    wide = False
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text)):
            if len(found) == MOST_ROWS:
                more = True
                break
            wide = wide or len(row) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in row)
            found.append(tuple(cell[:LONGEST_CELL] for cell in row[:MOST_COLUMNS]))
    except csv.Error:
        return None
    width = max((len(row) for row in found), default=0)
    filled = tuple(row + ("",) * (width - len(row)) for row in found if any(row))
    return Shown(rows=filled, cut=more or wide) if width > 1 and filled else None


def _delimiter(text: str) -> str:
    """What stands most often in the first lines."""
    counted = Counter(letter for line in text.splitlines()[:20] for letter in line if letter in _DELIMITERS)
    return counted.most_common(1)[0][0] if counted else ","


def show_text(request: HttpRequest, ticket: Ticket, file: StoredFile, name: str) -> HttpResponse:
    """The page with the file's words; 404 for what is no text."""
    if not may_be_read(file, name):
        raise Http404
    with default_storage.open(file.path, "rb") as handle:
        content = handle.read(MOST_BYTES)
    shown = read_shown(content, name, more=file.size > MOST_BYTES)
    context = {"ticket": ticket, "name": name, "shown": shown, "download": request.path}
    response = render(request, "tickets/file_text.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
