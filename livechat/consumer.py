"""`/ws/obrolan/`: the socket of a widget. It hears that there is news and whether an agent types; it asks by HTTP.

The first thing a browser says is {"token": …}: it stands in no address, so in no log. {"ping": true} is answered.
"""

import asyncio
import json
import time
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from kernel.errors import Refused
from livechat import limits
from livechat.calls import session_by
from livechat.hub import Hub, hub

PATIENCE = 10.0  # seconds to say who one is
LONGEST = 200  # characters at once
PACE, HELD = 1.0, 10  # words that may be said at once, one more each second
STUCK = 20.0  # seconds a browser may take to receive one message
UNKNOWN, TOO_MUCH, TRY_LATER = 4401, 1008, 1013


class ChatSocket(AsyncWebsocketConsumer):
    session = 0
    hub: Hub | None = None

    async def connect(self) -> None:
        self.allowance, self.heard_at = float(HELD), time.monotonic()
        self.pending: dict[str, Any] = {}
        self.sending: asyncio.Task[None] | None = None
        await self.accept()
        self.deadline = asyncio.get_running_loop().call_later(PATIENCE, self._give_up)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        now = time.monotonic()
        self.allowance = min(self.allowance + (now - self.heard_at) / PACE, HELD) - 1
        self.heard_at = now
        said = _read(text_data)
        if said is None or self.allowance < 0:
            await self.close(TOO_MUCH)
        elif self.hub is None:
            await self._enter(str(said.get("token", "")))
        elif said.get("ping"):
            self.tell({"at": int(time.time())})

    async def disconnect(self, code: int) -> None:
        self.deadline.cancel()
        if self.hub is not None:
            await self.hub.leave(self)

    def tell(self, said: dict[str, Any]) -> None:
        """Send without waiting; what comes while something is under way goes together afterwards."""
        self.pending |= said
        if self.sending is None or self.sending.done():
            self.sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        try:
            while self.pending:
                said, self.pending = self.pending, {}
                async with asyncio.timeout(STUCK):
                    await self.send(text_data=json.dumps(said, separators=(",", ":")))
        except TimeoutError:
            await self.close(TRY_LATER)
        except (OSError, RuntimeError):
            pass  # gone meanwhile; `disconnect` follows

    async def _enter(self, token: str) -> None:
        self.deadline.cancel()
        try:
            self.session = await database_sync_to_async(_session)(token)
        except Refused as refusal:
            await self.close(TRY_LATER if refusal.code == "chat.too_often" else UNKNOWN)
            return
        self.hub = hub()
        self.hub.join(self)

    def _give_up(self) -> None:
        self.closing = asyncio.create_task(self.close(UNKNOWN))


def _session(token: str) -> int:
    session = session_by(token)
    limits.count("socket", session.pk)
    return session.pk


def _read(text: str | None) -> dict[str, Any] | None:
    """What a browser said; None for what is too long or no object."""
    if text is None or len(text) > LONGEST:
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
