"""`/obrolan/tunggu/`: where no socket opens, a browser asks here and is answered as soon as there is news.

POST {"after": the last line it has, "types": whether an agent typed} with the session's token; the answer, after at
most `HELD` seconds, is what a socket would have been told: {"news": …, "types": …}. Refusals as in `calls.py`. It is
served beside Django's pages: neither a thread nor a database connection waits along.
"""

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any

from channels.db import database_sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse

from livechat import limits
from livechat.calls import bearer, body_of, call, number, session_by
from livechat.hub import hub
from livechat.models import ChatLine

HELD = 25.0  # seconds; proxies give up after 30 and more
LINGER = 15.0  # seconds the hub goes on listening for the next question
LONGEST = 1000  # bytes of a question
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Waiter:
    """Among the hub's sockets, for one word. `types`: as the browser knows it; `news`: there is some already."""

    def __init__(self, session: int, *, types: bool, news: bool) -> None:
        self.session, self.types, self.news = session, types, news
        self.heard = asyncio.Event()

    def tell(self, said: dict[str, Any]) -> None:
        changed = said.get("types", self.types) != self.types
        self.types, self.news = said.get("types", self.types), self.news or bool(said.get("news"))
        if changed or self.news:
            self.heard.set()


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One waiting call, from its body to its answer."""
    body = await _body(receive)
    refusal, waiter = await database_sync_to_async(_entered)(scope, body)
    if waiter is None:
        await _answer(send, refusal.status_code, refusal.content)
        return
    if not waiter.news:
        await _wait(waiter, receive)
    await _answer(send, 200, json.dumps({"news": waiter.news, "types": waiter.types}).encode())


async def _wait(waiter: Waiter, receive: Receive) -> None:
    """Until there is something to say, the time is over, or the browser has gone."""
    chats = hub()
    heard, gone = asyncio.create_task(waiter.heard.wait()), asyncio.create_task(_gone(receive))
    chats.join(waiter)
    try:
        await asyncio.wait({heard, gone}, timeout=HELD, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (heard, gone):
            task.cancel()
        await chats.leave(waiter, linger=LINGER)


def _entered(scope: dict[str, Any], body: bytes) -> tuple[HttpResponse, Waiter | None]:
    """The refusal, or who waits."""
    found: list[Waiter] = []

    def enter(request: HttpRequest) -> dict[str, Any]:
        session = session_by(bearer(request))
        limits.count("wait", session.pk)
        given = body_of(request)
        beyond = ChatLine.objects.filter(session=session, seq__gt=number(given, "after"))
        found.append(Waiter(session.pk, types=given.get("types") is True, news=beyond.exists()))
        return {}

    answer = call(enter)(ASGIRequest(scope, io.BytesIO(body)))
    return answer, found[0] if found else None


async def _body(receive: Receive) -> bytes:
    """What was sent, cut where it is longer than any question of ours."""
    body, more = b"", True
    while more and len(body) <= LONGEST:
        message = await receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    return body[:LONGEST]


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
