"""The upload page: choose a file, see what would happen, confirm, see what did."""

from collections.abc import AsyncIterator, Callable, Iterator
from functools import wraps
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from djpk.records import running
from djpk.records.access import may_export, may_import, visible_runs
from djpk.records.forms import ConfirmForm, UploadForm
from djpk.records.kinds import KINDS
from kernel.errors import Refused
from kernel.importing.engine import Kind
from kernel.importing.writing import CsvWriter, XlsxWriter
from kernel.models import ImportRun
from kernel.months import Month
from people.log import log_access

RECENT = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def importers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Send strangers to the sign-in page and everyone without the role to the 403 page."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not may_import(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@importers_only
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The form, one's recent imports and the columns of each kind."""
    form = UploadForm(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("jenis")})
    if request.method == "POST" and form.is_valid() and (run := _received(request, form)):
        return redirect("import-run", run.pk)
    kinds = [(kind, may_export(request.user, code)) for code, kind in KINDS.items()]
    context = {"form": form, "runs": visible_runs(request.user)[:RECENT], "kinds": kinds}
    return render(request, "records/imports.html", context, status=422 if form.errors else 200)


def _received(request: HttpRequest, form: UploadForm) -> ImportRun | None:
    file, now = form.cleaned_data["file"], timezone.now()
    try:
        run = running.receive(
            kind=form.cleaned_data["kind"],
            file_name=file.name,
            content=file.read(),
            update=form.cleaned_data["update"],
            at=now,
            actor=request.user,
        )
    except Refused as problem:
        form.add_error("file", problem.message)
        return None
    running.wake(run, at=now)
    return run


@importers_only
@require_GET
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview while a file waits to be confirmed, its progress, or what came of it."""
    return _run_page(request, get_object_or_404(visible_runs(request.user), pk=pk))


def _run_page(request: HttpRequest, run: ImportRun, problem: str = "") -> HttpResponse:
    busy = run.status == ImportRun.Status.RUNNING or (run.status == ImportRun.Status.PREVIEW and not run.checked_at)
    context = {
        "run": run,
        "kind": KINDS.get(run.kind),
        "busy": busy,
        "progress": running.progress_of(run) if busy else None,
        "form": ConfirmForm(),
        "problem": problem,
        "good": run.rows_created + run.rows_updated,
    }
    template = "records/_run.html" if request.headers.get("HX-Request") else "records/run.html"
    return render(request, template, context, status=409 if problem else 200)


@importers_only
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Import a checked file."""
    run = get_object_or_404(visible_runs(request.user), pk=pk)
    form, now = ConfirmForm(request.POST), timezone.now()
    try:
        run = running.confirm(run=run, on_error=form.data.get("on_error", ""), at=now, actor=request.user)
    except Refused as problem:
        return _run_page(request, run, problem.message)
    running.wake(run, at=now)
    return redirect("import-run", run.pk)


@importers_only
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a file that was not confirmed."""
    run = get_object_or_404(visible_runs(request.user), pk=pk)
    try:
        running.drop(run=run, at=timezone.now())
    except Refused as problem:
        return _run_page(request, run, problem.message)
    return redirect("imports")


@importers_only
@require_GET
def rejected(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of rejected rows."""
    run = get_object_or_404(visible_runs(request.user), pk=pk)
    try:
        content = running.read_rejected(run)
    except Refused as problem:
        raise Http404(problem.message) from None
    return _download(content, f"{Path(run.file_name).stem}.ditolak.csv", "text/csv; charset=utf-8")


@importers_only
@require_GET
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """A workbook with the columns of a kind and one example row, to be filled in."""
    found = _kind(kind)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "templat.xlsx"
        writer = XlsxWriter(path, found.columns)
        writer.row([column.example for column in found.columns])
        writer.close()
        return _download(path.read_bytes(), f"templat-{kind}.xlsx", XLSX)


@importers_only
@require_GET
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Rows of a kind as CSV, of one month or all, in the columns that imports read."""
    found = _kind(kind)
    if not may_export(request.user, kind):
        raise PermissionDenied
    try:
        month = Month.parse(request.GET["bulan"]) if request.GET.get("bulan") else None
    except ValueError:
        raise Http404(_("Bulan tidak dikenal.")) from None
    log_access(
        user=request.user, action="exported", record=ImportRun, reason=f"{kind} {month or ''}", at=timezone.now()
    )
    rows = _csv_lines(found, month.bounds() if month else (None, None))
    name = f"{kind}-{month}.csv" if month else f"{kind}.csv"
    return StreamingHttpResponse(_in_parts(rows), headers=_as_file(name, "text/csv; charset=utf-8"))


async def _in_parts(lines: Iterator[str], size: int = 500) -> AsyncIterator[str]:
    """Some hundred lines at a time, read where the database may be asked."""
    pull = sync_to_async(lambda: "".join(islice(lines, size)))
    while part := await pull():
        yield part


class _Line:
    """A stream that gives back what is written to it."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""

    def take(self) -> str:
        text, self.text = self.text, ""
        return text


def _csv_lines(kind: Kind, period: object) -> Iterator[str]:
    line = _Line()
    writer = CsvWriter(line, kind.columns)  # type: ignore[arg-type]
    yield "\ufeff" + line.take()
    for cells in kind.export(period):
        writer.row(cells)
        yield line.take()


def _kind(code: str) -> Kind:
    try:
        return KINDS[code]
    except KeyError:
        raise Http404(_("Jenis data tidak dikenal.")) from None


def _download(content: bytes, name: str, media_type: str) -> HttpResponse:
    return HttpResponse(content, headers=_as_file(name, media_type))


def _as_file(name: str, media_type: str) -> dict[str, str]:
    disposition = content_disposition_header(True, name) or "attachment"
    return {"Content-Type": media_type, "Content-Disposition": disposition}
