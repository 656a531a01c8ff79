"""Writing a table to CSV or XLSX, row by row; spreadsheets never take what is written as a formula."""

import csv
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, Protocol

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.importing.cells import Cell, csv_text, guard
from kernel.importing.columns import Column
from kernel.parsing import JAKARTA

XLSX_CELL = 32_767


class Writer(Protocol):
    def row(self, cells: Sequence[Cell]) -> None: ...

    def close(self) -> None: ...


class CsvWriter:
    """UTF-8 CSV with commas. Free text that looks like a formula gets an apostrophe (`cells.guard`);
    typed columns (phone numbers, negative numbers) stay as they are."""

    def __init__(self, stream: IO[str], columns: Sequence[Column]) -> None:
        self.stream = stream
        self.free = [column.field.free for column in columns]
        self.out = csv.writer(stream, lineterminator="\r\n")
        self.out.writerow([column.name for column in columns])

    def row(self, cells: Sequence[Cell]) -> None:
        texts = map(csv_text, cells)
        self.out.writerow([guard(text) if free else text for text, free in zip(texts, self.free, strict=True)])

    def close(self) -> None:
        self.stream.flush()


class XlsxWriter:
    """One sheet; dates and numbers as typed cells, moments in Jakarta's time, text never as a formula."""

    def __init__(self, path: Path | str, columns: Sequence[Column]) -> None:
        import xlsxwriter  # needed for XLSX only

        self.book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False})
        self.sheet = self.book.add_worksheet("data")
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.columns = columns
        self.next = 0
        bold = self.book.add_format({"bold": True})
        for index, column in enumerate(columns):
            self.sheet.write_string(0, index, column.name, bold)
        self.sheet.freeze_panes(1, 1)

    def row(self, cells: Sequence[Cell]) -> None:
        self.next += 1
        for index, cell in enumerate(cells):
            self._cell(index, cell)

    def _cell(self, index: int, cell: Cell) -> None:
        if isinstance(cell, dt.datetime) and not cell.microsecond:
            self.sheet.write_datetime(self.next, index, cell.astimezone(JAKARTA).replace(tzinfo=None), self.moment)
        elif isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
            self.sheet.write_datetime(self.next, index, cell, self.day)
        elif isinstance(cell, int | Decimal) and not isinstance(cell, bool) and -(10**15) < cell < 10**15:
            self.sheet.write_number(self.next, index, cell)
        elif text := csv_text(cell):
            self._text(index, text)

    def _text(self, index: int, text: str) -> None:
        if len(text) > XLSX_CELL:
            raise Refused(
                "export.cell_too_long",
                _("Isi kolom {column} pada baris {line} terlalu panjang untuk XLSX. Ekspor ke CSV."),
                column=self.columns[index].name,
                line=self.next + 1,
            )
        self.sheet.write_string(self.next, index, text)

    def close(self) -> None:
        self.book.close()
