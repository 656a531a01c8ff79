"""`/hooks/whatsapp/`: signed over the raw body, every item of a batch stored before it is answered."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kernel.compiled import Compiled
from kernel.hooks import TooLarge, body_of, read_json
from kernel.secrets import unseal
from messaging.incoming import receive
from messaging.models import Channel, Connection
from messaging.receipts import take_receipt
from messaging.whatsapp.parsing import parse_call
from messaging.whatsapp.templates import hear_of_templates
from messaging.whatsapp.window import CODE

LARGEST = 5 * 1024 * 1024  # bytes; Meta's calls have up to three megabytes
log = structlog.get_logger()
_LINES = Compiled(lambda rows: rows.filter(channel__code=CODE).select_related("channel"))


@csrf_exempt
@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest) -> HttpResponse:
    """GET proves to Meta that the address is ours; POST brings messages and statuses.

    403 for a wrong token or signature, 413 for what is too large, 400 for a body that is no JSON; else 200, after
    everything is stored.
    """
    lines = _LINES(Connection.objects.all())
    if request.method == "GET":
        return _prove(request, lines)
    try:
        raw = body_of(request, LARGEST)
    except TooLarge:
        return JsonResponse({"error": "too large"}, status=413)
    if not _signed(raw, request.headers.get("X-Hub-Signature-256", ""), lines):
        return JsonResponse({"error": "signature"}, status=403)
    try:
        body = read_json(raw)
    except ValueError:
        return JsonResponse({"error": "json"}, status=400)
    stored, receipts = take_call(body, lines, clock=timezone.now)
    return JsonResponse({"messages": stored, "statuses": receipts})


def take_call(body: Any, lines: list[Connection], *, clock: Callable[[], datetime]) -> tuple[int, int]:
    """Store every message and receipt of a call; how many there were. Safe to repeat.

    The clock is read for each message: of two deliveries of one call, each may store what the other has not yet,
    and messages are shown in the order of their times.
    """
    parsed = parse_call(body)
    by_number = {str(line.settings.get("phone_number_id", "")): line for line in lines}
    channel = lines[0].channel if lines else Channel.objects.get(code=CODE)
    for number, incoming in parsed.messages:
        receive(incoming, channel=channel, connection=by_number.get(number), at=clock())
    for _number, status in parsed.statuses:
        take_receipt(
            channel=channel, provider_id=status.provider_id, delivery=status.delivery, code=status.code,
            reason=status.reason, at=status.at or clock(),
        )  # fmt: skip
    if parsed.templates:
        hear_of_templates(parsed.templates, at=clock())
    return len(parsed.messages), len(parsed.statuses)


def _prove(request: HttpRequest, lines: list[Connection]) -> HttpResponse:
    given = request.GET.get("hub.verify_token", "")
    known = any(hmac.compare_digest(given, token) for line in lines if (token := _secret(line, "verify_token")))
    if request.GET.get("hub.mode") != "subscribe" or not known:
        return HttpResponse(status=403)
    return HttpResponse(request.GET.get("hub.challenge", ""), content_type="text/plain")


def _signed(raw: bytes, given: str, lines: list[Connection]) -> bool:
    """Whether one of our apps' secrets made the signature; no secret, no entry."""
    for line in lines:
        if secret := _secret(line, "app_secret"):
            wanted = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
            if hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode()):
                return True
    return False


def _secret(line: Connection, name: str) -> str:
    return str(unseal(line.secrets).get(name, ""))
