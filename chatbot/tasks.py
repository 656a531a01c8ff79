"""What workers do for the chatbot."""

from celery import shared_task
from django.utils import timezone

from chatbot import timing


@shared_task
def end_idle_sessions() -> int:
    """End conversations that went silent."""
    return timing.end_idle(at=timezone.now())
