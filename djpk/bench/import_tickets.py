"""`bin/bench import_tickets --tickets 100000`: a file of N rows into an empty database, then once more."""

import csv
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone as clock

from djpk.bench import database
from djpk.bench.measure import Figure, figure, sql_ms, timed
from djpk.records.tickets.kind import TICKETS
from kernel.importing.engine import Options, Report, run_import

WIB = timezone(timedelta(hours=7))
FIRST = datetime(2023, 1, 2, 8, tzinfo=WIB)
SPAN_MINUTES = 700 * 24 * 60
CHANNELS = ("WHATSAPP", "EMAIL", "PHONE", "HAI", "LIVE_CHAT")
TOPICS = ("DAU", "DBH", "PDRD", "SIKD", "JF_AKPD", "SURAT_MASUK")
REGIONS = ("16.03", "Kab. Lombok Tengah", "Kota Mataram", "31", "94.01", "")
READ_BACK = "SELECT id, number, created_at, topic_id, region_id, status FROM tickets_ticket ORDER BY number"
QUESTION = "Mohon informasi jadwal penyaluran dan dokumen syarat salur yang masih harus kami lengkapi."


def run(tickets: int, say) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tickets.csv"
        _write(path, tickets)
        database.use_empty("dering_bench_import")
        call_command("migrate", verbosity=0)
        first = figure(
            "import into an empty database", [timed(lambda: _load(path, tickets, created=tickets))], None, tickets
        )
        yield first
        rows = sql_ms(
            "SELECT id, number, created_at, topic_id, region_id, status FROM tickets_ticket ORDER BY number", 1
        )
        yield figure("import the same file again", [timed(lambda: _load(path, tickets, created=0))], rows, tickets)


def _load(path: Path, rows: int, created: int) -> None:
    report: Report = run_import(
        TICKETS,
        path,
        at=clock.now(),
        actor=None,
        options=Options(),
        rejects_path=path.with_name(path.name + ".rejected.csv"),
        progress=lambda done, report: None,
    )
    if (report.read, report.created, report.rejected) != (rows, created, 0):
        raise RuntimeError(f"read {report.read}, created {report.created}, rejected {report.rejected}")


def _write(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [column.name for column in TICKETS.columns])
        writer.writeheader()
        writer.writerows(_row(number, rows) for number in range(rows))


def _row(n: int, rows: int) -> dict[str, str]:
    at = FIRST + timedelta(minutes=n * SPAN_MINUTES // rows)
    escalated = {
        "escalated_unit": f"PK.{n % 7 + 1}",
        "escalated_at": (at + timedelta(hours=1)).isoformat(),
        "answered_at": (at + timedelta(hours=5)).isoformat(),
    }
    rated = {"service_score": "5", "substance_score": str(3 + n % 3)}
    return {
        "number": f"IMP-{n:07d}",
        "created_at": at.isoformat(),
        "channel": CHANNELS[n % 5],
        "contact_name": f"Kontak {n % (rows // 3 + 1)}",
        "contact_email": f"kontak{n % (rows // 3 + 1)}@pemda.example",
        "user_group": "PEMDA",
        "region": REGIONS[n % 6],
        "topic": TOPICS[n % 7 % 6],
        "subject": f"Pertanyaan {n}",
        "message": f"{QUESTION} Nomor surat {n}.",
        "agent": f"agen{n % 5}",
        "status": "CLOSED",
        "closed_at": (at + timedelta(hours=8)).isoformat(),
        **(escalated if n % 7 == 3 else {}),
        **(rated if n % 6 == 0 else {}),
    }
