"""Files of requesters: fetched by a worker after the message is stored, tried again until they are there."""

import urllib.request
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kernel.locks import lock
from kernel.secrets import unseal
from messaging.files import store_file
from messaging.hearing import delivery_changed
from messaging.models import Attachment, Connection, Message
from messaging.scanning.verbs import first_state
from messaging.transports import SendError
from messaging.whatsapp.sending import fetch

LARGEST = 100 * 1024 * 1024  # bytes; Meta's own limit for documents
WAIT, TRIES = timedelta(minutes=1), 12
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "audio/ogg": "ogg", "video/mp4": "mp4", "image/webp": "webp"}


def waiting(at: datetime) -> QuerySet[Message]:
    """Messages whose file is not here yet and may be asked for now."""
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=at)
    rows = Message.objects.filter(
        due, details__has_key="media", attachments=None, received_at__gt=at - timedelta(days=7)
    )
    return rows.exclude(details__has_key="media_lost").exclude(claimed_by="")


def why_without_file(message: Message) -> str:
    """What becomes of a file that the requester sent and that is not here; empty for messages without one."""
    if "media_lost" in message.details:
        return _("Berkas tidak dapat diambil dari WhatsApp. Minta pemohon mengirimnya lagi.")
    return _("Berkas sedang diambil dari WhatsApp.") if message.details.get("media") else ""


def fetch_media(*, message: Message, at: datetime) -> bool:
    """Bring the file of a message; False when it is there already or could not be had this time."""
    media = message.details.get("media") or {}
    line = message.connection or Connection.objects.filter(channel=message.channel, paused_at=None).first()
    if line is None or not media.get("id") or message.attachments.exists():
        return False
    try:
        content = _content(line, str(media["id"]))
        file = store_file(content, at=at, limit=LARGEST)
    except (SendError, OSError, ValueError) as error:
        _again(message, str(error), at)
        return False
    kind = str(media.get("mime_type", "")).partition(";")[0]
    name = media.get("filename") or f"{message.details.get('type', 'berkas')}.{_ENDINGS.get(kind, 'bin')}"
    return _attach(message, Attachment(message=message, file=file, name=str(name)[:255], scan=first_state()), at)


def _content(line: Connection, media_id: str) -> bytes:
    found = fetch(line, "GET", f"{settings.WHATSAPP_GRAPH_URL}/{media_id}")
    headers = {"Authorization": f"Bearer {unseal(line.secrets).get('access_token', '')}"}
    request = urllib.request.Request(str(found["url"]), headers=headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return bytes(answer.read(LARGEST + 1))


@transaction.atomic
def _attach(message: Message, row: Attachment, at: datetime) -> bool:
    if lock(message).attachments.exists():
        return False
    row.save(force_insert=True)
    delivery_changed(message, at)
    return True


@transaction.atomic
def _again(message: Message, reason: str, at: datetime) -> None:
    """Later, ever later; after the last try the message says that its file is lost."""
    row = lock(message)
    tries = int(row.details.get("media_tries", 0)) + 1
    row.details = {**row.details, "media_tries": tries, **({"media_lost": reason[:200]} if tries >= TRIES else {})}
    row.next_attempt_at = at + WAIT * 2 ** min(tries - 1, 8)
    row.save(update_fields=["details", "next_attempt_at"])
    if "media_lost" in row.details:
        delivery_changed(row, at)
