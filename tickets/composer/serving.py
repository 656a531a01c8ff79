"""Files given out safely: what came in is never run in our pages, whatever its name says."""

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse

from kernel.errors import Refused
from kernel.models import StoredFile
from kernel.streaming import StreamedFileResponse
from messaging.models import Attachment
from messaging.scanning.verbs import check_not_held
from tickets.inbox.file_lines import PDF, RASTER, may_be_viewed

# Nothing in it may load, run or submit anything, and it has an origin of its own.
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'none'"
# The browser's own PDF viewer does not start inside a sandbox; it runs no script of ours or of the page.
_FOR_PDF = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
)
_KEPT = 600  # seconds; the content behind an address never changes, who may see it does


def serve(file: StoredFile, name: str, *, view: bool = False) -> FileResponse:
    """The file as a download; with `view` shown by the browser if it is a picture of pixels or a PDF by content."""
    inline = view and may_be_viewed(file)
    response = StreamedFileResponse(
        default_storage.open(file.path), as_attachment=not inline, filename=name, content_type=_type(file, inline)
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _FOR_PDF if inline and file.media_type == PDF else _SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = f"private, max-age={_KEPT}"
    return response


def serve_attachment(row: Attachment, *, view: bool = False) -> HttpResponse | FileResponse:
    """A file of a message; 423 with the reason in words while it is held."""
    try:
        check_not_held([row])
    except Refused as refusal:
        return HttpResponse(refusal.message, status=423, content_type="text/plain; charset=utf-8")
    return serve(row.file, row.name, view=view)


def _type(file: StoredFile, inline: bool) -> str:
    """As sniffed for what is shown; text and unknown kinds go as bytes, so that no browser renders them."""
    if inline or file.media_type in RASTER:
        return file.media_type
    return "application/octet-stream" if file.media_type.startswith(("text/", "image/")) else file.media_type
