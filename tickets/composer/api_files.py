"""Files under /api/v1/: into and out of one's own draft; what is attached to a ticket, listed and given out."""

import base64
import binascii
from typing import Any

from django.db.models import Prefetch
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from kernel.api.fields import Input, Text
from kernel.api.strict import FileJSONParser
from kernel.api.views import answer
from messaging.models import Attachment, Message
from messaging.scanning.verbs import check_not_held
from people.log import log_access
from tickets.api import READERS, WORKERS, OfTicket
from tickets.api_verbs import WRITE
from tickets.composer import uploads
from tickets.composer.api import READ, DraftFileSerializer, OneDraft
from tickets.composer.serving import serve
from tickets.models import DraftFile, NoteFile, TicketEntry

CONTENT = {(200, "application/octet-stream"): OpenApiTypes.BINARY}


class Base64(Text):
    """Bytes in base64 (RFC 4648, with padding)."""

    default_error_messages = {"not_base64": _("Tulis isi berkas dalam base64.")}

    def to_internal_value(self, data: Any) -> bytes:  # type: ignore[override]
        try:
            return base64.b64decode(super().to_internal_value(data), validate=True)
        except (binascii.Error, ValueError):
            return self.fail("not_base64")


class FileInput(Input):
    name = Text(max_length=255, help_text="Folders and characters that hide what it is are dropped.")
    content = Base64(trim_whitespace=False, help_text="In base64. Its type is read from the content.")


class DraftFiles(OneDraft):
    """The files of the caller's own draft."""

    scopes = {"GET": READ, "POST": WRITE}
    roles = {"GET": WORKERS, "POST": WORKERS}
    http_method_names = ["get", "post", "head", "options"]

    def get_parsers(self) -> list[BaseParser]:
        return [FileJSONParser()]

    @extend_schema(operation_id="tickets_draft_files", responses={200: DraftFileSerializer(many=True)})
    def get(self, request: Request, number: str, kind: str) -> Response:
        """What is attached to the draft, in order; empty without a draft."""
        rows = DraftFile.objects.filter(draft__user=request.user, draft__ticket=self.ticket, draft__kind=self.kind)
        return Response(DraftFileSerializer(rows.select_related("file"), many=True).data)

    @extend_schema(operation_id="tickets_attach_file", request=FileInput, responses={201: DraftFileSerializer})
    def post(self, request: Request, number: str, kind: str) -> Response:
        """Attach a file to the draft, which is begun if there is none; the next reply or note takes it along."""
        return answer(self, self._add)

    def _add(self) -> Response:
        row = uploads.add_file(ticket=self.ticket, kind=self.kind, **self.read(FileInput), **self.act())
        return Response(DraftFileSerializer(row).data, status=201)


class OneDraftFile(OneDraft):
    """A file of the caller's own draft."""

    scopes = {"DELETE": WRITE}
    roles = {"DELETE": WORKERS}
    http_method_names = ["delete", "options"]

    @extend_schema(operation_id="tickets_detach_file", request=None, responses={204: None})
    def delete(self, request: Request, number: str, kind: str, pk: str) -> Response:
        """Take the file out of the draft; a draft without text goes with its last file."""
        return answer(self, self._remove)

    def _remove(self) -> Response:
        rows = DraftFile.objects.filter(draft__user=self.request.user, draft__ticket=self.ticket)
        row = get_object_or_404(rows.select_related("draft"), pk=self.kwargs["pk"], draft__kind=self.kind)
        uploads.remove_file(row=row, actor=self.request.user)
        return Response(status=204)


class AttachedSerializer(serializers.Serializer):
    """A file of a message or note. `id` is the one of its kind, `url` gives the content."""

    id = serializers.IntegerField()
    entry = serializers.IntegerField(help_text="The entry it belongs to.")
    kind = serializers.ChoiceField([TicketEntry.Kind.MESSAGE.value, TicketEntry.Kind.NOTE.value])
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="bytes")
    media_type = serializers.CharField(help_text="As sniffed from the content.")
    sha256 = serializers.CharField()
    scan = serializers.ChoiceField(Attachment.Scan.choices, help_text="What the virus check found; held while WAITING.")
    url = serializers.URLField()


class Attachments(OfTicket):
    """Everything that is attached to a ticket."""

    scopes, roles = {"GET": READ}, {"GET": READERS}

    @extend_schema(operation_id="tickets_attachments", responses={200: AttachedSerializer(many=True)})
    def get(self, request: Request, number: str) -> Response:
        """The files of messages and notes, in the order of the conversation; without replies that were taken back."""
        log_access(user=request.user, action="ticket.read", record=self.ticket, reason="API attachments", at=self.at)
        files = Prefetch("message__attachments", Attachment.objects.select_related("file"))
        entries = self.ticket.entries.exclude(message__delivery=Message.Delivery.WITHDRAWN).order_by("at", "pk")
        noted = Prefetch("files", NoteFile.objects.select_related("file"))
        rows = entries.select_related("message").prefetch_related(files, noted)
        return Response(AttachedSerializer([self._line(e, f) for e in rows for f in _files(e)], many=True).data)

    def _line(self, entry: TicketEntry, row: Attachment | NoteFile) -> dict[str, Any]:
        name = "api:ticket-note-file" if isinstance(row, NoteFile) else "api:ticket-attachment"
        url = reverse(name, args=[self.kwargs["number"], row.pk], request=self.request)
        scan = row.scan if isinstance(row, Attachment) else ""
        shown = {"id": row.pk, "scan": scan, "entry": entry.pk, "kind": entry.kind, "name": row.name, "url": url}
        return shown | {"size": row.file.size, "media_type": row.file.media_type, "sha256": row.file.sha256}


class _Content(OfTicket):
    """The bytes of one file, always to be saved and never to be rendered."""

    scopes, roles = {"GET": READ}, {"GET": READERS}

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whatever the caller accepts: a file is what it is; only problems are rendered."""
        return super().perform_content_negotiation(request, force=True)

    def give(self, row: Attachment | NoteFile) -> FileResponse:
        log_access(
            user=self.request.user, action="ticket.file_read", record=self.ticket, reason=f"API {row.name}", at=self.at
        )
        if isinstance(row, Attachment):
            check_not_held([row])
        response = serve(row.file, row.name)
        response["Content-Type"] = "application/octet-stream"
        return response


class AttachmentContent(_Content):
    @extend_schema(operation_id="tickets_attachment_content", responses=CONTENT)
    def get(self, request: Request, number: str, pk: str) -> FileResponse:
        """The content of a message's file."""
        rows = Attachment.objects.filter(message__ticket_entry__ticket=self.ticket)
        return self.give(get_object_or_404(rows.select_related("file"), pk=pk))


class NoteFileContent(_Content):
    @extend_schema(operation_id="tickets_note_file_content", responses=CONTENT)
    def get(self, request: Request, number: str, pk: str) -> FileResponse:
        """The content of an internal note's file."""
        rows = NoteFile.objects.filter(entry__ticket=self.ticket)
        return self.give(get_object_or_404(rows.select_related("file"), pk=pk))


def _files(entry: TicketEntry) -> list[Attachment | NoteFile]:
    return [*(entry.message.attachments.all() if entry.message else ()), *entry.files.all()]
