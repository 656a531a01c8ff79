"""`/hooks/cti/`: what the telephone exchange (Avaya) tells of calls.

    {"call_id": "00001023451723689000", "event": "ring", "at": "2024-08-15T09:30:00+07:00",
     "direction": "in", "number": "+6200010000001", "extension": "2101"}

`event` is ring, answer, hold, resume, transfer or end; of a transfer `extension` is the one that gets the call. With
`event_id` the same event is known again by it, else by `event` and `at`. Any of them may bring `recording_url`.
`{"events": [...]}` brings several. Signed as `kernel.signing` says: X-CTI-Timestamp and X-CTI-Signature.
While the exchange is paused events are taken all the same; only no screen shows the call.
403 wrong signature, 400 no JSON, 422 with what is wrong: then nothing of the call was taken; else 200.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from calls.folding import KINDS, Signal
from calls.verbs import take_signal
from kernel.errors import Refused
from kernel.hooks import TooLarge, body_of, read_json
from kernel.secrets import unseal
from kernel.signing import signed
from messaging.models import Connection
from people.handles import normalise_phone

CODE = "PHONE"
SIGNATURE, TIMESTAMP = "X-CTI-Signature", "X-CTI-Timestamp"
MOST = 500
LARGEST = 2 * 1024 * 1024  # bytes
OLDEST, AHEAD = timedelta(days=366), timedelta(minutes=10)
_FIELDS = {"call_id", "event", "at", "event_id", "direction", "number", "extension", "recording_url"}
_is_url = URLValidator(["http", "https"])


class Wrong(ValueError):
    """An event that cannot be taken; the text says which field and why."""


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> JsonResponse:
    now = timezone.now()
    try:
        raw = body_of(request, LARGEST)
    except TooLarge:
        return JsonResponse({"error": "too large"}, status=413)
    line = _line_of(request, raw, now)
    if line is None:
        return JsonResponse({"error": "signature"}, status=403)
    try:
        body = read_json(raw)
    except ValueError:
        return JsonResponse({"error": "json"}, status=400)
    try:
        signals = parse(body, now)
    except Wrong as error:
        return JsonResponse({"error": str(error)}, status=422)
    with transaction.atomic():
        new = sum(
            take_signal(signal=signal, at=now, line=line)[1] for signal in sorted(signals, key=lambda one: one.call_id)
        )
    Connection.objects.filter(pk=line.pk).update(last_in_at=now)
    return JsonResponse({"events": len(signals), "new": new})


def parse(body: Any, now: datetime) -> list[Signal]:
    """The events of a body. Raises Wrong."""
    given = body["events"] if isinstance(body, dict) and "events" in body else [body]
    if not isinstance(given, list) or not 0 < len(given) <= MOST:
        raise Wrong(f"events: a list of 1 to {MOST} is needed")
    return [_signal(one, now) for one in given]


def _signal(given: Any, now: datetime) -> Signal:
    if not isinstance(given, dict):
        raise Wrong("an event is an object")
    if unknown := sorted(set(given) - _FIELDS):
        raise Wrong(f"unknown: {unknown[0][:40]!a}")
    kind, at = _text(given, "event", 20, needed=True).lower(), _moment(_text(given, "at", 40, needed=True), now)
    if kind not in KINDS:
        raise Wrong(f"event: one of {', '.join(KINDS)} is needed")
    direction = _text(given, "direction", 3).upper()
    if direction not in ("", "IN", "OUT"):
        raise Wrong("direction: in or out is needed")
    extension = _text(given, "extension", 20)
    return Signal(
        call_id=_text(given, "call_id", 120, needed=True),
        kind=kind,
        at=at,
        key=_text(given, "event_id", 120) or f"{kind}:{at.astimezone(UTC).isoformat()}:{extension}",
        number=_number(_text(given, "number", 40)),
        direction=direction,
        extension=extension,
        recording_url=_url(_text(given, "recording_url", 500)),
    )


def _text(given: dict[str, Any], key: str, longest: int, *, needed: bool = False) -> str:
    value = given.get(key)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise Wrong(f"{key}: a text is needed")
    value = value.strip()
    if needed and not value:
        raise Wrong(f"{key}: is empty")
    if len(value) > longest or not value.isprintable():
        raise Wrong(f"{key}: at most {longest} printable characters are allowed")
    return value


def _moment(text: str, now: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise Wrong("at: the zone is missing")
        if not now - OLDEST <= at <= now + AHEAD:
            raise Wrong("at: too long ago, or in the future")
    except Wrong:
        raise
    except (ValueError, OverflowError):
        raise Wrong("at: ISO 8601 with zone is needed") from None
    return at


def _number(text: str) -> str:
    """E.164 where it can be; else as given, and nothing of words such as "anonymous": nobody can be called by them."""
    try:
        return normalise_phone(text) if text else ""
    except Refused:
        return text if any(letter.isdigit() for letter in text) else ""


def _url(text: str) -> str:
    if text:
        try:
            _is_url(text)
        except ValidationError:
            raise Wrong("recording_url: an http address is needed") from None
    return text


def _line_of(request: HttpRequest, raw: bytes, now: datetime) -> Connection | None:
    """The exchange that signed it."""
    moment, given = request.headers.get(TIMESTAMP, ""), request.headers.get(SIGNATURE, "")
    lines = Connection.objects.filter(channel__code=CODE)
    return next((line for line in lines if signed(_secret(line), moment, raw, given, now=now)), None)


def _secret(line: Connection) -> str:
    return str(unseal(line.secrets).get("secret", ""))
