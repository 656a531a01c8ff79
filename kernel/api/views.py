"""The base of every endpoint: language, strict query, the clock, answers that no cache keeps."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework import exceptions
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.api.idempotency import key_of, once
from kernel.api.paging import KeysetPagination
from kernel.api.problems import TooLarge, handle
from kernel.api.strict import check_query
from kernel.errors import Refused


class Endpoint(GenericAPIView):
    """One address. A view names per method who may call it and what it takes.

    `scopes`: method -> scope a token needs. `roles`: method -> roles of staff who may call it.
    `orderings`, `default_ordering`: for lists. `filterset_class`: its parameters are the only ones taken.
    """

    scopes: dict[str, str] = {}
    roles: dict[str, Iterable[str]] = {}
    orderings: tuple[str, ...] = ()
    default_ordering = ""
    query_params: tuple[str, ...] = ()
    may_be_empty: tuple[str, ...] = ()
    pagination_class: type[KeysetPagination] | None = None
    metadata_class = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        translation.activate(language_of(request))
        self.at: datetime = timezone.now()
        _measure_chunked(request._request)
        super().initial(request, *args, **kwargs)
        check_query(request._request, self._allowed_params(request), self.may_be_empty)
        if request.method not in SAFE_METHODS:
            key_of(request)  # before anything of the body is looked at

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Language"] = translation.get_language()
        return response

    def _allowed_params(self, request: Request) -> tuple[str, ...]:
        if request.method not in ("GET", "HEAD"):
            return ()
        named = tuple(self.filterset_class.base_filters) if getattr(self, "filterset_class", None) else ()
        return named + self.query_params + (KeysetPagination.query_params if self.pagination_class else ())


class ListEndpoint(Endpoint):
    """A page of rows."""

    pagination_class = KeysetPagination

    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        self.rows_read(rows)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def rows_read(self, rows: Any) -> None:
        """Called with the rows about to be shown; records the access where the law asks for it."""


class DetailEndpoint(Endpoint):
    """One row."""

    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        row = self.get_object()
        self.row_read(row)
        return Response(self.get_serializer(row).data)

    def row_read(self, row: Any) -> None:
        """As `ListEndpoint.rows_read`."""


class NotFound(APIView):
    """Any address under /api/ that does not exist."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        translation.activate(language_of(request))
        raise exceptions.NotFound


def answer(view: Endpoint, work: Callable[[], Response]) -> Response:
    """Run a verb for a request that writes: atomic, once per Idempotency-Key, refusals as problems.

    A 201 names the new row's address in `Location`, taken from the body's `url`.
    """

    def refusable() -> Response:
        try:
            with transaction.atomic():
                return work()
        except (Refused, exceptions.APIException) as refusal:
            return handle(refusal, view.get_exception_handler_context())

    token = view.request.auth
    who = f"token:{token.pk}" if token is not None else f"user:{view.request.user.pk}"
    response = once(view.request, who, refusable, at=view.at)
    if response.status_code == 201 and isinstance(response.data, dict) and response.data.get("url"):
        response.headers["Location"] = response.data["url"]
    return response


def _measure_chunked(request: HttpRequest) -> None:
    """Give a body that came in chunks its length: without one DRF would take it for empty. Raises TooLarge."""
    if "HTTP_TRANSFER_ENCODING" not in request.META or request.META.get("CONTENT_LENGTH"):
        return
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    body = request.read(limit + 1)
    if len(body) > limit:
        raise TooLarge
    request._body = body  # type: ignore[attr-defined]
    request.META["CONTENT_LENGTH"] = str(len(body))


def language_of(request: Request) -> str:
    """The caller's wish by Accept-Language among those we speak; else the language switch; else Indonesian.

    A browser's header does not count (it brings a session): ministry browsers are often set to English.
    """
    spoken = dict(settings.LANGUAGES)
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in spoken:
        return chosen
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        for wish, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
            if wish.split("-")[0] in spoken:
                return wish.split("-")[0]
    return settings.LANGUAGE_CODE
