"""Sessions as their owner reads them: which browser on what, from where, and when last."""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.utils.translation import gettext as _

_BROWSERS = (
    (re.compile(r"Edg(?:e|A|iOS)?/(\d+)"), "Edge"),
    (re.compile(r"OPR/(\d+)"), "Opera"),
    (re.compile(r"SamsungBrowser/(\d+)"), "Samsung Internet"),
    (re.compile(r"(?:Firefox|FxiOS)/(\d+)"), "Firefox"),
    (re.compile(r"(?:Chrome|CriOS|HeadlessChrome)/(\d+)"), "Chrome"),
    (re.compile(r"Version/(\d+).*Safari/"), "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_POCKET = {"Android", "iPhone", "iPad"}


@dataclass(frozen=True, slots=True)
class Described:
    """One session: the row's key, words for browser and system, and whether it is the one that asks."""

    pk: int
    device: str
    on_phone: bool
    address: str
    began: datetime
    seen: datetime
    current: bool


def described(row: UserSession) -> Described:
    """What the list shows of a session."""
    system = next((name for mark, name in _SYSTEMS if mark in row.user_agent), "")
    return Described(
        pk=row.pk,
        device=device(row.user_agent),
        on_phone=system in _POCKET,
        address=row.ip,
        began=row.created_at,
        seen=row.last_seen_at,
        current=row.is_current(),
    )


def device(user_agent: str) -> str:
    """ "Firefox 128 di Windows"; what cannot be read is called an unknown browser."""
    browser = next((f"{name} {match[1]}" for sign, name in _BROWSERS if (match := sign.search(user_agent))), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("{browser} di {system}").format(browser=browser, system=system)
    return browser or system or _("Peramban tak dikenal")
