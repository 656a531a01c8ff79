"""Files that may go to a unit: those of the ticket, to choose from, and new ones from a form."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from escalation.models import Escalation
from kernel.errors import Refused
from kernel.models import StoredFile
from messaging.files import store_file
from messaging.models import Attachment
from messaging.scanning.verbs import why_held
from tickets.composer.uploads import MEGABYTE, clean_name
from tickets.inbox.file_lines import FileLine, line_of
from tickets.models import NoteFile, Ticket


@dataclass(frozen=True, slots=True)
class Offered:
    """A file of the ticket; `key` names it in forms: a message's "p12", a note's "c7"."""

    key: str
    name: str
    size: int
    file: StoredFile


def offered_files(ticket: Ticket) -> list[Offered]:
    """What is attached to the ticket's messages and notes and not held, in order. Two queries."""
    sent = Attachment.objects.filter(message__ticket_entry__ticket=ticket).select_related("file").order_by("pk")
    noted = NoteFile.objects.filter(entry__ticket=ticket).select_related("file").order_by("pk")
    rows = [("p", row) for row in sent if not why_held(row)] + [("c", row) for row in noted]
    return [Offered(f"{mark}{row.pk}", row.name, row.file.size, row.file) for mark, row in rows]


def chosen_files(ticket: Ticket, keys: Iterable[str]) -> list[tuple[StoredFile, str]]:
    """Those of the ticket's files that were chosen; a key of another ticket is refused (`escalation.no_file`)."""
    wanted = list(dict.fromkeys(keys))
    offered = {row.key: row for row in offered_files(ticket)} if wanted else {}
    if not offered.keys() >= set(wanted):
        raise Refused("escalation.no_file", _("Berkas yang dipilih tidak ada pada tiket ini."))
    return [(offered[key].file, offered[key].name) for key in wanted]


def uploaded_files(given: Sequence[UploadedFile], at: datetime) -> list[tuple[StoredFile, str]]:
    """New files as stored, within the composer's limits. Raises Refused."""
    if len(given) > settings.COMPOSER_FILES:
        raise Refused("file.too_many", _("Paling banyak {count} berkas."), count=settings.COMPOSER_FILES)
    found = []
    for one in given:
        name = clean_name(one.name or "")
        file = store_file(one.read(), at=at, limit=settings.COMPOSER_FILE_MB * MEGABYTE)
        if file.media_type in settings.COMPOSER_REFUSED_TYPES:
            raise Refused("file.bad_type", _("Berkas “{name}” tidak boleh dilampirkan."), name=name)
        found.append((file, name))
    return found


def lines_of(escalation: Escalation, kind: str) -> list[FileLine]:
    """The escalation's files of a kind as pages list them; `escalation.files` may be prefetched with `file`."""
    rows = [row for row in escalation.files.all() if row.kind == kind]
    return [line_of(row.pk, row.name, row.file, reverse("layer2-file", args=[escalation.pk, row.pk])) for row in rows]
