"""Reading the reference tables that ship with the apps (`<app>/data/*.csv`)."""

import csv
from collections.abc import Iterator
from pathlib import Path


def read_table(folder: Path | str, name: str) -> Iterator[dict[str, str]]:
    """Rows of `<folder>/data/<name>.csv`, as dicts of stripped text."""
    with open(Path(folder) / "data" / f"{name}.csv", encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            yield {key: (value or "").strip() for key, value in row.items()}
