"""Files in a draft: stored at once, so that they survive a reload; limits by settings, types by content."""

import re
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.models import StoredFile
from messaging.files import store_file
from people.models import User
from tickets.models import Draft, DraftFile, Ticket

MEGABYTE = 1024 * 1024
# Control characters, and those that turn the direction of writing: "laporan<RLO>fdp.exe".
_UNSEEN = re.compile("[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean_name(name: str) -> str:
    """A file name without folders and without characters that hide what it is."""
    last = re.split(r"[\\/]", _UNSEEN.sub("", name))[-1].strip().strip(".") or "berkas"
    if len(last) <= 200:
        return last
    stem, dot, ending = last.rpartition(".")
    return f"{stem[: 199 - len(ending)]}.{ending}" if dot and len(ending) < 12 else last[:200]


def add_file(*, ticket: Ticket, kind: str, content: bytes, name: str, at: datetime, actor: User) -> DraftFile:
    """Put a file into the actor's draft, which is begun if there is none. Raises Refused."""
    file = store_file(content, at=at, limit=settings.COMPOSER_FILE_MB * MEGABYTE)
    if file.media_type in settings.COMPOSER_REFUSED_TYPES:
        raise Refused("file.bad_type", _("Berkas “{name}” tidak boleh dilampirkan."), name=clean_name(name))
    with transaction.atomic():
        draft, _created = Draft.objects.select_for_update().get_or_create(
            user=actor, ticket=ticket, kind=kind, defaults={"updated_at": at}
        )
        _check_room(draft, file)
        last = draft.files.aggregate(last=Max("position"))["last"]
        position = 0 if last is None else last + 1
        return DraftFile.objects.create(draft=draft, file=file, name=clean_name(name), position=position)


@transaction.atomic
def remove_file(*, row: DraftFile, actor: User) -> None:
    """Take a file out of one's draft; an empty draft goes with its last file."""
    draft = Draft.objects.select_for_update().filter(pk=row.draft_id, user=actor).first()
    if draft is None:
        return
    draft.files.filter(pk=row.pk).delete()
    if not draft.text.strip() and not draft.files.exists():
        draft.delete()


def _check_room(draft: Draft, file: StoredFile) -> None:
    held = draft.files.aggregate(size=Sum("file__size"))["size"] or 0
    if draft.files.count() >= settings.COMPOSER_FILES:
        raise Refused("file.too_many", _("Paling banyak {count} berkas."), count=settings.COMPOSER_FILES)
    if held + file.size > settings.COMPOSER_FILES_MB * MEGABYTE:
        raise Refused(
            "file.too_large_together", _("Seluruh berkas paling besar {limit} MB."), limit=settings.COMPOSER_FILES_MB
        )
