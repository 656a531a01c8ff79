"""What the open chats and the agents' pages are told at once: news, and who types. All of it may be lost."""

import logging
import time

from django.db import transaction
from redis import RedisError

from tickets.live import bus
from tickets.live.presence import Line

TYPES = "chat"  # what a requester does, in the lines of presence
LIVES = 7.0  # seconds a word on typing counts; browsers repeat it every four
logger = logging.getLogger(__name__)


def session_has_news(session: int) -> None:
    """After the commit, wherever the session's browser is connected."""
    transaction.on_commit(lambda: bus.publish({"chats": [session]}), robust=True)


def visitor_types(session: int, ticket: int, name: str, *, types: bool) -> None:
    """Shown to the agents who have the ticket open, as one more line of presence."""
    said = Line(f"chat:{session}", ticket, 0, name, TYPES).text()
    try:
        if types:
            bus.client().zadd(bus.presence_key(), {said: time.time() + LIVES})
        else:
            bus.client().zrem(bus.presence_key(), said)
    except RedisError as error:
        logger.info("typing was not passed on: %s", error)


def lines() -> list[Line]:
    """Who is at which ticket now; nobody while Valkey is away."""
    try:
        texts = bus.client().zrangebyscore(bus.presence_key(), time.time(), "+inf")
    except RedisError:
        return []
    return [Line.read(str(text, "utf-8")) for text in texts if isinstance(text, bytes)]


def agent_types(ticket: int | None, present: list[Line]) -> bool:
    """Whether somebody writes a reply on the ticket; notes are nobody else's business."""
    return any(line.ticket == ticket and line.writes == "reply" for line in present)
