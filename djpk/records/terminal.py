"""What the import and export commands share: options, summary, the list of columns, where rows go."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.errors import Refused
from kernel.formats import number
from kernel.importing.engine import Kind, Options, Report, run_import
from kernel.importing.progress import ProgressBar
from kernel.importing.writing import CsvWriter, Writer, XlsxWriter
from kernel.months import Month
from kernel.parsing import JAKARTA, parse_date

Period = tuple[datetime | None, datetime | None]


def add_import_options(parser: argparse.ArgumentParser) -> None:
    """FILE and how to treat its rows."""
    parser.add_argument("--dry-run", action="store_true", help=_("periksa semua baris, tidak menyimpan apa pun"))
    parser.add_argument(
        "--on-error",
        choices=["skip", "abort"],
        default="skip",
        help=_("skip: lewati baris salah; abort: bila ada yang salah tidak ada yang disimpan"),
    )
    parser.add_argument("--update", action="store_true", help=_("bila sudah tersimpan dan berbeda, ambil isi berkas"))
    parser.add_argument("--columns", action="store_true", help=_("tampilkan kolom yang diharapkan"))
    parser.add_argument("--no-progress", action="store_true", help=_("tanpa kemajuan di layar"))


def import_file(kind: Kind, path: Path, options: dict[str, Any], stdout: TextIO, stderr: TextIO) -> None:
    """Import a file, print the summary; CommandError when nothing could be loaded as asked."""
    bar = ProgressBar(stderr)
    try:
        report = run_import(
            kind,
            path,
            at=timezone.now(),
            actor=None,
            options=Options(options["dry_run"], options["on_error"], options["update"]),
            rejects_path=path.with_name(path.name + ".rejected.csv"),
            progress=(lambda done, report: None) if options["no_progress"] else bar,
        )
    except Refused as problem:
        raise CommandError(problem.message) from None
    finally:
        bar.finish()
    for line in summary(report, dry_run=options["dry_run"]):
        stdout.write(line)
    if options["on_error"] == "abort" and report.rejected:
        raise CommandError(_("Dibatalkan karena ada baris salah; tidak ada yang disimpan."))


def summary(report: Report, *, dry_run: bool = False) -> Iterator[str]:
    """Lines for people: how many rows went where, and where the rejected ones are."""
    yield _("Dibaca: %(count)s") % {"count": number(report.read)}
    yield _("Baru: %(count)s") % {"count": number(report.created)}
    yield _("Diperbarui: %(count)s") % {"count": number(report.updated)}
    yield _("Tidak berubah: %(count)s") % {"count": number(report.unchanged)}
    yield _("Ditolak: %(count)s") % {"count": number(report.rejected)}
    yield from report.remarks
    if report.rejects:
        yield _("Baris yang ditolak: %(path)s. Perbaiki di sana, lalu impor berkas itu.") % {"path": report.rejects}
    if dry_run:
        yield _("Hanya diperiksa; tidak ada yang disimpan.")


def describe(kind: Kind) -> Iterator[str]:
    """The columns of a kind, one a line: name, required or not, meaning, form, example."""
    yield f"{kind.code}: {kind.label}"
    width = max(len(column.name) for column in kind.columns)
    for column in kind.columns:
        need = _("wajib") if column.required else _("boleh kosong")
        example = _(" Contoh: %(example)s") % {"example": column.example} if column.example else ""
        yield f"  {column.name:<{width}}  {need:<12}  {column.help} ({column.field.about()}).{example}"


def add_period_options(parser: argparse.ArgumentParser) -> None:
    """Which rows to export."""
    parser.add_argument("--month", help=_("bulan, TTTT-BB"))
    parser.add_argument("--from", dest="start", help=_("sejak tanggal ini"))
    parser.add_argument("--to", dest="end", help=_("sampai dengan tanggal ini"))


def period_of(options: dict[str, Any]) -> Period:
    """[start, end) as moments, cut at midnight in Jakarta; None is open. Raises CommandError."""
    try:
        if options["month"]:
            if options["start"] or options["end"]:
                raise CommandError(_("Pilih --month, atau --from dan --to."))
            return Month.parse(options["month"]).bounds()
        start, end = (parse_date(options[name]) if options[name] else None for name in ("start", "end"))
    except ValueError as problem:
        raise CommandError(str(problem)) from None
    return _midnight(start, 0), _midnight(end, 1)


def _midnight(day: Any, later: int) -> datetime | None:
    if day is None:
        return None
    return datetime.fromordinal(day.toordinal() + later).replace(tzinfo=JAKARTA).astimezone(UTC)


@contextmanager
def open_writer(kind: Kind, target: str) -> Iterator[Writer]:
    """Where exported rows go: `-` is standard output, `.xlsx` a workbook, anything else CSV."""
    if target == "-":
        yield CsvWriter(sys.stdout, kind.columns)
        sys.stdout.flush()
    elif target.lower().endswith(".xlsx"):
        workbook = XlsxWriter(target, kind.columns)
        yield workbook
        workbook.close()
    else:
        with open(target, "w", encoding="utf-8", newline="") as stream:
            yield CsvWriter(stream, kind.columns)


def export_file(kind: Kind, target: str, period: Period, stderr: TextIO) -> None:
    """Write a kind's rows and say how many there were."""
    count = 0
    try:
        with open_writer(kind, target) as writer:
            for cells in kind.export(period):
                writer.row(cells)
                count += 1
    except Refused as problem:
        raise CommandError(problem.message) from None
    except OSError as problem:
        raise CommandError(
            _("Berkas %(path)s tidak dapat ditulis: %(why)s.") % {"path": target, "why": problem.strerror}
        ) from None
    stderr.write(_("%(count)s baris diekspor.") % {"count": number(count)} + "\n")
