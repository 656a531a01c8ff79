"""Celery tasks of the reports: each one domain call, safe to repeat."""

from celery import shared_task
from django.utils import timezone

from kernel.months import Month
from reports.filling import fill_dirty, fill_month


@shared_task
def fill_dirty_months() -> list[str]:
    """Refill what changed; runs every few seconds, so a lost broker message only delays it."""
    return [str(month) for month in fill_dirty(at=timezone.now())]


@shared_task
def begin_month() -> int:
    """Give the month that has begun its figures of what is open from before (reviews); runs daily."""
    now = timezone.now()
    return fill_month(Month.of(now), at=now, sources=("knowledge",))
