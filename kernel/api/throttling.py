"""A fixed window of one minute per caller, counted in the cache; without a cache nobody is held back."""

import time

import structlog
from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

log = structlog.get_logger(__name__)
WINDOW = 60


class CallsPerMinute(BaseThrottle):
    """At most `settings.API_CALLS_PER_MINUTE` per token or user; 429 with Retry-After beyond."""

    def allow_request(self, request: Request, view: object) -> bool:
        now = time.time()
        self.seconds_left = WINDOW - now % WINDOW
        key = f"api-calls:{request.user.pk}:{getattr(request.auth, 'pk', 0)}:{int(now // WINDOW)}"
        try:
            cache.add(key, 0, timeout=2 * WINDOW)
            return cache.incr(key) <= settings.API_CALLS_PER_MINUTE
        except Exception as error:  # the cache is a convenience: its failure must not close the API
            log.warning("api_throttle_without_cache", error=str(error))
            return True

    def wait(self) -> float:
        return self.seconds_left
