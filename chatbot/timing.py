"""Conversations that go silent end by themselves: answered by the menu chosen last, or not continued."""

from datetime import datetime, timedelta

from django.db import transaction

from chatbot import verbs
from chatbot.models import ChatbotSession
from chatbot.replies import Reply
from chatbot.sending import say
from chatbot.tree import SHORTEST_IDLE
from kernel.locks import lock_names
from messaging.models import Message

_BATCH = 500


def end_of(session: ChatbotSession) -> datetime:
    """When it ends if nothing more is said."""
    minutes = session.version.content.get("idle_minutes", 30) if session.version else 30
    return (session.last_at or session.started_at) + timedelta(minutes=minutes)


def end_idle(*, at: datetime) -> int:
    """End what has been silent too long by `at`; how many were."""
    rows = ChatbotSession.objects.filter(outcome="RUNNING", last_at__lte=at - timedelta(minutes=SHORTEST_IDLE))
    found = rows.select_related("version").order_by("last_at")[:_BATCH]
    return sum(_end(session, at) for session in found if end_of(session) <= at)


@transaction.atomic
def _end(session: ChatbotSession, at: datetime) -> bool:
    """Not while a message of theirs waits to be taken: it may have come in time."""
    lock_names(f"claim:{session.channel_id}:{session.contact_id}")
    row = ChatbotSession.objects.select_related("version", "channel", "contact").get(pk=session.pk)
    theirs = Message.objects.filter(contact=row.contact, channel=row.channel, direction=Message.Direction.IN)
    if row.outcome != "RUNNING" or end_of(row) > at or theirs.filter(claimed_by="").exists():
        return False
    verbs.end(session=row, at=end_of(row))
    last = theirs.filter(claimed_by="chatbot").select_related("channel", "contact").order_by("-received_at").first()
    text = row.version.content.get("texts", {}).get("timeout", "") if row.version else ""
    if last is not None and text.strip():
        say(Reply(text), to=last, at=at)
    return True
