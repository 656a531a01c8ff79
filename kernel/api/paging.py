"""Keyset paging: a page starts after a row, not after a count, so it stays right and fast at any depth.

`?page_size=` up to 200 and `?ordering=` from the view's whitelist; `next` and `previous` carry a signed cursor.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

_SIGNER = signing.Signer(salt="kernel.api.paging")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page starts: past the row (`value`, `pk`) of `ordering`, forward or backward."""

    ordering: str
    backward: bool
    value: object
    pk: int

    def write(self) -> str:
        value = self.value.isoformat() if isinstance(self.value, dt.date) else self.value
        return _SIGNER.sign_object([self.ordering, self.backward, value, self.pk])

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """The cursor that `write` made. Raises ValidationError for anything else."""
        try:
            return cls(*_SIGNER.unsign_object(text))
        except Exception as error:  # whatever was made up: bad base64, bad JSON, bad signature
            raise _bad_cursor() from error


class KeysetPagination(BasePagination):
    """Orders by one whitelisted column that is never null, then by id.

    The view says `orderings` (column names) and `default_ordering` ("-created_at").
    """

    page_size = 50
    max_page_size = 200
    query_params = ("cursor", "page_size", "ordering")

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> list[Model]:
        self.request = request
        self.size = self._size(request)
        self.ordering = self._ordering(request, view)
        self.cursor = self._cursor(request)
        backward = bool(self.cursor and self.cursor.backward)
        rows = list(self._after_cursor(queryset, backward)[: self.size + 1])
        self.more = len(rows) > self.size
        rows = rows[: self.size]
        self.rows = rows[::-1] if backward else rows
        return self.rows

    def get_paginated_response(self, data: list[object]) -> Response:
        return Response({"next": self._next(), "previous": self._previous(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri", "example": "https://dering.example/api/v1/…?cursor=…"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        columns = view.orderings
        values = [sign + column for column in columns for sign in ("", "-")]
        return [
            _parameter(
                "cursor",
                {"type": "string", "minLength": 1, "maxLength": 500},
                "From another page's `next`.",
            ),
            _parameter(
                "page_size",
                {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size},
                "Rows per page.",
            ),
            _parameter(
                "ordering",
                {"type": "string", "enum": values, "default": view.default_ordering},
                "Column to sort by, `-` for descending.",
            ),
        ]

    def _size(self, request: Request) -> int:
        text = request.query_params.get("page_size", str(self.page_size))
        if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= self.max_page_size):
            message = _("Bilangan dari 1 sampai dengan {max}.").format(max=self.max_page_size)
            raise exceptions.ValidationError({"page_size": exceptions.ErrorDetail(message, "invalid")})
        return int(text)

    def _ordering(self, request: Request, view: Any) -> str:
        text = request.query_params.get("ordering", view.default_ordering)
        if text.removeprefix("-") not in view.orderings:
            message = _("Pilih salah satu: {names}.").format(names=", ".join(view.orderings))
            raise exceptions.ValidationError({"ordering": exceptions.ErrorDetail(message, "invalid")})
        return text

    def _cursor(self, request: Request) -> Cursor | None:
        text = request.query_params.get("cursor")
        if text is None:
            return None
        cursor = Cursor.read(text)
        if cursor.ordering != self.ordering:
            raise _bad_cursor()
        return cursor

    def _after_cursor(self, queryset: QuerySet, backward: bool) -> QuerySet:
        column = self.ordering.removeprefix("-")
        descending = self.ordering.startswith("-") != backward
        sign, past = ("-", "lt") if descending else ("", "gt")
        queryset = queryset.order_by(f"{sign}{column}", f"{sign}pk")
        if not self.cursor:
            return queryset
        value, pk = self.cursor.value, self.cursor.pk
        beyond = Q(**{f"{column}__{past}": value}) | Q(**{column: value, f"pk__{past}": pk})
        return queryset.filter(Q(**{f"{column}__{past}e": value}) & beyond)

    def _next(self) -> str | None:
        backward = bool(self.cursor and self.cursor.backward)
        return self._link(self.rows[-1], False) if self.rows and (self.more or backward) else None

    def _previous(self) -> str | None:
        backward = bool(self.cursor and self.cursor.backward)
        has = self.more if backward else bool(self.cursor)
        return self._link(self.rows[0], True) if self.rows and has else None

    def _link(self, row: Model, backward: bool) -> str:
        value: Any = row
        for part in self.ordering.removeprefix("-").split("__"):
            value = getattr(value, part)
        cursor = Cursor(self.ordering, backward, value, getattr(row, "pk", 0)).write()
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def _bad_cursor() -> exceptions.ValidationError:
    message = _("Penunjuk halaman tidak dikenal. Mulai lagi dari halaman pertama.")
    return exceptions.ValidationError({"cursor": exceptions.ErrorDetail(message, "bad_cursor")})


class SortedPagination(KeysetPagination):
    """The same over a list in memory whose rows have a unique text `key`; `orderings` is ("key",)."""

    def _after_cursor(self, queryset: Any, backward: bool) -> Any:
        descending = self.ordering.startswith("-") != backward
        rows = sorted(queryset, key=lambda row: row.key, reverse=descending)
        if not self.cursor:
            return rows
        edge = str(self.cursor.value)
        return [row for row in rows if (row.key < edge if descending else row.key > edge)]
