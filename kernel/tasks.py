"""Housekeeping that belongs to no app; each task makes one domain call and is safe to repeat."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from kernel.api import idempotency


@shared_task
def forget_idempotency_keys() -> int:
    """Answers to keyed requests are kept for a day."""
    return idempotency.forget_before(timezone.now() - timedelta(days=1))
