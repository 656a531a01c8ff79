"""Whether somebody can be chatted with now, and which sites may show the widget."""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import F

from kernel.formats import clock_time, day_name, long_date
from kernel.months import JAKARTA
from messaging.models import Connection
from worktime.clock import is_open, next_opening
from worktime.loading import SERVICE, load_calendar

CODE = "LIVE_CHAT"


@dataclass(frozen=True, slots=True)
class Availability:
    """`open`: a chat may begin; else `opens` is the next opening in Jakarta, None while the channel is off."""

    open: bool
    opens: datetime | None = None

    def opening(self, language: str) -> str:
        """The next opening in words: "Senin, 2 Desember 2024 pukul 08.00 WIB"."""
        if self.opens is None:
            return ""
        there = self.opens.astimezone(JAKARTA)
        at = "pukul" if language == "id" else "at"
        day = f"{day_name(there.date(), language)}, {long_date(there.date(), language)}"
        return f"{day} {at} {clock_time(there, language)} WIB"


def connected() -> Connection | None:
    """The connection of the widget, paused or not; it says on which sites the widget stands."""
    return (
        Connection.objects.filter(channel__code=CODE)
        .select_related("channel")
        .order_by(F("paused_at").asc(nulls_first=True), "pk")
        .first()
    )


def line() -> Connection | None:
    """The connection through which chats come; None while there is none or it is paused."""
    rows = Connection.objects.filter(channel__code=CODE, channel__active=True, paused_at=None)
    return rows.select_related("channel").order_by("pk").first()


def availability(connection: Connection | None, at: datetime) -> Availability:
    """By the service calendar, unless the channel takes contacts at any hour."""
    if connection is None:
        return Availability(False)
    calendar = load_calendar(SERVICE).calendar
    if connection.channel.open_outside_hours or is_open(calendar, at, JAKARTA):
        return Availability(True)
    return Availability(False, next_opening(calendar, at, JAKARTA))


def sites(connection: Connection | None) -> list[str]:
    """Origins that may frame the widget: `sites` of the connection, separated by blanks or commas."""
    given = re.split(r"[\s,]+", str(connection.settings.get("sites", ""))) if connection else []
    return [site.rstrip("/") for site in given if _is_origin(site)]


def _is_origin(site: str) -> bool:
    """`https://djpk.example`, `https://*.djpk.example`, with a port or without; nothing that ends a directive."""
    try:
        parts = urlsplit(site)
        port = parts.port
    except ValueError:
        return False
    host = f"{parts.hostname or ''}:{port}" if port else parts.hostname or ""
    shape = re.fullmatch(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?", host)
    return parts.scheme in ("http", "https") and bool(shape) and parts.path in ("", "/") and not parts.query
