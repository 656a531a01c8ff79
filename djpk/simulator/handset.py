"""A requester with WhatsApp: writes by the signed webhook, reads what the Graph server took, gives receipts."""

import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any

from djpk.simulator.door import Door
from djpk.simulator.graph import Graph
from djpk.simulator.world import Line, World

CODE, NUMBER, DISPLAYED = "WHATSAPP", "1055000000000", "62000115004207"
BEAT, SLOW = 0.2, 4.0  # seconds between receipts
ORDER = ("sent", "delivered", "read")
FAULTS = ("429", "131047", "131026", "500", "drop", "slow")
"""What the Graph server may answer to the next message, by its numbers of errors."""


@dataclass(slots=True)
class Switches:
    """`thrice`: each webhook call comes three times at once. `backwards`: receipts come last first.
    `slow`: they take seconds. `reads`: who looks at the page has read."""

    thrice: bool = False
    backwards: bool = False
    slow: bool = False
    reads: bool = True


class Handset:
    def __init__(self, world: World, graph: Graph, door: Door) -> None:
        self.world, self.graph, self.door, self.switches = world, graph, door, Switches()
        graph.taken, graph.refused = self.arrived, self.was_refused
        graph.numbers.setdefault(NUMBER, {"verified_name": "DJPK (simulator)", "display_phone_number": DISPLAYED})

    def write(self, person: str, name: str, text: str, *, quote: str = "", files: list[dict[str, Any]]) -> None:
        """A text, or each file with the text as its caption."""
        bodies = [self._media(key, text if n == 0 else "") for n, key in enumerate(files)]
        for body in bodies or [{"type": "text", "text": {"body": text}}]:
            shown = body[str(body["type"])]
            said = shown.get("body") or shown.get("caption") or ""
            self._send(person, name, body, said, quote=quote, files=body.pop("shown", []))

    def choose(self, person: str, name: str, number: int, key: str) -> None:
        """Tap an option of a message that came."""
        asked = next((line for line in self.world.lines(CODE, person) if line.number == number), None)
        option = next((one for one in (asked.data.get("options", []) if asked else []) if one["key"] == key), None)
        if asked is None or option is None:
            return
        kind = "button_reply" if asked.data.get("form") == "button" else "list_reply"
        given = {"type": kind, kind: {"id": key, "title": option["title"]}}
        self._send(
            person, name, {"type": "interactive", "interactive": given}, option["title"], quote=str(asked.data["id"])
        )

    def place(self, person: str, name: str) -> None:
        """Share a location."""
        where = {"latitude": -5.2, "longitude": 119.45, "name": "Kantor BPKAD", "address": "Sungguminasa"}
        self._send(person, name, {"type": "location", "location": where}, "Kantor BPKAD, Sungguminasa", kind="location")

    def look(self, person: str) -> None:
        """The requester has the conversation open: what was delivered is read."""
        if not self.switches.reads:
            return
        for line in self.world.lines(CODE, person):
            if not line.mine and line.state == "delivered" and line.data.get("id"):
                self.world.set_state(line, "read")
                self._receipt(line, "read")

    def arrived(self, message: dict[str, Any]) -> None:
        """The Graph server took a message: the device shows it, receipts follow."""
        line = self.world.add(CODE, f"+{message['to'].lstrip('+')}", mine=False, **self._read(message))
        self.world.wire(CODE, f"POST /messages {message.get('type')}", "200")
        threading.Thread(target=self._receipts, args=(line,), daemon=True).start()

    def was_refused(self, message: dict[str, Any], fault: str) -> None:
        self.world.wire(CODE, f"POST /messages {message.get('type')}", fault)

    def _receipts(self, line: Line) -> None:
        if self.switches.backwards:
            for state in reversed(ORDER):
                self._receipt(line, state)
            self.world.set_state(line, "read")
            return
        for state in ORDER[:2]:
            time.sleep(SLOW if self.switches.slow else BEAT)
            self._receipt(line, state)
            self.world.set_state(line, state)

    def _receipt(self, line: Line, state: str) -> None:
        given = {"id": line.data["id"], "status": state, "timestamp": str(int(time.time()))}
        self._call({"statuses": [{**given, "recipient_id": line.person.lstrip("+")}]}, f"status {state}")

    def _send(self, person: str, name: str, body: dict[str, Any], text: str, *, quote: str = "", **data: Any) -> None:
        wa_id, key = person.lstrip("+"), f"wamid.{uuid.uuid4().hex}"
        message = {"from": wa_id, "id": key, "timestamp": str(int(time.time())), **body}
        if quote:
            message["context"] = {"from": DISPLAYED, "id": quote}
        kind = str(data.pop("kind", body["type"]))
        line = self.world.add(CODE, person, mine=True, kind=kind, text=text, state="waits", id=key, quote=quote, **data)
        value = {"contacts": [{"profile": {"name": name}, "wa_id": wa_id}], "messages": [message]}
        self.world.in_turn(CODE, lambda: self._post(line, value, str(body["type"])))

    def _post(self, line: Line, value: dict[str, Any], what: str) -> None:
        self.world.set_state(line, "sent" if self._call(value, what) else "failed")

    def _call(self, value: dict[str, Any], what: str) -> bool:
        metadata = {"display_phone_number": DISPLAYED, "phone_number_id": NUMBER}
        whole = {"messaging_product": "whatsapp", "metadata": metadata, **value}
        answers: list[int] = []
        turns = [
            threading.Thread(target=lambda: answers.append(self.door.whatsapp(whole, what)), daemon=True)
            for _turn in range(3 if self.switches.thrice else 1)
        ]
        for turn in turns:
            turn.start()
        for turn in turns:
            turn.join()
        return 200 in answers

    def _media(self, file: dict[str, Any], caption: str) -> dict[str, Any]:
        found = self.world.file(file["key"])
        name, media_type, content = found if found else (file["name"], "application/octet-stream", b"")
        kind = media_type.partition("/")[0]
        kind = kind if kind in ("image", "audio", "video") else "document"
        given = {"id": self.graph.add_media(media_type, content), "mime_type": media_type}
        if kind == "document":
            given["filename"] = name
        if caption:
            given["caption"] = caption
        return {"type": kind, kind: given, "shown": [file]}

    def _read(self, message: dict[str, Any]) -> dict[str, Any]:
        """A message of the Graph API as the device shows it."""
        kind = str(message.get("type"))
        given = message.get(kind) or {}
        quote = (message.get("context") or {}).get("message_id", "")
        shown: dict[str, Any] = {"kind": kind, "id": message["id"], "quote": quote}
        match kind:
            case "text":
                return {**shown, "text": given.get("body", "")}
            case "template":
                return {**shown, "text": self._filled(given)}
            case "interactive":
                return {**shown, "text": given.get("body", {}).get("text", ""), **_options(given)}
        media_type, content = self.graph.media.get(str(given.get("id", "")), ("application/octet-stream", b""))
        name = given.get("filename") or f"{kind}.{media_type.rpartition('/')[2]}"
        return {**shown, "text": given.get("caption", ""), "files": [self.world.add_file(name, media_type, content)]}

    def _filled(self, given: dict[str, Any]) -> str:
        """The approved text with the values in it."""
        found = next((one for one in self.graph.templates if one["name"] == given.get("name")), None)
        text = next((part["text"] for part in found["components"] if part["type"] == "BODY"), "") if found else ""
        for part in given.get("components", []):
            for n, value in enumerate(part.get("parameters", []), 1):
                text = text.replace(f"{{{{{value.get('parameter_name') or n}}}}}", str(value.get("text", "")))
        return text


def _options(given: dict[str, Any]) -> dict[str, Any]:
    action = given.get("action") or {}
    if given.get("type") == "button":
        rows = [one["reply"] for one in action.get("buttons", [])]
    else:
        rows = [row for section in action.get("sections", []) for row in section.get("rows", [])]
    options = [{"key": row["id"], "title": row["title"], "more": row.get("description", "")} for row in rows]
    return {"options": options, "form": given.get("type"), "button": action.get("button", "")}
