"""Messages to the Graph API: texts within the window, templates beyond it, files by upload.

Shapes and error numbers: Meta's WhatsApp Cloud API.
"""

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from kernel.secrets import unseal
from messaging.models import Connection, Message
from messaging.permission import check_may_write
from messaging.transports import Permanent, Retryable, SendError, Sent, Unknown
from messaging.whatsapp.refusals import WINDOW_CLOSED, reason_of
from people.models import ContactHandle

TIMEOUT = 20
LONGEST_TEXT, LONGEST_CAPTION = 4096, 1024
# Numbers after which waiting helps; everything else Meta refuses stays refused.
_BUSY = {"4", "80007", "130429", "131056", "131048", "131000", "131016", "133004"}


class WhatsAppTransport:
    """The Graph API knows no idempotency: a line that breaks while it answers leaves the message uncertain."""

    repeatable = False

    def prepare(self, message: Message, connection: Connection) -> str:
        return ""

    def send(self, message: Message, connection: Connection, files: Sequence[tuple[str, str, bytes]]) -> Sent:
        """One message; with files one per file, the text as the first one's caption."""
        to = _number_of(message)
        template = message.details.get("template")
        _check_permission(message)
        bodies = [_template(template)] if template else _bodies(message, connection, files)
        ids: list[str] = []
        for body in bodies:
            ids.append(_post_after(ids, connection, {**_frame(message, to, first=not ids), **body}))
        return Sent(provider_id=ids[0], details={"also": ids[1:]} if ids[1:] else {})


def _check_permission(message: Message) -> None:
    """What was allowed when it was written may not be any more."""
    if message.contact is None:
        return
    given = {"channel": message.channel, "contact": message.contact, "details": message.details}
    try:
        check_may_write(**given, flags=message.flags, at=timezone.now())
    except Refused as refusal:
        code = WINDOW_CLOSED if refusal.code == "whatsapp.window_closed" else "opted_out"
        raise Permanent(refusal.message, code) from refusal


def _number_of(message: Message) -> str:
    if wanted := message.details.get("to"):
        return str(wanted).lstrip("+")
    phones = ContactHandle.objects.filter(contact=message.contact, kind=ContactHandle.Kind.PHONE)
    known = phones.order_by("pk").values_list("value", flat=True).first()
    if not known:
        raise Permanent(_("Nomor telepon pemohon tidak diketahui."), "no_number")
    return known.lstrip("+")


def _frame(message: Message, to: str, *, first: bool) -> dict[str, Any]:
    frame: dict[str, Any] = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to}
    answered = message.reply_to
    if first and answered is not None and message.details.get("quote"):
        theirs = answered.direction == Message.Direction.IN
        if known := answered.external_id if theirs else answered.provider_id:
            frame["context"] = {"message_id": known}
    return frame


def _template(template: dict[str, Any]) -> dict[str, Any]:
    values = [{"type": "text", "text": str(value)} for value in template.get("values", [])]
    for value, name in zip(values, template.get("names", []), strict=False):
        value["parameter_name"] = str(name)
    shape: dict[str, Any] = {"name": template["name"], "language": {"code": template.get("language", "id")}}
    if values:
        shape["components"] = [{"type": "body", "parameters": values}]
    return {"type": "template", "template": shape}


def _bodies(message: Message, connection: Connection, files: Sequence[tuple[str, str, bytes]]) -> list[dict[str, Any]]:
    if choice := message.details.get("interactive"):
        return [{"type": "interactive", "interactive": choice}]
    pieces = [message.body[at : at + LONGEST_TEXT] for at in range(0, len(message.body), LONGEST_TEXT)]
    if not files:
        return [_text(piece) for piece in pieces]
    media = [_media(connection, *file) for file in files]
    kind, first = media[0]
    if message.body.strip() and kind != "audio" and len(message.body) <= LONGEST_CAPTION:
        first["caption"], pieces = message.body, []
    texts = [_text(piece) for piece in pieces if piece.strip()]
    return texts + [{"type": kind, kind: given} for kind, given in media]


def _text(piece: str) -> dict[str, Any]:
    return {"type": "text", "text": {"preview_url": False, "body": piece}}


