"""`bin/bench fill_month`: all months filled whole, one dirty month refilled."""

from collections.abc import Iterator

from django.db import connection, transaction
from django.utils import timezone

from djpk.bench import database
from djpk.bench.measure import Figure, figure, sql_ms, timed
from kernel.months import Month, month_range
from reports.filling import fill_dirty, fill_month

BARE = """
    SELECT date_trunc('month', created_at AT TIME ZONE 'Asia/Jakarta'), channel_id, topic_id, count(*)
    FROM tickets_ticket GROUP BY 1, 2, 3
"""
BARE_MONTH = """
    SELECT channel_id, topic_id, count(*) FROM tickets_ticket
    WHERE created_at >= timestamptz '2024-08-01 00:00+07' AND created_at < timestamptz '2024-09-01 00:00+07'
    GROUP BY 1, 2
"""


def run(tickets: int, say) -> Iterator[Figure]:
    database.use(tickets, say)
    months = month_range(Month.parse(database.FIRST_DAY[:7]), Month.parse(database.FIRST_DAY[:7]) + database.MONTHS - 1)

    def whole() -> None:
        for month in months:
            fill_month(month, at=timezone.now())

    whole()
    yield figure("fill all 24 months", [timed(whole) for _ in range(3)], sql_ms(BARE), tickets)
    dirty = [timed(_refill_one) for _ in range(5)]
    yield figure("refill one dirty month", dirty, sql_ms(BARE_MONTH), tickets // database.MONTHS)


def _refill_one() -> None:
    """Move one ticket of August 2024 to another topic, then fill what that marked."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE tickets_ticket SET topic_id = (SELECT id FROM tickets_topic t WHERE t.id <> topic_id LIMIT 1)
            WHERE id = (SELECT id FROM tickets_ticket
                        WHERE created_at >= timestamptz '2024-08-10 00:00+07' ORDER BY created_at LIMIT 1)
            """
        )
    filled = fill_dirty(at=timezone.now())
    if filled != [Month(2024, 8)]:
        raise RuntimeError(f"expected August 2024 alone to be dirty, filled {filled}")
