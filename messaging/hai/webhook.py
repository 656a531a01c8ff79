"""`/hooks/hai/`: questions and their continuations from the central service desk.

    {"id": "evt-1", "ticket": "HAI-2024-000123", "subject": "…", "text": "…",
     "requester": {"name": "…", "email": "…", "phone": "…"},
     "attachments": [{"name": "surat.pdf", "content": "<base64>"}]}

or, of a state alone or beside a text:

    {"id": "evt-2", "ticket": "HAI-2024-000123", "status": "closed", "requester": {…}}

`status` is one of the words that are mapped (`messaging/hai/statuses.py`). `id` is the event's own: the same one again
changes nothing. `ticket` is the central number: events of one number are one conversation. Answers name what is wrong;
202 with the number of the stored message when all is well.
"""

import base64
import binascii
from datetime import datetime
from typing import Any

from django.db.models.fields.json import KeyTextTransform
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kernel.hooks import TooLarge, body_of, read_json
from kernel.secrets import unseal
from messaging.hai.signing import SIGNATURE, TIMESTAMP, signed
from messaging.hai.statuses import state_for
from messaging.incoming import Incoming, Part, Sender, receive
from messaging.models import Channel, Connection, Message

CODE = "HAI"
LARGEST = 25 * 1024 * 1024  # bytes of all files together
LARGEST_BODY = LARGEST * 4 // 3 + 1024 * 1024  # as base64, with the text


class Wrong(ValueError):
    """A body that cannot be taken; the text says which field and why."""


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> JsonResponse:
    now = timezone.now()
    try:
        raw = body_of(request, LARGEST_BODY)
    except TooLarge:
        return JsonResponse({"error": "larger than 25 MB"}, status=413)
    line = _line(raw, request, now)
    if line is None:
        return JsonResponse({"error": "signature"}, status=403)
    try:
        incoming = parse_event(read_json(raw), line.channel, at=now)
    except Wrong as error:
        return JsonResponse({"error": str(error)}, status=422)
    except ValueError:
        return JsonResponse({"error": "json"}, status=400)
    message, new = receive(incoming, channel=line.channel, connection=line, at=now)
    return JsonResponse({"message": message.pk, "new": new}, status=202)


def parse_event(body: Any, channel: Channel, *, at: datetime) -> Incoming:
    """The event as a message; it goes on the conversation of its central number. Raises Wrong."""
    if not isinstance(body, dict):
        raise Wrong("the body is not an object")
    name, ticket = _text(body, "id", 200), _text(body, "ticket", 100)
    requester = body.get("requester")
    if not isinstance(requester, dict):
        raise Wrong("requester: an object with name and email or phone is needed")
    sender = Sender(*(_text(requester, key, 254, needed=False) for key in ("email", "phone", "name")))
    if not (sender.email or sender.phone):
        raise Wrong("requester: email or phone is needed")
    status = _text(body, "status", 60, needed=False)
    if status and state_for(status, at) is None:
        raise Wrong(f"status: {status!a} is not known")
    parts, empty = _files(body.get("attachments", []))
    return Incoming(
        external_id=name,
        sender=sender,
        subject=_text(body, "subject", 255, needed=False),
        body=_text(body, "text", 100_000, needed=not status),
        parts=parts,
        references=_earlier(ticket, channel),
        flags=["empty_file"] if empty else [],
        details={
            "thread": ticket,
            **({"status": status} if status else {}),
            **({"empty_files": empty} if empty else {}),
        },
    )


def _line(raw: bytes, request: HttpRequest, now: Any) -> Connection | None:
    moment, given = request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, "")
    for line in Connection.objects.filter(channel__code=CODE).select_related("channel"):
        if signed(str(unseal(line.secrets).get("secret", "")), moment, raw, given, now=now):
            return line
    return None


def _earlier(ticket: str, channel: Channel) -> list[str]:
    """The last message of the same central number that said more than a state."""
    rows = Message.objects.filter(channel=channel, direction=Message.Direction.IN, details__has_key="thread")
    rows = rows.exclude(body="")
    rows = rows.alias(named=KeyTextTransform("thread", "details")).filter(named=ticket)
    last = rows.order_by("-pk").values_list("external_id", flat=True).first()
    return [last] if last else []


def _text(body: dict[str, Any], key: str, longest: int, *, needed: bool = True) -> str:
    value = body.get(key, "")
    if not isinstance(value, str):
        raise Wrong(f"{key}: a text is needed")
    if needed and not value.strip():
        raise Wrong(f"{key}: is empty")
    if len(value) > longest:
        raise Wrong(f"{key}: longer than {longest} characters")
    return value.strip()


def _files(given: Any) -> tuple[list[Part], list[str]]:
    """The files, and the names of those that hold nothing: these are said and not kept, as on mails."""
    parts, empty = list[Part](), list[str]()
    if not isinstance(given, list) or len(given) > 50:
        raise Wrong("attachments: a list of at most 50 is needed")
    total = 0
    for number, one in enumerate(given, 1):
        if not isinstance(one, dict):
            raise Wrong(f"attachments: number {number} is not an object")
        try:
            content = base64.b64decode(_text(one, "content", LARGEST * 2, needed=False), validate=True)
        except (binascii.Error, ValueError) as error:
            raise Wrong(f"attachments: number {number}: {error}") from None
        total += len(content)
        if total > LARGEST:
            raise Wrong("attachments: larger than 25 MB together")
        name = _text(one, "name", 255, needed=False) or f"lampiran-{number}"
        if content:
            parts.append(Part(name, content))
        else:
            empty.append(name)
    return parts, empty
