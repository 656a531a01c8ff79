"""`/ws/tiket/`: the socket of an agent's page. It hears hints and says what its user looks at."""

import asyncio
import json
import time
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from tickets.live.hub import Hub, hub, in_words
from tickets.live.presence import SILENCE, Line
from tickets.live.standing import Standing, audible, standing_of

LONGEST = 500  # characters a page has to say at once
STUCK = 20.0  # seconds a page may take to receive one message
TOO_BIG, TRY_LATER = 1009, 1013
_WRITES = frozenset({"reply", "note", ""})


class TicketSocket(AsyncWebsocketConsumer):
    """One open page. Says {"view": ticket or null, "writes": "reply" | "note" | ""} when that changes, and {} every
    few seconds; a page that is silent is not present. {"ping": true} is answered, so that it knows the line lives."""

    standing: Standing
    session_key: str
    hub: Hub | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Signs of life touch no database, so they need no thread to look after its connections."""
        if message["type"] == "websocket.receive":
            await self.websocket_receive(message)
        else:
            await super().dispatch(message)

    async def connect(self) -> None:
        await self.accept()
        standing = await database_sync_to_async(standing_of)(self.scope["user"])
        if isinstance(standing, int):
            await self.close(standing)
            return
        self.standing, self.session_key = standing, self.scope["session"].session_key
        self.viewing: int | None = None
        self.writes = ""
        self.heard_at = time.monotonic()
        self.sending: asyncio.Task[None] | None = None
        self.behind = False
        self.hub = hub()
        self.hub.join(self)
        await self.send(text_data=await self.hub.greeting(standing, _since(self.scope["query_string"])))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.hub is None or text_data is None or len(text_data) > LONGEST:
            await self.close(TOO_BIG)
            return
        said = _read(text_data)
        self.heard_at = time.monotonic()
        if "view" in said:
            self.viewing = await self._seen(said["view"])
        if "writes" in said:
            self.writes = said["writes"]
        if "ping" in said:
            self.tell(in_words({}))
        if said.keys() & {"view", "writes"}:
            self.hub.stir()

    async def disconnect(self, code: int) -> None:
        if self.hub is not None:
            await self.hub.leave(self)

    def line(self, now: float) -> Line | None:
        """What the hub passes on of this page; `now` is the hub's monotonic clock."""
        if self.viewing is None or now - self.heard_at > SILENCE:
            return None
        return Line(f"{id(self):x}", self.viewing, self.standing.user, self.standing.name, self.writes)

    def tell(self, text: str) -> None:
        """Send without waiting. A page that still has not taken the last message is told later to ask for all."""
        if self.sending is None or self.sending.done():
            self.sending = asyncio.create_task(self._send(text))
        else:
            self.behind = True

    async def end(self, code: int) -> None:
        await self.close(code)

    async def _send(self, text: str) -> None:
        try:
            async with asyncio.timeout(STUCK):
                await self.send(text_data=text)
                if self.behind:
                    self.behind = False
                    await self.send(text_data='{"everything":true}')
        except TimeoutError:
            await self.close(TRY_LATER)
        except OSError:
            pass  # gone meanwhile; `disconnect` follows

    async def _seen(self, ticket: Any) -> int | None:
        """The ticket, if the user may see it; Layer 2 agents only those of their units."""
        if not isinstance(ticket, int) or isinstance(ticket, bool) or not 0 < ticket < 2**63:
            return None
        if self.standing.reads_all or await database_sync_to_async(audible)(self.standing.units, [ticket]):
            return ticket
        return None


def _read(text: str) -> dict[str, Any]:
    """What a page said, as far as it makes sense."""
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(said, dict):
        return {}
    if "writes" in said and not (isinstance(said["writes"], str) and said["writes"] in _WRITES):
        del said["writes"]
    return {key: value for key, value in said.items() if key in {"view", "writes", "ping"}}


def _since(query: bytes) -> float | None:
    """`sejak=1732435200.123`: the server's clock when the page was made or last heard something."""
    try:
        return float(parse_qs(query.decode("ascii"))["sejak"][0])
    except (KeyError, ValueError):
        return None
