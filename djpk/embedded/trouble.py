"""What can go wrong at start, said once in Indonesian and once in English."""

import errno
import shutil
import sys
from pathlib import Path

NEEDED_MB = 500
NO_SPACE = "No space left on device"


class Trouble(Exception):
    """Something the person at the terminal can put right; `detail` is what the failing part said."""

    def __init__(self, indonesian: str, english: str, detail: str = "") -> None:
        super().__init__(english)
        self.indonesian, self.english, self.detail = indonesian, english, detail

    def show(self) -> None:
        if self.detail:
            print(self.detail.rstrip(), file=sys.stderr)  # noqa: T201
        print(f"\n✗ {self.indonesian}\n  {self.english}", file=sys.stderr)  # noqa: T201


def check_space(folder: Path, needed_mb: int = NEEDED_MB) -> None:
    """Refuse to start on a disk that would be full soon."""
    free = shutil.disk_usage(folder).free // 2**20
    if free < needed_mb:
        raise Trouble(
            f"Ruang disk di {folder} tinggal {free} MB; perlu {needed_mb} MB.",
            f"Only {free} MB are free in {folder}; {needed_mb} MB are needed.",
        )


def disk_full(folder: Path, detail: str = "") -> Trouble:
    return Trouble(f"Disk penuh: {folder}", f"The disk is full: {folder}", detail)


def explained(error: BaseException, folder: Path) -> Trouble:
    """Any failure of the start as a Trouble."""
    if isinstance(error, Trouble):
        return error
    text = str(error)
    if getattr(error, "errno", None) == errno.ENOSPC or NO_SPACE in text:
        return disk_full(folder, text)
    first, _, rest = text.partition("\n")
    return Trouble(f"Gagal memulai: {first}", f"Could not start: {first}", rest)
