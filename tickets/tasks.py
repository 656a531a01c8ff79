"""Work around tickets that workers do; each task makes one domain call and is safe to repeat."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from tickets.notices import reminders, verbs


@shared_task
def remind_of_deadlines() -> int:
    """Tell assignees and supervisors of deadlines that are near or have passed."""
    return reminders.remind(at=timezone.now())


@shared_task
def forget_notifications() -> int:
    """Notices are kept for NOTIFICATION_DAYS."""
    return verbs.forget_before(timezone.now() - timedelta(days=settings.NOTIFICATION_DAYS))
