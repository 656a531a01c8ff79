"""What workers do for consultations; each task is safe to repeat."""

from celery import shared_task
from django.utils import timezone

from consultations import inviting, meeting_making


@shared_task
def remind_of_consultations() -> int:
    """Remind of what begins within a day."""
    return inviting.remind(at=timezone.now())


@shared_task
def make_meetings() -> int:
    """Make the meetings that confirmed video conferences still lack, and drop those of cancelled ones."""
    return meeting_making.make_meetings(at=timezone.now()) + meeting_making.drop_meetings(at=timezone.now())
