"""`/healthz`: whether this process reaches PostgreSQL and Valkey. For load balancers and container checks."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _valkey() -> None:
    cache.get("healthz")


CHECKS = {"database": _database, "valkey": _valkey}


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 `{"database": true, "valkey": true}`; 503 with false for what does not answer."""
    found = {name: _answers(check) for name, check in CHECKS.items()}
    return JsonResponse(found, status=200 if all(found.values()) else 503)


def _answers(check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:
        return False
    return True
