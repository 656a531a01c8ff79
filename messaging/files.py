"""Content-addressed files in Django's storage (decisions 18): the same content is kept once."""

import hashlib
import os
from datetime import datetime
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.models import StoredFile
from messaging.sniffing import sniff

LIMIT = 25 * 1024 * 1024  # bytes; what mail servers commonly let through


def store_file(content: bytes, *, at: datetime, limit: int = LIMIT) -> StoredFile:
    """The row of this content, written to the storage first if it is new. Raises Refused.

    Safe to repeat and to call at once from two places: the path is the sha256 of the content.
    """
    if not content:
        raise Refused("file.empty", _("Berkas kosong. Pilih berkas lain."))
    if len(content) > limit:
        raise Refused("file.too_large", _("Berkas lebih besar dari {limit} MB."), limit=limit // (1024 * 1024))
    digest = hashlib.sha256(content).hexdigest()
    row = StoredFile(sha256=digest, size=len(content), media_type=sniff(content), created_at=at)
    if not default_storage.exists(row.path):
        _write(row.path, content)
    found, _created = StoredFile.objects.get_or_create(
        sha256=digest, defaults={"size": row.size, "media_type": row.media_type, "created_at": at}
    )
    return found


def _write(path: str, content: bytes) -> None:
    """All of it or nothing: a process that dies while it writes must not leave half a file under a name that says
    what is in it. Storages that are no file system put whole objects by themselves."""
    try:
        place = default_storage.path(path)
    except NotImplementedError:
        place = ""
    saved = default_storage.save(f"{path}.{uuid4().hex}.part" if place else path, ContentFile(content))
    if place:
        os.replace(default_storage.path(saved), place)
    elif saved != path:  # someone else was faster; theirs has the same bytes
        default_storage.delete(saved)


def read_file(row: StoredFile) -> bytes:
    with default_storage.open(row.path, "rb") as handle:
        return bytes(handle.read())
