"""An import from the page: stored, checked for the preview, confirmed, run by a worker; each step once.

A step is claimed by a lease and runs in one transaction, so that a worker that dies leaves nothing behind
and the sweep starts the step again. Progress lives in the cache only; losing it loses nothing.
"""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from djpk.records.kinds import KINDS
from kernel.errors import Refused
from kernel.importing.columns import match_header
from kernel.importing.engine import Options, Report, run_import
from kernel.importing.reading import open_table
from kernel.models import ImportRun, StoredFile
from messaging.files import store_file
from people.log import log_access
from people.models import User

LARGEST = 60 * 1024 * 1024
AT_ONCE = 200_000
"""Bytes: files up to LARGEST are taken, files up to AT_ONCE are worked on without waiting for a worker."""
LEASE = timedelta(minutes=16)
_S = ImportRun.Status
_log = logging.getLogger(__name__)


def receive(*, kind: str, file_name: str, content: bytes, update: bool, at: datetime, actor: User) -> ImportRun:
    """Keep an uploaded file. Refused when it is too large, no table, or lacks columns."""
    if kind not in KINDS:
        raise Refused("import.unknown_kind", _("Pilih jenis data."))
    source = store_file(content, at=at, limit=LARGEST)
    with _local(source) as path, open_table(path) as table:
        match_header(KINDS[kind].columns, table.header)
    return ImportRun.objects.create(
        kind=kind,
        file_name=Path(file_name).name[:255],
        source=source,
        update_existing=update,
        created_by=actor,
        created_at=at,
    )


def confirm(*, run: ImportRun, on_error: str, at: datetime, actor: User) -> ImportRun:
    """Have a checked file imported. Refused when it was confirmed before or is not checked yet."""
    if on_error not in ("skip", "abort"):
        raise Refused("import.on_error", _("Pilih perlakuan untuk baris salah."))
    ready = ImportRun.objects.filter(pk=run.pk, status=_S.PREVIEW, checked_at__isnull=False)
    if not ready.update(status=_S.RUNNING, on_error=on_error, leased_until=None):
        raise Refused("import.not_ready", _("Berkas ini belum selesai diperiksa, atau sudah diimpor."))
    run.refresh_from_db()
    log_access(user=actor, action="imported", record=run, reason=f"{run.kind} {run.file_name}", at=at)
    return run


def drop(*, run: ImportRun, at: datetime) -> ImportRun:
    """Give up a file that was not confirmed."""
    if not ImportRun.objects.filter(pk=run.pk, status=_S.PREVIEW).update(status=_S.ABORTED, finished_at=at):
        raise Refused("import.not_ready", _("Berkas ini sudah diimpor."))
    run.refresh_from_db()
    return run


def waiting(at: datetime) -> QuerySet[ImportRun]:
    """Runs with a step to do that nobody works on."""
    step = Q(status=_S.PREVIEW, checked_at__isnull=True) | Q(status=_S.RUNNING)
    return ImportRun.objects.filter(step).filter(Q(leased_until__isnull=True) | Q(leased_until__lt=at)).order_by("pk")


def work_on(*, run_id: int, at: datetime) -> bool:
    """Do the run's next step: check the file, or import it; False when there is none or someone is at it."""
    if not waiting(at).filter(pk=run_id).update(leased_until=at + LEASE):
        return False
    run = ImportRun.objects.select_related("source", "created_by").get(pk=run_id)
    checking = run.status == _S.PREVIEW
    try:
        with tempfile.TemporaryDirectory() as folder:
            report = _run(run, Path(folder), at=at, checking=checking)
            rejected = _kept(report.rejects, at)
    except Refused as problem:
        _finish(run, at, status=_S.FAILED, message=problem.message)
        return True
    except Exception:
        _log.exception("import run %s failed", run_id)
        _finish(run, at, status=_S.FAILED, message=str(_("Terjadi kesalahan; tidak ada yang disimpan. Coba lagi.")))
        return True
    counts = {f"rows_{name}": getattr(report, name) for name in ("read", "created", "updated", "unchanged", "rejected")}
    sample = {"titles": report.titles, "first": report.first, "bad": report.samples}
    message = "\n".join(report.remarks)
    if checking:
        _save(run, leased_until=None, checked_at=at, sample=sample, rejected=rejected, message=message, **counts)
        return True
    status = _S.DONE if report.loaded else _S.ABORTED
    _finish(run, at, status=status, message=message, sample=sample, rejected=rejected, **counts)
    return True


def progress_of(run: ImportRun) -> dict[str, Any]:
    """Share done in percent and rows read so far, as far as known."""
    return cache.get(_cache_key(run.pk)) or {"percent": 0, "read": 0}


def read_rejected(run: ImportRun) -> bytes:
    """The file of rejected rows. Refused when there is none."""
    if run.rejected is None:
        raise Refused("import.no_rejects", _("Tidak ada baris yang ditolak."))
    with default_storage.open(run.rejected.path, "rb") as handle:
        return bytes(handle.read())


def _run(run: ImportRun, folder: Path, *, at: datetime, checking: bool) -> Report:
    if run.source is None:
        raise Refused("import.no_file", _("Berkasnya tidak ada lagi. Unggah kembali."))
    options = Options(checking, run.on_error, run.update_existing)  # type: ignore[arg-type]
    with _local(run.source) as path:
        return run_import(
            KINDS[run.kind],
            path,
            at=at,
            actor=run.created_by,
            options=options,
            rejects_path=folder / "rejected.csv",
            file_name=run.file_name,
            progress=lambda done, report: _tell(run.pk, done, report),
        )


def _tell(run_id: int, done: float, report: Report) -> None:
    cache.set(_cache_key(run_id), {"percent": int(done * 100), "read": report.read}, 600)


def _cache_key(run_id: int) -> str:
    return f"import-run:{run_id}"


def _kept(path: Path | None, at: datetime) -> StoredFile | None:
    return store_file(path.read_bytes(), at=at, limit=2 * LARGEST) if path else None


def _finish(run: ImportRun, at: datetime, **changes: Any) -> None:
    _save(run, finished_at=at, leased_until=None, **changes)


def _save(run: ImportRun, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(run, name, value)
    run.save(update_fields=list(changes))


@contextmanager
def _local(source: StoredFile) -> Iterator[Path]:
    """The stored file at a path of this machine, whatever the storage."""
    with tempfile.NamedTemporaryFile() as copy, default_storage.open(source.path, "rb") as handle:
        shutil.copyfileobj(handle, copy)
        copy.flush()
        yield Path(copy.name)


def wake(run: ImportRun, *, at: datetime) -> None:
    """Do the next step now when the file is small, else hand it to a worker; the sweep finds lost ones."""
    from djpk.tasks import work_on_import

    others = ImportRun.objects.filter(status=_S.RUNNING, leased_until__gt=at).exclude(pk=run.pk)
    if run.source and run.source.size <= AT_ONCE and not others.exists():
        work_on(run_id=run.pk, at=at)
    else:
        transaction.on_commit(lambda: work_on_import.delay(run_id=run.pk), robust=True)