def _media(connection: Connection, name: str, media_type: str, content: bytes) -> tuple[str, dict[str, str]]:
    """(kind, media object) of an uploaded file."""
    kind = media_type.partition("/")[0]
    given = {"id": _upload(connection, name, media_type, content)}
    if kind not in ("image", "audio", "video"):
        kind, given["filename"] = "document", name
    return kind, given


def _upload(connection: Connection, name: str, media_type: str, content: bytes) -> str:
    edge = uuid.uuid4().hex
    plain = name.replace('"', "'").encode("ascii", "replace").decode()
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="messaging_product"\r\n\r\nwhatsapp\r\n'
        f'--{edge}\r\nContent-Disposition: form-data; name="type"\r\n\r\n{media_type}\r\n'
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{plain}"\r\n'
        f"Content-Type: {media_type}\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
    return str(call(connection, "POST", "media", body, f"multipart/form-data; boundary={edge}")["id"])


def _post_after(earlier: list[str], connection: Connection, body: dict[str, Any]) -> str:
    """The id of one part. Once a part is out, no failure of a later one may lead to sending all of them again."""
    try:
        return _post(connection, body)
    except SendError as error:
        if not earlier:
            raise
        raise Unknown(_("Sebagian sudah terkirim, sisanya tidak."), error.code) from error


def _post(connection: Connection, body: dict[str, Any]) -> str:
    answer = call(connection, "POST", "messages", json.dumps(body).encode(), "application/json")
    named = answer.get("messages")
    if not isinstance(named, list) or not named or not named[0].get("id"):
        raise Unknown(_("WhatsApp menjawab tanpa nomor pesan. Periksa apakah sudah sampai."), "no_id")
    return str(named[0]["id"])


def call(connection: Connection, method: str, path: str, body: bytes | None = None, kind: str = "") -> dict[str, Any]:
    """One call to the Graph API below our phone number. Raises SendError."""
    url = f"{settings.WHATSAPP_GRAPH_URL}/{connection.settings.get('phone_number_id', '')}/{path}"
    return fetch(connection, method, url, body, kind)


def fetch(connection: Connection, method: str, url: str, body: bytes | None = None, kind: str = "") -> dict[str, Any]:
    """The decoded answer. A connection that was refused was surely not taken; one that broke may have been."""
    headers = {"Authorization": f"Bearer {unseal(connection.secrets).get('access_token', '')}"}
    if kind:
        headers["Content-Type"] = kind
    request = urllib.request.Request(url, data=body, headers=headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            found: dict[str, Any] = json.loads(answer.read() or b"{}")
            return found
    except urllib.error.HTTPError as error:
        raise _meaning(error) from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionRefusedError):
            raise Retryable(_("WhatsApp tidak dapat dihubungi."), "refused") from error
        raise Unknown(_("Sambungan ke WhatsApp terputus. Periksa apakah sudah sampai."), "line_dropped") from error
    except (OSError, ValueError) as error:
        raise Unknown(_("Sambungan ke WhatsApp terputus. Periksa apakah sudah sampai."), "line_dropped") from error


def _meaning(error: urllib.error.HTTPError) -> SendError:
    """What a refusal means (Meta's error object), and how long to wait."""
    said = _error_of(error)
    if not said and error.code in (502, 504):  # a gateway lost the answer, not the question
        return Unknown(_("Sambungan ke WhatsApp terputus. Periksa apakah sudah sampai."), str(error.code))
    code = str(said.get("code", error.code))
    details = (said.get("error_data") or {}).get("details") or said.get("message") or error.reason
    reason = reason_of(code, str(details))
    wait = error.headers.get("Retry-After", "") if error.headers else ""
    after = timedelta(seconds=min(int(wait), 3600)) if wait.isdigit() else None
    if error.code == 429 or error.code >= 500 or code in _BUSY or code in ("0", "190"):
        return Retryable(reason, code, after)
    return Permanent(reason, code)


def _error_of(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        said = json.loads(error.read() or b"{}").get("error", {})
    except (ValueError, AttributeError, OSError):
        return {}
    return said if isinstance(said, dict) else {}
