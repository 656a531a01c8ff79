"""Numbers, dates and moments as people and exports write them. ValueErrors carry Indonesian reasons."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

JAKARTA = ZoneInfo("Asia/Jakarta")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+")
_PLAIN = re.compile(r"[+-]?[0-9]+")
_ISO_DECIMAL = re.compile(r"[+-]?[0-9]+\.[0-9]+")
_ID_DECIMAL = re.compile(r"[+-]?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+),[0-9]+")
_WHOLE_AS_DECIMAL = re.compile(r"([+-]?[0-9]+)[.,]0{1,2}")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ID_DATE = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})")
_ID_MOMENT = re.compile(r"([0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{4})[ T]+([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?")


def parse_integer(text: str | int) -> int:
    """A whole number, plain or with id-ID groups: "1018", "1.018" -> 1018. A table tool's "5.0" is 5."""
    if isinstance(text, int):
        return int(text)
    clean = text.strip()
    if match := _WHOLE_AS_DECIMAL.fullmatch(clean):
        return int(match[1])
    if _PLAIN.fullmatch(clean) or _GROUPED.fullmatch(clean):
        return int(clean.replace(".", ""))
    raise ValueError(_("“%(text)s” bukan bilangan bulat.") % {"text": clean})


def parse_decimal(text: str | int | float | Decimal) -> Decimal:
    """A decimal number. A comma is the id-ID decimal mark ("1.018,5"); without one a single dot is the
    ISO decimal point ("39.6", also "1.018") and several dots are id-ID groups ("1.018.000")."""
    if isinstance(text, int | float | Decimal):
        return Decimal(str(text))
    clean = text.strip()
    if _ID_DECIMAL.fullmatch(clean):
        return Decimal(clean.replace(".", "").replace(",", "."))
    if _PLAIN.fullmatch(clean) or _ISO_DECIMAL.fullmatch(clean):
        return Decimal(clean)
    if _GROUPED.fullmatch(clean):
        return Decimal(clean.replace(".", ""))
    raise ValueError(_("“%(text)s” bukan bilangan.") % {"text": clean})


def parse_date(text: str | date) -> date:
    """A day: ISO "2024-08-30", or "30/08/2024" and "30-08-2024" (day first). A datetime gives its day."""
    if isinstance(text, datetime):
        return text.date()
    if isinstance(text, date):
        return text
    clean = text.strip()
    try:
        if _ISO_DATE.fullmatch(clean):
            return date.fromisoformat(clean)
        if match := _ID_DATE.fullmatch(clean):
            day, month, year = map(int, match.groups())
            return date(year, month, day)
    except ValueError:
        pass
    raise ValueError(_("“%(text)s” bukan tanggal (TTTT-BB-HH atau HH/BB/TTTT).") % {"text": clean})


def parse_datetime(text: str | datetime, default_zone: ZoneInfo = JAKARTA) -> datetime:
    """An aware moment: ISO 8601 date and time, with offset or else in `default_zone`.

    Also "30/08/2024 09.30[.00]" (day first). A day without time is refused, so that nothing silently
    becomes midnight. A datetime (spreadsheet cell) gets the zone when it has none.
    """
    moment = text if isinstance(text, datetime) else _moment(text.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=default_zone)


def _moment(clean: str) -> datetime:
    try:
        if match := _ID_MOMENT.fullmatch(clean):
            day = parse_date(match[1])
            return datetime(  # noqa: DTZ001 - the caller adds the zone
                day.year, day.month, day.day, int(match[2]), int(match[3]), int(match[4] or 0)
            )
        if len(clean) > 10 and clean[10] in "Tt ":
            return datetime.fromisoformat(clean.upper())
    except ValueError:
        pass
    raise ValueError(
        _("“%(text)s” bukan tanggal dan jam (TTTT-BB-HHTjj:mm:dd, boleh dengan selisih zona).") % {"text": clean}
    )
