"""What every call of the widget has in common: our own frame only, counted, read strictly, answered as JSON."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from kernel.address import client_address
from kernel.errors import Refused
from livechat import limits
from livechat.models import ChatSession
from livechat.tokens import sessions_of
from tickets.live.origin import is_own

Call = Callable[..., dict[str, Any]]
STATUS = {"chat.too_often": 429, "chat.unknown": 401, "chat.elsewhere": 403, "chat.too_large": 413}
BAD = Refused("chat.unread", _("Permintaan tidak terbaca. Muat ulang halaman, lalu coba lagi."))


def call(view: Call) -> Callable[..., JsonResponse]:
    """A POST of the widget. No cookie is read: there is nothing a page elsewhere could make the browser add.

    Refusals are answered as {"code", "message"} with 400, 401, 403, 409, 413 or 429.
    """

    @csrf_exempt
    @require_POST
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any) -> JsonResponse:
        with translation.override(_language(request)):
            try:
                _check(request)
                answer = JsonResponse(view(request, *args))
            except Refused as refusal:
                status = STATUS.get(refusal.code, 400 if refusal is BAD else 409)
                answer = JsonResponse({"code": refusal.code, "message": str(refusal.message)}, status=status)
                if status == 429:
                    answer["Retry-After"] = "10"
        answer["Cache-Control"] = "no-store"
        return answer

    return wrapped


def session_call(what: str) -> Callable[[Callable[..., dict[str, Any]]], Callable[..., JsonResponse]]:
    """A call of the session whose token stands in the Authorization header; counted as `what` of that session."""

    def decorate(view: Callable[..., dict[str, Any]]) -> Callable[..., JsonResponse]:
        @call
        @wraps(view)
        def wrapped(request: HttpRequest) -> dict[str, Any]:
            session = session_by(bearer(request))
            limits.count(what, session.pk)
            return view(request, session)

        return wrapped

    return decorate


def session_by(token: str) -> ChatSession:
    """The session of a token. Refused(`chat.unknown`): no such token, or it ended too long ago."""
    session = sessions_of(token).first()
    if session is not None and session.ended_at is not None:
        readable = timedelta(days=settings.CHAT_READABLE_DAYS)
        session = session if timezone.now() <= session.ended_at + readable else None
    if session is None:
        raise Refused("chat.unknown", _("Obrolan ini tidak ditemukan lagi. Mulai obrolan baru."))
    return session


def bearer(request: HttpRequest) -> str:
    kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a call."""
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError, RequestDataTooBig):
        raise BAD from None
    if not isinstance(found, dict):
        raise BAD
    return found


def form_of(request: HttpRequest) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    """Fields and files of a call that may bring files."""
    try:
        files = [(str(file.name or ""), file.read()) for file in request.FILES.getlist("files")]
        return dict(request.POST.items()), files
    except (MultiPartParserError, TooManyFilesSent, RequestDataTooBig):
        raise BAD from None


def text(given: dict[str, Any], name: str) -> str:
    value = given.get(name, "")
    if not isinstance(value, str):
        raise BAD
    return value


def number(given: dict[str, Any], name: str) -> int:
    value = given.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise BAD
    return value


def _check(request: HttpRequest) -> None:
    origin = request.headers.get("Origin")
    if origin is not None and not is_own(origin, request.get_host()):
        raise Refused("chat.elsewhere", _("Obrolan hanya dapat dibuka dari jendelanya sendiri."))
    most = settings.CHAT_FILES * settings.CHAT_FILE_MB * 1024 * 1024 + 64 * 1024
    length = request.headers.get("Content-Length", "0")
    if not length.isdigit() or int(length) > most:
        raise Refused("chat.too_large", _("Berkas terlalu besar. Kirim paling besar {limit} MB."), limit=most // 2**20)
    limits.count("call", client_address(request))


def _language(request: HttpRequest) -> str:
    wanted = request.headers.get("Accept-Language", "")[:2]
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
