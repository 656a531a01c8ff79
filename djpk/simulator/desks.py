"""The ministry's central desk and the telephone exchange, as Dering meets them."""

import base64
import json
import uuid
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from calls.models import SIMULATED
from djpk.simulator.door import Door
from djpk.simulator.secrets import secret
from djpk.simulator.world import Line, World
from kernel.signing import signed
from messaging.hai.signing import SIGNATURE, TIMESTAMP

HAI, PHONE = "HAI", "PHONE"
_AFTER = {
    "": ("ring",), "ring": ("answer", "end"), "answer": ("hold", "transfer", "end"), "hold": ("resume", "end"),
    "resume": ("hold", "transfer", "end"), "transfer": ("answer", "end"), "end": ("ring",),
}  # fmt: skip
"""What may happen to a call after what."""

NAMING = ("ring", "transfer")
"""Events for which an extension is chosen; the others happen at the one that has the call."""


class CentralDesk:
    """Passes questions on under its own number, and takes the answers by signed calls."""

    def __init__(self, world: World, door: Door) -> None:
        self.world, self.door = world, door

    def ask(self, person: str, name: str, email: str, subject: str, text: str, *, files: list[dict[str, Any]]) -> None:
        """A question under the central number `person`, or one more message of it."""
        body = {
            "id": f"evt-{uuid.uuid4().hex}", "ticket": person, "subject": subject, "text": text,
            "requester": {"name": name, "email": email},
            "attachments": [self._attached(file) for file in files],
        }  # fmt: skip
        line = self.world.add(
            HAI, person, mine=True, kind="text", text=text, state="waits", subject=subject, files=files
        )
        self.world.in_turn(HAI, lambda: self._post(line, body))

    def _post(self, line: Line, body: dict[str, Any]) -> None:
        self.world.set_state(line, "sent" if self.door.hai(body, line.person) == 202 else "failed")

    def called_back(self, headers: Any, raw: bytes) -> int:
        """Dering calls; the status to answer. What comes twice is taken once (409)."""
        moment, given = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
        if not signed(secret("hai"), moment, raw, given, now=timezone.now()):
            self.world.wire(HAI, "callback", "403 signature")
            return 403
        body = json.loads(raw)
        if self.world.find(HAI, id=body.get("id")):
            return 409
        files = [
            self.world.add_file(str(one.get("name")), "application/octet-stream", base64.b64decode(one["content"]))
            for one in body.get("attachments") or []
        ]
        known = ("id", "ticket", "text", "attachments")
        rest = {key: value for key, value in body.items() if key not in known and isinstance(value, str | int)}
        text, person = str(body.get("text") or ""), str(body.get("ticket"))
        kept = {"id": body.get("id"), "files": files, "rest": rest}
        self.world.add(HAI, person, mine=False, kind="text" if text else "status", text=text, **kept)
        self.world.wire(HAI, f"callback {', '.join(body)}", "200")
        return 200

    def _attached(self, file: dict[str, Any]) -> dict[str, str]:
        found = self.world.file(file["key"])
        return {"name": file["name"], "content": base64.b64encode(found[2] if found else b"").decode()}


class Exchange:
    """Tells Dering of calls, event by event."""

    def __init__(self, world: World, door: Door) -> None:
        self.world, self.door = world, door

    def possible(self, person: str) -> tuple[str, ...]:
        """What may happen next to the requester's call."""
        rows = self.world.lines(PHONE, person)
        return _AFTER[rows[-1].kind if rows else ""]

    def happen(self, person: str, event: str, extension: str) -> None:
        if event not in self.possible(person):
            return
        rows = self.world.lines(PHONE, person)
        if event not in NAMING:
            extension = rows[-1].data["extension"]
        known = rows[-1].data["call"] if rows and event != "ring" else f"{SIMULATED}{uuid.uuid4().hex[:16]}"
        given = {
            "call_id": known, "event": event, "at": datetime.now(UTC).isoformat(), "direction": "in",
            "number": person, "extension": extension, "event_id": uuid.uuid4().hex,
        }  # fmt: skip
        answered = any(line.kind == "answer" and line.data["call"] == known for line in rows)
        if event == "end" and answered:
            given["recording_url"] = f"https://rekaman.example/{known}.mp3"
        line = self.world.add(PHONE, person, mine=True, kind=event, state="waits", call=known, extension=extension)
        self.world.in_turn(PHONE, lambda: self._post(line, given))

    def _post(self, line: Line, event: dict[str, str]) -> None:
        self.world.set_state(line, "sent" if self.door.cti(event, line.kind) == 200 else "failed")
