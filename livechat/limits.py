"""How often an address or a session may do something, counted in the cache; without a cache nobody is held back."""

import time

import structlog
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused

log = structlog.get_logger(__name__)


def count(what: str, who: object) -> None:
    """Count one more `what` of `who`; raises Refused(`chat.too_often`) beyond `settings.CHAT_LIMITS[what]`.

    Limits are (how many, in how many seconds), over fixed windows.
    """
    most, seconds = settings.CHAT_LIMITS[what]
    key = f"chat:{what}:{who}:{int(time.time() // seconds)}"
    try:
        cache.add(key, 0, timeout=2 * seconds)
        counted = cache.incr(key)
    except Exception as error:  # the cache is a convenience: its failure must not close the chat
        log.warning("chat_limits_without_cache", error=str(error))
        return
    if counted > most:
        raise Refused("chat.too_often", _("Terlalu sering. Tunggu sebentar, lalu coba lagi."))
