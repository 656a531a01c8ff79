"""The import of a file: read, check, load, reject; one transaction for all of it.

A crash, an abort or a dry run leaves nothing behind. Imports run one after another (advisory lock), so
that two of them never create the same contact or number twice.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Protocol

from django.db import DataError, IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.errors import Refused
from kernel.importing.cells import csv_text
from kernel.importing.columns import Column, Header, match_header
from kernel.importing.fields import Lookups
from kernel.importing.reading import Table, open_table
from kernel.importing.rejects import Rejects
from kernel.importing.rows import Continuation, Outcome, Row, grouped, parse, refuse_future

CHUNK = 2_000
SAMPLES = 50
FIRST_ROWS = 20
CLOCKS_APART = timedelta(days=1)
"""How far a moment may lie ahead of the import: other systems' clocks and zones are not ours."""
_LOCK = 7_305_001


@dataclass(frozen=True)
class Options:
    """`on_error`: leave bad rows out, or load nothing when there is one. `update`: take what differs."""

    dry_run: bool = False
    on_error: Literal["skip", "abort"] = "skip"
    update: bool = False


@dataclass(frozen=True)
class Context:
    """What a loader may know: when, who, from which file, which columns the file has, which rows win."""

    at: datetime
    actor: Any
    file_name: str
    present: frozenset[str]
    update: bool


class Loader(Protocol):
    """Loads the rows of one kind. Made anew for each import."""

    lookups: Lookups

    def key(self, row: Row) -> Hashable:
        """What makes the row one of its kind; asked once per row, in the order of the file."""

    def examine(self, rows: list[Row]) -> None:
        """Refuse rows, or set their outcome by comparing with what is stored. Writes nothing."""

    def write(self, rows: list[Row]) -> None:
        """Write rows whose outcome is CREATED or UPDATED."""

    def after_commit(self) -> None:
        """What follows once everything is stored."""

    def remarks(self) -> list[str]:
        """Sentences for the summary."""


@dataclass(frozen=True)
class Kind:
    """What can be imported and exported: columns, the loader, and the rows for export (in column order)."""

    code: str
    label: Any
    columns: tuple[Column, ...]
    loader: Callable[[Context], Loader]
    export: Callable[[Any], Iterator[list[Any]]]
    continuation: Continuation | None = None


@dataclass
class Report:
    """What became of the rows. `samples` are the first bad rows as (line, reason), `first` the first rows of
    the file as (line, cells as text, reason or nothing) under `titles`."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    loaded: bool = False
    rejects: Path | None = None
    samples: list[tuple[int, str]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    first: list[tuple[int, list[str], str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def count(self, outcome: Outcome | None, rows: int = 1) -> None:
        """Count rows with that outcome; None is rejected."""
        name = str(outcome) if outcome else "rejected"
        setattr(self, name, getattr(self, name) + rows)


Progress = Callable[[float, Report], None]


def run_import(
    kind: Kind,
    path: Path,
    *,
    at: datetime,
    actor: Any,
    options: Options,
    rejects_path: Path | None = None,
    file_name: str = "",
    progress: Progress = lambda done, report: None,
) -> Report:
    """Import a file. Raises Refused when the file itself cannot be used; bad rows are counted instead."""
    with open_table(path) as table:
        header = match_header(kind.columns, table.header)
        context = Context(at, actor, file_name or path.name, header.present_names, options.update)
        rejects = Rejects(rejects_path, header.names)
        report = Report(titles=list(header.names))
        run = _Run(kind, header, kind.loader(context), options, rejects, report, at + CLOCKS_APART)
        try:
            with _told_apart(), transaction.atomic():
                run.all_rows(table, progress)
                run.report.loaded = not options.dry_run and not run.aborted
                if not run.report.loaded:
                    transaction.set_rollback(True)
        finally:
            run.report.rejects = rejects.close()
    if run.report.loaded:
        run.loader.after_commit()
    run.report.remarks = run.loader.remarks()
    progress(1.0, run.report)
    return run.report


@contextmanager
def _told_apart() -> Iterator[None]:
    """What the database refuses although every check passed, as a sentence instead of a stack trace."""
    try:
        yield
    except (IntegrityError, DataError) as problem:
        detail = getattr(getattr(problem.__cause__, "diag", None), "message_detail", None) or str(problem)
        raise Refused(
            "import.against_database",
            gettext_lazy("Berkas bertentangan dengan data tersimpan; tidak ada yang disimpan. {detail}"),
            detail=detail,
        ) from problem


@dataclass
class _Run:
    kind: Kind
    header: Header
    loader: Loader
    options: Options
    rejects: Rejects
    report: Report
    latest: datetime
    seen: dict[Any, int] = field(default_factory=dict)

    @property
    def aborted(self) -> bool:
        return self.options.on_error == "abort" and self.report.rejected > 0

    def all_rows(self, table: Table, progress: Progress) -> None:
        if not self.options.dry_run:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        blanks = {column.name: column.field.blank for column in self.kind.columns}
        for rows in chunks(grouped(table.rows, self.header, self.kind.continuation), CHUNK):
            for row in rows:
                parse(row, self.header, blanks, self.loader.lookups, self.kind.continuation)
                refuse_future(row, self.header, self.latest)
            self.chunk(rows)
            progress(table.done(), self.report)

    def chunk(self, rows: list[Row]) -> None:
        good = [row for row in rows if not row.refused and self._first_of_its_key(row)]
        self.loader.examine(good)
        for row in rows:
            self._count(row)
        if not self.options.dry_run and not self.aborted:
            self.loader.write([r for r in good if not r.refused and r.outcome in (Outcome.CREATED, Outcome.UPDATED)])

    def _first_of_its_key(self, row: Row) -> bool:
        key = self.loader.key(row)
        first = self.seen.setdefault(key, row.line)
        if first != row.line:
            row.refuse(_("Sudah ada di baris %(line)d berkas ini. Hapus salah satu.") % {"line": first})
        return first == row.line

    def _count(self, row: Row) -> None:
        size = 1 + len(row.more)
        self.report.read += size
        self.report.count(None if row.refused else row.outcome, size)
        if row.refused and not row.errors:
            row.refuse(_("Baris lanjutan di bawahnya salah."))
        for one in (row, *row.more):
            reason = ""
            if row.refused:
                reason = " ".join(one.errors) or _("Baris utamanya di atas salah.")
                self.rejects.add(one.cells, one.line, reason)
            self._sample(one, reason)

    def _sample(self, row: Row, reason: str) -> None:
        if reason and len(self.report.samples) < SAMPLES:
            self.report.samples.append((row.line, reason))
        if len(self.report.first) < FIRST_ROWS:
            cells = [csv_text(cell) for cell in row.cells[: len(self.header.names)]]
            cells += [""] * (len(self.header.names) - len(cells))
            self.report.first.append((row.line, cells, reason))


def chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Lists of at most `size` rows."""
    iterator = iter(rows)
    while part := list(islice(iterator, size)):
        yield part
