"""Reading a table row by row from UTF-8 CSV or XLSX; every problem of the file itself is a `Refused`."""

import csv
import io
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.importing.cells import Cell, as_text, is_blank, unguard

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
DELIMITERS = (",", ";", "\t")
MAX_CELL = 2_000_000
MAX_COLUMNS = 500
MAX_UNPACKED = 1_500_000_000
MAX_RATIO = 200
"""An XLSX that unpacks to more bytes than MAX_UNPACKED, or MAX_RATIO times its size, is refused."""


@dataclass(frozen=True)
class Table:
    """A file's header and its rows as (line, cells); `done` is the share read so far, 0 to 1."""

    header: list[str]
    rows: Iterator[tuple[int, list[Cell]]]
    done: Callable[[], float]
    format: str


@contextmanager
def open_table(path: Path | str) -> Iterator[Table]:
    """The table in a file, told by its content and not its name. Raises Refused: `import.*`."""
    try:
        handle = Path(path).open("rb")  # noqa: SIM115 - closed below
    except OSError as problem:
        raise Refused(
            "import.unreadable", _("Berkas {path} tidak dapat dibuka: {why}."), path=path, why=problem.strerror
        ) from problem
    with handle:
        start = handle.read(4)
        handle.seek(0)
        if not start:
            raise Refused("import.empty_file", _("Berkas kosong. Isi baris judul dan datanya, lalu coba lagi."))
        if start == b"PK\x03\x04":
            with _workbook(handle) as table:
                yield table
        else:
            yield _csv_table(handle, start)


def _csv_table(handle: BinaryIO, start: bytes) -> Table:
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(
            "import.old_excel", _("Berkas .xls lama tidak dapat dibaca. Simpan sebagai .xlsx atau CSV UTF-8.")
        )
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in start:
        raise _not_utf8(1)
    size = max(os.fstat(handle.fileno()).st_size, 1)
    text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
    csv.field_size_limit(MAX_CELL)
    try:
        first = text.readline()
        delimiter, told = _delimiter(first)
        lines = text if told else _with_first(first, text)
        rows = _csv_rows(csv.reader(lines, delimiter=delimiter), offset=1 if told else 0)
        header = [str(cell) for cell in next(rows, (0, []))[1]]
    except UnicodeDecodeError:
        raise _not_utf8(1) from None
    return Table(_checked(header), rows, lambda: min(text.buffer.tell() / size, 1.0), "csv")


def _with_first(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _delimiter(first: str) -> tuple[str, bool]:
    """The delimiter, and whether the first line only tells it (`sep=;`, as Excel writes)."""
    told = first.strip().lower()
    if told.startswith("sep=") and len(told) <= 5:
        return first.strip()[4:] or "\t", True
    outside = "".join(first.split('"')[::2])
    return max(DELIMITERS, key=outside.count), False


def _csv_rows(reader: Any, offset: int) -> Iterator[tuple[int, list[Cell]]]:
    while True:
        line = reader.line_num + 1 + offset
        try:
            cells = next(reader)
        except StopIteration:
            return
        except UnicodeDecodeError:
            raise _not_utf8(line) from None
        except csv.Error as problem:
            raise Refused(
                "import.broken_csv",
                _("Baris {line} tidak dapat dibaca sebagai CSV ({why}). Periksa tanda kutip dan pemisahnya."),
                line=line,
                why=problem,
            ) from problem
        if any(map(str.strip, cells)):
            yield line, [unguard(cell) for cell in cells]


def _not_utf8(line: int) -> Refused:
    return Refused(
        "import.not_utf8",
        _("Berkas bukan UTF-8 (sekitar baris {line}). Di Excel pilih Simpan Sebagai, “CSV UTF-8” atau .xlsx."),
        line=line,
    )


@contextmanager
def _workbook(handle: BinaryIO) -> Iterator[Table]:
    from openpyxl import load_workbook  # slow to import and needed for XLSX only

    _check_archive(handle)
    try:
        book = load_workbook(handle, read_only=True, data_only=True, keep_links=False)
    except Exception as problem:  # the library raises whatever a broken part of the archive causes
        raise Refused("import.broken_xlsx", _("Berkas XLSX rusak. Buka di Excel dan simpan ulang.")) from problem
    try:
        sheet = next((one for one in book.worksheets if one.sheet_state == "visible"), book.worksheets[0])
        expected = max(sheet.max_row or 1, 1)
        sheet.reset_dimensions()
        count = [0]
        rows = _sheet_rows(sheet, count)
        header = [as_text(cell) for cell in next(rows, (0, []))[1]]
        yield Table(_checked(header), rows, lambda: min(count[0] / expected, 1.0), "xlsx")
    finally:
        book.close()


def _check_archive(handle: BinaryIO) -> None:
    """Refuse what is no XLSX, and archives that would unpack to far more than they should."""
    try:
        with zipfile.ZipFile(handle) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as problem:
        raise Refused("import.broken_xlsx", _("Berkas XLSX rusak. Buka di Excel dan simpan ulang.")) from problem
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Refused("import.not_a_table", _("Berkas ini bukan XLSX atau CSV. Unggah berkas .csv atau .xlsx."))
    unpacked = sum(part.file_size for part in parts)
    packed = max(sum(part.compress_size for part in parts), 1)
    if unpacked > MAX_UNPACKED or (unpacked > 50_000_000 and unpacked / packed > MAX_RATIO):
        raise Refused(
            "import.zip_bomb", _("Isi berkas XLSX jauh lebih besar dari ukurannya. Simpan ulang atau gunakan CSV.")
        )
    handle.seek(0)


def _sheet_rows(sheet: object, count: list[int]) -> Iterator[tuple[int, list[Cell]]]:
    try:
        for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):  # type: ignore[attr-defined]
            count[0] = line
            if not all(map(is_blank, cells)):
                yield line, [_decoded(cell) if isinstance(cell, str) and "_x" in cell else cell for cell in cells]
    except Refused:
        raise
    except Exception as problem:  # see above
        raise Refused("import.broken_xlsx", _("Berkas XLSX rusak. Buka di Excel dan simpan ulang.")) from problem


def _decoded(text: str) -> str:
    """Text without the escapes that XLSX has for characters XML lacks: `_x000D_` is a carriage return."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def _checked(header: list[str]) -> list[str]:
    while header and not header[-1].strip():
        header.pop()
    if not header:
        raise Refused("import.empty_file", _("Berkas kosong. Isi baris judul dan datanya, lalu coba lagi."))
    if len(header) >= MAX_COLUMNS:
        raise Refused("import.too_many_columns", _("Berkas berisi terlalu banyak kolom."))
    return header
