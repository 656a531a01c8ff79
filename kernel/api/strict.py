"""Input read strictly: what PostgreSQL cannot store or nobody asked for is refused with 400, never a 500."""

import json
from collections.abc import Iterable, Mapping
from typing import IO

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.parsers import BaseParser

from kernel.api.problems import TooLarge


class StrictJSONParser(BaseParser):
    """JSON in UTF-8 without NaN, NUL, lone surrogates, duplicate members or integers beyond 64 bits."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, object] | None = None,
    ) -> object:
        limit = self.limit()
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise TooLarge
        try:
            data = json.loads(raw.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
            _check(data)
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError(
                _("Isi permintaan bukan JSON yang sah: {reason}").format(reason=str(error)[:200]), "bad_json"
            ) from error
        return data

    def limit(self) -> int:
        """The largest body, in bytes."""
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


class FileJSONParser(StrictJSONParser):
    """As StrictJSONParser, with room for one file in base64 besides."""

    def limit(self) -> int:
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE + settings.COMPOSER_FILE_MB * 1024 * 1024 * 4 // 3


def check_text(text: str, where: str) -> None:
    """ValueError when PostgreSQL could not store the text: NUL, or a lone surrogate."""
    if "\x00" in text:
        raise ValueError(f"NUL in {where}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(f"lone surrogate in {where}") from None


def check_query(request: HttpRequest, allowed: Iterable[str], may_be_empty: Iterable[str] = ()) -> None:
    """Refuse unknown, empty and unreadable query parameters, and those given twice. Raises ValidationError."""
    known, errors = set(allowed), {}
    for name, values in request.GET.lists():
        if name not in known:
            errors[name[:60].replace("\x00", "")] = exceptions.ErrorDetail(_("Parameter tidak dikenal."), "unknown")
        elif len(values) > 1:
            errors[name] = exceptions.ErrorDetail(_("Tulis satu kali; beberapa nilai dipisah koma."), "repeated")
        elif not values[0] and name not in may_be_empty:
            errors[name] = exceptions.ErrorDetail(_("Parameter ini kosong; hapus atau isi."), "empty")
        elif "\x00" in values[0] or len(values[0]) > 2000:
            errors[name] = exceptions.ErrorDetail(_("Nilai tidak sah."), "invalid")
    if errors:
        raise exceptions.ValidationError(errors)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("duplicate member")
    return made


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _check(value: object) -> None:
    if isinstance(value, str):
        check_text(value, "a string")
    elif isinstance(value, dict):
        for key, inner in value.items():
            check_text(key, "a member name")
            _check(inner)
    elif isinstance(value, list):
        for inner in value:
            _check(inner)
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError("integer beyond 64 bits")
