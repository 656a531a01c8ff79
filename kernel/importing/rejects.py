"""The file of rejected rows: as they were read, with line and reason; made only when there are any."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.importing.cells import Cell, csv_text, guard
from kernel.importing.columns import REJECT_COLUMNS


class Rejects:
    """Writes `path` when closed, and takes away an older one when nothing was rejected.

    Every cell is guarded against formulas, for it is what someone else wrote. Cells beyond the titles follow
    the reason: nothing is lost, and the row is refused again until someone has put them right.
    """

    def __init__(self, path: Path | None, titles: Sequence[str]) -> None:
        self.path = path
        self.width = len(titles)
        self.kept = [index for index, name in enumerate(titles) if name and name not in REJECT_COLUMNS]
        self.titles = [titles[index] for index in self.kept]
        self.stream: IO[str] | None = None
        self.out: Any = None

    def add(self, cells: Sequence[Cell], line: int, reason: str) -> None:
        """Append a row."""
        if not self.path:
            return
        if self.out is None:
            self.stream = self._opened()
            self.out = csv.writer(self.stream, lineterminator="\r\n")
            self.out.writerow([*self.titles, *REJECT_COLUMNS])
        shown = [guard(csv_text(cells[index])) if index < len(cells) else "" for index in self.kept]
        surplus = [guard(csv_text(cell)) for cell in cells[self.width :]]
        self.out.writerow([*shown, line, guard(reason), *surplus])

    def close(self) -> Path | None:
        """Where the rejected rows are, or None when there are none."""
        if not self.path:
            return None
        if self.stream:
            self.stream.close()
            self._draft().replace(self.path)
            return self.path
        self.path.unlink(missing_ok=True)
        return None

    def _opened(self) -> IO[str]:
        try:
            return self._draft().open("w", encoding="utf-8-sig", newline="")
        except OSError as problem:
            raise Refused(
                "import.rejects_unwritable",
                _("Berkas baris yang ditolak tidak dapat ditulis di {path}: {why}."),
                path=self.path,
                why=problem.strerror,
            ) from problem

    def _draft(self) -> Path:
        if self.path is None:
            raise ValueError("no path for rejected rows")
        return self.path.with_name(self.path.name + ".tmp")
