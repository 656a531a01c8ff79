"""Cells as files hold them: typed values of spreadsheets, text of CSV, and text that looks like a formula."""

import datetime as dt
import re
from decimal import Decimal

from kernel.parsing import JAKARTA

Cell = str | int | float | Decimal | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")


def clean_text(text: str) -> str:
    """Text as it is stored and compared: `\\n` line ends, no control characters, no outer white space."""
    if text.isprintable():
        return text.strip()
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def as_text(cell: Cell) -> str:
    """A cell as clean text; a number that a spreadsheet stored as 811150420.0 is "811150420"."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return clean_text(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return moment_text(cell)
    return str(cell)


def csv_text(cell: Cell) -> str:
    """What a CSV file holds for a typed value: ISO 8601, moments in Jakarta's offset, `.` as decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, dt.datetime):
        return moment_text(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def moment_text(moment: dt.datetime) -> str:
    """ISO 8601 with Jakarta's offset; a moment without zone is left without."""
    return (moment.astimezone(JAKARTA) if moment.tzinfo else moment).isoformat()


def is_blank(cell: Cell) -> bool:
    """Whether nothing is in the cell."""
    return cell is None or cell == "" or (isinstance(cell, str) and cell.isspace())


def guard(text: str) -> str:
    """Text that a spreadsheet would run as a formula, made harmless by an apostrophe in front.

    `unguard` takes exactly one such apostrophe away, so that export and import undo each other.
    """
    return "'" + text if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """Undo `guard`."""
    return text[1:] if text[:1] == "'" and _ESCAPED.match(text) else text
