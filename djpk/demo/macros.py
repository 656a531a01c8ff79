"""Macros for the demonstration, as its supervisors would keep them."""

import tomllib
from datetime import datetime
from pathlib import Path

from djpk.demo.writing import Reference
from tickets.composer.macros import save_macro

_FILE = Path(__file__).parent / "data" / "macros.toml"
_BY = "sekar"


def write_macros(reference: Reference, at: datetime) -> None:
    """Those everybody has, in the order of the file."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["macro"]
    for position, row in enumerate(rows):
        save_macro(macro=None, shared=True, position=position, at=at, actor=reference.users[_BY], **row)
