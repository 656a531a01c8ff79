"""Files to import, written by the tests, and imports and exports run as the commands run them."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from djpk.records.kinds import KINDS
from kernel.importing.engine import Options, Report, run_import
from kernel.importing.writing import CsvWriter
from tests.factories import wib

AT = wib("2026-11-24 12:00")
"""When the tests' files are imported: after all that happens in them."""

TICKET = {
    "number": "CC-1",
    "created_at": "2024-08-01T09:15:00+07:00",
    "channel": "WHATSAPP",
    "contact_name": "Arung Mappatunru",
    "contact_email": "arung@gowa.example",
    "contact_phone": "+62 000 1000 0001",
    "user_group": "PEMDA",
    "region": "73.06",
    "topic": "DAU",
    "subject": "Penyaluran DAU",
    "message": "Kapan DAU Agustus disalurkan?",
    "agent": "Laras Setyani",
    "status": "CLOSED",
    "closed_at": "2024-08-02T10:00:00+07:00",
    "escalated_unit": "PK.2",
    "escalated_at": "2024-08-01T09:45:00+07:00",
    "answered_at": "2024-08-01T13:00:00+07:00",
    "service_score": "5",
    "substance_score": "4",
}


def ticket_row(number: str = "CC-1", **changes: Any) -> dict[str, Any]:
    """A good row; every number has a requester of its own."""
    own = {"number": number, "contact_email": f"{number.lower()}@gowa.example", "contact_phone": ""}
    return {**TICKET, **own, **changes}


def write_csv(path: Path, rows: Sequence[dict[str, Any]], *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_xlsx(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Cells of the values' own types: dates, numbers, text."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm", "remove_timezone": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, list(rows[0]))
    for line, row in enumerate(rows, start=1):
        sheet.write_row(line, 0, list(row.values()))
    book.close()
    return path


def load(kind: str, path: Path, *, at: Any = AT, **options: Any) -> Report:
    """Import a file as the command does, rejected rows beside it."""
    rejects = path.with_name(path.name + ".rejected.csv")
    return run_import(KINDS[kind], path, at=at, actor=None, options=Options(**options), rejects_path=rejects)


def exported(kind: str, period: Any = (None, None)) -> str:
    """The kind's rows as CSV."""
    stream = io.StringIO(newline="")
    writer = CsvWriter(stream, KINDS[kind].columns)
    for cells in KINDS[kind].export(period):
        writer.row(cells)
    return stream.getvalue()


def rejected(path: Path) -> list[dict[str, str]]:
    """The rows of the file of rejected rows."""
    with path.with_name(path.name + ".rejected.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def reasons(path: Path) -> Iterable[str]:
    return [row["reason"] for row in rejected(path)]
