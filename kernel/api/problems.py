"""Every error as a problem (RFC 9457): `type title status detail code`, and `errors[]` per field.

`code` is stable English; `title` and `detail` are for people, Indonesian unless the request asks for English.
"""

from collections.abc import Iterator, Mapping

import structlog
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.core.exceptions import RequestDataTooBig as DjangoTooBig
from django.core.signals import got_request_exception
from django.db import DataError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from kernel.errors import Refused

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger(__name__)

TITLES = {
    400: _("Permintaan tidak sah"),
    401: _("Perlu masuk"),
    403: _("Tidak berwenang"),
    404: _("Tidak ditemukan"),
    405: _("Metode tidak tersedia"),
    406: _("Bentuk jawaban tidak tersedia"),
    409: _("Bertentangan dengan keadaan sekarang"),
    413: _("Permintaan terlalu besar"),
    415: _("Jenis isi tidak didukung"),
    422: _("Ditolak oleh aturan"),
    429: _("Terlalu banyak permintaan"),
    500: _("Gangguan pada server"),
}
DETAILS = {
    "not_found": _("Alamat atau data ini tidak ada, atau Anda tidak berhak melihatnya."),
    "not_authenticated": _("Sertakan token: Authorization: Bearer <token>."),
    "permission_denied": _("Anda tidak berwenang untuk tindakan ini."),
    "error": _("Terjadi gangguan pada server dan sudah dicatat. Coba lagi nanti."),
    "too_large": _("Isi permintaan melebihi batas."),
    "bad_request": _("Permintaan tidak dapat dibaca."),
    "invalid": _("Periksa isian yang disebut di “errors”."),
    "method_not_allowed": _("Metode ini tidak tersedia di alamat ini."),
    "unsupported_media_type": _("Kirim isi sebagai application/json."),
    "not_acceptable": _("Jawaban hanya tersedia sebagai application/json."),
}
# A verb's refusal is 409 when the state of the row stands against it, 422 when what was sent does.
UNPROCESSABLE = (
    "unknown",
    "ambiguous",
    "bad_",
    "needs_",
    "too_",
    "missing",
    "invalid",
    "makes_no",
    "inactive",
    "not_an_agent",
)


class Conflict(exceptions.APIException):
    status_code = 409
    default_code = "conflict"
    default_detail = TITLES[409]


class Unprocessable(exceptions.APIException):
    status_code = 422
    default_code = "unprocessable"
    default_detail = TITLES[422]


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = DETAILS["too_large"]


def handle(exc: Exception, context: Mapping[str, object]) -> Response:
    """DRF's EXCEPTION_HANDLER: whatever an endpoint raises becomes a problem; the unforeseen is logged as 500."""
    error = _as_api_exception(exc, context)
    body = problem(error)
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    return Response(body, status=error.status_code, headers=headers, content_type=MEDIA_TYPE)


def problem(error: exceptions.APIException) -> dict[str, object]:
    """The problem's members for one API exception."""
    errors = list(_field_errors(error.detail)) if isinstance(error, exceptions.ValidationError) else []
    code = "invalid" if errors else _code_of(error)
    return {
        "type": f"urn:dering:problem:{code}",
        "title": str(TITLES.get(error.status_code, TITLES[400])),
        "status": error.status_code,
        "detail": str(DETAILS.get(code) or error.detail),
        "code": code,
        "errors": errors,
    }


def refused_status(code: str) -> int:
    """409 or 422 for a verb's refusal code such as `ticket.closed` or `region.unknown`."""
    last = code.rpartition(".")[2]
    return 422 if any(word in last for word in UNPROCESSABLE) else 409


def _as_api_exception(exc: Exception, context: Mapping[str, object]) -> exceptions.APIException:
    match exc:
        case Refused():
            refusal = exceptions.APIException(exc.message, exc.code)
            refusal.status_code = refused_status(exc.code)
            return refusal
        case exceptions.APIException():
            return exc
        case Http404():
            return exceptions.NotFound()
        case PermissionDenied():
            return exceptions.PermissionDenied()
        case DjangoTooBig():
            return TooLarge()
        case SuspiciousOperation() | BadRequest() | UnicodeError() | DataError():
            log.warning("api_bad_request", exc_info=exc)
            return exceptions.ParseError(DETAILS["bad_request"], "bad_request")
    log.error("api_error", exc_info=exc)
    request = context.get("request")
    got_request_exception.send(sender=type(context.get("view")), request=getattr(request, "_request", request))
    return exceptions.APIException(DETAILS["error"])


def _code_of(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else "invalid"


def _field_errors(detail: object, path: str = "") -> Iterator[dict[str, str]]:
    """Flatten DRF's nested details to `{field, code, message}`; `field` is dotted, empty for the whole."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            part = "" if key == "non_field_errors" else str(key)
            yield from _field_errors(value, ".".join(filter(None, [path, part])))
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            yield from _field_errors(value, f"{path}.{index}" if isinstance(value, Mapping) and path else path)
    else:
        yield {"field": path, "code": getattr(detail, "code", "invalid"), "message": str(detail)}
