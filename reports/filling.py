"""Filling monthly figures from the records. Whole months, in one transaction each; safe to repeat."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from kernel.months import Month
from reports.catalogue import SOURCES, STORED
from reports.figures import report_months
from reports.filling_sql import STATEMENTS
from reports.models import DirtyMonth, IndicatorSetting, MonthlyFigure

LOCK_SPACE = 0x44524D46  # advisory locks of this module: one filler a month


def fill_month(month: Month, *, at: datetime, sources: Iterable[str] | None = None) -> int:
    """Replace the figures of a month from the sources' records; returns the number of figures.

    `at` is written as `filled_at`. Without `sources` all are filled. Marks of the month that are visible
    now are taken away; what commits later leaves a mark of its own and is filled next time.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _lock(cursor, month)
        chosen = tuple(SOURCES) if sources is None else tuple(sources)
        DirtyMonth.objects.filter(month=month.first_day, source__in=chosen).delete()
        return sum(_fill_source(cursor, month, source, at) for source in chosen)


def fill_dirty(*, at: datetime) -> list[Month]:
    """Refill every marked (month, source); returns the months. Each month is a transaction of its own."""
    days = DirtyMonth.objects.order_by("month").values_list("month", flat=True).distinct()
    months = [Month.of(day) for day in days]
    for month in months:
        _fill_marked(month, at)
    return months


def ensure_filled(month: Month, *, at: datetime) -> None:
    """Bring up to date what a report of this month reads: the months it compares with, too."""
    for each in sorted(report_months(month)):
        _fill_marked(each, at)
        if not MonthlyFigure.objects.filter(month=each.first_day, indicator="knowledge_base.to_review").exists():
            fill_month(each, at=at, sources=("knowledge",))


def _fill_marked(month: Month, at: datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        _lock(cursor, month)
        cursor.execute("DELETE FROM reports_dirtymonth WHERE month = %s RETURNING source", [month.first_day])
        marked = {source for (source,) in cursor.fetchall()}
        for source in SOURCES:
            if source in marked:
                _fill_source(cursor, month, source, at)


def _lock(cursor: CursorWrapper, month: Month) -> None:
    cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, month.year * 12 + month.month])


def _fill_source(cursor: CursorWrapper, month: Month, source: str, at: datetime) -> int:
    keys = SOURCES[source]
    cursor.execute(
        "DELETE FROM reports_monthlyfigure WHERE month = %s AND indicator = ANY(%s)", [month.first_day, list(keys)]
    )
    start, end = month.bounds()
    span = {"month": month.first_day, "start": start, "end": end, "first": month.first_day, "last": month.last_day}
    cursor.execute(
        f"""
        INSERT INTO reports_monthlyfigure
            (month, indicator, dim1, dim2, value, numerator, denominator, rules_version, filled_at)
        SELECT %(month)s, f.indicator, f.dim1, f.dim2, f.value::numeric, f.numerator::numeric,
               f.denominator::numeric, f.rules, %(at)s
        FROM ({STATEMENTS[source]}) AS f(indicator, dim1, dim2, value, numerator, denominator, rules)
        """,
        {**span, "at": at},
    )
    filled = cursor.rowcount
    return filled or _fill_zeros(month, keys, at)


def _fill_zeros(month: Month, keys: tuple[str, ...], at: datetime) -> int:
    """A month without records is 0 from the first live month on, and unknown before (decisions 24)."""
    live = live_months()
    zeros = [
        MonthlyFigure(month=month.first_day, indicator=key, value=0, filled_at=at)
        for key in keys
        if _counts(key) and (since := live.get(key) or live.get("*")) and month.first_day >= since
    ]
    return len(MonthlyFigure.objects.bulk_create(zeros))


def _counts(key: str) -> bool:
    return STORED[key].origin == "computed" and not STORED[key].unit.startswith("score")


def live_months() -> dict[str, date]:
    """First month counted from the app's own records, by indicator; `*` stands for all others."""
    rows = IndicatorSetting.objects.filter(aspect="VALUE", live_from__isnull=False)
    return {row.indicator: row.live_from for row in rows if row.live_from}
