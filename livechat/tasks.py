"""What workers do for chats; each task is safe to repeat."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from livechat.mailing import mail_unread
from livechat.models import ChatSession
from livechat.rating import settle_score
from livechat.verbs import end_session

log = structlog.get_logger()


@shared_task
def end_silent_chats() -> int:
    """End sessions whose browser has been silent, and mail what it never fetched."""
    at = timezone.now()
    limit = at - timedelta(minutes=settings.CHAT_SILENCE_MINUTES)
    rows = list(ChatSession.objects.filter(ended_at=None, seen_at__lt=limit).order_by("seen_at")[:200])
    for row in rows:
        mail_unread(end_session(session=row, by=ChatSession.EndedBy.SILENCE, at=at), at=at)
    return len(rows)


@shared_task
def settle_chat_scores() -> int:
    """Pass on ratings whose tickets were closed meanwhile."""
    at = timezone.now()
    rows = ChatSession.objects.filter(score_waits=True, scored_at__gt=at - timedelta(days=90)).order_by("scored_at")
    return sum(settle_score(session=row, at=at) for row in rows[:500])
