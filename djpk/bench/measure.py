"""Timing and memory of one figure."""

import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import connection


@dataclass(frozen=True)
class Figure:
    """A measured figure: milliseconds over its runs, the bare SQL beside it, throughput, peak memory in MB.

    `cpu_ms` is processor time of the web process per request: what stays comparable on a busy machine.
    """

    name: str
    median_ms: float
    p95_ms: float
    sql_ms: float | None = None
    per_second: float | None = None
    peak_mb: float | None = None
    cpu_ms: float | None = None

    def as_json(self) -> dict:
        return asdict(self)

    def as_line(self) -> str:
        parts = [f"{self.name:<44} {self.median_ms:>11.1f} ms  p95 {self.p95_ms:>11.1f} ms"]
        parts += [f"sql {self.sql_ms:.1f} ms"] if self.sql_ms is not None else []
        parts += [f"cpu {self.cpu_ms:.1f} ms"] if self.cpu_ms is not None else []
        parts += [f"{self.per_second:,.0f}/s"] if self.per_second is not None else []
        parts += [f"peak {self.peak_mb:.0f} MB"] if self.peak_mb is not None else []
        return "  ".join(parts)


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def figure(
    name: str,
    times: list[float],
    sql: list[float] | None = None,
    count: int | None = None,
    per_second: float | None = None,
    peak: float | None = None,
    cpu: float | None = None,
) -> Figure:
    """Summarise runs; `count` is how many things one run did. Memory is ours unless `peak` is given."""
    ordered, median = sorted(times), statistics.median(times)
    return Figure(
        name,
        round(median, 2),
        round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2),
        round(statistics.median(sql), 2) if sql else None,
        round(count / median * 1000, 1) if count else per_second and round(per_second, 1),
        peak_mb() if peak is None else peak,
        None if cpu is None else round(cpu, 2),
    )


def peak_mb() -> float:
    """Peak memory of this process and, on the same machine, of its database backend, in MB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return round(own + _backend_mb(), 1)


def _backend_mb() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        status = Path(f"/proc/{cursor.fetchone()[0]}/status")
    try:
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return 0.0
    return int(line.split()[1]) / 1024


def sql_ms(statement: str, runs: int = 3) -> list[float]:
    """Milliseconds of a bare statement, fetched whole."""

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.fetchall()

    return [timed(run) for _ in range(runs)]
