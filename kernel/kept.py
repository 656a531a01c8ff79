"""Reference data kept in memory until one of its tables changes, in whatever process that happens.

    CHANNELS = Kept(lambda: {row.pk: row for row in Channel.objects.all()}, "messaging.Channel")
    CHANNELS()[pk]

Every change of a table whose model has the trigger `kernel.models.stamped` gives it a new random version in
the same transaction. A kept value is used only while the versions of its tables are those it was read under;
they are read first, so that the value is never older than they say. One statement tells all versions; a request
(`KeptMiddleware`) asks once, and again after it wrote, locked or ended a transaction. What is returned is shared:
nobody may change it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.http import HttpRequest, HttpResponse

from kernel.compiled import run

T = TypeVar("T")
_Versions = dict[str, UUID]

_HARMLESS = ("SELECT", "SAVEPOINT", "RELEASE", "(SELECT")
_LOCKS = (" FOR ", "pg_advisory")


@dataclass(slots=True)
class _Answer:
    """The versions a request was told; `under` is what Django renews whenever a transaction ends."""

    versions: _Versions | None = None
    under: object = None

    def noting(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """A statement of the request: what writes, or may have waited for others, makes us ask anew."""
        try:
            return execute(sql, params, many, context)
        finally:
            if not sql.startswith(_HARMLESS) or any(word in sql for word in _LOCKS):
                self.versions = None


_asked: ContextVar[_Answer | None] = ContextVar("kept_versions", default=None)


class Kept(Generic[T]):
    """What `load` returns, read again only after a change of one of the models (`"app.Model"`)."""

    def __init__(self, load: Callable[[], T], *models: str) -> None:
        self._load, self._models = load, models
        self._held: tuple[tuple[Any, ...], T] | None = None
        self._told: tuple[_Versions, T] | None = None  # what was given under the answer of a request: it asks often

    def __deepcopy__(self, memo: object) -> "Kept[T]":
        """Itself: copying what declares it (a serializer's fields, for every request) must not copy what it holds."""
        return self

    def __call__(self) -> T:
        versions, told = _versions(), self._told
        if told is not None and told[0] is versions:
            return told[1]
        stamp = self._stamp(versions)
        held = self._held
        while held is None or held[0] != stamp:
            value, read_under = self._load(), stamp
            versions = _versions(anew=True)
            stamp = self._stamp(versions)
            held = self._held = (read_under, value)  # read once more if somebody changed it meanwhile
        self._told = (versions, held[1])
        return held[1]

    def _stamp(self, versions: _Versions) -> tuple[Any, ...]:
        tables = (apps.get_model(model)._meta.db_table for model in self._models)
        return (connection.settings_dict["NAME"], *(versions.get(table) for table in tables))


@contextmanager
def asking_once() -> Iterator[None]:
    """Within, versions are asked for once, and again after whatever may have changed the answer."""
    answer = _Answer()
    token = _asked.set(answer)
    try:
        with connection.execute_wrapper(answer.noting):
            yield
    finally:
        _asked.reset(token)


class KeptMiddleware:
    """One question about versions for each request, and another after whatever may have changed the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            with asking_once():
                return self.get_response(request)
        token = _asked.set(_Answer())
        try:
            return self.get_response(request)
        finally:
            _asked.reset(token)


def _versions(anew: bool = False) -> _Versions:
    answer = _asked.get()
    if answer is None:
        return _read()
    if anew or answer.versions is None or answer.under is not connection.run_on_commit:
        answer.under, answer.versions = connection.run_on_commit, _read()
    return answer.versions


def _read() -> _Versions:
    return dict(run("SELECT name, version FROM kernel_tablestamp"))
