"""Progress of an import for people at a terminal: a bar, or plain lines now and then."""

import time
from collections.abc import Callable
from typing import TextIO

from django.utils.translation import gettext as _

from kernel.formats import number
from kernel.importing.engine import Report

WIDTH = 30


class ProgressBar:
    """Call it with the share done and the report so far; `finish` ends the bar's line."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self.stream = stream
        self.clock = clock
        self.is_terminal = stream.isatty()
        self.pause = 0.2 if self.is_terminal else 5.0
        self.started = self.last = clock()

    def __call__(self, done: float, report: Report) -> None:
        now = self.clock()
        if now - self.last < self.pause:
            return
        self.last = now
        line = _("%(percent)3d%%  %(rows)s baris, %(rejected)s ditolak, %(rate)s baris/detik") % {
            "percent": int(done * 100),
            "rows": number(report.read),
            "rejected": number(report.rejected),
            "rate": number(int(report.read / max(now - self.started, 0.001))),
        }
        if self.is_terminal:
            filled = int(done * WIDTH)
            self.stream.write(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {line}\x1b[K")
        else:
            self.stream.write(line + "\n")
        self.stream.flush()

    def finish(self) -> None:
        """Leave the bar's line."""
        if self.is_terminal and self.last != self.started:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
